"""Every error that convfilter raises on purpose, each with a message for the person at the terminal."""


class ConvfilterError(Exception):
    """Base of all errors raised on purpose; the message says what is wrong and what to do, in one line.

    `exit_code` is what the command ends with: 2 where the call is wrong and nothing was touched, 1 where a file is.
    """

    exit_code = 2


class ImageError(ConvfilterError):
    """A picture cannot be read, filtered or written; other pictures of the run are not concerned."""

    exit_code = 1


class KernelError(ConvfilterError):
    """A kernel, or a kernel file, is not valid."""


class RecipeError(ConvfilterError):
    """A recipe, or a recipe file, is not valid."""


class DeviceError(ConvfilterError):
    """The device asked for is not there."""


class ModelError(ConvfilterError):
    """A file is not a trained network that can be used here."""

    exit_code = 1


class DataError(ConvfilterError):
    """The MNIST data set is not there, or not whole."""

    exit_code = 1


class WritingError(ConvfilterError):
    """A file beside the pictures cannot be written; others may have been."""

    exit_code = 1


class TrainingError(ConvfilterError):
    """Training cannot go on."""

    exit_code = 1


class OptionError(ConvfilterError):
    """Options or paths contradict each other; nothing has been read or written."""
