"""What a network saw in a picture, drawn: the picture, the 28 x 28, the maps after each layer, the probabilities."""

from __future__ import annotations

import math
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.atomic import told_as
from convfilter.drawing_targets import check_names
from convfilter.endpoints import naming
from convfilter.errors import ImageError, OptionError
from convfilter.figures import new_figure, save_figure
from convfilter.inputs import STREAM
from convfilter.mnist.answers import Answer, Reading
from convfilter.mnist.layers import Convolution, MaxPool, Relu, named
from convfilter.mnist.models import Model
from convfilter.mnist.prediction import maps_of
from convfilter.text import printable, shortened

MOST_MAPS = 64
"""Feature maps of a layer that are shown."""

COLUMNS = 5
"""Panels in a row."""

MOST_DIGITS = 12
"""Digits of a picture that are drawn."""


def drawing_targets(target: str, pictures: list[Path]) -> list[Path]:
    """Where the drawing of each picture goes.

    Args:
        target: for one picture a file, for several a folder (which is made if it is missing).
        pictures: their paths.

    Raises:
        OptionError: the extension names no format, two drawings would have one name, or one is a picture.
    """
    targets = _named(target, pictures)
    check_names(targets, pictures)
    return targets


def _named(target: str, pictures: list[Path]) -> list[Path]:
    if len(pictures) == 1 and not target.endswith("/") and not os.path.isdir(target):
        return [Path(target)]
    stems = ["stdin" if path == STREAM else path.stem for path in pictures]
    twice = next((stem for stem in stems if stems.count(stem) > 1), None)
    if twice is not None:
        raise OptionError(f"{target}: {twice}.explain.png would be written twice; explain such pictures one by one")
    if os.path.isfile(target):
        raise OptionError(f"{target}: is a file; several pictures need a folder")
    return [Path(target) / f"{stem}.explain.png" for stem in stems]


def draw_answer(answer: Answer, model: Model, target: Path, *, overwrite: bool = False) -> tuple[str, ...]:
    """Draw what was read in a picture, and how.

    Returns:
        Sentences about what is not in the drawing.

    Raises:
        ImageError: the drawing cannot be written; the message begins with the picture's path.
    """
    with naming(answer.path), told_as(ImageError, target):
        save_figure(_figure(answer, model), target, overwrite=overwrite)
    count = len(answer.readings)
    return (f"{MOST_DIGITS} of its {count} digits are drawn",) if count > MOST_DIGITS else ()


def _figure(answer: Answer, model: Model) -> Any:
    readings = answer.readings[:MOST_DIGITS]
    shown = _shown_layers(model)
    rows_each = math.ceil((3 + len(shown)) / COLUMNS)
    rows = rows_each * max(1, len(readings))
    figure = new_figure(3.4 * COLUMNS, 3.6 * rows)
    axes = figure.subplots(rows, COLUMNS, squeeze=False)
    for place in axes.flat:
        place.axis("off")
    _draw_page(axes[0][0], answer)
    for index, reading in enumerate(readings):
        places = axes[index * rows_each : (index + 1) * rows_each].flatten()
        places[1].imshow(reading.found.image, cmap="gray", vmin=0, vmax=255)
        places[1].set_title("the 28 x 28 that the network saw", fontsize=9)
        maps = maps_of(model.layers, model.weights, reading.found.image)
        for place, (name, title) in zip(places[2:], shown, strict=False):
            _draw_maps(place, maps[name], title)
        _draw_probabilities(places[2 + len(shown)], reading)
    return figure


def _shown_layers(model: Model) -> list[tuple[str, str]]:
    """The layers after which there are maps to see: a ReLU stands for its convolution, too. Name and title."""
    shown = []
    for (before, first), (name, layer) in pairwise(named(model.layers)):
        if isinstance(first, Convolution) and isinstance(layer, Relu):
            shown.append((name, f"{before}, {first.size} x {first.size}, and ReLU"))
        elif isinstance(layer, MaxPool):
            shown.append((name, name))
    return shown


def _draw_page(axes: Any, answer: Answer) -> None:
    gray = answer.page.gray
    axes.imshow(gray, cmap="gray", vmin=0, vmax=1)
    height, width = gray.shape
    for reading in answer.readings:
        top, left, bottom, right = reading.found.box
        x, y = (left * width - 0.5, right * width - 0.5), (top * height - 0.5, bottom * height - 0.5)
        axes.plot([x[0], x[1], x[1], x[0], x[0]], [y[0], y[0], y[1], y[1], y[0]], color="tab:red", linewidth=1)
    name = shortened(printable(answer.path.name), 40)
    sense = "dark on light" if answer.page.inverted else "light on dark"
    axes.set_title(f"{name}: {sense}" if answer.readings else "blank", fontsize=9, parse_math=False)


def _draw_maps(axes: Any, maps: NDArray[np.float32], title: str) -> None:
    """The maps of a layer as one mosaic, all on one scale from 0 (black)."""
    height, width, count = maps.shape
    shown = min(count, MOST_MAPS)
    columns = math.ceil(math.sqrt(shown))
    rows = math.ceil(shown / columns)
    gap = max(1, height // 12)
    mosaic = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap), np.nan, np.float32)
    for index in range(shown):
        top, left = (index // columns) * (height + gap), (index % columns) * (width + gap)
        mosaic[top : top + height, left : left + width] = maps[:, :, index]
    axes.imshow(mosaic, cmap="magma", vmin=min(0.0, float(maps.min())), interpolation="nearest")
    more = "" if shown == count else f", {shown} of them"
    axes.set_title(f"{title}:\n{count} maps of {height} x {width}{more}", fontsize=8)


def _draw_probabilities(axes: Any, reading: Reading) -> None:
    axes.axis("on")
    colours = ["tab:red" if digit == reading.digit else "tab:gray" for digit in range(len(reading.probabilities))]
    axes.barh(range(10), reading.probabilities, color=colours)
    axes.set(xlim=(0, 1), yticks=range(10))
    axes.invert_yaxis()
    axes.set_title(f"{reading.digit}: {100 * reading.probability:.1f} %", fontsize=9)
