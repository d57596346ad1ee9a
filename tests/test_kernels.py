"""Kernels as values: the makers, the anchor, the facts."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import scipy.ndimage

from convfilter import Kernel, KernelError, gaussian_kernel, load_kernel, mean_kernel
from convfilter.kernel_facts import kernel_facts
from convfilter.kernel_pictures import frequency_response


@pytest.mark.parametrize("sigma", [0.3, 0.5, 1, 2, 3.7, 10])
def test_gaussian_is_scipys(sigma: float) -> None:
    """Weights and size of a Gaussian are what scipy.ndimage.gaussian_filter makes of an impulse."""
    impulse = np.zeros((121, 121))
    impulse[60, 60] = 1
    wanted = scipy.ndimage.gaussian_filter(impulse, sigma, mode="constant")
    weights = gaussian_kernel(sigma).weights
    reach = weights.shape[0] // 2
    np.testing.assert_allclose(weights, wanted[60 - reach : 61 + reach, 60 - reach : 61 + reach], atol=1e-12)
    assert wanted.sum() == pytest.approx(weights.sum())


@pytest.mark.parametrize("size", [11, 13, 31])
def test_gaussian_of_a_size_is_opencvs(size: int) -> None:
    """A size without sigma gives the Gaussian of OpenCV's getGaussianKernel."""
    profile = cv2.getGaussianKernel(size, 0)
    np.testing.assert_allclose(gaussian_kernel(size=size).weights, profile @ profile.T, atol=1e-9)


def test_default_gaussian_has_sigma_2() -> None:
    """Without sigma and size the Gaussian is that of sigma 2, 17 pixels wide."""
    np.testing.assert_array_equal(gaussian_kernel().weights, gaussian_kernel(2, 17).weights)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [((0.0, None), "above 0"), ((-1.0, None), "above 0"), ((float("nan"), None), "above 0"), ((1.0, 4), "take 5"),
     ((1e9, None), "at most"), ((None, -3), "from 1"), ((None, 100_001), "from 1")],
)  # fmt: skip
def test_impossible_gaussians_are_refused(arguments: tuple[float | None, int | None], says: str) -> None:
    """A sigma or size that no kernel can have is refused with the bound."""
    with pytest.raises(KernelError, match=says):
        gaussian_kernel(*arguments)


def test_tiny_sigma_is_the_identity() -> None:
    """A sigma near zero gives the identity, not a division by zero."""
    np.testing.assert_array_equal(gaussian_kernel(1e-9, 3).weights, [[0, 0, 0], [0, 1, 0], [0, 0, 0]])


def test_mean() -> None:
    """The mean kernel is even and sums to 1."""
    np.testing.assert_allclose(mean_kernel(4).weights, np.full((4, 4), 1 / 16))
    with pytest.raises(KernelError, match="from 1"):
        mean_kernel(0)


@pytest.mark.parametrize(
    ("weights", "says"),
    [(np.zeros((3, 3)), "every weight is 0"), (np.full((2, 2), np.nan), "finite"), (np.full((2, 2), np.inf), "finite"),
     (np.full((2, 2), 1e300), "beyond"), (np.ones(3), "height, width"), (np.ones((0, 3)), "height, width"),
     (np.ones((2, 2, 2)), "combine"), (np.ones((1000, 1)), "at most 999"),
     (np.ones((1, 1, 1001)), "at most 1,000 kernels")],
)  # fmt: skip
def test_impossible_weights_are_refused(weights: np.ndarray, says: str) -> None:
    """Weights that could only make a broken picture are no kernel."""
    with pytest.raises(KernelError, match=says):
        Kernel(weights)


def test_normalising_zero_is_an_error() -> None:
    """A kernel whose sum is zero, or zero but for rounding, is never divided by it."""
    for weights in ([[-1.0, 1.0]], [[0.1, 0.2, -0.3]], [[1.0, -1.0 + 1e-9]]):
        with pytest.raises(KernelError, match="sum to about 0"):
            Kernel(np.array(weights)).normalized()
    np.testing.assert_allclose(Kernel(np.array([[1.0, 3.0]])).normalized().weights, [[0.25, 0.75]])


