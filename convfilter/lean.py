"""The few operations that are computed with, from TensorFlow's own modules, without the rest of the package.

`import tensorflow` takes about four times as long as what it needs to compute. This is private ground of
TensorFlow, so all of it stays in this file, it is never entered in a program that imports convfilter as a
library, and any surprise leads back to the plain import. A test holds every operation to be the very
function that the public name stands for.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import typing
from contextlib import suppress
from functools import lru_cache
from operator import attrgetter
from types import ModuleType, SimpleNamespace
from typing import Any

OPERATIONS = {
    "Graph": ("framework.ops", "Graph"),
    "abs": ("ops.math_ops", "abs"),
    "bitcast": ("ops.gen_array_ops", "bitcast"),
    "cast": ("ops.math_ops", "cast"),
    "clip_by_value": ("ops.clip_ops", "clip_by_value"),
    "compat.v1.ConfigProto": ("client.session", "config_pb2.ConfigProto"),
    "compat.v1.Session": ("client.session", "Session"),
    "compat.v1.placeholder": ("ops.array_ops", "placeholder"),
    "concat": ("ops.array_ops", "concat"),
    "constant": ("framework.constant_op", "constant"),
    "control_dependencies": ("framework.ops", "control_dependencies"),
    "device": ("framework.ops", "device_v2"),
    "floor": ("ops.math_ops", "floor"),
    "gather": ("ops.array_ops", "gather_v2"),
    "matmul": ("ops.math_ops", "matmul"),
    "maximum": ("ops.gen_math_ops", "maximum"),
    "pad": ("ops.array_ops", "pad_v2"),
    "reduce_sum": ("ops.math_ops", "reduce_sum"),
    "reshape": ("ops.array_ops", "reshape"),
    "round": ("ops.math_ops", "round"),
    "shape": ("ops.array_ops", "shape_v2"),
    "sign": ("ops.math_ops", "sign"),
    "split": ("ops.array_ops", "split"),
    "sqrt": ("ops.math_ops", "sqrt"),
    "square": ("ops.math_ops", "square"),
    "tile": ("ops.gen_array_ops", "tile"),
    "transpose": ("ops.array_ops", "transpose_v2"),
    "where": ("ops.array_ops", "where_v2"),
    "config.list_physical_devices": ("framework.config", "list_physical_devices"),
    "config.experimental.get_device_details": ("framework.config", "get_device_details"),
    "config.experimental.enable_tensor_float_32_execution": (
        "framework.config",
        "enable_tensor_float_32_execution",
    ),
    "errors.OpError": ("framework.errors_impl", "OpError"),
    "errors.ResourceExhaustedError": ("framework.errors_impl", "ResourceExhaustedError"),
    "raw_ops.QuantizeV2": ("ops.gen_array_ops", "QuantizeV2"),
    "raw_ops.StatelessRandomGetKeyCounter": ("ops.gen_stateless_random_ops_v2", "StatelessRandomGetKeyCounter"),
    "raw_ops.StatelessRandomUniformV2": ("ops.gen_stateless_random_ops_v2", "StatelessRandomUniformV2"),
    "nn.avg_pool2d": ("ops.nn_ops", "avg_pool2d"),
    "nn.bias_add": ("ops.nn_ops", "bias_add"),
    "nn.conv2d": ("ops.nn_ops", "conv2d_v2"),
    "nn.max_pool2d": ("ops.nn_ops", "max_pool2d"),
    "nn.relu": ("ops.gen_nn_ops", "relu"),
    "nn.relu6": ("ops.nn_ops", "relu6"),
    "nn.sigmoid": ("ops.math_ops", "sigmoid"),
    "nn.softmax": ("ops.nn_ops", "softmax_v2"),
    "nn.softplus": ("ops.math_ops", "softplus"),
    "nn.tanh": ("ops.gen_math_ops", "tanh"),
}
"""The public name of each, below ``tf``; the module below ``tensorflow.python`` that defines it, and its name there."""


def lean_tensorflow() -> Any:
    """A namespace with `OPERATIONS`, to be used as ``tf``; None where that does not work or TensorFlow is loaded.

    A module without content stands for the package from then on, as its parts import one another when they
    are first used; `make_way` takes it away.
    """
    specification = importlib.util.find_spec("tensorflow") if "tensorflow" not in sys.modules else None
    if specification is None:
        return None
    placeholder = ModuleType("tensorflow")
    placeholder.__spec__ = specification
    placeholder.__path__ = list(specification.submodule_search_locations or ())
    sys.modules["tensorflow"] = placeholder
    # The types of operations are given as thousands of texts, few of which differ: a tenth of a command's time.
    typing.compile = lru_cache(compile)  # type: ignore[attr-defined]
    try:
        _part("framework.ops").enable_eager_execution()
        _part("framework.tensor_shape").enable_v2_tensorshape()
        found = {name: attrgetter(defined)(_part(module)) for name, (module, defined) in OPERATIONS.items()}
        tf = SimpleNamespace()
        for name, operation in found.items():
            *groups, last = name.split(".")
            place = tf
            for group in groups:
                place = place.__dict__.setdefault(group, SimpleNamespace())
            setattr(place, last, operation)
        tf.nn.relu(tf.constant([0.0]))  # starts the runtime
    except Exception:  # whatever a TensorFlow of another version may do here, the plain import is still there
        make_way()
        return None
    finally:
        del typing.compile  # type: ignore[attr-defined]
    return tf


def start_runtime() -> None:
    """Start TensorFlow's runtime with its own number of threads, and without an operation in anybody's graph."""
    with suppress(ImportError, AttributeError):  # another version may start by itself
        _part("eager.context").context().ensure_initialized()


def has_onednn() -> bool:
    """Whether TensorFlow computes with oneDNN here, as it does where the processor and its settings allow."""
    try:
        return bool(_part("util._pywrap_util_port").IsMklEnabled())
    except (ImportError, AttributeError):
        return False


def make_way() -> None:
    """Let the next ``import tensorflow`` be the real one."""
    if not hasattr(sys.modules.get("tensorflow"), "__version__"):
        sys.modules.pop("tensorflow", None)


def _part(name: str) -> Any:
    return importlib.import_module(f"tensorflow.python.{name}")
