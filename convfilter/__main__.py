"""The entry point of the command `convfilter` and of `python -m convfilter`."""

from convfilter.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
