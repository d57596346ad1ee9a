"""Train every preset with several seeds, and print the table of the README.

`python tests/benchmarks/mnist_presets.py [PRESET...] [--seeds 3] [--output DIR]`; models and pictures stay in the
folder. A training that is there already is not made again.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
import time
from pathlib import Path

from convfilter.mnist.layers import parameter_shapes
from convfilter.mnist.presets import PRESETS


def main() -> None:
    """Print a row for every preset."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("presets", nargs="*", metavar="PRESET")
    arguments.add_argument("--seeds", type=int, default=3)
    arguments.add_argument("--output", type=Path, default=Path("mnist-presets"))
    options = arguments.parse_args()
    print("| preset | parameters | epochs | time | test accuracy | seeds |")
    print("| --- | --- | --- | --- | --- | --- |")
    for preset in options.presets or PRESETS:
        runs = [_run(preset, seed, options.output / f"{preset}-{seed}") for seed in range(options.seeds)]
        print(_row(preset, runs), flush=True)


def _run(preset: str, seed: int, folder: Path) -> dict[str, float]:
    """Train in a process of its own; the wall time is that of the whole command."""
    record = folder / "wall.json"
    if not record.exists():
        command = [sys.executable, "-m", "convfilter", "mnist", "train", "--preset", preset, "--overwrite"]
        begun = time.monotonic()
        subprocess.run([*command, "--seed", str(seed), "-o", str(folder), "--quiet"], check=True, stdout=sys.stderr)
        record.write_text(json.dumps({"wall": time.monotonic() - begun}))
    history = json.loads((folder / "history.json").read_text())
    return {"wall": json.loads(record.read_text())["wall"], "accuracy": 100 * history["test_accuracy"]}


def _row(preset: str, runs: list[dict[str, float]]) -> str:
    parameters = sum(math.prod(shape) for shape in parameter_shapes(PRESETS[preset].layers).values())
    accuracies = [run["accuracy"] for run in runs]
    spread = f" ± {statistics.stdev(accuracies):.2f}" if len(runs) > 1 else ""
    each = ", ".join(f"{accuracy:.2f}" for accuracy in accuracies)
    wall = statistics.median(run["wall"] for run in runs)
    shown = f"{wall:.0f} s" if wall < 100 else f"{wall / 60:.1f} min"
    mean = f"{statistics.mean(accuracies):.2f} %{spread}"
    return f"| `{preset}` | {parameters:,} | {PRESETS[preset].epochs:.3g} | {shown} | {mean} | {each} |"


if __name__ == "__main__":
    main()
