"""Training from the first step to the files that it leaves: progress, checkpoints, stopping and going on."""

from __future__ import annotations

import json
import math
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from convfilter import atomic
from convfilter.errors import OptionError, TrainingError
from convfilter.figures import save_figure
from convfilter.mnist import pictures
from convfilter.mnist.checkpoints import restore_checkpoint, save_checkpoint
from convfilter.mnist.data import Mnist
from convfilter.mnist.models import MODEL, Model, save_model
from convfilter.mnist.prediction import Evaluation, evaluate
from convfilter.mnist.trainer import Run, Trainer

CHECKPOINT = "checkpoint.safetensors"
HISTORY = "history.json"


@dataclass(frozen=True)
class Progress:
    """Where a training stands, after a step.

    Attributes:
        step: steps done.
        steps: steps in all, if no budget ends it before.
        done: from 0 to 1, by steps or by time, whichever is nearer to its end.
        epoch: how often every image has been seen.
        seconds: since the beginning, stops left out.
        loss: mean over the last line's worth of steps.
        accuracy: the share of their images that were recognised.
        images_per_second: the speed over them.
        validation_accuracy: where the validation set has just been looked at, how much of it is right.
    """

    step: int
    steps: int
    done: float
    epoch: float
    seconds: float
    loss: float
    accuracy: float
    images_per_second: float
    validation_accuracy: float | None = None

    @property
    def seconds_left(self) -> float:
        """A guess."""
        return self.seconds * (1 - self.done) / max(self.done, 1e-9)


class Stopped(Exception):  # noqa: N818, no error: it was asked for
    """Training was stopped; what it had learned is in the checkpoint."""


