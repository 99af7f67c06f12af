"""Writing files so that nothing is lost: in one step, with the rights of what was there, and what failed put into words."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import stat
import sys
import time
from pathlib import Path

from crmlab.language import _, tr

HANDED_OVER = 300_000_000
"""Bytes of a file that the page of a lesson hands over, where the course is installed."""
_NAME = 200
"""Bytes of a file's name that its draft takes over: a name that is as long as a disk allows must have one, too."""


def write_atomically(path: Path, content: str | bytes) -> None:
    """Replace a file in one step: a reader, or a power cut, sees the old one or the new one, never a half.

    A file keeps its mode, a new one gets what the umask allows; a symbolic link stays, and what it points at is replaced.
    Raises ``OSError`` where that cannot be done, ``UnicodeEncodeError`` for text that is none; the old file is then as it
    was.
    """
    made = draft(path, content)
    try:
        put(made, path)
    finally:
        made.unlink(missing_ok=True)


def draft(path: Path, content: str | bytes) -> Path:
    """The content on disk beside the file, whole, under a name of its own; :func:`put` makes it the file."""
    raw = content.encode("utf-8") if isinstance(content, str) else content
    target = followed(path)
    made = target.with_name(f"{_beginning(target)}{secrets.token_hex(6)}.tmp")
    # Not tempfile: its files are for their owner alone, whatever the umask says.
    try:
        handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    except OSError as error:
        error.filename = str(target)  # what a sentence about it should name
        raise
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        _like(target, made)
    except BaseException:
        with contextlib.suppress(OSError):
            made.unlink()
        raise
    return made


def put(made: Path, path: Path) -> None:
    """Make a draft the file, in one step."""
    target = followed(path)
    for attempt in range(20):
        try:
            made.replace(target)
            return
        except PermissionError:
            # Windows refuses while another process reads the old file; that takes milliseconds.
            if os.name != "nt" or attempt == 19:
                raise
            time.sleep(0.05)


def followed(path: Path) -> Path:
    """What a symbolic link points at, which need not be there; any other path as it is."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def tidy(path: Path, older: float = 0.0) -> None:
    """Remove drafts of a file that a killed process left, those older than so many seconds."""
    target = followed(path)
    with contextlib.suppress(OSError):
        for one in os.scandir(target.parent):
            if one.name.startswith(_beginning(target)) and one.name.endswith(".tmp"):
                with contextlib.suppress(OSError):
                    # A clock that was set back must not keep it for ever.
                    if not older or abs(time.time() - one.stat(follow_symlinks=False).st_mtime) >= older:
                        Path(one.path).unlink()


def whole(text: str) -> str:
    """The text without halves of characters, which no file and no message can hold: two that fit together are joined.

    >>> whole("\\ud83d\\ude00 \\ud83d") == "\\U0001f600 \\ufffd"
    True
    """
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _beginning(target: Path) -> str:
    return f".{target.name.encode('utf-8', 'ignore')[:_NAME].decode('utf-8', 'ignore')}."


def _like(old: Path, new: Path) -> None:
    """Give a new file the mode and, as far as that is allowed, the owner of the one that it will replace."""
    try:
        was, now = old.stat(), new.stat()
    except OSError:
        return
    if not stat.S_ISREG(was.st_mode):
        return
    with contextlib.suppress(OSError, AttributeError):
        if (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid):
            os.chown(new, was.st_uid, was.st_gid)
    with contextlib.suppress(OSError):
        new.chmod(stat.S_IMODE(was.st_mode))


_REASONS = {
    errno.ENOSPC: _("the disk is full"),
    errno.EDQUOT: _("your share of the disk is full"),
    errno.EFBIG: _("the file would be larger than is allowed"),
    errno.EACCES: _("you have no right to do that there"),
    errno.EPERM: _("you have no right to do that there"),
    errno.EROFS: _("nothing can be changed on this disk"),
    errno.ENOENT: _("there is no such file or folder"),
    errno.EISDIR: _("this is a folder"),
    errno.ENOTDIR: _("a part of the path is a file, not a folder"),
    errno.EEXIST: _("something else has that name"),
    errno.ENOTEMPTY: _("something else has that name"),
    errno.ENAMETOOLONG: _("the name is too long"),
    errno.ELOOP: _("the link leads in a circle"),
    errno.EIO: _("the disk does not answer as it should"),
    errno.EINVAL: _("the name holds a character that no name may have"),
    errno.EILSEQ: _("the name holds a character that no name may have"),
}


def reason(error: Exception) -> str:
    """Why something could not be read or written, in the trainee's language where the system's word for it is known.

    >>> reason(OSError(errno.ENOSPC, "No space left on device"))
    'the disk is full'
    """
    number = getattr(error, "errno", None)
    if number == errno.ENOSPC and sys.platform == "emscripten":
        return tr(_("this browser has no room left"))
    if number in _REASONS:
        return tr(_REASONS[number])
    if isinstance(error, UnicodeError) or "null byte" in str(error) or "null character" in str(error):
        return tr(_REASONS[errno.EINVAL])
    return getattr(error, "strerror", None) or str(error)


def word(path: Path | str) -> str:
    """A path as one word of a command line, so that a command which is told can be copied.

    >>> word(Path("春季班")), word("Spring team"), word("R&D")
    ('春季班', '"Spring team"', '"R&D"')
    """
    text = str(path)
    return f'"{text}"' if re.search(r"[^\w./\\:~+=@%,-]", text) else text
