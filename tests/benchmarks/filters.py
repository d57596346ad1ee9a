"""Time and memory of filters beside other tools, in one run: the table of the README.

`python tests/benchmarks/filters.py [--repeats 5] [--megapixels 12] [--pictures 40] [--giant] [PART...]`; the parts
are arrays, programs, memory, batches and long. Ours and theirs take turns, and what counts is the ratio of their
medians; the spread is that of the ratios of single turns. A peer that is not installed is left out, and that is said.
`--giant` adds the memory of a picture of 13,300 x 13,300; batches are of `--pictures`, and the long run is of 250
times as many.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import arrays
import batches
import programs
import timing

PARTS = ("arrays", "programs", "memory", "batches", "long")


def main() -> None:
    """Measure, and print the table row by row."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    arguments.add_argument("--repeats", type=int, default=5)
    arguments.add_argument("--megapixels", type=float, default=12)
    arguments.add_argument("--pictures", type=int, default=40)
    arguments.add_argument("--giant", action="store_true")
    options = arguments.parse_args()
    parts = options.parts or PARTS
    if not set(parts) <= set(PARTS):
        arguments.error(f"a part is one of {', '.join(PARTS)}")
    print(timing.HEAD)
    with tempfile.TemporaryDirectory() as folder:
        if "arrays" in parts:
            for case in arrays.cases(options.megapixels):
                print(timing.row(case, options.repeats), flush=True)
        if "programs" in parts:
            for case in programs.cases(Path(folder), options.megapixels):
                print(timing.row(case, options.repeats), flush=True)
        if "batches" in parts:
            for case in batches.cases(Path(folder), options.megapixels, options.pictures):
                print(timing.row(case, min(options.repeats, 3)), flush=True)
        if "long" in parts:
            for what, figure, aim in batches.long_run(Path(folder), 250 * options.pictures):
                print(f"| {what} | | {figure} | | | | {aim} |", flush=True)
        if "memory" in parts:
            for what, used, aim in programs.memory(Path(folder), options.megapixels, giant=options.giant):
                print(f"| {what} | | {used / 1e6:,.0f} MB | | | | {aim / 1e6:,.0f} MB |", flush=True)


if __name__ == "__main__":
    main()
