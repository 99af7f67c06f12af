"""In which encoding a text file is written: certain steps first, then the one that gives the likeliest text.

Certain are a byte order mark, UTF-16 and UTF-32 by where their zero bytes stand, and UTF-8, in which a text of another encoding is hardly ever valid.
Of the others each is tried: a wrong one turns letters into rare characters, the right one into those its language mostly uses.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crmlab.own.opening.words import words

PIECE = 1 << 20
SAMPLE = 1 << 16
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
    (b"\x84\x31\x95\x33", "gb18030", "GB18030"),
)
"""Byte order marks with Python's name of the encoding and the one that people know; the longer of two that begin alike first."""
NAMES = {
    "gb18030": "GBK/GB18030",
    "cp950": "Big5",
    "cp932": "Shift-JIS",
    "cp949": "EUC-KR",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "mac_roman": "Mac Roman",
    "cp850": "DOS 850",
}


@dataclass(frozen=True)
class Encoding:
    """``codec`` is Python's name, ``name`` people's. ``sure``: it cannot be another. ``damaged``: some bytes are none of its characters.
    ``zeros``: there are zero bytes in it that mean nothing."""

    codec: str
    name: str
    sure: bool = True
    damaged: bool = False
    zeros: bool = False


def of(path: Path) -> Encoding:
    """The encoding of a text file; all of it is looked through, a piece at a time."""
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    for mark, codec, name in MARKS:
        if start.startswith(mark):
            return Encoding(codec, name, damaged=not _valid(path, codec), zeros=codec[:5] == "utf-8" and b"\0" in start)
    if (unmarked := _wide(start)) is not None:
        return Encoding(unmarked, unmarked.upper(), damaged=not _valid(path, unmarked))
    zeros = any(b"\0" in piece for piece in _pieces(path))
    if _valid(path, "utf-8"):
        return Encoding("utf-8", "UTF-8", zeros=zeros)
    errors, letters, odd = _counted(path)
    if letters >= 4 and errors <= letters / 3:
        return Encoding("utf-8", "UTF-8", damaged=True, zeros=zeros)
    codec, sure = likeliest(odd)
    return Encoding(codec, NAMES[codec], sure, damaged=not _valid(path, codec), zeros=zeros)


_ESCAPED = re.compile("[\udc80-\udcff]")
_HIGH = re.compile("[^\x00-\x7f]")


def _counted(path: Path) -> tuple[int, int, bytes]:
    """As UTF-8: the bytes that are none, the letters that are no ASCII, and lines with such bytes for a closer look."""
    errors, letters, odd = 0, 0, b""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    for at, piece in enumerate(_pieces(path)):
        if len(odd) >= SAMPLE and at > 8:
            break  # enough is known
        text = decoder.decode(piece)
        if not text.isascii():
            wrong = len(_ESCAPED.findall(text))
            errors += wrong
            letters += len(_HIGH.findall(text)) - wrong
            if wrong and len(odd) < SAMPLE:
                odd += b"\n".join(line for line in piece.splitlines() if not line.isascii())[: SAMPLE - len(odd)]
    return errors + len(_ESCAPED.findall(decoder.decode(b"", True))), letters, odd


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _valid(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        for piece in _pieces(path):
            decoder.decode(piece)
        decoder.decode(b"", True)
    except UnicodeError:
        return False
    return True


def wide(start: bytes) -> bool:
    """Whether a file that begins so is written in UTF-16 or UTF-32."""
    return start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)) or _wide(start) is not None


