"""Operations on single pixels, as values: grey, light, activation, dropout, rounding."""

from __future__ import annotations

from dataclasses import dataclass

from convfilter.errors import OptionError
from convfilter.names import ACTIVATIONS, GRAY_METHODS, Activation, GrayMethod, Rounding, one_of, whole
from convfilter.windows import POINT

MAX_SEED = 2**31 - 1
"""The greatest seed of a dropout."""

GRAY_WEIGHTS: dict[GrayMethod, tuple[int, int, int]] = {
    "mean": (1, 1, 1),
    "rec601": (299, 587, 114),
    "rec709": (2126, 7152, 722),
}
"""Of red, green and blue (ITU-R BT.601, BT.709). Whole numbers, divided by their sum at the end: sums of whole samples
stay exact, and halves are seen."""


@dataclass(frozen=True)
class Grayscale:
    """Three colour channels become one; alpha stays.

    Attributes:
        method: ``mean`` of the channels; ``rec601`` (0.299, 0.587, 0.114) and ``rec709`` (0.2126,
            0.7152, 0.0722) weigh the encoded values (ITU-R BT.601, BT.709); ``linear`` weighs light
            by BT.709, between decoding and encoding sRGB.

    Raises:
        OptionError: no such method.
    """

    method: GrayMethod = "mean"
    windows = (POINT, POINT)
    keeps_black = True

    def __post_init__(self) -> None:
        one_of("method", self.method, GRAY_METHODS)

    def __str__(self) -> str:
        return f"make grey by {self.method}"


@dataclass(frozen=True)
class DecodeSrgb:
    """sRGB values become proportional to light (IEC 61966-2-1); alpha stays."""

    windows = (POINT, POINT)
    keeps_black = True

    def __str__(self) -> str:
        return "decode sRGB to light"


@dataclass(frozen=True)
class EncodeSrgb:
    """Light becomes sRGB values (IEC 61966-2-1); alpha stays."""

    windows = (POINT, POINT)
    keeps_black = True

    def __str__(self) -> str:
        return "encode light as sRGB"


@dataclass(frozen=True)
class Activate:
    """Every colour sample, in [0, 1] for black to white, goes through an activation of `tf.nn`; alpha stays.

    Attributes:
        function: ``relu`` max(x, 0); ``relu6`` min(max(x, 0), 6); ``sigmoid`` 1 / (1 + exp(-x)); ``softplus``
            log(1 + exp(x)); ``tanh``.

    Raises:
        OptionError: no such function.
    """

    function: Activation
    windows = (POINT, POINT)

    def __post_init__(self) -> None:
        one_of("activation", self.function, ACTIVATIONS)

    @property
    def keeps_black(self) -> bool:
        """Whether it leaves zeros zero."""
        return self.function not in ("sigmoid", "softplus")

    def __str__(self) -> str:
        return f"activate by {self.function}"


@dataclass(frozen=True)
class Dropout:
    """Colour samples become 0 at random, and the others are divided by what is left; alpha stays.

    These are the samples that `tf.nn.experimental.stateless_dropout` with the seed ``[seed, 0]`` and Philox drops of
    one picture (1, height, width, channels), in float32; they depend on nothing else.

    Attributes:
        rate: the share of the samples that is dropped, from 0 to below 1; the others are scaled by 1 / (1 - rate).
        seed: from 0 to `MAX_SEED`.

    Raises:
        OptionError: rate or seed out of range.
    """

    rate: float
    seed: int = 0
    windows = (POINT, POINT)
    keeps_black = False  # it does, but needs to know which pixel it is at

    def __post_init__(self) -> None:
        if not 0 <= self.rate < 1:
            raise OptionError(f"the rate of a dropout is from 0 to below 1, not {self.rate:g}")
        whole("the seed of a dropout", self.seed, 0, MAX_SEED)

    def __str__(self) -> str:
        return f"drop {self.rate:g} of the samples (seed {self.seed})"


@dataclass(frozen=True)
class Round:
    """Every sample, alpha too, is rounded to whole levels and cut off at black and white, as other tools do midway.

    Attributes:
        rule: ``half_even``, ``half_up`` (the integer below x + 0.5) or ``down`` (the integer below).
        white: the level of white; None for that of the picture.
    """

    rule: Rounding
    white: int | None = None
    windows = (POINT, POINT)
    keeps_black = True

    def __str__(self) -> str:
        return f"round {self.rule.replace('_', ' ')}{f' to {self.white:,} levels' if self.white else ''}"
