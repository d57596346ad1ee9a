"""From ink to digits: which strokes belong together, and which are specks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.mnist.pieces import MOST, Strokes, is_around
from convfilter.mnist.shapes import RULE, holes_of, is_patch, shape_of

DUST = 0.004
"""Strokes of less than this share of the greatest one's area are none at all."""

SPECK = 0.03
"""Strokes of less than this share of the greatest one's area are specks of dirt, unless they lie close to it."""

GAP = 0.15
"""Strokes nearer to one another than this share of the taller one's height make one digit."""

WIDER = 1.3
"""A rule is so many times as wide as the largest stroke."""

LEAST_SHEET = 30
"""Pixels on a side of a sheet that can be written on."""


def segment(labels: NDArray[Any], pieces: list[Strokes]) -> list[Strokes]:
    """Group the ink of a page, as `pieces_of` gives it, into what may be digits.

    Returns:
        The groups line by line, from left to right. The edge of the page, specks, and what cannot be a digit are in
        none.
    """
    greatest = max((piece.area for piece in pieces), default=0)
    pieces = [piece for piece in pieces if piece.area >= DUST * greatest][:MOST]
    groups = _grouped(_possible(labels, pieces))
    tallest = max((group.height for group in groups), default=0)
    groups = [group for group in groups if group.area > SPECK * greatest or group.height > 0.4 * tallest]
    return _in_lines(groups)


def _in_lines(groups: list[Strokes]) -> list[Strokes]:
    """Groups as they are read: each is in the line of the one on its left that it is most beside, if it is at all."""
    lines: list[list[Strokes]] = []
    for group in sorted(groups, key=lambda group: group.left):
        beside = [min(group.bottom, line[-1].bottom) - max(group.top, line[-1].top) for line in lines]
        if beside and max(beside) > 0:
            lines[int(np.argmax(beside))].append(group)
        else:
            lines.append([group])
    return [group for line in sorted(lines, key=lambda line: line[0].top) for group in line]


def sheet_on(labels: NDArray[Any], pieces: list[Strokes]) -> Strokes | None:
    """The sheet of paper that a picture shows instead of writing, if it does: the greatest piece is one."""
    if not pieces or min(pieces[0].height, pieces[0].width) < LEAST_SHEET:
        return None
    piece = pieces[0].cut_from(labels)
    if not shape_of(piece).is_sheet:
        return None
    holes = [shape_of(hole) for hole in holes_of(piece)]
    is_bold_digit = 0 < len(holes) <= 2 and all(hole.is_counter for hole in holes)
    return None if is_bold_digit else pieces[0]


def main_strokes(groups: list[Strokes], shape: tuple[int, ...]) -> tuple[Strokes, int]:
    """The one digit of a picture: the greatest group, those nearer to the middle before others.

    Returns:
        The group, and how many others are as tall and might be digits too.
    """

    def weight(group: Strokes) -> float:
        y = (group.top + group.bottom) / 2 / shape[0] - 0.5
        x = (group.left + group.right) / 2 / shape[1] - 0.5
        return group.height * max(group.width, group.height / 4) * (1 - max(abs(y), abs(x)))

    main = max(groups, key=weight)
    rivals = [
        group
        for group in groups
        if group.height > 0.5 * main.height
        and (
            (group.left >= main.right or group.right <= main.left)
            or (group.top >= main.bottom or group.bottom <= main.top)
        )
    ]
    return main, len(rivals)


def _possible(labels: NDArray[Any], pieces: list[Strokes]) -> list[Strokes]:
    """The pieces that may be of a digit, by their shape."""

    def may_be(piece: Strokes) -> bool:
        mask = piece.cut_from(labels)
        shape = shape_of(mask)
        return not (shape.is_grid or is_patch(mask, shape) or is_around(piece, shape, pieces))

    pieces = [piece for piece in pieces if may_be(piece)]
    # The bar of a 7 may not quite touch it; a rule is wider than what stands on it is wide or high.
    strokes = [piece for piece in pieces if piece.width <= RULE * piece.height]
    largest = max((max(piece.width, piece.height) for piece in strokes), default=0)
    return [piece for piece in pieces if piece.width <= max(RULE * piece.height, WIDER * largest)]


def _grouped(pieces: list[Strokes]) -> list[Strokes]:
    """Pieces joined while one of them lies close to a taller one, or above or below it."""
    groups = sorted(pieces, key=lambda piece: -piece.height * piece.width)
    joined = True
    while joined:
        joined = False
        for index, group in enumerate(groups):
            near = next((other for other in groups[index + 1 :] if _belong_together(group, other)), None)
            if near is not None:
                groups.remove(near)
                groups[index] = group.joined(near)
                joined = True
                break
    return groups


def _belong_together(one: Strokes, other: Strokes) -> bool:
    """Boxes of digits stand beside each other; the strokes of one overlap from the side or lie one over the other."""
    tall = max(one.height, other.height)
    across = max(one.left, other.left) - min(one.right, other.right)
    down = max(one.top, other.top) - min(one.bottom, other.bottom)
    narrow = min(one.width, other.width)
    if across < 0 and down < GAP * tall and -across > 0.4 * narrow:
        return True
    small = min(one.height, other.height) < 0.4 * tall
    return small and max(across, down) < GAP * tall
