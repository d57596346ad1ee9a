"""The commands `convfilter kernels list | show | check | schema`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from convfilter.cli import options, streams

if TYPE_CHECKING:
    from convfilter.kernels import Kernel


@click.group()
def kernels() -> None:
    """List, show and check kernels."""


@kernels.command("list")
def list_() -> None:
    """List the kernels that --kernel can name."""
    from convfilter import library
    from convfilter.cli.tables import kernel_table

    streams.result(kernel_table([library.load_kernel(name) for name in library.kernel_names()]))


@kernels.command()
@click.argument("name", metavar="NAME|FILE.yaml")
@options.kernel_size
@click.option("--picture", metavar="PATH", type=click.Path(path_type=Path), help="Draw it: .png, .svg or .pdf.")
@click.option("--sample", metavar="IMAGE", type=click.Path(path_type=Path), help="The photograph to try it on.")
@click.option("--overwrite", is_flag=True, help="Replace the picture if it exists.")
def show(
    name: str,
    sigma: float | None,
    size: int | None,
    picture: Path | None,
    sample: Path | None,
    overwrite: bool,
) -> None:
    """Show a kernel: its matrix, sum, rank, noise gain and range."""
    from convfilter import library
    from convfilter.cli.tables import kernel_sheet

    kernel = library.load_kernel(name, sigma=sigma, size=size)
    if picture is not None:
        from convfilter.kernel_pictures import draw_kernel

        draw_kernel(kernel, picture, sample, overwrite=overwrite)
    streams.result(kernel_sheet(kernel))


@kernels.command()
@click.argument("files", metavar="FILE.yaml...", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check kernel files; the first mistake of each is told by line and cell."""
    from convfilter.cli.checking import check_files
    from convfilter.errors import KernelError
    from convfilter.kernel_files import read_kernel_file

    def valid(kernel: Kernel) -> str:
        height, width = kernel.size
        bank = f", {len(kernel.filters)} by {kernel.combine}" if kernel.combine else ""
        return f"a valid kernel, {height} x {width}{bank}"

    check_files(files, read_kernel_file, KernelError, valid)


@kernels.command()
def schema() -> None:
    """Print the JSON schema of a kernel file, for editors."""
    from convfilter.kernel_schema import schema as kernel_schema

    streams.result(json.dumps(kernel_schema(), indent=2))
