"""convfilter as a library beside other users of TensorFlow in the same process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def python(*lines: str) -> str:
    """What lines of Python print, in a process of their own that must end well."""
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to see the threads of a process")
@pytest.mark.parametrize("mode", ["pass", "tf.compat.v1.disable_eager_execution()"])
def test_the_callers_tensorflow_keeps_its_threads(mode: str) -> None:
    """Whoever filters first and then computes, eagerly or in sessions, has as many threads as without convfilter."""
    threads = [
        int(
            python(
                "import glob, numpy as np, tensorflow as tf, convfilter",
                mode,
                filtering,
                "square = tf.matmul(tf.ones((9, 9)), tf.ones((9, 9)))",
                "tf.executing_eagerly() or tf.compat.v1.Session().run(square)",
                "names = [open(path).read().strip() for path in glob.glob('/proc/self/task/*/comm')]",
                "print(sum(not name.startswith('tf_') for name in names))",  # those that compute have no name of theirs
            )
        )
        for filtering in ("pass", "convfilter.blur(np.zeros((64, 64), np.uint8))")
    ]
    assert threads[1] >= threads[0] > 0


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
