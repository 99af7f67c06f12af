"""What Python raises for a zip file that broke off, is damaged inside, locked, or packed in a way that is unknown here."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib

DAMAGED: tuple[type[Exception], ...] = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, RuntimeError, EOFError, KeyError, ValueError)
"""``NotImplementedError`` and ``RecursionError`` are kinds of ``RuntimeError``. ``OSError`` is not among them: it may be the disk's."""
UNREADABLE: tuple[type[Exception], ...] = (OSError, *DAMAGED)
"""For who says one sentence to all of them."""
