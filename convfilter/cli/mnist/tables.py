"""What was read, and what was misread, as text for a terminal or as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from convfilter.cli.console import plain_table, render
from convfilter.text import printable

if TYPE_CHECKING:
    from convfilter.mnist.answers import Answer


def answer_rows(answer: Answer) -> list[tuple[str, ...]]:
    """A row for every digit: path, digit, and the three likeliest with their probabilities."""
    name = printable(answer.path)
    rows = [
        (name, str(reading.digit), *(f"{digit}: {100 * share:.1f} %" for digit, share in reading.likeliest(3)))
        for reading in answer.readings
    ]
    return rows or [(name, "none", "", "", "")]


def answer_table(rows: list[tuple[str, ...]]) -> str:
    """The rows of all pictures under one head."""
    from rich.text import Text

    table = plain_table()
    table.add_column("picture", overflow="fold")
    table.add_column("digit", justify="right", no_wrap=True)
    for title in ("likeliest", "second", "third"):
        table.add_column(title, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*map(Text, row))
    return render([table])


def answer_lines(answer: Answer) -> list[str]:
    """A JSON object for every digit, or one without a digit where there is none."""
    common: dict[str, Any] = {"path": str(answer.path)}
    ending = {"inverted": answer.page.inverted, "warnings": list(answer.warnings)}
    objects = [
        {
            "digit": reading.digit,
            "probability": reading.probability,
            "probabilities": reading.probabilities.tolist(),
            "box": [round(share, 4) for share in reading.found.box],
        }
        for reading in answer.readings
    ] or [{"digit": None, "probability": None, "probabilities": None, "box": None}]
    return [json.dumps(common | found | ending) for found in objects]


def confusion_table(counts: Any) -> str:
    """How many images of each digit (the rows) were read as which digit (the columns); a dot for none."""
    table = plain_table()
    table.add_column("is \\ read as")
    for digit in range(len(counts)):
        table.add_column(str(digit), justify="right")
    for digit, row in enumerate(counts):
        table.add_row(str(digit), *(str(count) if count else "." for count in row))
    return render([table])
