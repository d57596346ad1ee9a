"""Training from the first step to the files that it leaves."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

from convfilter import atomic
from convfilter.errors import OptionError
from convfilter.figures import save_figure
from convfilter.mnist import pictures
from convfilter.mnist.checkpoints import restore_checkpoint
from convfilter.mnist.course import CHECKPOINT, Course, Progress, writing
from convfilter.mnist.data import Mnist
from convfilter.mnist.models import MODEL, Model, save_model
from convfilter.mnist.prediction import Evaluation, evaluate
from convfilter.mnist.presets import Run
from convfilter.mnist.trainer import Trainer

HISTORY = "history.json"

DRAWINGS = ("learning-curve.png", "confusion.png", "misclassified.png", "filters.png")


def train(
    run: Run,
    data: Mnist,
    folder: Path,
    strategy: Any,
    *,
    writes: bool = True,
    resume: bool = False,
    overwrite: bool = False,
    report: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Evaluation:
    """Train a network, test it once, and write what came of it.

    Args:
        run: what to train, and how.
        data: the data set.
        folder: where the files go: the model, its history, pictures; while it lasts, a checkpoint an epoch.
        strategy: a `tf.distribute` strategy.
        writes: False for workers that leave writing to their chief.
        resume: go on from the checkpoint in the folder.
        overwrite: begin anew where the folder holds a model or a checkpoint.
        report: is told how it is going, after every step.
        stop: is asked after every step; True ends the training with a checkpoint.

    Returns:
        How the network did on the test set.

    Raises:
        Stopped: `stop` said so.
        OptionError: as for `check_folder`, another training writes into the folder, or the checkpoint is of one with
            other settings.
        ModelError: the checkpoint is damaged.
        TrainingError: the loss is not a number any more, or a file cannot be written.
    """
    with _alone_in(folder) if writes else nullcontext():
        if writes:
            _check_folder(folder, resume=resume, overwrite=overwrite)  # again, now that nobody else writes there
        trainer = Trainer(run, data.training, strategy)
        course = Course(trainer, data, folder if writes else None)
        if resume:
            course.history, course.seconds = restore_checkpoint(folder / CHECKPOINT, trainer)
        elif writes:
            _remove_checkpoint(folder)  # of a training that is not gone on with
        course.run(report, stop)
        result = evaluate(trainer.preset.layers, trainer.weights(), data.test, trainer.preset.turns)
        if writes:
            _write(course, result, data, folder)
        return result


def check_folder(folder: Path, *, resume: bool, overwrite: bool, alone: bool = True) -> None:
    """Refuse a folder in which something would be lost, or nothing can be taken up.

    Args:
        folder: of the model.
        resume: whether a training is taken up.
        overwrite: whether one begins anew.
        alone: whether nobody else may write there; workers have a chief that does.

    Raises:
        OptionError: another training writes there, it holds a model or a checkpoint already, or no checkpoint to
            go on from.
    """
    if resume and overwrite:
        raise OptionError("--resume goes on and --overwrite begins anew; give one of them")
    if alone and os.path.isdir(folder) and os.access(folder, os.R_OK):
        with _alone_in(folder, fcntl.LOCK_SH):  # only looks, and keeps nobody out who only looks
            pass
    _check_folder(folder, resume=resume, overwrite=overwrite)


def _check_folder(folder: Path, *, resume: bool, overwrite: bool) -> None:
    """The same, whoever writes there."""
    place = folder.absolute()
    while not os.path.lexists(place):
        place = place.parent
    if not place.is_dir():
        raise OptionError(f"{place}: is a file; --output is a folder")
    if not os.access(place, os.W_OK | os.X_OK):
        why = "is on a file system that can only be read" if _is_read_only(place) else "permission denied"
        raise OptionError(f"{place}: {why}; name another --output")
    if resume and not os.path.lexists(folder / CHECKPOINT):
        raise OptionError(f"{folder}: no {CHECKPOINT} to go on from; leave --resume out")
    for name, what in ((MODEL, "a model"), (CHECKPOINT, "a training that was stopped")):
        if not (resume or overwrite) and os.path.lexists(folder / name):
            way = "; --resume goes on with it" if name == CHECKPOINT else ""
            raise OptionError(f"{folder}: holds {what} already{way}; --overwrite begins anew, or name another --output")
    for name in (HISTORY, *DRAWINGS):
        if not (resume or overwrite) and os.path.lexists(folder / name):
            raise OptionError(
                f"{folder / name}: exists already and is kept; --overwrite replaces it, or name another --output"
            )
        if (folder / name).is_dir():
            raise OptionError(f"{folder / name}: is a folder, where a file would go; name another --output")


def _is_read_only(place: Path) -> bool:
    return bool(os.statvfs(place).f_flag & os.ST_RDONLY)


@contextmanager
def _alone_in(folder: Path, lock: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Make a folder, and keep other trainings out of it; the system gives it free when the process ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise OptionError(f"{folder}: cannot be made ({error.strerror}); name another --output") from None
    try:
        fcntl.flock(descriptor, lock | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise OptionError(f"{folder}: another training writes there now; name another --output") from None
    finally:
        os.close(descriptor)


def _write(course: Course, result: Evaluation, data: Mnist, folder: Path) -> None:
    """The model first, then what is told and drawn of it; the checkpoint has done its work."""
    trainer = course.trainer
    metrics = {
        "test_accuracy": result.accuracy,
        "test_errors": len(result.wrong),
        "seconds": round(course.seconds, 1),
        "run": asdict(trainer.run),
    }
    model = Model(trainer.run.preset, trainer.weights(), metrics)
    with writing(folder / MODEL) as path:
        save_model(model, path)
    with writing(folder / HISTORY) as path, atomic.output_file(path, overwrite=True) as file:
        file.write(json.dumps({**metrics, "history": course.history}, indent=1).encode())
    drawings = (
        pictures.learning_curve(course.history),
        pictures.confusion(result),
        pictures.misclassified(result, data.test.images),
        pictures.filters(model),
    )
    for name, figure in zip(DRAWINGS, drawings, strict=True):
        with writing(folder / name) as path:
            save_figure(figure, path, overwrite=True)
    _remove_checkpoint(folder)


def _remove_checkpoint(folder: Path) -> None:
    with writing(folder / CHECKPOINT) as path:
        path.unlink(missing_ok=True)
