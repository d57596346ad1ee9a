"""The quick start: the same operations as TensorFlow's public ones, and the plain import whenever it fails."""

from __future__ import annotations

import subprocess
import sys
from operator import attrgetter

from convfilter import runtime
from convfilter.lean import OPERATIONS


def python(*lines: str) -> subprocess.CompletedProcess[str]:
    """Run lines of Python in a process of their own."""
    command = [sys.executable, "-c", "\n".join(lines)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_every_operation_is_the_public_one() -> None:
    """Each operation is the function that TensorFlow's public name stands for; `tf.nn.conv2d` the very object."""
    done = python(
        "from inspect import unwrap",
        "from operator import attrgetter",
        "from convfilter import lean, runtime",
        "tf = lean.lean_tensorflow()",
        "names = list(lean.OPERATIONS)",
        "own = [attrgetter(name)(tf) for name in names]",
        "full = runtime.tensorflow()",
        "print(tf.nn.conv2d is full.nn.conv2d)",
        "print([name for name, one in zip(names, own) if unwrap(one) is not unwrap(attrgetter(name)(full))])",
        "print(full.function(lambda x: x + 1)(full.Variable(1.0)).numpy(), 'keras' in dir(full))",
    )
    assert done.stdout == "True\n[]\n2.0 True\n", done.stderr


def test_it_loads_little() -> None:
    """A network runs without Keras and without TensorFlow's API, quietly."""
    done = python(
        "import sys",
        "from convfilter import runtime",
        "runtime.own_process = True",
        "from convfilter.mnist.models import load_model",
        "from convfilter.mnist.prediction import probabilities",
        "import numpy",
        "model = load_model()",
        "print(probabilities(model.layers, model.weights, numpy.zeros((1, 28, 28), numpy.uint8), model.turns).shape)",
        "print([name for name in ('keras', 'tensorflow._api', 'matplotlib') if name in sys.modules])",
    )
    assert (done.stdout, done.stderr) == ("(1, 10)\n[]\n", "")


def test_any_surprise_leads_to_the_plain_import() -> None:
    """Where a module or a name is not where it was, or TensorFlow is loaded already, the whole package is used."""
    done = python(
        "from convfilter import lean, runtime",
        "runtime.own_process = True",
        "for place in ('ops.moved_away', 'relu'), ('ops.math_ops', 'matmul'), ('ops.gen_nn_ops', 'gone'):",
        "    lean.OPERATIONS['nn.relu'] = place",
        "    print(lean.lean_tensorflow())",
        "tf = runtime.tf_operations()",
        "print(tf.nn.relu([-1.0, 2.0]).numpy().tolist(), hasattr(tf, 'function'))",
        "lean.OPERATIONS['nn.relu'] = ('ops.gen_nn_ops', 'relu')",
        "print(lean.lean_tensorflow())",
    )
    assert done.stdout == "None\nNone\nNone\n[0.0, 2.0] True\nNone\n", done.stderr


def test_a_library_never_does_it() -> None:
    """Where convfilter is imported by another program, networks run with the whole package."""
    assert not runtime.own_process
    assert runtime.tf_operations() is runtime.tensorflow()
    for name in OPERATIONS:
        assert callable(attrgetter(name)(runtime.tensorflow()))
