"""One frame through the engine, and the same by the float64 reference."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from references import correlate

from convfilter import Kernel, engine


def run(pixels: NDArray[Any], *operations: Any, alpha: bool = False, **options: Any) -> NDArray[Any]:
    """Run operations over one frame."""
    return engine.run([pixels], operations, alpha=alpha, **options).frames[0]


def reference(pixels: NDArray[Any], kernel: Kernel, border: str, dilation: int = 1) -> NDArray[np.float64]:
    """Filter every channel in float64."""
    planes = [
        correlate(pixels[:, :, channel], kernel.weights, border, dilation=dilation)
        for channel in range(pixels.shape[2])
    ]
    return np.stack(planes, axis=-1)
