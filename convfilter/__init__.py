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
    from convfilter.arrays import apply as apply
    from convfilter.arrays import blur as blur
    from convfilter.arrays import gray as gray
    from convfilter.errors import ConvfilterError as ConvfilterError
    from convfilter.errors import DeviceError as DeviceError
    from convfilter.errors import ImageError as ImageError
    from convfilter.errors import KernelError as KernelError
    from convfilter.errors import OptionError as OptionError
    from convfilter.errors import RecipeError as RecipeError
    from convfilter.files import filter_file as filter_file
    from convfilter.kernel_makers import gaussian_kernel as gaussian_kernel
    from convfilter.kernel_makers import mean_kernel as mean_kernel
    from convfilter.kernels import Kernel as Kernel
    from convfilter.library import kernel_names as kernel_names
    from convfilter.library import load_kernel as load_kernel
    from convfilter.library import recipe_names as recipe_names
    from convfilter.matching import matched as matched
    from convfilter.operations import Activate as Activate
    from convfilter.operations import Convolve as Convolve
    from convfilter.operations import DecodeSrgb as DecodeSrgb
    from convfilter.operations import Dropout as Dropout
    from convfilter.operations import EncodeSrgb as EncodeSrgb
    from convfilter.operations import Grayscale as Grayscale
    from convfilter.operations import Pool as Pool
    from convfilter.recipe_files import load_recipe as load_recipe

__version__ = "0.1.0"

_HOMES = {
    "arrays": ("apply", "blur", "gray"),
    "errors": ("ConvfilterError", "DeviceError", "ImageError", "KernelError", "OptionError", "RecipeError"),
    "files": ("filter_file",),
    "kernel_makers": ("gaussian_kernel", "mean_kernel"),
    "kernels": ("Kernel",),
    "library": ("kernel_names", "load_kernel", "recipe_names"),
    "matching": ("matched",),
    "operations": ("Activate", "Convolve", "DecodeSrgb", "Dropout", "EncodeSrgb", "Grayscale", "Pool"),
    "recipe_files": ("load_recipe",),
}

__all__ = [name for names in _HOMES.values() for name in names]


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"convfilter.{home}"), name)
    raise AttributeError(f"module 'convfilter' has no attribute '{name}'")


def __dir__() -> list[str]:
    return ["__version__", *__all__]
