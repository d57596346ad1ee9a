"""The engine: runs operations over pixels with TensorFlow, tile by tile, so that memory stays bounded."""

from convfilter.engine.describing import methods_of, tiles_of
from convfilter.engine.numbers import numbers
from convfilter.engine.running import extremes, run

__all__ = ["extremes", "methods_of", "numbers", "run", "tiles_of"]
