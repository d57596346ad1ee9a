"""How TensorFlow comes in: quietly, on the device that was asked for, with full float32 precision."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from convfilter.errors import DeviceError, one_line
from convfilter.lean import lean_tensorflow, make_way

own_process = False
"""Whether nobody but the command line of convfilter runs in this process; its entry point says so."""


@cache
def tensorflow() -> Any:
    """The `tensorflow` module, imported at the first call and without its log lines.

    Raises:
        DeviceError: TensorFlow is not installed, or cannot start here.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    make_way()
    try:
        with _silenced_stderr():
            import tensorflow as tf

            tf.config.list_physical_devices()
    except (ImportError, OSError, RuntimeError) as error:
        raise DeviceError(f"TensorFlow does not start here: {one_line(error, 160)}; reinstall tensorflow") from None
    tf.get_logger().setLevel("ERROR")
    # Ampere GPUs would otherwise round the inputs of a convolution to 10 bits.
    tf.config.experimental.enable_tensor_float_32_execution(False)
    return tf


@cache
def network_operations() -> Any:
    """What a trained network runs with: the `tensorflow` module, or in a process of our own only `lean.OPERATIONS`.

    Raises:
        DeviceError: as for `tensorflow`.
    """
    if own_process:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        with _silenced_stderr():
            lean = lean_tensorflow()
        if lean is not None:
            return lean
    return tensorflow()


def devices() -> list[tuple[str, str]]:
    """The devices that can be asked for, each with what it is: ``("cpu", ...)``, ``("gpu:0", ...)``."""
    tf = tensorflow()
    found = [("cpu", f"{os.cpu_count()} cores")]
    for index, gpu in enumerate(tf.config.list_physical_devices("GPU")):
        details = tf.config.experimental.get_device_details(gpu)
        found.append((f"gpu:{index}", str(details.get("device_name", gpu.name))))
    return found


def resolve_device(request: str) -> str:
    """TensorFlow's name of a device.

    Args:
        request: ``auto`` (the first GPU, else the CPU), ``cpu``, ``gpu`` or ``gpu:N``.

    Raises:
        DeviceError: there is no such device.
    """
    kind, _, number = request.lower().partition(":")
    if kind not in ("auto", "cpu", "gpu") or (number and (kind != "gpu" or not number.isdecimal())):
        raise DeviceError(f"{request}: a device is auto, cpu, gpu or gpu:N")
    gpus = [] if kind == "cpu" else tensorflow().config.list_physical_devices("GPU")
    if kind == "cpu" or (kind == "auto" and not gpus):
        return "/CPU:0"
    if int(number or 0) >= len(gpus):
        found = ", ".join(name for name, _ in devices())
        raise DeviceError(f"{request}: TensorFlow finds no such device here, only {found}; take one of these or auto")
    return f"/GPU:{int(number or 0)}"


@contextmanager
def _silenced_stderr() -> Iterator[None]:
    """Send what C++ writes to standard error to nowhere; its start-up lines obey no log level."""
    if "TF_CPP_MIN_LOG_LEVEL" in os.environ and os.environ["TF_CPP_MIN_LOG_LEVEL"] != "3":
        yield  # somebody asked to see them
        return
    if sys.stderr is not None:
        sys.stderr.flush()
    saved = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
