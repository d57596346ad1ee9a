"""convfilter: the convolution of a neural network, run on photographs.

>>> import convfilter
>>> blurred = convfilter.blur(array, sigma=2)
>>> edges = convfilter.apply(array, convfilter.Convolve(convfilter.load_kernel("sobel")))
>>> convfilter.filter_file("in.jpg", "out.jpg", convfilter.Grayscale("rec709"))

Names are loaded when they are first used, so that importing the package is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convfilter.arrays import apply, blur, gray
    from convfilter.errors import ConvfilterError, DeviceError, ImageError, KernelError, OptionError
    from convfilter.files import filter_file
    from convfilter.kernel_makers import gaussian_kernel, mean_kernel
    from convfilter.kernels import Kernel
    from convfilter.library import kernel as load_kernel
    from convfilter.library import names as kernel_names
    from convfilter.operations import Convolve, DecodeSrgb, EncodeSrgb, Grayscale

__version__ = "0.1.0"

_HOME = {
    "ConvfilterError": "errors",
    "Convolve": "operations",
    "DecodeSrgb": "operations",
    "DeviceError": "errors",
    "EncodeSrgb": "operations",
    "Grayscale": "operations",
    "ImageError": "errors",
    "Kernel": "kernels",
    "KernelError": "errors",
    "OptionError": "errors",
    "apply": "arrays",
    "blur": "arrays",
    "filter_file": "files",
    "gaussian_kernel": "kernel_makers",
    "gray": "arrays",
    "kernel_names": ("library", "names"),
    "load_kernel": ("library", "kernel"),
    "mean_kernel": "kernel_makers",
}

__all__ = [
    "ConvfilterError",
    "Convolve",
    "DecodeSrgb",
    "DeviceError",
    "EncodeSrgb",
    "Grayscale",
    "ImageError",
    "Kernel",
    "KernelError",
    "OptionError",
    "apply",
    "blur",
    "filter_file",
    "gaussian_kernel",
    "gray",
    "kernel_names",
    "load_kernel",
    "mean_kernel",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'convfilter' has no attribute '{name}'")
    home = _HOME[name]
    module, attribute = (home, name) if isinstance(home, str) else home
    return getattr(import_module(f"convfilter.{module}"), attribute)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
