"""The presets: a network and how it is trained, under a name; and what a run changes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from convfilter.mnist.augmenting import Augmentation
from convfilter.mnist.layers import CLASSES, Convolution, Dense, Dropout, Flatten, Layers, MaxPool, Relu
from convfilter.mnist.optimizers import Rule
from convfilter.names import PresetName


@dataclass(frozen=True)
class Preset:
    """A network and how it is trained.

    Attributes:
        layers: the network.
        epochs: how often every training image is seen.
        batch_size: images for one step.
        rule: how gradients change weights.
        learning_rate: constant, or the greatest of one cycle.
        one_cycle: whether the learning rate rises and falls.
        weight_decay: see `Optimizer`.
        initial: standard deviation of the first weights; None is the root of 2 over the inputs of a
            unit (He et al., 2015, Delving Deep into Rectifiers).
        initial_bias: what every bias begins with.
        augmentation: how training images are varied; None leaves them as they are.
        allographs: the share of training images that are written another way; see `allographs`.
        line_every: steps for one line of progress; None is an epoch.
    """

    layers: Layers
    epochs: float
    batch_size: int
    rule: Rule
    learning_rate: float
    one_cycle: bool = False
    weight_decay: float = 0.0
    initial: float | None = None
    initial_bias: float = 0.0
    augmentation: Augmentation | None = None
    allographs: float = 0.0
    line_every: int | None = None

    @property
    def turns(self) -> tuple[float, ...]:
        """Degrees by which an image is turned before it is read: straight, and as far as training turned its images.

        Hands and cameras slant digits more than MNIST does, and on its test set it saves a mistake in twelve.
        """
        rotation = self.augmentation.rotation if self.augmentation else 0
        return (0.0, -rotation, rotation) if rotation else (0.0,)


def _block(size: int, filters: int, padding: Literal["SAME", "VALID"] = "SAME") -> Layers:
    return Convolution(size, filters, padding, normalized=True), Relu()


def _pyramid(filters: int) -> Layers:
    """Convolutions between poolings, twice as many filters after each."""
    return (
        *(*_block(5, filters, "VALID"), MaxPool()),
        *(*_block(3, 2 * filters), *_block(3, 2 * filters, "VALID"), MaxPool()),
        *(*_block(3, 4 * filters), *_block(5, 4 * filters, "VALID"), Flatten()),
        Dense(CLASSES),
    )


_FAST = Preset(
    _pyramid(16),
    epochs=2.5,
    batch_size=64,
    rule="momentum",
    learning_rate=0.2,
    one_cycle=True,
    weight_decay=5e-4,
    augmentation=Augmentation(rotation=8, zoom=0.08, shear=0.1, shift=1.5, bend=0.6),
)
_ACCURATE = replace(_FAST, layers=_pyramid(24), epochs=20)

PRESETS: dict[PresetName, Preset] = {
    # Softmax regression, the tutorial's first network: ten weighted sums of the pixels.
    "softmax": Preset(
        (Flatten(), Dense(CLASSES)),
        epochs=25,
        batch_size=100,
        rule="sgd",
        learning_rate=0.01,
        initial=0.0,
    ),
    # The tutorial's convolutional network; there, the first weights were cut off at two standard deviations.
    "classic": Preset(
        (
            *(Convolution(5, 32, "SAME"), Relu(), MaxPool()),
            *(Convolution(5, 64, "SAME"), Relu(), MaxPool()),
            *(Flatten(), Dense(1024), Relu(), Dropout(0.5)),
            Dense(CLASSES),
        ),
        epochs=20_000 * 50 / 55_000,
        batch_size=50,
        rule="adam",
        learning_rate=1e-4,
        initial=0.1,
        initial_bias=0.1,
        line_every=100,
    ),
    # A small network with batch normalisation, for a minute of two cores.
    "fast": _FAST,
    # The same with more filters, for longer: the best result on MNIST.
    "accurate": _ACCURATE,
    # The same, taught other ways to write 1 and 7 too; this one comes with convfilter.
    "international": replace(_ACCURATE, allographs=0.15),
}


@dataclass(frozen=True)
class Run:
    """What decides the outcome of a training.

    Attributes:
        preset: the network, and everything that is not named here.
        epochs: how often every training image is seen.
        batch_size: images for one step, over all replicas.
        learning_rate: constant, or the greatest of one cycle, as the preset has it.
        seed: of weights, order, variations and dropout.
        budget: seconds after which training ends, whatever `epochs` says; None for no such end.
    """

    preset: PresetName
    epochs: float
    batch_size: int
    learning_rate: float
    seed: int = 0
    budget: float | None = None


def run_of(
    preset: PresetName,
    *,
    epochs: float | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
    seed: int = 0,
    budget: float | None = None,
) -> Run:
    """What a preset says, but for what is given here."""
    usual = PRESETS[preset]
    return Run(
        preset,
        epochs or usual.epochs,
        batch_size or usual.batch_size,
        learning_rate or usual.learning_rate,
        seed,
        budget,
    )
