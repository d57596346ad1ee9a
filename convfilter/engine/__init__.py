"""The engine: runs operations over pixels with TensorFlow, band by band, so that memory stays bounded."""

from convfilter.engine.bands import run

__all__ = ["run"]
