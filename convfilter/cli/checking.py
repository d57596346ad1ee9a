"""Files of YAML that are checked one by one, as `kernels check` and `recipes check` do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from convfilter.cli import streams
from convfilter.text import printable

if TYPE_CHECKING:
    from convfilter.errors import ConvfilterError

Found = TypeVar("Found")


def check_files(
    files: tuple[Path, ...],
    read: Callable[[Path], Found],
    error_class: type[ConvfilterError],
    sound: Callable[[Found], str],
) -> None:
    """Tell of every file what it holds, or its first mistake; exit code 2 where there is one."""
    wrong = 0
    for file in files:
        try:
            found = read(file)
        except error_class as error:
            wrong += 1
            streams.warn(printable(str(error)))
        else:
            streams.result(f"{printable(file)}: {sound(found)}")
    if wrong:
        click.get_current_context().exit(2)
