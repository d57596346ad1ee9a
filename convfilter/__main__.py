"""The entry point of the command `convfilter` and of `python -m convfilter`."""

from convfilter.cli import signals, streams
from convfilter.heap import keep_memory


def main() -> None:
    """Run the command line and exit."""
    streams.prepare()
    keep_memory()
    signals.install()  # before anything that takes time to load
    from convfilter import runtime
    from convfilter.cli.main import main as command_line

    runtime.own_process = True
    command_line()


if __name__ == "__main__":
    main()
