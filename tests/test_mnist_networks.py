"""The networks: the same numbers as Keras's layers and optimisers give, before and after training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.ndimage

from convfilter.mnist.augmenting import Augmentation, _transforms, augmented
from convfilter.mnist.layers import (
    Convolution,
    Dense,
    Dropout,
    Flatten,
    MaxPool,
    Relu,
    named,
    output_shapes,
    parameter_shapes,
    statistics_shapes,
)
from convfilter.mnist.networks import TrainingPass, feature_maps, folded, logits
from convfilter.mnist.optimizers import Optimizer, one_cycle
from convfilter.mnist.presets import PRESETS
from convfilter.mnist.trainer import _update
from convfilter.runtime import tensorflow


@pytest.fixture(scope="module")
def tf() -> Any:
    """TensorFlow."""
    return tensorflow()


def keras_layers(layers: Any) -> list[Any]:
    """The same network in Keras, built but with weights of its own."""
    import keras

    made: list[Any] = []
    for _, layer in named(layers):
        match layer:
            case Convolution(size, filters, padding, normalized):
                made.append(keras.layers.Conv2D(filters, size, padding=padding.lower(), use_bias=not normalized))
                if normalized:
                    made.append(keras.layers.BatchNormalization(momentum=0.99, epsilon=1e-3))
            case Dense(units):
                made.append(keras.layers.Dense(units))
            case Relu():
                made.append(keras.layers.ReLU())
            case MaxPool():
                made.append(keras.layers.MaxPooling2D(2, padding="same"))
            case Flatten():
                made.append(keras.layers.Flatten())
            case Dropout(rate):
                made.append(keras.layers.Dropout(rate))
    model = keras.Sequential(made)
    model.build((None, 28, 28, 1))
    return model


def random_parameters(layers: Any, random: np.random.Generator) -> dict[str, Any]:
    """Parameters and statistics of a network in training."""
    shapes = parameter_shapes(layers, training=True) | statistics_shapes(layers)
    return {
        name: (
            random.uniform(0.5, 1.5, shape)
            if name.endswith(("scale", "variance"))
            else random.normal(0, 1 / np.sqrt(np.prod(shape[:-1]) or 4), shape)
        ).astype(np.float32)
        for name, shape in shapes.items()
    }


def give(model: Any, layers: Any, parameters: dict[str, Any]) -> None:
    """Set the weights of a Keras network."""
    rest = iter(layer for layer in model.layers if layer.weights)
    for name, layer in named(layers):
        if isinstance(layer, (Convolution, Dense)):
            weights, bias = parameters[f"{name}/weights"], parameters[f"{name}/bias"]
            if isinstance(layer, Convolution) and layer.normalized:
                next(rest).set_weights([weights])
                scale, mean, variance = (parameters[f"{name}/{part}"] for part in ("scale", "mean", "variance"))
                next(rest).set_weights([scale, bias, mean, variance])
            else:
                next(rest).set_weights([weights, bias])


@pytest.mark.parametrize("preset", PRESETS)
def test_logits_are_those_of_keras(tf: Any, preset: Any, random: np.random.Generator) -> None:
    """A preset, with normalisation folded into its weights, gives what the same layers of Keras give."""
    layers = PRESETS[preset].layers
    parameters = random_parameters(layers, random)
    model = keras_layers(layers)
    give(model, layers, parameters)
    images = random.random((4, 28, 28, 1), np.float32)
    wanted = model(images, training=False).numpy()
    found = logits(layers, folded(layers, parameters), tf.constant(images)).numpy()
    np.testing.assert_allclose(found, wanted, atol=2e-4 * np.abs(wanted).max())


def test_training_pass_is_that_of_keras(tf: Any, random: np.random.Generator) -> None:
    """In training, normalisation is by the batch, and the running mean and variance move as Keras's do."""
    layers = PRESETS["fast"].layers
    parameters = random_parameters(layers, random)
    model = keras_layers(layers)
    give(model, layers, parameters)
    images = random.random((32, 28, 28, 1), np.float32)
    wanted = model(images, training=True).numpy()
    training = TrainingPass(tf.constant([0, 0]))
    found = logits(layers, parameters, tf.constant(images), training).numpy()
    np.testing.assert_allclose(found, wanted, atol=1e-3 * np.abs(wanted).max())
    first = next(layer for layer in model.layers if len(layer.weights) == 4)
    for name, theirs in (("convolution1/mean", first.moving_mean), ("convolution1/variance", first.moving_variance)):
        ours = tf.Variable(parameters[name])
        _update(ours, training.moments[name])
        assert np.abs(ours.numpy() - parameters[name]).max() > 1e-5
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=1e-6)


@pytest.mark.parametrize("preset", PRESETS)
def test_shapes(tf: Any, preset: Any, random: np.random.Generator) -> None:
    """The shapes that are foretold are those that come out of every layer."""
    layers = PRESETS[preset].layers
    weights = folded(layers, random_parameters(layers, random))
    maps = feature_maps(layers, weights, tf.zeros((2, 28, 28, 1)))
    for (name, values), (same, _, _, shape) in zip(maps, output_shapes(layers), strict=True):
        assert (name, tuple(values.shape)) == (same, (2, *shape))


