"""Writes `digit.jpg` and `digits.jpg`: images of MNIST's test set as a photographer would bring them."""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

SAMPLES = Path(__file__).parent
sys.path.insert(0, str(SAMPLES.parent / "tests"))


def main() -> None:
    """Write both."""
    from digit_photos import CONDITIONS, line_of_digits

    from convfilter.mnist.data import load_test

    images = load_test().images
    one = CONDITIONS["hand shadow"](images[84], np.random.default_rng(7))
    Image.fromarray(one).save(SAMPLES / "digit.jpg", quality=88)
    several = line_of_digits([images[index] for index in (23, 52, 71, 61)], np.random.default_rng(3))
    Image.fromarray(several).save(SAMPLES / "digits.jpg", quality=88)


if __name__ == "__main__":
    main()
