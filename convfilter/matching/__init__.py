"""What other tools compute, as operations: their borders, kernels, orders of passes and roundings.

Each was found by experiment and holds to the level, but for what docs/matching.md names.
"""

from convfilter.matching.chains import Match, matched

__all__ = ["Match", "matched"]
