"""The first layer of a trained network as kernel files, for photographs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from convfilter.atomic import check_target, output_file, told_as
from convfilter.errors import ModelError, WritingError
from convfilter.mnist.layers import Convolution, named
from convfilter.mnist.models import Model

BANK = "bank.yaml"


def write_filters(model: Model, folder: Path, *, overwrite: bool = False) -> list[Path]:
    """Write every filter of the first layer as a kernel file, and all of them as a bank.

    A filter's file holds its weights and its bias, so that `apply` gives the feature map that the network
    sees before its first ReLU. The bank holds the weights alone, combined by their magnitude: how
    strongly a place of a photograph moves the filters.

    Args:
        model: a network that begins with a convolution.
        folder: where the files go; made if it is missing.
        overwrite: replace files that exist.

    Returns:
        The paths, the bank's last.

    Raises:
        ModelError: the network has no convolution.
        WritingError: a file exists, or the system can surely not write one, and none is written; or it cannot when it
            comes to that, and those before it stay.
    """
    name = next((name for name, layer in named(model.layers) if isinstance(layer, Convolution)), None)
    if name is None:
        raise ModelError(
            f"a network of preset {model.preset} has no convolution; take fast, classic, accurate or international"
        )
    weights, biases = model.weights[f"{name}/weights"][:, :, 0, :], model.weights[f"{name}/bias"]
    count = weights.shape[2]
    origin = f"the first layer of a network that convfilter trained on MNIST (preset {model.preset})"
    files: dict[str, dict[str, Any]] = {}
    for index in range(count):
        files[f"filter-{index + 1:02}.yaml"] = {
            "description": f"Filter {index + 1} of {count} of {origin}.",
            "weights": weights[:, :, index].tolist(),
            "bias": float(biases[index]),
        }
    files[BANK] = {
        "description": f"All {count} filters of {origin}.",
        "weights": {f"filter-{index + 1:02}": weights[:, :, index].tolist() for index in range(count)},
        "combine": "magnitude",
    }
    for path in (folder / name for name in files):
        with told_as(WritingError, path):
            check_target(path, overwrite=overwrite)
    return [_write(folder / name, content, overwrite) for name, content in files.items()]


def _write(path: Path, content: dict[str, Any], overwrite: bool) -> Path:
    with told_as(WritingError, path), output_file(path, overwrite=overwrite) as file:
        file.write(yaml.safe_dump(content, sort_keys=False, default_flow_style=None, width=200).encode())
    return path
