"""What training leaves to look at: the learning curve, the confusion, the misread digits, the first layer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from convfilter.figures import new_figure
from convfilter.mnist.data import Images
from convfilter.mnist.models import Model
from convfilter.mnist.prediction import Evaluation

MOST_MISREAD = 60
"""Misread digits on a sheet, those that the network was surest of first."""


def learning_curve(history: list[dict[str, float]]) -> Any:
    """Loss and error by epoch, of the training and of the validation images."""
    figure = new_figure(10, 4)
    losses, errors = figure.subplots(1, 2)
    epochs = [row["epoch"] for row in history]
    for prefix, label in (("", "training"), ("validation_", "validation")):
        style = "o-" if len(history) < 40 else "-"
        losses.plot(epochs, [row[f"{prefix}loss"] for row in history], style, label=label, markersize=3)
        wrong = [100 * (1 - row[f"{prefix}accuracy"]) for row in history]
        errors.plot(epochs, wrong, style, label=label, markersize=3)
    losses.set(title="loss", xlabel="epoch", ylabel="cross-entropy", yscale="log")
    errors.set(title="misread", xlabel="epoch", ylabel="% of the images", ylim=(0, None))
    for axes in (losses, errors):
        axes.grid(alpha=0.3)
        axes.legend()
    return figure


def confusion(result: Evaluation) -> Any:
    """What every digit was read as; the diagonal, which is right, is left out of the colours."""
    counts = result.confusion
    wrong = counts - np.diag(np.diag(counts))
    figure = new_figure(6.4, 6.2)
    axes = figure.subplots()
    axes.imshow(wrong, cmap="Reds", vmin=0, vmax=max(1, wrong.max()))
    for (row, column), count in np.ndenumerate(counts):
        if count:
            dark = row != column and count > 0.6 * wrong.max()
            colour = "white" if dark else "grey" if row == column else "black"
            axes.text(column, row, str(count), ha="center", va="center", fontsize=9, color=colour)
    axes.set(
        title=f"{len(result.wrong)} of {len(result.labels):,} misread: {100 * result.accuracy:.2f} % right",
        xlabel="read as",
        ylabel="is",
        xticks=range(10),
        yticks=range(10),
    )
    return figure


def misclassified(result: Evaluation, images: Images) -> Any:
    """The misread digits, the surest mistakes first, each with what it is and what it was read as."""
    sureness = result.probabilities.max(axis=1)
    wrong = sorted(result.wrong, key=lambda index: -sureness[index])[:MOST_MISREAD]
    labels = [f"{result.labels[one]} → {result.predicted[one]}  {100 * sureness[one]:.0f} %" for one in wrong]
    title = f"{len(result.wrong)} misread: what it is, what it was read as, how sure"
    return _sheet(images[wrong].astype(float), labels, 10, title, cmap="gray_r", vmin=0, vmax=255)


def filters(model: Model) -> Any:
    """The weights of the first layer: its kernels, or for a network without convolution its ten sums of pixels."""
    name, weights = next((name, array) for name, array in model.weights.items() if name.endswith("/weights"))
    convolution = weights.ndim == 4
    tiles = np.moveaxis(weights[:, :, 0, :], -1, 0) if convolution else weights.T.reshape(-1, 28, 28)
    limit = float(np.abs(tiles).max()) or 1.0
    labels = [str(number + convolution) for number in range(len(tiles))]
    title = f"{name.removesuffix('/weights')}: red adds, blue takes away"
    return _sheet(tiles, labels, min(8, len(tiles)), title, cmap="RdBu_r", vmin=-limit, vmax=limit)


def _sheet(tiles: Any, labels: list[str], columns: int, title: str, **colours: Any) -> Any:
    """Tiles (n, height, width) in rows, each below its label: one image, as axes for each would take seconds."""
    height, width = tiles.shape[1:]
    gap, rows = 0.3, max(1, math.ceil(len(tiles) / columns))
    figure = new_figure(1.1 * columns, 1.1 * (1 + gap) * rows + 0.4)
    figure.suptitle(title, fontsize=10)
    axes = figure.subplots()
    axes.axis("off")
    axes.set(xlim=(0, columns), ylim=(rows * (1 + gap), 0), aspect="equal")
    for place, (tile, label) in enumerate(zip(tiles, labels, strict=True)):
        row, column = divmod(place, columns)
        bottom = (row + 1) * (1 + gap)
        axes.imshow(tile, extent=(column + 0.05, column + 0.95, bottom, bottom - 0.9 * height / width), **colours)
        axes.text(column + 0.5, bottom - 0.95, label, ha="center", va="bottom", fontsize=8)
    return figure
