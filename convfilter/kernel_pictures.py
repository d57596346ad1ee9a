"""A kernel as a picture: its weights, its frequency response, and what it does to a photograph."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.atomic import told_as
from convfilter.comparing import shown
from convfilter.drawing_targets import check_drawings
from convfilter.endpoints import naming, read_source
from convfilter.errors import WritingError
from convfilter.figures import draw_matrix, new_figure, save_figure
from convfilter.filtering import filter_picture
from convfilter.images.limits import MAX_PIXELS
from convfilter.images.picture import Picture
from convfilter.kernel_facts import kernel_facts
from convfilter.kernels import Kernel
from convfilter.library import shipped
from convfilter.operations import Convolve

_RESPONSE_SIZE = 128


def draw_kernel(kernel: Kernel, target: Path, sample: Path | None = None, *, overwrite: bool = False) -> None:
    """Draw a kernel or a bank: its weights, its gain by frequency, a photograph before and after.

    Args:
        kernel: one row of the picture for every kernel of it.
        target: a .png, .svg or .pdf file.
        sample: the photograph that is filtered; without it the one that ships with convfilter.
        overwrite: replace an existing target.

    Raises:
        OptionError: the target cannot be a drawing, or is the sample.
        ImageError: the sample cannot be read.
        WritingError: the target exists and is kept, or cannot be written.
    """
    sample = sample or shipped("sample.png", "samples/chelsea.png")
    check_drawings([target], [sample], overwrite=overwrite)
    with naming(sample):
        photograph = read_source(sample, MAX_PIXELS, folders=False)
        photograph = replace(photograph, frames=photograph.frames[:1])
    with told_as(WritingError, target):
        save_figure(_figure(kernel, photograph), target, overwrite=overwrite)


def frequency_response(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The gain |H(u, v)| of a kernel, (128, 128), frequency 0 in the middle, 0.5 at the rim."""
    height, width = (max(_RESPONSE_SIZE, size) for size in weights.shape)
    return np.abs(np.fft.fftshift(np.fft.fft2(weights, (height, width))))


def _figure(kernel: Kernel, photograph: Picture) -> Any:
    weights = kernel.correlation_weights
    count = weights.shape[2]
    rows = count + (count > 1)  # a bank has a row of its own for what its kernels make together
    figure = new_figure(12, 3.4 * rows + 0.3)
    figure.suptitle(kernel.name)
    axes = figure.subplots(rows, 4, squeeze=False)
    for row in range(count):
        one = Kernel(weights[:, :, row], bias=kernel.bias)
        _draw_weights(figure, axes[row][0], one.weights, kernel.filters[row] if count > 1 else "weights")
        _draw_response(figure, axes[row][1], one.weights)
        if count > 1:
            one = replace(one, bias=kernel_facts(one).suggested_bias)
            _draw_effect(axes[row], photograph, one, f"{kernel.filters[row]} alone, bias {one.bias:g}")
    if count > 1:
        axes[-1][0].axis("off")
        axes[-1][1].axis("off")
    _draw_effect(axes[-1], photograph, kernel, f"combined by {kernel.combine}" if kernel.combine else "after")
    return figure


def _draw_weights(figure: Any, axes: Any, weights: NDArray[np.float64], title: str) -> None:
    figure.colorbar(draw_matrix(axes, weights, title), ax=axes, shrink=0.8)


def _draw_response(figure: Any, axes: Any, weights: NDArray[np.float64]) -> None:
    gain = frequency_response(weights)
    image = axes.imshow(gain, cmap="magma", vmin=0, extent=(-0.5, 0.5, 0.5, -0.5))
    figure.colorbar(image, ax=axes, shrink=0.8)
    axes.set(title="gain by frequency", xlabel="cycles a pixel")


def _draw_effect(axes: Any, photograph: Picture, kernel: Kernel, title: str) -> None:
    """The photograph before and after, in the third and fourth place of a row."""
    after, _ = filter_picture(photograph, (Convolve(kernel),), device="cpu")
    for place, picture, label in ((axes[2], photograph, "before"), (axes[3], after, title)):
        place.imshow(shown(picture))
        place.set(title=label, xticks=[], yticks=[])