@pytest.mark.parametrize(("name", "divisor"), [("mean3x3", 9), ("gaussian3x3", 16), ("mean5x5", 25), ("sobel", 4)])
def test_divisor_makes_weights_whole(name: str, divisor: int) -> None:
    """Rational kernels are known as whole numbers over one divisor."""
    kernel = load_kernel(name)
    assert kernel.divisor == divisor
    whole = kernel.weights * divisor
    np.testing.assert_allclose(whole, np.rint(whole), atol=1e-12)
    assert gaussian_kernel(2).divisor == 1


def test_flip_turns_weights_and_anchor() -> None:
    """Flipping an even kernel takes its anchor along."""
    kernel = Kernel(np.arange(1.0, 9).reshape(2, 4))
    assert (kernel.anchor, kernel.flipped().anchor) == ((1, 2), (0, 1))
    np.testing.assert_array_equal(kernel.flipped().correlation_weights[:, :, 0], kernel.weights[::-1, ::-1])


def test_facts_hold_on_random_pictures() -> None:
    """Sum, rank, noise gain and range are what random pixels show."""
    random = np.random.default_rng(3)
    kernel = Kernel(np.outer([1.0, 2, 1], [-1, 0, 1]) / 4, bias=0.5)
    facts = kernel_facts(kernel)
    assert (facts.sums, facts.ranks, facts.suggested_bias) == ((0.0,), (1,), 0.5)
    noise = scipy.ndimage.correlate(random.normal(size=(800, 800)), kernel.weights)
    assert noise.var() == pytest.approx(facts.noise_gain[0], rel=0.03)
    binary = scipy.ndimage.correlate(random.integers(0, 2, (300, 300)).astype(float), kernel.weights) + 0.5
    assert facts.least == binary.min() == -0.5
    assert facts.greatest == binary.max() == 1.5


def test_range_of_banks_bounds_the_result() -> None:
    """No binary patch gives a bank a value outside the range that is told."""
    random = np.random.default_rng(4)
    for combine in ("magnitude", "max", "sum"):
        weights = random.normal(size=(2, 2, 3))
        facts = kernel_facts(Kernel(weights, combine=combine))  # type: ignore[arg-type]
        patches = random.integers(0, 2, (500, 2, 2))
        maps = np.einsum("nij,ijk->nk", patches, weights)
        whole = {"magnitude": np.sqrt((maps**2).sum(-1)), "max": maps.max(-1), "sum": maps.sum(-1)}[combine]
        assert facts.least - 1e-9 <= whole.min()
        assert whole.max() <= facts.greatest + 1e-9


@pytest.mark.parametrize("name", ["kirsch", "robinson"])
def test_the_greatest_of_a_compass_is_never_below_nothing(name: str) -> None:
    """Flat pixels give 0, and others more, as what one direction loses another one gains; it needs no bias."""
    facts = kernel_facts(load_kernel(name))
    assert facts.least == pytest.approx(0, abs=1e-9)
    assert facts.suggested_bias == 0


def test_the_least_of_the_greatest_is_reached() -> None:
    """The least value of a bank by maximum is one that some pixels give, grey ones among them."""
    random = np.random.default_rng(5)
    for _ in range(5):
        weights = random.normal(size=(1, 2, 3))
        y, x = np.meshgrid(*[np.linspace(0, 1, 201)] * 2)
        maps = weights[0, 0, :, np.newaxis, np.newaxis] * y + weights[0, 1, :, np.newaxis, np.newaxis] * x
        least = kernel_facts(Kernel(weights, combine="max")).least
        assert least == pytest.approx(maps.max(axis=0).min(), abs=0.02)
        for scale in (1e-12, 1e6):
            assert kernel_facts(Kernel(scale * weights, combine="max")).least == pytest.approx(scale * least)


def test_frequency_response_of_a_difference() -> None:
    """The gain at frequency 0 is the sum of the weights; a difference doubles the highest frequency."""
    gain = frequency_response(np.array([[1.0, -1.0]]))
    assert gain[64, 64] == pytest.approx(0)
    assert gain[64, 0] == pytest.approx(2)
