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
def test_the_callers_tensorflow_keeps_its_threads() -> None:
    """Whoever filters first and then computes, eagerly or in sessions, has as many threads as without convfilter."""
    told = python(
        "import glob, os, numpy as np, tensorflow as tf, convfilter",
        "for mode in tf.compat.v1.enable_eager_execution, tf.compat.v1.disable_eager_execution:",
        "    for filters in False, True:",
        "        if os.fork():",
        "            os.wait()",  # importing TensorFlow starts no thread of its own, so each child starts afresh
        "            continue",
        "        mode()",
        "        filters and convfilter.blur(np.zeros((64, 64), np.uint8))",
        "        square = tf.matmul(tf.ones((9, 9)), tf.ones((9, 9)))",
        "        tf.executing_eagerly() or tf.compat.v1.Session().run(square)",
        "        names = [open(path).read().strip() for path in glob.glob('/proc/self/task/*/comm')]",
        "        computing = sum(not name.startswith('tf_') for name in names)",  # they have no name of theirs
        "        print(computing, flush=True)",
        "        os._exit(0)",
    )
    eager, eager_filtered, graph, graph_filtered = map(int, told.split())
    assert eager_filtered >= eager > 0
    assert graph_filtered >= graph > 0


def test_the_callers_graph_and_settings_are_left_alone() -> None:
    """Filtering inside the scope of somebody's graph, even a finished one, adds nothing to it; on one core, too.

    The level of TensorFlow's logger stays what it is.
    """
    told = python(
        "import os, numpy as np",
        "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}) if hasattr(os, 'sched_setaffinity') else None",
        "import tensorflow as tf",
        "before = tf.get_logger().level",
        "import convfilter",
        "with tf.Graph().as_default() as graph:",
        "    graph.finalize()",
        "    print(convfilter.blur(np.full((9, 9), 7, np.uint8)).max(), len(graph.get_operations()))",
        "    dropped = convfilter.apply(np.full((9, 9), 7, np.uint8), convfilter.Dropout(0.5, 7))",
        "    print(sorted(set(dropped.ravel().tolist())), len(graph.get_operations()))",
        "print(tf.get_logger().level == before)",
    )
    assert told == "7 0\n[0, 14] 0\nTrue\n"
