"""Writing so that a file is absent, old and whole, or new and whole at every instant."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO

TEMPORARY_PREFIX = ".convfilter-"
"""Names of unfinished files begin so: hidden, so that no shell pattern takes one for an input."""

EXISTS = "exists already and is kept; --overwrite replaces it"
"""What to say, after the path, of a file that is in the way."""

_unfinished: set[Path] = set()
_lock = threading.Lock()


@contextmanager
def output_file(target: Path, *, overwrite: bool) -> Iterator[BinaryIO]:
    """A new file that takes its name only when all of it is on the disk.

    It is written beside the target under a temporary name and fsynced, then renamed. Missing folders
    are made. A symbolic link is followed; an existing file's mode and, where allowed, owner are kept.

    Args:
        target: the name it gets if the block ends without an error.
        overwrite: False never touches an existing file, not even one that appears meanwhile.

    Raises:
        FileExistsError: the target exists and `overwrite` is False.
        OSError: the system cannot write there.
    """
    check_target(target, overwrite=overwrite)
    target = Path(os.path.realpath(target))
    _make_folders(target.parent)
    # The name does not grow with the target's, which may be as long as the file system allows.
    temporary = target.parent / f"{TEMPORARY_PREFIX}{os.getpid()}-{secrets.token_hex(6)}.tmp"
    try:
        with _create(temporary) as file:
            yield file
            file.flush()
            if overwrite:
                _keep_mode_and_owner(file.fileno(), target)
            os.fsync(file.fileno())
        if overwrite:
            temporary.replace(target)
        else:
            _take_free_name(temporary, target)
        _sync_folder(target.parent)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        _unfinished.discard(temporary)


def check_target(target: Path, *, overwrite: bool) -> None:
    """Ask before any work what `output_file` asks again and what the system will say to it; nothing is written.

    Raises:
        FileExistsError: the target exists and `overwrite` is False.
        OSError: it is a folder, or a device or pipe, which are not replaced; its name is too long; or the lowest folder
            above it that is there takes no new file.
    """
    real = Path(os.path.realpath(target))
    folder = next(one for one in real.parents if os.path.lexists(one))
    if not folder.is_dir():
        raise _failure(errno.ENOTDIR)
    longest = max(len(os.fsencode(name)) for name in real.relative_to(folder).parts)
    if longest > os.pathconf(folder, "PC_NAME_MAX"):
        raise _failure(errno.ENAMETOOLONG)
    with contextlib.suppress(FileNotFoundError):
        mode = target.stat().st_mode  # which also tells of paths that are too long, and of links in a circle
        if stat.S_ISDIR(mode):
            raise _failure(errno.EISDIR)
        if not stat.S_ISREG(mode):
            raise OSError(errno.EPERM, "it is a device or a pipe, no file")
    if not overwrite and os.path.lexists(target):
        raise FileExistsError
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        raise _failure(errno.EROFS)
    if not os.access(folder, os.W_OK):
        raise _failure(errno.EACCES)


def _failure(number: int) -> OSError:
    """An error as the system would raise it."""
    return OSError(number, os.strerror(number))


@contextmanager
def told_as(error: type[Exception], target: object, advice: str = "; choose another place") -> Iterator[None]:
    """For a block that writes a file: what the system says becomes an error of this kind, in a sentence.

    Args:
        error: the kind.
        target: the file, or what else is written to, as the sentence names it.
        advice: ends the sentence where the system cannot write.
    """
    try:
        yield
    except FileExistsError:
        raise error(f"{target} {EXISTS}") from None
    except OSError as failure:
        raise error(f"cannot write {target}: {failure.strerror or failure}{advice}") from None


def abandon_all() -> None:
    """Remove every unfinished file, and let no new one begin: the process is about to end."""
    _lock.acquire()
    for temporary in list(_unfinished):
        with contextlib.suppress(OSError):
            temporary.unlink()


def _make_folders(folder: Path) -> None:
    """Make a folder and those above it that are missing, which may be more than calls can be nested."""
    missing = takewhile(lambda one: not one.exists(), (folder, *folder.parents))
    for one in reversed([*missing]):
        one.mkdir(exist_ok=True)


def _create(temporary: Path) -> BinaryIO:
    with _lock:
        _unfinished.add(temporary)
        descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        return os.fdopen(descriptor, "w+b")


def _keep_mode_and_owner(descriptor: int, target: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        old = target.stat()
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, old.st_uid, old.st_gid)
        os.fchmod(descriptor, stat.S_IMODE(old.st_mode))


def _take_free_name(temporary: Path, target: Path) -> None:
    """Rename, unless the name has been taken meanwhile."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links, such as exFAT
        if os.path.lexists(target):
            raise FileExistsError from None
        temporary.rename(target)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable, where the system can sync a folder."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