def train(
    run: Run,
    data: Mnist,
    folder: Path,
    strategy: Any,
    *,
    writes: bool = True,
    resume: bool = False,
    report: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Evaluation:
    """Train a network, test it once, and write what came of it over what is in the folder.

    Args:
        run: what to train, and how.
        data: the data set.
        folder: where the files go: the model, its history, pictures; while it lasts, a checkpoint an epoch.
        strategy: a `tf.distribute` strategy.
        writes: False for workers that leave writing to their chief.
        resume: go on from the checkpoint in the folder.
        report: is told how it is going, after every step.
        stop: is asked after every step; True ends the training with a checkpoint.

    Returns:
        How the network did on the test set.

    Raises:
        Stopped: `stop` said so.
        ModelError: the checkpoint is damaged, or of another run.
        TrainingError: the loss is not a number any more, or a file cannot be written.
    """
    trainer = Trainer(run, data.training, strategy)
    course = _Course(trainer, data, folder if writes else None)
    if resume:
        notes = restore_checkpoint(folder / CHECKPOINT, trainer)
        course.history, course.before = notes["history"], notes["seconds"]
    course.run(report, stop)
    result = evaluate(trainer.preset.layers, trainer.weights(), data.test)
    if writes:
        _write(course, result, data, folder)
    return result


def check_folder(folder: Path, *, resume: bool, overwrite: bool) -> None:
    """Refuse a folder in which something would be lost, or nothing can be taken up.

    Raises:
        OptionError: it holds a model or a checkpoint already, or no checkpoint to go on from.
    """
    if resume and overwrite:
        raise OptionError("--resume goes on and --overwrite begins anew; give one of them")
    if os.path.lexists(folder) and not folder.is_dir():
        raise OptionError(f"{folder}: is a file; --output is a folder")
    if resume and not os.path.lexists(folder / CHECKPOINT):
        raise OptionError(f"{folder}: no {CHECKPOINT} to go on from; leave --resume out")
    for name, what in ((MODEL, "a model"), (CHECKPOINT, "a training that was stopped")):
        if not (resume or overwrite) and os.path.lexists(folder / name):
            way = "; --resume goes on with it" if name == CHECKPOINT else ""
            raise OptionError(f"{folder}: holds {what} already{way}; --overwrite begins anew, or name another --output")


class _Course:
    """One training on its way: the steps, a look at the validation set after every epoch, checkpoints.

    Attributes:
        history: a row for every look at the validation set.
        before: seconds of training before it was last stopped.
    """

    def __init__(self, trainer: Trainer, data: Mnist, folder: Path | None) -> None:
        self.trainer, self.data, self.folder = trainer, data, folder
        self.history: list[dict[str, float]] = []
        self.before = 0.0
        self._begun = time.monotonic()
        line = trainer.preset.line_every or math.ceil(trainer.size / trainer.run.batch_size)
        self._recent: deque[tuple[float, float, float]] = deque(maxlen=line + 1)

    @property
    def seconds(self) -> float:
        """Of training so far."""
        return self.before + time.monotonic() - self._begun

    @property
    def done(self) -> float:
        """From 0 to 1."""
        run, trainer = self.trainer.run, self.trainer
        return max(trainer.step / trainer.steps, self.seconds / run.budget if run.budget else 0.0)

    def run(self, report: Callable[[Progress], None], stop: Callable[[], bool]) -> None:
        """Train to the end; see `train`."""
        self._recent.append((0.0, 0.0, time.monotonic()))
        while (done := self.done) < 1:
            loss, accuracy = self.trainer.train_batch(done)
            self._recent.append((loss, accuracy, time.monotonic()))
            if not math.isfinite(loss):
                raise self._lost()
            if self._epoch_ended() or self.done >= 1:
                self._validate()
                self._save()
                report(self._progress(self.history[-1]["validation_accuracy"]))
            else:
                report(self._progress())
            if stop() and self.done < 1:
                self._save()
                raise Stopped

    def _epoch_ended(self) -> bool:
        """Whether the last image of an epoch was in the batch just learned from."""
        run = self.trainer.run
        seen = self.trainer.step * run.batch_size
        return seen // self.trainer.size > (seen - run.batch_size) // self.trainer.size

    def _progress(self, validation_accuracy: float | None = None) -> Progress:
        losses, accuracies, times = zip(*self._recent, strict=True)
        count = len(times) - 1  # the first one only tells when the others began
        batch = self.trainer.run.batch_size
        return Progress(
            self.trainer.step,
            self.trainer.steps,
            min(self.done, 1.0),
            self.trainer.step * batch / self.trainer.size,
            self.seconds,
            sum(losses[1:]) / count,
            sum(accuracies[1:]) / count,
            count * batch / max(times[-1] - times[0], 1e-9),
            validation_accuracy,
        )

    def _validate(self) -> None:
        now = self._progress()
        found = evaluate(self.trainer.preset.layers, self.trainer.weights(), self.data.validation)
        if not math.isfinite(found.loss):
            raise self._lost()
        self.history.append(
            {
                "step": now.step,
                "epoch": now.epoch,
                "seconds": self.seconds,
                "loss": now.loss,
                "accuracy": now.accuracy,
                "validation_loss": found.loss,
                "validation_accuracy": found.accuracy,
            }
        )

    def _lost(self) -> TrainingError:
        return TrainingError(
            f"the loss is no number any more at step {self.trainer.step}; no model is written, "
            "take a lower --learning-rate"
        )

    def _save(self) -> None:
        if self.folder:
            with _writing(self.folder / CHECKPOINT) as path:
                save_checkpoint(path, self.trainer, {"history": self.history, "seconds": self.seconds})


def _write(course: _Course, result: Evaluation, data: Mnist, folder: Path) -> None:
    """The model first, then what is told and drawn of it; the checkpoint has done its work."""
    trainer = course.trainer
    metrics = {
        "test_accuracy": result.accuracy,
        "test_errors": len(result.wrong),
        "seconds": round(course.seconds, 1),
        "run": asdict(trainer.run),
    }
    model = Model(trainer.run.preset, trainer.weights(), metrics)
    with _writing(folder / MODEL) as path:
        save_model(model, path, overwrite=True)
    with _writing(folder / HISTORY) as path, atomic.output_file(path, overwrite=True) as file:
        file.write(json.dumps({**metrics, "history": course.history}, indent=1).encode())
    drawings: dict[str, Callable[[], Any]] = {
        "learning-curve.png": lambda: pictures.learning_curve(course.history),
        "confusion.png": lambda: pictures.confusion(result),
        "misclassified.png": lambda: pictures.misclassified(result, data.test.images),
        "filters.png": lambda: pictures.filters(model),
    }
    for name, draw in drawings.items():
        figure = draw()
        with _writing(folder / name) as path:
            save_figure(figure, path, overwrite=True)
    (folder / CHECKPOINT).unlink(missing_ok=True)


@contextmanager
def _writing(path: Path) -> Iterator[Path]:
    try:
        yield path
    except OSError as error:
        raise TrainingError(
            f"{path}: cannot be written: {error.strerror or error}; mend that, and go on with --resume"
        ) from None
