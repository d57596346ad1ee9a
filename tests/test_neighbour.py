"""convfilter as a library beside other users of TensorFlow in the same process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def python(*lines: str) -> str:
    """What lines of Python print, in a process of their own that must end well."""
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core has one thread")
@pytest.mark.parametrize("mode", ["pass", "tf.compat.v1.disable_eager_execution()"])
def test_the_callers_tensorflow_keeps_its_threads(mode: str) -> None:
    """Whoever filters first and then computes, eagerly or in sessions, still computes on all cores."""
    shares = python(
        "import time, numpy as np, tensorflow as tf, convfilter",
        mode,
        "convfilter.blur(np.zeros((64, 64), np.uint8))",
        "if tf.executing_eagerly():",
        "    run = lambda: tf.matmul(tf.ones((1500, 1500)), tf.ones((1500, 1500)))",
        "else:",
        "    square = tf.compat.v1.placeholder(tf.float32, (1500, 1500))",
        "    session, product = tf.compat.v1.Session(), tf.matmul(square, square)",
        "    ones = np.ones((1500, 1500), np.float32)",
        "    run = lambda: session.run(product, {square: ones})",
        "run()",
        "for _ in range(5):",
        "    wall, used = time.perf_counter(), time.process_time()",
        "    for _ in range(5): run()",
        "    print((time.process_time() - used) / (time.perf_counter() - wall))",
    )
    assert max(map(float, shares.split())) > 1.2


def test_the_callers_graph_is_left_alone() -> None:
    """Filtering inside the scope of somebody's graph, even a finished one, adds nothing to it; on one core, too."""
    assert (
        python(
            "import os, numpy as np",
            "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}) if hasattr(os, 'sched_setaffinity') else None",
            "import tensorflow as tf, convfilter",
            "with tf.Graph().as_default() as graph:",
            "    graph.finalize()",
            "    print(convfilter.blur(np.full((9, 9), 7, np.uint8)).max(), len(graph.get_operations()))",
        )
        == "7 0\n"
    )


def test_the_callers_settings_are_kept() -> None:
    """The level of TensorFlow's logger stays what it is."""
    assert (
        python(
            "import numpy as np, tensorflow as tf",
            "before = tf.get_logger().level",
            "import convfilter",
            "convfilter.blur(np.zeros((9, 9), np.uint8))",
            "print(tf.get_logger().level == before)",
        )
        == "True\n"
    )
