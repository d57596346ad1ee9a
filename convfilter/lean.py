"""The few operations that run a network, from TensorFlow's own modules, without the rest of the package.

`import tensorflow` takes about four times as long as what it needs to compute. This is private ground of
TensorFlow, so all of it stays in this file, it is never entered in a program that imports convfilter as a
library, and any surprise leads back to the plain import. A test holds every operation to be the very
function that the public name stands for.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

OPERATIONS = {
    "constant": ("framework.constant_op", "constant"),
    "matmul": ("ops.math_ops", "matmul"),
    "reduce_mean": ("ops.math_ops", "reduce_mean"),
    "reshape": ("ops.array_ops", "reshape"),
    "nn.bias_add": ("ops.nn_ops", "bias_add"),
    "nn.conv2d": ("ops.nn_ops", "conv2d_v2"),
    "nn.max_pool2d": ("ops.nn_ops", "max_pool2d"),
    "nn.relu": ("ops.gen_nn_ops", "relu"),
    "nn.softmax": ("ops.nn_ops", "softmax_v2"),
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
    try:
        _part("framework.ops").enable_eager_execution()
        _part("framework.tensor_shape").enable_v2_tensorshape()
        found = {name: getattr(_part(module), defined) for name, (module, defined) in OPERATIONS.items()}
        tf = SimpleNamespace(nn=SimpleNamespace())
        for name, operation in found.items():
            setattr(tf.nn if name.startswith("nn.") else tf, name.removeprefix("nn."), operation)
        tf.nn.relu(tf.constant([0.0]))  # starts the runtime
    except Exception:  # whatever a TensorFlow of another version may do here, the plain import is still there
        make_way()
        return None
    return tf


def make_way() -> None:
    """Let the next ``import tensorflow`` be the real one."""
    if not hasattr(sys.modules.get("tensorflow"), "__version__"):
        sys.modules.pop("tensorflow", None)


def _part(name: str) -> Any:
    return importlib.import_module(f"tensorflow.python.{name}")