def test_dropout(tf: Any) -> None:
    """Dropout leaves the mean as it is, drops its share, and is another one for every layer and every seed."""
    layers = (Dropout(0.25), Dropout(0.25))
    ones = tf.ones((1, 200, 200, 1))
    first, both = (values.numpy() for _, values in feature_maps(layers, {}, ones, TrainingPass(tf.constant([1, 2]))))
    assert abs((first == 0).mean() - 0.25) < 0.02
    assert abs((both == 0).mean() - (1 - 0.75**2)) < 0.02
    assert abs(first.mean() - 1) < 0.03
    other = next(iter(feature_maps(layers, {}, ones, TrainingPass(tf.constant([1, 3])))))[1].numpy()
    assert (other != first).mean() > 0.3
    assert (logits(layers, {}, ones).numpy() == 1).all(), "nothing is dropped outside training"


@pytest.mark.parametrize(
    ("rule", "keras_name", "options"),
    [
        ("sgd", "SGD", {}),
        ("momentum", "SGD", {"momentum": 0.9, "nesterov": True}),
        ("adam", "Adam", {"epsilon": 1e-8}),
    ],
)
def test_update_rules_are_those_of_keras(
    tf: Any, rule: Any, keras_name: str, options: dict[str, Any], random: np.random.Generator
) -> None:
    """Ten steps of each rule move a variable as the optimiser of Keras does."""
    import keras

    start = random.normal(size=(5, 4)).astype(np.float32)
    ours, theirs = {"a/weights": tf.Variable(start)}, tf.Variable(start)
    optimizer = Optimizer(rule, ours)
    reference = getattr(keras.optimizers, keras_name)(0.05, **options)
    for step in range(1, 11):
        gradient = tf.constant(random.normal(size=(5, 4)).astype(np.float32))
        optimizer.apply({"a/weights": gradient}, tf.constant(0.05), tf.constant(float(step)))
        reference.apply([gradient], [theirs])
    np.testing.assert_allclose(ours["a/weights"].numpy(), theirs.numpy(), atol=1e-5)


def test_weight_decay_is_for_weights(tf: Any) -> None:
    """Weight decay pulls weights towards 0, and leaves biases and scales alone."""
    variables = {name: tf.Variable([1.0, -2.0]) for name in ("a/weights", "a/bias", "a/scale")}
    optimizer = Optimizer("sgd", variables, weight_decay=0.1)
    optimizer.apply({name: tf.zeros(2) for name in variables}, tf.constant(0.5), tf.constant(1.0))
    np.testing.assert_allclose(variables["a/weights"].numpy(), [0.95, -1.9], rtol=1e-6)
    np.testing.assert_array_equal(variables["a/bias"].numpy(), [1, -2])
    np.testing.assert_array_equal(variables["a/scale"].numpy(), [1, -2])


def test_one_cycle() -> None:
    """The learning rate rises to its greatest at a quarter of the way and falls to 0 at the end, without a jump."""
    rates = [one_cycle(step / 1000) for step in range(1001)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[250] == max(rates) == 1
    assert rates[-1] == pytest.approx(0)
    assert np.abs(np.diff(rates)).max() < 0.004


def test_augmentation_is_an_affine_map(tf: Any, random: np.random.Generator) -> None:
    """A varied image is what scipy's affine transformation with the same small map makes of it."""
    images = random.random((16, 28, 28, 1), np.float32)
    how, seed = Augmentation(rotation=10, zoom=0.1, shear=0.1, shift=2), tf.constant([3, 4])
    found = augmented(tf.constant(images), how, seed).numpy()[..., 0]
    maps = _transforms(tf.constant(images), how, tf.random.fold_in(seed, 0)).numpy().astype(float)
    assert 0.03 < np.abs(maps[:, [0, 4]] - 1).max() < 0.15
    assert 0.1 < np.abs(maps[:, [1, 3]]).max() < 0.35
    centre = maps[:, 2] + 13.5 * (maps[:, 0] + maps[:, 1]) - 13.5
    assert 1 < np.abs(centre).max() <= 2
    for image, result, (a, b, c, d, e, f) in zip(images[..., 0], found, maps, strict=True):
        wanted = scipy.ndimage.affine_transform(image, [[e, d], [b, a]], (f, c), order=1, mode="grid-constant")
        np.testing.assert_allclose(result, wanted, atol=2e-3)


def test_augmentation_of_nothing(tf: Any, random: np.random.Generator) -> None:
    """No variation leaves images as they are."""
    images = random.random((3, 28, 28, 1), np.float32)
    found = augmented(tf.constant(images), Augmentation(), tf.constant([1, 1])).numpy()
    np.testing.assert_allclose(found, images, atol=1e-5)


def test_augmentation_follows_its_seed(tf: Any, random: np.random.Generator) -> None:
    """The same seed gives the same variations, another one others; images of a batch differ among themselves."""
    images = tf.constant(np.repeat(random.random((1, 28, 28, 1), np.float32), 2, 0))
    how = Augmentation(10, 0.1, 0.1, 2, 0.8)
    one, same, other = (augmented(images, how, tf.constant(seed)).numpy() for seed in ([1, 1], [1, 1], [1, 2]))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).mean() > 0.01
    assert np.abs(one[0] - one[1]).mean() > 0.01
