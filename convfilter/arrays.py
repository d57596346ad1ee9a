"""The same operations on numpy arrays, for programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter import engine, library
from convfilter.errors import ImageError, KernelError, OptionError
from convfilter.kernels import Kernel
from convfilter.names import Border, GrayMethod, Range
from convfilter.operations import Convolve, Grayscale, Operation, in_linear_light

Array = NDArray[Any]


def blur(
    array: Array,
    kernel: str | Path | Kernel = "gaussian",
    *,
    sigma: float | None = None,
    size: int | None = None,
    border: Border = "reflect",
    linear: bool = False,
    alpha: bool | None = None,
    device: str = "auto",
) -> Array:
    """Blur an array as ``convfilter blur`` blurs a picture.

    Args:
        array: as for `apply`.
        kernel: ``gaussian``, ``mean``, a name of the library, the path of a kernel file, or a `Kernel`.
        sigma: standard deviation of the Gaussian in pixels; default 2, or from `size`.
        size: pixels on a side, for ``gaussian`` (odd) and ``mean``.
        border: ``reflect``, ``symmetric``, ``edge``, ``wrap``, ``zero`` or ``valid``.
        linear: as for `apply`.
        alpha: as for `apply`.
        device: as for `apply`.

    Returns:
        A new array of the same type and, but for border ``valid``, the same shape.

    Raises:
        KernelError: no such kernel, or sigma or size do not fit.
        OptionError: no such border.
        ImageError, DeviceError: as for `apply`.
    """
    if not isinstance(kernel, Kernel):
        kernel = library.load_kernel(str(kernel), sigma=sigma, size=size)
    elif sigma is not None or size is not None:
        raise KernelError("sigma and size make a kernel; leave them out when you give one")
    return apply(array, Convolve(kernel, border=border), linear=linear, alpha=alpha, device=device)


def gray(array: Array, method: GrayMethod = "mean", *, alpha: bool | None = None, device: str = "auto") -> Array:
    """Make an RGB or RGBA array grey, as ``convfilter gray`` does.

    Args:
        array: (height, width, 3), or with alpha (height, width, 4); types as for `apply`.
        method: ``mean``, ``rec601``, ``rec709`` or ``linear``; see `Grayscale`.
        alpha: as for `apply`.
        device: as for `apply`.

    Returns:
        (height, width, 1), or (height, width, 2) with alpha; a grey array comes back as it is.

    Raises:
        OptionError: no such method.
        ImageError, DeviceError: as for `apply`.
    """
    return apply(array, Grayscale(method), alpha=alpha, device=device)


def apply(
    array: Array,
    *operations: Operation,
    range_: Range = "clip",
    linear: bool = False,
    alpha: bool | None = None,
    device: str = "auto",
) -> Array:
    """Run operations over an array, rounded once at the end.

    Args:
        array: (height, width) or (height, width, channels); uint8, uint16, or float32 in [0, 1].
        operations: for instance ``Convolve(load_kernel("sobel"))``, ``Grayscale("rec709")``.
        range_: ``clip`` saturates, ``abs`` shows magnitudes, ``rescale`` stretches the result to the
            whole range. Floats are never clipped.
        linear: decode sRGB before and encode it after.
        alpha: whether the last channel is alpha; by default it is with 2 and 4 channels.
        device: ``auto``, ``cpu``, ``gpu`` or ``gpu:N``.

    Returns:
        A new array of the same type; (height, width) stays without a channel axis.

    Raises:
        ImageError: an array of another shape or type, or smaller than the kernel with border ``valid``.
        OptionError: no such range.
        DeviceError: there is no such device.
    """
    wrong = next((one for one in operations if not hasattr(one, "windows")), None)
    if wrong is not None:
        raise OptionError(f"{type(wrong).__name__} is no operation; of a recipe, give *recipe.operations")
    pixels = _pixels(array)
    if alpha is None:
        alpha = pixels.shape[2] in (2, 4)
    if alpha and pixels.shape[2] == 1:
        raise ImageError("an array of one channel has no colour beside alpha; leave alpha out")
    if linear:
        operations = in_linear_light(operations)
    result = engine.run([pixels], operations, alpha=alpha, range_=range_, device=device).frames[0]
    return result[:, :, 0] if np.ndim(array) == 2 else result


def _pixels(array: Array) -> Array:
    array = np.asarray(array)
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    if array.ndim not in (2, 3) or 0 in array.shape:
        raise ImageError(f"an array is (height, width) or (height, width, channels), not {array.shape}")
    if array.dtype not in (np.uint8, np.uint16, np.float32):
        raise ImageError(f"an array is uint8, uint16 or float32, not {array.dtype}; convert it first")
    return array[:, :, np.newaxis] if array.ndim == 2 else array
