"""A credential in a picture: an ``iTXt`` chunk of a PNG (Open Badges 3.0, section "Baked Badge"), and the picture itself.

The picture is drawn here, dot by dot: a ring, a disc and a tick need no library.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import cache
from math import hypot

KEYWORD = b"openbadgecredential"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SIDE = 240


class NoPicture(ValueError):
    """It is no sound PNG."""


def bake(picture: bytes, credential: str) -> bytes:
    """The picture with the credential in it. Raises :class:`NoPicture` for what is no PNG, or has one already."""
    found = list(chunks(picture))
    if any(_is_credential(kind, data) for kind, data in found):
        raise NoPicture
    # Keyword, no compression, its method, no language, no translated keyword.
    text = KEYWORD + b"\0\0\0\0\0" + credential.encode("ascii")
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in (*found[:-1], (b"iTXt", text), found[-1]))


def extract(picture: bytes) -> str:
    """The credential in a picture; empty if there is none. Raises :class:`NoPicture` for a damaged file, or one with two."""
    found = [data for kind, data in chunks(picture) if _is_credential(kind, data)]
    if len(found) > 1:
        raise NoPicture
    if not found:
        return ""
    rest = found[0][len(KEYWORD) + 1 :]
    compressed, _method, rest = rest[:1], rest[1:2], rest[2:]
    parts = rest.split(b"\0", 2)
    if compressed != b"\0" or len(parts) != 3:
        raise NoPicture
    return parts[2].decode("ascii", "replace")


def chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG, each with its checksum compared. Raises :class:`NoPicture`."""
    if not picture.startswith(SIGNATURE):
        raise NoPicture
    at, kind = len(SIGNATURE), b""
    while at < len(picture):
        if kind == b"IEND" or at + 12 > len(picture):
            raise NoPicture
        (length,) = struct.unpack_from(">I", picture, at)
        kind, data = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        if len(data) != length or picture[at + 8 + length : at + 12 + length] != struct.pack(">I", zlib.crc32(kind + data)):
            raise NoPicture
        yield kind, data
        at += 12 + length
    if kind != b"IEND":
        raise NoPicture


def _is_credential(kind: bytes, data: bytes) -> bool:
    return kind == b"iTXt" and data.startswith(KEYWORD + b"\0")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@cache
def picture() -> bytes:
    """The badge as a PNG: a blue disc in a ring, with a white tick; transparent around it."""
    middle = (_SIDE - 1) / 2
    tick = ((0.29, 0.52), (0.44, 0.67), (0.72, 0.36))
    corners = [(x * _SIDE, y * _SIDE) for x, y in tick]
    rows = bytearray()
    for y in range(_SIDE):
        rows.append(0)  # no filter
        for x in range(_SIDE):
            far = hypot(x - middle, y - middle)
            stroke = min(_distance(x, y, *corners[0], *corners[1]), _distance(x, y, *corners[1], *corners[2]))
            outside = _cover(far - 0.49 * _SIDE)
            ring = _cover(0.45 * _SIDE - far) * _cover(far - 0.47 * _SIDE)
            white = max(ring, _cover(stroke - 0.045 * _SIDE))
            rows += bytes((*(round(shade + (255 - shade) * white) for shade in (31, 95, 168)), round(255 * outside)))
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 6, 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(bytes(rows), 9)) + _chunk(b"IEND", b"")


def _cover(outside: float) -> float:
    """How much of a dot is covered by what ends that far away: a smooth edge."""
    return min(1.0, max(0.0, 0.5 - outside))


def _distance(x: float, y: float, x1: float, y1: float, x2: float, y2: float) -> float:
    along = max(0.0, min(1.0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2)))
    return hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1))
