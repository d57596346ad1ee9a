"""The group of commands, and how errors become a line and an exit code."""

from __future__ import annotations

import atexit
import os
import sys

import click

from convfilter import __version__
from convfilter.cli import streams
from convfilter.cli.apply import apply
from convfilter.cli.blur import blur
from convfilter.cli.devices import devices
from convfilter.cli.explain import explain
from convfilter.cli.gray import gray
from convfilter.cli.kernels import kernels
from convfilter.cli.mnist import mnist
from convfilter.cli.recipes import recipes
from convfilter.errors import ConvfilterError
from convfilter.text import error_line


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="convfilter")
def convfilter() -> None:
    """Run the convolution of a neural network on photographs.

    Any kernel (mean, Gaussian, a named one, your own YAML) slides over every colour channel, through
    tf.nn.conv2d. `convfilter COMMAND --help` tells more about each command.
    """


for command in (blur, gray, apply, explain, kernels, recipes, mnist, devices):
    convfilter.add_command(command)


def main() -> None:
    """Run the command line of the process and exit.

    Exit codes: 0 all done; 1 a file failed, the others are done; 2 usage, kernel or option error,
    nothing touched; 129, 130 and 143 on SIGHUP, SIGINT and SIGTERM.
    """
    code = run(sys.argv[1:])
    printed = streams.all_printed()
    code = code or (0 if printed else 1)
    if hasattr(sys.modules.get("tensorflow"), "__version__"):
        sys.exit(code)  # the whole of it has things to put in order, such as leaving other workers
    if "matplotlib" in sys.modules:
        atexit._run_exitfuncs()  # it may have made a temporary folder for its caches
    # Taking Python apart takes a fifth of a second, and all that was to be written has been written.
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run a command line; every error becomes a line on standard error and a code."""
    try:
        code = convfilter.main(arguments, prog_name="convfilter", standalone_mode=False)
    except click.ClickException as error:
        try:
            error.show()
        except (OSError, AttributeError):  # standard error may be closed or full; Python would try again at its end
            if sys.stderr is not None:
                streams.point_to_null(sys.stderr)
        return error.exit_code
    except ConvfilterError as error:
        streams.warn(error_line("convfilter", str(error)))
        return error.exit_code
    except OSError as error:
        streams.warn(error_line("convfilter", f"{error.strerror or error}"))
        return 1
    return code if isinstance(code, int) else 0
