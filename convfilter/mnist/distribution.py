"""Sharing the work of training over devices and machines, through `tf.distribute`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from convfilter.errors import OptionError, TrainingError
from convfilter.mnist.presets import Run
from convfilter.names import Strategy
from convfilter.runtime import resolve_device, tensorflow
from convfilter.text import one_line


@dataclass(frozen=True)
class Workers:
    """Who trains.

    Attributes:
        strategy: a `tf.distribute` strategy.
        chief: whether this process tells how it goes and writes the files; exactly one does.
    """

    strategy: Any
    chief: bool


@contextmanager
def distributed(name: Strategy, device: str, run: Run) -> Iterator[Workers]:
    """The strategy of this name, in whose care the block trains.

    Args:
        name: ``none`` is one device; ``mirrored`` all GPUs of this machine; ``multiworker`` every machine that the
            variable TF_CONFIG names, each of which runs the same command.
        device: for ``none``: ``auto``, ``cpu``, ``gpu`` or ``gpu:N``.
        run: what is to be trained; not every run can be shared.

    Raises:
        OptionError: TF_CONFIG is missing or wrong, or the options do not go together.
        DeviceError: there is no such device.
        TrainingError: another worker is gone.
    """
    if name == "none":
        tf = tensorflow()  # first, as the quick start has not all that training needs
        place = resolve_device(device)
        with tf.device(place):
            yield Workers(tf.distribute.get_strategy(), chief=True)
        return
    if device != "auto":
        raise OptionError("--device is for --strategy none; a strategy chooses its devices itself")
    if name == "mirrored":
        yield Workers(tensorflow().distribute.MirroredStrategy(), chief=True)
        return
    chief = _is_chief()
    if run.budget is not None:
        raise OptionError("--budget goes by this machine's clock, and the workers' clocks differ; give --epochs")
    tf = tensorflow()
    try:
        yield Workers(_multiworker(), chief)
    except tf.errors.OpError:
        raise TrainingError(
            "another worker cannot be reached or has stopped; "
            "start all of them again, with --resume where there is a checkpoint"
        ) from None


def _is_chief() -> bool:
    """Whether TF_CONFIG makes this process the one that writes."""
    try:
        config = json.loads(os.environ["TF_CONFIG"])
        cluster, task = config["cluster"], config["task"]
        kind, index = task["type"], int(task["index"])
        known = kind in ("chief", "worker") and 0 <= index < len(cluster[kind])
        if not known or not all(_are_addresses(places) for places in cluster.values()):
            raise ValueError
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        raise OptionError(
            "--strategy multiworker needs TF_CONFIG, such as "
            '{"cluster": {"worker": ["host1:2222", "host2:2222"]}, "task": {"type": "worker", "index": 0}}'
        ) from None
    return kind == "chief" or (index == 0 and "chief" not in cluster)


def _multiworker() -> Any:
    try:
        return tensorflow().distribute.MultiWorkerMirroredStrategy()
    except (ValueError, TypeError, AttributeError) as error:  # of what else may stand in TF_CONFIG
        raise OptionError(f"TF_CONFIG is wrong: {one_line(error, 160)}") from None


def _are_addresses(places: Any) -> bool:
    return isinstance(places, list) and all(isinstance(place, str) and place for place in places)
