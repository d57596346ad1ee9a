"""`convfilter mnist kernels`: the first layer as kernel files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from conftest import fingerprint

from convfilter import load_kernel
from convfilter.mnist.layers import parameter_shapes
from convfilter.mnist.models import Model, load_model, save_model
from convfilter.mnist.presets import PRESETS
from convfilter.runtime import tensorflow


def test_kernels_are_the_first_layer(cli: Any, tmp_path: Path, random: np.random.Generator) -> None:
    """A filter's file gives the map that `tf.nn.conv2d` gives, with its bias; the bank their magnitude, without."""
    folder = tmp_path / "learned"
    answer = cli("mnist", "kernels", "-o", folder)
    assert answer.code == 0
    model = load_model()
    weights, bias = model.weights["convolution1/weights"], model.weights["convolution1/bias"]
    names = [f"{folder}/filter-{index:02}.yaml" for index in range(1, weights.shape[3] + 1)]
    assert answer.out.splitlines() == [*names, f"{folder}/bank.yaml"]
    assert cli("kernels", "check", *answer.out.splitlines()).code == 0
    import convfilter as library

    picture = random.random((40, 50, 1), np.float32)
    tf = tensorflow()
    maps = tf.nn.conv2d(picture[np.newaxis], weights, strides=1, padding="VALID").numpy()[0]
    for index in (0, 5, weights.shape[3] - 1):
        convolve = library.Convolve(load_kernel(names[index]), border="valid")
        found = library.apply(picture, convolve)[..., 0]
        np.testing.assert_allclose(found, maps[..., index] + bias[index], atol=2e-5)
    bank = library.apply(picture, library.Convolve(load_kernel(f"{folder}/bank.yaml"), border="valid"))
    np.testing.assert_allclose(bank[..., 0], np.sqrt((maps**2).sum(-1)), atol=2e-4)


def test_kernels_keep_what_is_there(cli: Any, tmp_path: Path) -> None:
    """Kernel files that exist are kept unless --overwrite replaces them."""
    assert cli("mnist", "kernels", "-o", tmp_path).code == 0
    before = fingerprint(tmp_path)
    assert cli("mnist", "kernels", "-o", tmp_path).code == 1
    assert fingerprint(tmp_path) == before
    assert cli("mnist", "kernels", "-o", tmp_path, "--overwrite").code == 0
    (tmp_path / "new" / "bank.yaml").mkdir(parents=True)
    assert cli("mnist", "kernels", "-o", tmp_path / "new", "--overwrite").code == 1
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["bank.yaml"]


def test_kernels_of_no_convolution_or_to_no_folder(cli: Any, tmp_path: Path) -> None:
    """A network without a convolution names the presets that have one; a folder that cannot be made is named."""
    shapes = parameter_shapes(PRESETS["softmax"].layers)
    weights = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    save_model(Model("softmax", weights), tmp_path / "m.safetensors")
    answer = cli("mnist", "kernels", "--model", tmp_path / "m.safetensors", "-o", tmp_path / "out")
    assert answer.code == 1
    others = [name for name in PRESETS if name != "softmax"]
    assert all(name in answer.err for name in others)
    answer = cli("mnist", "kernels", "-o", tmp_path / ("x" * 300))
    assert answer.code == 1
    assert answer.err.startswith(f"convfilter: cannot write {tmp_path}/xxx")
    assert answer.err.endswith("File name too long; choose another place\n")
