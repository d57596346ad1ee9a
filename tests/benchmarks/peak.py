"""The greatest memory of a process."""

from __future__ import annotations

import subprocess
import sys

_MEASURE = """
import os, subprocess, sys
with subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL) as process:
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
print(usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
sys.exit(process.returncode)
"""


def peak(*command: object, code: int = 0) -> float:
    """Bytes of the resident set of a command at its greatest; CalledProcessError where it exits with another code.

    A small process starts it, as a process is counted with the memory of the one that it was forked from.
    """
    whole = [sys.executable, "-c", _MEASURE, *map(str, command)]
    done = subprocess.run(whole, check=False, capture_output=True, text=True)
    if done.returncode != code:
        raise subprocess.CalledProcessError(done.returncode, whole, done.stdout, done.stderr)
    return float(done.stdout)
