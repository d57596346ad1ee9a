"""Run every check, in the order of how soon they tell: ruff, mypy, pytest. The same for people and for CI.

Arguments go to pytest: `tests/check.py -m slow` runs the slow tests instead.
"""

import subprocess
import sys
from pathlib import Path

CHECKS = (
    ["ruff", "check"],
    ["ruff", "format", "--check", "--quiet"],
    ["mypy"],
    [
        "pytest",
        "--quiet",
        "--numprocesses",
        "2",
        "--cov",
        "--cov-report",
        "term:skip-covered",
        "--cov-fail-under",
        "90",
    ],
)


def main() -> int:
    """Run the checks and stop at the first that fails."""
    root = Path(__file__).parents[1]
    for check in CHECKS:
        arguments = (sys.argv[1:] or COVERAGE) if check[0] == "pytest" else []
        code = subprocess.run([sys.executable, "-m", *check, *arguments], cwd=root, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
