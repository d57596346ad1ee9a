"""How TensorFlow comes in: quietly, on the device that was asked for, with full float32 precision."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import cache
from pathlib import Path
from typing import Any

from convfilter.errors import DeviceError
from convfilter.lean import has_onednn, lean_tensorflow, make_way, start_runtime
from convfilter.text import one_line

own_process = False
"""Whether nobody but the command line of convfilter runs in this process; its entry point says so."""


_loading = threading.RLock()
"""Held while TensorFlow is loaded, which two threads must not do at once."""


def tensorflow() -> Any:
    """The `tensorflow` module, imported at the first call and without its log lines.

    Raises:
        DeviceError: TensorFlow is not installed, or cannot start here.
    """
    with _loading:
        return _whole()


@cache
def _whole() -> Any:
    make_way()
    try:
        # In a process of others they are theirs to choose.
        with _silenced_stderr(), without_variables("MPLBACKEND", "KERAS_BACKEND") if own_process else nullcontext():
            import tensorflow as tf

            tf.config.list_physical_devices()
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        raise DeviceError(f"TensorFlow does not start here: {one_line(error, 160)}; reinstall tensorflow") from None
    if own_process:
        tf.get_logger().setLevel("ERROR")
    return _set_up(tf)


def tf_operations() -> Any:
    """What filters and trained networks run with, used as ``tf``: `lean.OPERATIONS`.

    In a process of our own these alone are loaded, if that works; else they are those of the `tensorflow` module.

    Raises:
        DeviceError: as for `tensorflow`.
    """
    with _loading:
        return _least()


@cache
def _least() -> Any:
    if own_process:
        with _silenced_stderr():
            lean = lean_tensorflow()
        if lean is not None:
            return _set_up(lean)
    return _whole()


def graph_function(build: Callable[[], tuple[Any, list[Any]]], device: str) -> Callable[..., Any]:
    """A graph as a function from numpy arrays to numpy arrays, which computes in the thread that calls it.

    Args:
        build: makes the graph; gives its results and its placeholders.
        device: where the graph is computed.
    """
    tf = tf_operations()
    start_runtime()  # what starts first decides the threads of the process; a session of one thread must not
    graph = tf.Graph()
    with graph.as_default(), tf.device(device):
        results, inputs = build()
    config = tf.compat.v1.ConfigProto(
        intra_op_parallelism_threads=1,
        inter_op_parallelism_threads=-1,  # in the thread of the caller
        use_per_session_threads=True,
        allow_soft_placement=True,
    )
    config.graph_options.rewrite_options.disable_meta_optimizer = True  # there is nothing to gain
    call: Callable[..., Any] = tf.compat.v1.Session(graph=graph, config=config).make_callable(results, inputs)
    return call


def worker_count(device: str) -> int:
    """How many threads of ours compute at once on a device: on a CPU one a core."""
    return core_count() if device.startswith("/CPU") else 1


def core_count() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _set_up(tf: Any) -> Any:
    # Ampere GPUs would otherwise round the inputs of a convolution to 10 bits.
    tf.config.experimental.enable_tensor_float_32_execution(False)
    return tf


def has_fast_lanes(device: str) -> bool:
    """Whether a grouped convolution is fast on a device of `resolve_device`; elsewhere it is far slower than planes."""
    tf_operations()  # loads TensorFlow in the quiet and quick way
    return device.startswith("/CPU") and has_onednn()


def default_memory() -> int:
    """Bytes that are used where nobody says how many: half of this machine's, or of the container's that we are in."""
    sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    with suppress(OSError, ValueError):  # there is no such file, or it says "max"
        sizes.append(int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return min(sizes) // 2


def devices() -> list[tuple[str, str]]:
    """The devices that can be asked for, each with what it is: ``("cpu", ...)``, ``("gpu:0", ...)``."""
    tf = tf_operations()
    found = [("cpu", f"{core_count()} cores")]
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
    if kind not in ("auto", "cpu", "gpu") or (number and (kind != "gpu" or not re.fullmatch(r"\d{1,4}", number))):
        raise DeviceError(f"{request}: a device is auto, cpu, gpu or gpu:N")
    gpus = [] if kind == "cpu" else tf_operations().config.list_physical_devices("GPU")
    if kind == "cpu" or (kind == "auto" and not gpus):
        return "/CPU:0"
    if int(number or 0) >= len(gpus):
        found = ", ".join(name for name, _ in devices())
        raise DeviceError(f"{request}: TensorFlow finds no such device here, only {found}; take one of these or auto")
    return f"/GPU:{int(number or 0)}"


@contextmanager
def without_variables(*names: str) -> Iterator[None]:
    """For a block that these variables of the environment might make fail: it does not see them."""
    taken = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(taken)


@contextmanager
def _silenced_stderr() -> Iterator[None]:
    """Send what C++ writes to standard error to nowhere; its start-up lines obey no log level."""
    if os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3") != "3":
        yield  # somebody asked to see them
        return
    with suppress(OSError, ValueError, AttributeError):  # it may be closed
        sys.stderr.flush()
    try:
        saved = os.dup(2)
    except OSError:  # closed: there is nothing to silence
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
