"""The engine: runs operations over pixels with TensorFlow, tile by tile, so that memory stays bounded."""

from convfilter.engine.numbers import numbers
from convfilter.engine.running import extremes, method_of, run, tiles_of

__all__ = ["extremes", "method_of", "numbers", "run", "tiles_of"]
