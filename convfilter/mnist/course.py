"""The course of a training: step by step, a look at the validation set after every epoch, checkpoints."""

from __future__ import annotations

import math
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from convfilter.atomic import told_as
from convfilter.errors import ModelError, TrainingError
from convfilter.mnist.checkpoints import ROW, History, save_checkpoint
from convfilter.mnist.data import Mnist
from convfilter.mnist.prediction import evaluate
from convfilter.mnist.trainer import Trainer

CHECKPOINT = "checkpoint.safetensors"
"""The name of a checkpoint in the folder of its training."""


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
        validation_accuracy: where the validation set has just been looked at, how much of it is right,
            each image read once, as it is.
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


class Course:
    """One training on its way: the steps, a look at the validation set after every epoch, checkpoints.

    Attributes:
        history: a row for every look at the validation set.
        seconds: of training so far, at the end of the last step; times in which it was stopped are left out.
    """

    def __init__(self, trainer: Trainer, data: Mnist, folder: Path | None) -> None:
        self.trainer, self.data, self.folder = trainer, data, folder
        self.history: History = []
        self.seconds = 0.0
        line = trainer.preset.line_every or math.ceil(trainer.size / trainer.run.batch_size)
        self._recent: deque[tuple[float, float, float]] = deque(maxlen=line + 1)

    @property
    def done(self) -> float:
        """From 0 to 1."""
        run, trainer = self.trainer.run, self.trainer
        return max(trainer.step / trainer.steps, self.seconds / run.budget if run.budget else 0.0)

    def run(self, report: Callable[[Progress], None], stop: Callable[[], bool]) -> None:
        """Train to the end; see `train`."""
        now = time.monotonic()
        begun = now - self.seconds
        self._recent.append((0.0, 0.0, now))
        while (done := self.done) < 1:
            loss, accuracy = self.trainer.train_batch(done)
            now = time.monotonic()
            self.seconds = now - begun
            self._recent.append((loss, accuracy, now))
            if not math.isfinite(loss):
                raise self._lost()
            if self._epoch_ended() or self.done >= 1:
                if self.done < 1:
                    self._save()  # before the look, too, for a signal that does not wait so long
                self._validate()
                self._save()
                report(self._progress(self.history[-1]["validation_accuracy"]))
            else:
                if self.trainer.step == self.trainer.steps - 1:
                    self._save()  # a signal in the look after the last step may not wait for its end
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
        layers, weights = self.trainer.preset.layers, self.trainer.weights()
        try:
            # Straight only: turned images would take three times as long, and change no choice.
            found = evaluate(layers, weights, self.data.validation, (0.0,))
        except ModelError:
            raise self._lost() from None
        row = (now.step, now.epoch, self.seconds, now.loss, now.accuracy, found.loss, found.accuracy)
        self.history.append(dict(zip(ROW, row, strict=True)))

    def _lost(self) -> TrainingError:
        return TrainingError(
            f"the loss is no longer a number at step {self.trainer.step}; no model is written, "
            "take a lower --learning-rate"
        )

    def _save(self) -> None:
        if not self.trainer.is_finite():
            raise self._lost()  # the checkpoint before, from which a training can go on, stays
        if self.folder:
            with writing(self.folder / CHECKPOINT) as path:
                save_checkpoint(path, self.trainer, self.history, self.seconds)


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """For a block that writes a file of a training: a failure of the system becomes a TrainingError that names it."""
    way = "go on with --resume" if os.path.lexists(path.parent / CHECKPOINT) else "begin again"
    with told_as(TrainingError, path, f"; mend that, and {way}"):
        yield path