def _wide(start: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: separators, digits and ends of lines have zero bytes, always in the same places."""
    if len(start) < 4 or b"\0" not in start:
        return None
    start = start[: len(start) // 4 * 4]
    zeros = [start[at::4].count(0) / (len(start) / 4) for at in range(4)]
    for codec, low, high in (("utf-32-le", (0,), (2, 3)), ("utf-32-be", (3,), (0, 1))):
        if min(zeros[at] for at in high) > 0.95 and max(zeros[at] for at in low) < 0.02:
            return codec
    even, odd = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    for codec, some, none in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if some > 0.1 and none < some / 20:
            try:
                text = start.decode(codec, "replace")
            except UnicodeError:
                continue
            if text.count("\ufffd") <= len(text) / 100 and ("\n" in text or "\r" in text):
                return codec
    return None


def likeliest(sample: bytes) -> tuple[str, bool]:
    """The encoding that makes the likeliest text of bytes that are no UTF-8, and whether no other comes near it.

    >>> likeliest("客户,订单号,金额".encode("gbk")), likeliest("Müller, Jörg".encode("cp1252"))
    (('gb18030', True), ('cp1252', True))
    """
    ranked = sorted(((_likely(sample, codec), -at, codec) for at, codec in enumerate(NAMES)), reverse=True)
    best, _at, codec = ranked[0]
    text = sample.decode(codec, "replace")
    others = [score for score, _at, other in ranked[1:] if sample.decode(other, "replace") != text]
    enough = sum(byte > 127 for byte in sample) >= (2 if codec in _SINGLE else 6)
    return codec, enough and best > 0.6 and best > max(others, default=0.0) + 0.05


def _likely(sample: bytes, codec: str) -> float:
    """From 0 to about 1: how much of what is not ASCII is what the language of an encoding mostly uses."""
    text = sample.decode(codec, "replace")
    high = _HIGH.findall(text)
    if not high:
        return 0.0
    usual, frequent = _usual(codec)
    wrong = text.count("\ufffd")
    if wrong > max(1, len(high) / 50):
        return 0.0
    found = sum(one in usual for one in high) / len(high)
    often = sum(one in frequent for one in high) / len(high)
    if codec in _SINGLE:
        # Letters with accents stand alone among plain ones; bytes of Chinese come in pairs.
        runs = re.findall(rb"[\x80-\xff]+", sample)
        alone = sum(len(run) == 1 for run in runs) / len(runs)
        if codec != "cp1251":
            return found * (0.3 + 0.7 * alone)
        run = re.findall(r"[^\W\d_a-zA-Z]+", text)  # whole words: a capital and small letters, or capitals alone
        return (
            found
            * sum(re.fullmatch("[А-ЯЁ]?[а-яё]{2,}|[А-ЯЁ]{3,}", word) is not None for word in run)
            / max(1, len(run))
        )
    return 0.55 * found + 0.45 * min(1.0, 2 * often) - wrong / len(high)


_SINGLE = {
    "cp1252": "äöüßÄÖÜéèêëàâçñíìîïóòôõúùûáãåæøÅÆØÉÈÀÇÑÓÚÁÍœŒ€£§°´’‘“”–—…«»®™µ",
    "cp1250": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻčďěňřšťůúýžáéíČĎĚŇŘŠŤŮÚÝŽÁÉÍőűŐŰăâîșțäöüßÄÖÜ€§°",
    "cp1251": "".join(map(chr, range(0x410, 0x450))) + "ёЁіїєґ№«»",
    "mac_roman": "äöüßÄÖÜéèêëàâçñíîïóôúùûáÉ€–—’“”",
    "cp850": "äöüßÄÖÜéèêëàâçñíîïóôúùûáÉ",
}


@cache
def _usual(codec: str) -> tuple[frozenset[str], frozenset[str]]:
    if codec in _SINGLE:
        return frozenset(_SINGLE[codec]), frozenset()
    signs = {chr(code) for code in range(0xFF01, 0xFF5F)} | set("　、。·“”‘’—…《》【】〈〉「」『』￥€°×№")
    first, last, second = {
        "gb18030": (0xB0, 0xD7, range(0xA1, 0xFF)),
        "cp950": (0xA4, 0xC6, [*range(0x40, 0x7F), *range(0xA1, 0xFF)]),
        "cp932": (0x88, 0x97, [*range(0x40, 0x7F), *range(0x80, 0xFD)]),
        "cp949": (0xB0, 0xC8, range(0xA1, 0xFF)),
    }[codec]
    level = {bytes((a, b)).decode(codec, "ignore") for a in range(first, last + 1) for b in second}
    kana = {chr(code) for code in range(0x3041, 0x30FF)}
    if codec == "cp932":
        return frozenset(level | signs | kana), frozenset(kana | set("".join(words("frequent", "zh-Hant"))))
    if codec == "cp949":  # its bytes are those of common Chinese characters, too
        return frozenset(level), frozenset("".join(words("frequent", "ko")))
    language = "zh" if codec == "gb18030" else "zh-Hant"
    return frozenset(level | signs), frozenset(set("".join(words("frequent", language))) | signs)
