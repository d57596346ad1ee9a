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
from convfilter.kernels import Kernel
from convfilter.library import shipped
from convfilter.operations import Convolve
from convfilter.stages import Stage, filters_of

_RESPONSE_SIZE = 128


def draw_kernel(kernel: Kernel, target: Path, sample: Path | None = None, *, overwrite: bool = False) -> None:
    """Draw a kernel or a bank: its weights, its gain by frequency, a photograph before and after.

    Args:
        kernel: one row of the picture for every kernel of it, as on a sheet (`stages.filters_of`).
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
    whole = Stage("after", (Convolve(kernel),))
    stages = filters_of(whole.operations) or (whole,)  # a bank has a row of its own for what its kernels make together
    figure = new_figure(12, 3.4 * len(stages) + 0.3)
    figure.suptitle(kernel.name, parse_math=False)
    rows = figure.subplots(len(stages), 4, squeeze=False)
    for axes, stage in zip(rows, stages, strict=True):
        (convolution,) = stage.operations
        assert isinstance(convolution, Convolve)
        weights = convolution.kernel.correlation_weights
        if weights.shape[2] == 1:
            title = "weights" if stage is stages[-1] else convolution.kernel.name
            _draw_weights(figure, axes[0], weights[:, :, 0], title)
            _draw_response(figure, axes[1], weights[:, :, 0])
        else:
            axes[0].axis("off")
            axes[1].axis("off")
        _draw_effect(axes, photograph, stage)
    return figure


def _draw_weights(figure: Any, axes: Any, weights: NDArray[np.float64], title: str) -> None:
    figure.colorbar(draw_matrix(axes, weights, title), ax=axes, shrink=0.8)


def _draw_response(figure: Any, axes: Any, weights: NDArray[np.float64]) -> None:
    gain = frequency_response(weights)
    image = axes.imshow(gain, cmap="magma", vmin=0, extent=(-0.5, 0.5, 0.5, -0.5))
    figure.colorbar(image, ax=axes, shrink=0.8)
    axes.set(title="gain by frequency", xlabel="cycles a pixel")


def _draw_effect(axes: Any, photograph: Picture, stage: Stage) -> None:
    """The photograph before and after, in the third and fourth place of a row."""
    after, _ = filter_picture(photograph, stage.operations, device="cpu")
    for place, picture, label in ((axes[2], photograph, "before"), (axes[3], after, stage.label)):
        place.imshow(shown(picture))
        place.set(xticks=[], yticks=[])
        place.set_title(label, parse_math=False)
