"""Run every check, in the order of how soon they tell: ruff, mypy, pytest. The same for people and for CI.

Arguments go to pytest: `tests/check.py -m slow` runs the slow tests instead, `tests/check.py --cov` tells what the
tests do not reach.
"""

import subprocess
import sys
from pathlib import Path

LINTERS = (["ruff", "check"], ["ruff", "format", "--check", "--quiet"], ["mypy"])


def main() -> int:
    """Run the checks and stop at the first that fails."""
    root = Path(__file__).parents[1]
    tests = ["pytest", "--quiet", "--numprocesses", "2", *sys.argv[1:]]
    for check in (*LINTERS, tests):
        code = subprocess.run([sys.executable, "-m", *check], cwd=root, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
