"""Every error that convfilter raises on purpose, each with a message for the person at the terminal."""


class ConvfilterError(Exception):
    """Base of all errors raised on purpose; the message says what is wrong and what to do, in one line."""


class ImageError(ConvfilterError):
    """A picture cannot be read, filtered or written; other pictures of the run are not concerned."""


class KernelError(ConvfilterError):
    """A kernel, or a kernel file, is not valid."""


class DeviceError(ConvfilterError):
    """The device asked for is not there."""


class OptionError(ConvfilterError):
    """Options or paths contradict each other; nothing has been read or written."""


def one_line(text: object, most: int = 80) -> str:
    """The start of a library's message, fit for a line on a terminal."""
    return "".join(c for c in " ".join(str(text).split()) if c.isprintable())[:most].strip()
