"""What Python raises for a zip file that broke off, is damaged inside, locked, or packed in a way that is unknown here."""

from __future__ import annotations

import struct
import zipfile
import zlib

_LZMA: tuple[type[Exception], ...] = ()
try:
    from lzma import LZMAError

    _LZMA = (LZMAError,)
except ImportError:  # the browser's Python has no lzma; a part packed by it is a RuntimeError there
    pass

DAMAGED: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,
    *_LZMA,
    struct.error,
    RuntimeError,
    EOFError,
    KeyError,
    ValueError,
)
"""``NotImplementedError`` and ``RecursionError`` are kinds of ``RuntimeError``. ``OSError`` is not among them: it may be the disk's."""
UNREADABLE: tuple[type[Exception], ...] = (OSError, *DAMAGED)
"""For who says one sentence to all of them."""
