"""What trainees sent, opened up: files, folders, mails and archives within archives, as bytes with their names and dates.

Nothing is ever unpacked onto the disk, so no name in an archive leads anywhere. What cannot be opened gets a sentence.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crmlab import zips
from crmlab.course.files import reason, whole
from crmlab.language import _, tr

LARGEST = 50_000_000
"""Bytes of one file that is looked at."""
LARGEST_ARCHIVE = 300_000_000
"""Bytes of an archive within an archive."""
MOST_BYTES = 2_000_000_000
"""Bytes that one archive may hold, with the archives in it, when it is unpacked."""
MOST_FILES = 20_000
"""Files that one archive may hold, with the archives in it."""
RATIO = 200
"""How many times its packed size a file may have, from a megabyte on; what people write shrinks to a tenth."""
DEEPEST = 5
"""Archives within each other."""
WITHIN = " > "
"""Stands between an archive and what is in it."""
_LONGEST = 300

_MOST_PARTS, _MOST_LOOKS = 5_000, 300_000_000
"""Parts of a mail; its lines times the parts within which they may lie, each of which looks at each line."""
_HEADER = 3_000
"""Characters of a header of a mail that are read: the longest name of a file has 255, each written with up to nine."""

MAIL = ".eml"
"""How the name of a mail ends that was saved as a file."""
LEFT_BY_SYSTEM = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints", "__pycache__", "timestamp.txt")


@dataclass(frozen=True)
class Found:
    """A file that came, or what could not be opened: then ``problem`` is a sentence and ``data`` is empty."""

    path: str
    """Below the folder that was looked through, with forward slashes; within an archive "mail.zip > a.json"."""
    data: bytes = b""
    when: datetime.datetime | None = None
    """The date of the file, with a zone: that of this computer where an archive says none."""
    problem: str = ""
    foreign: bool = False
    """Whether it is sound, but nothing of this course."""

    @property
    def places(self) -> list[str]:
        """The names on the way to it, from outside to inside, its own the last."""
        return [part for piece in self.path.split(WITHIN) for part in piece.split("/") if part]


def walk(folder: Path) -> Iterator[Found]:
    """All files below a folder, in order of their names; links are not followed. Raises ``OSError`` for the folder itself."""
    for path in sorted(folder.iterdir(), key=lambda one: one.name):
        yield from _at(path, path.name)


def of(path: Path) -> Iterator[Found]:
    """A file that is named, or all of a folder that is. Raises ``OSError`` where there is none."""
    path.lstat()
    yield from _at(path, path.name)


def _at(path: Path, name: str) -> Iterator[Found]:
    if left_by_system(path.name):
        return
    name = _shown(name)
    try:
        kind = path.lstat()
        if stat.S_ISDIR(kind.st_mode):
            for one in sorted(path.iterdir(), key=lambda one: one.name):
                yield from _at(one, f"{name}/{one.name}")
        elif not stat.S_ISREG(kind.st_mode):
            yield Found(name, problem=tr(_("is a link or a device, and was not opened")))
        else:
            when = datetime.datetime.fromtimestamp(kind.st_mtime).astimezone()
            with path.open("rb") as file:
                if _is_zip(file.read(4)):
                    yield from _zip(file, name, when, _Left())
                elif kind.st_size > LARGEST:
                    yield Found(name, when=when, problem=_too_large())
                else:
                    file.seek(0)
                    yield from _opened(name, file.read(), when, _Left())
    except (OSError, OverflowError, ValueError) as error:
        yield Found(name, problem=tr(_("cannot be read ({reason})"), reason=reason(error)))


def left_by_system(name: str) -> bool:
    """Whether a name is one of those that systems leave behind, and nobody sends.

    >>> left_by_system("._2-man.json"), left_by_system("2-man.json")
    (True, False)
    """
    return name.startswith("._") or name in LEFT_BY_SYSTEM


def _shown(name: str) -> str:
    """A name in one form, however its system writes it: macOS takes letters and their accents apart."""
    name = unicodedata.normalize("NFC", whole(os.fsencode(name).decode("utf-8", "replace")))
    # Nor may it give orders to a terminal: in the names of Linux anything may stand.
    return "".join("�" if unicodedata.category(one)[0] == "C" else one for one in name)


def _opened(name: str, data: bytes, when: datetime.datetime | None, left: _Left) -> Iterator[Found]:
    """A file that came, or what is in it."""
    if _is_zip(data[:4]):
        yield from _zip(io.BytesIO(data), name, when, left)
    elif name.lower().endswith(MAIL):
        yield from _mail(name, data, when, left)
    else:
        yield _file(name, data, when)


def _file(name: str, data: bytes, when: datetime.datetime | None) -> Found:
    if not data:
        return Found(name, when=when, problem=tr(_("is empty")))
    if name.lower().endswith(".msg") and data.startswith(_OLD_OFFICE):
        text = _("is a mail as Outlook keeps it, which is not opened here: save the file that is attached to it into this folder")
        return Found(name, when=when, problem=tr(text))
    if data.startswith(_OLD_OFFICE):
        return Found(name, when=when, problem=tr(_OFFICE), foreign=True)
    if data.startswith(_PICTURES) or data[4:12] in (b"ftypheic", b"ftypmif1"):
        text = _("is a picture, and no work from this course: ask for the file that “Hand in” makes")
        return Found(name, when=when, problem=tr(text), foreign=True)
    other = next((kind for start, kind in _OTHERS.items() if data.startswith(start)), "")
    if other or data[257:262] == b"ustar":
        text = _("is a {kind} archive, which is not opened here: unpack it yourself beside it, or ask for a zip file")
        return Found(name, when=when, problem=tr(text, kind=other or "tar"))
    return Found(name, data, when)


_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_OFFICE = _("is an Office document, and no work from this course: ask for the file that “Hand in” makes")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")
_OTHERS = {
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "rar",
    b"\x1f\x8b": "gz",
    b"BZh": "bz2",
    b"\xfd7zXZ\x00": "xz",
}


def _is_zip(start: bytes) -> bool:
    return start in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def _too_deep() -> str:
    return tr(_("lies in too many archives within each other, and was not opened"))


def _too_large() -> str:
    return tr(_("is larger than {most} MB, and no hand-in is"), most=LARGEST // 1_000_000)


# -- mails -------------------------------------------------------------------------------------------------------------


def _mail(name: str, data: bytes, when: datetime.datetime | None, left: _Left) -> Iterator[Found]:
    """What is attached to a mail, also to one that is passed on in it; its own words are nobody's work."""
    if not left.depth:
        yield Found(name, when=when, problem=_too_deep())
        return
    left.depth -= 1
    try:
        attached, sent = _attached(data)
        if len(attached) > left.files or sum(len(one) for _name, one, _picture in attached) > left.bytes:
            raise _TooMuch(tr(_("holds more than {most} files, and was not opened"), most=left.files))
        left.files -= len(attached)
        left.bytes -= sum(len(one) for _name, one, _picture in attached)
        if any(not picture for _name, _one, picture in attached):
            attached = [one for one in attached if not one[2]]
        if not attached:
            text = _("is a mail with no file attached: ask for the file that “Hand in” makes")
            yield Found(name, when=when, problem=tr(text), foreign=True)
        for inner, one, _picture in attached:
            yield from _opened(f"{name}{WITHIN}{inner[:_LONGEST]}", one, sent or when, left)
    except _TooMuch as error:
        yield Found(name, when=when, problem=str(error))
    finally:
        left.depth += 1


def _attached(data: bytes) -> tuple[list[tuple[str, bytes, bool]], datetime.datetime | None]:
    """Names and bytes of what is attached to a mail, whether it is a picture within the words, as below a signature, and when it was sent."""
    import email
    from email.headerregistry import HeaderRegistry
    from email.policy import default
    from email.utils import parsedate_to_datetime

    starts = data.count(b"\n--") + data.count(b"\r--")
    if starts > _MOST_PARTS or data.lower().count(b"boundary") * (data.count(b"\n") + data.count(b"\r")) > _MOST_LOOKS:
        raise _TooMuch(tr(_("holds more than {most} files, and was not opened"), most=_MOST_PARTS))
    made = HeaderRegistry()
    # The time that a header takes grows with the square of its length.
    policy = default.clone(header_factory=lambda name, value: made(name, value[:_HEADER]))
    found: list[tuple[str, bytes, bool]] = []
    sent = None
    try:
        mail = email.message_from_bytes(data, policy=policy)
        with contextlib.suppress(Exception):
            moment = parsedate_to_datetime(str(mail["Date"]))
            sent = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
        for part in mail.walk():
            # The parser is strict about headers only when one is looked at: a part that says nothing sound of itself is passed over.
            with contextlib.suppress(Exception):
                label = part.get_filename()
                if not label or part.is_multipart():
                    continue
                # The name alone: what it says of folders is another computer's.
                label = _shown(label.replace("\\", "/").rpartition("/")[2]) or "?"
                inline = part.get_content_maintype() == "image" and (part.get_content_disposition() == "inline" or part["Content-ID"] is not None)
                content = part.get_payload(decode=True)
                found.append((label, content if isinstance(content, bytes) else b"", inline))
    except Exception:  # whatever the parser stumbles over, it is no mail that anybody wrote
        return found, sent
    return found, sent


# -- zip ---------------------------------------------------------------------------------------------------------------


class _Left:
    """What the archive that lies in the folder may still hold, with all archives in it."""

    def __init__(self) -> None:
        self.files, self.bytes, self.depth = MOST_FILES, MOST_BYTES, DEEPEST


class _TooMuch(Exception):
    """More than anybody hands in; the message is a sentence."""


def _zip(file: io.BufferedIOBase | io.BufferedReader, name: str, when: datetime.datetime | None, left: _Left) -> Iterator[Found]:
    """What is in an archive."""
    if not left.depth:
        yield Found(name, when=when, problem=_too_deep())
        return
    left.depth -= 1
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > left.files:
                raise _TooMuch(tr(_("holds more than {most} files, and was not opened"), most=MOST_FILES))
            left.files -= len(entries)
            if any(entry.filename == "[Content_Types].xml" for entry in entries):
                yield Found(name, when=when, problem=tr(_OFFICE), foreign=True)
                return
            if not entries:
                yield Found(name, when=when, problem=tr(_("is empty")))
            for entry in entries:
                yield from _entry(archive, entry, name, left)
    except _TooMuch as error:
        yield Found(name, when=when, problem=str(error))
    except zips.UNREADABLE:
        text = _("is a damaged zip file: it broke off on its way, perhaps; ask for it again")
        yield Found(name, when=when, problem=tr(text))
    finally:
        left.depth += 1


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, outer: str, left: _Left) -> Iterator[Found]:
    inner = name_of(entry)
    parts = inner.replace("\\", "/").split("/")
    name = f"{outer}{WITHIN}{inner if len(inner) <= _LONGEST else inner[:_LONGEST] + '…'}"
    if inner.endswith(("/", "\\")) or not inner or any(map(left_by_system, parts)):
        return
    if ".." in parts or inner.startswith(("/", "\\")) or (len(inner) > 1 and inner[1] == ":"):
        yield Found(name, problem=tr(_("has a path that leads out of its archive; nothing of it was taken")))
        return
    mode = entry.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        yield Found(name, problem=tr(_("is a link or a device, and was not opened")))
        return
    if entry.flag_bits & 0x1:
        yield Found(name, problem=tr(_("is locked with a password: ask for the file without one")))
        return
    when = _date(entry)
    try:
        data = _bytes(archive, entry, left)
    except _TooMuch as error:
        yield Found(name, when=when, problem=str(error))
        return
    except NotImplementedError:
        text = _("is packed in a way that is not known here: unpack it yourself beside it, or ask for a plain zip file")
        yield Found(name, when=when, problem=tr(text))
        return
    except zips.UNREADABLE:
        yield Found(name, when=when, problem=tr(_("is damaged in its archive: ask for it again")))
        return
    yield from _opened(name, data, when, left)


def _bytes(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: _Left) -> bytes:
    """The bytes of an entry, counted as they come: what an archive says of their number may be wrong."""
    with archive.open(entry) as file:
        data = file.read(4)
        most = min(LARGEST_ARCHIVE if _is_zip(data) else LARGEST, left.bytes)
        if entry.compress_size and most > RATIO * entry.compress_size:
            most = max(1_000_000, RATIO * entry.compress_size)
        parts = [data]
        size = len(data)
        while size <= most and (more := file.read(1 << 20)):
            parts.append(more)
            size += len(more)
    if size > most:
        raise _TooMuch(tr(_("grows without measure when it is unpacked, and was not opened")) if size < LARGEST else _too_large())
    left.bytes -= size
    return b"".join(parts)


def name_of(entry: zipfile.ZipInfo) -> str:
    """The name of an entry. Where the archive does not say that it is UTF-8, as those made on Chinese Windows do not: UTF-8 if it
    can be that, else GB18030.

    >>> made = zipfile.ZipInfo("张三.json".encode("gbk").decode("cp437")); name_of(made)
    '张三.json'
    """
    name = entry.orig_filename
    if not entry.flag_bits & 0x800:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            raw = name.encode("utf-8", "replace")  # made in this process
        if (other := _unicode_name(entry.extra, raw)) is not None:
            raw = other
        for encoding in ("utf-8", "gb18030", "cp437"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", whole("".join(one if one.isprintable() else "�" for one in name)))


def _unicode_name(extra: bytes, raw: bytes) -> bytes | None:
    """The name in UTF-8 that some programs write beside one in their own encoding (field 0x7075 of the zip format)."""
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        part, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == 0x7075 and len(part) > 5 and part[0] == 1 and struct.unpack("<L", part[1:5])[0] == zlib.crc32(raw):
            return part[5:]
    return None


def _date(entry: zipfile.ZipInfo) -> datetime.datetime | None:
    try:
        found = datetime.datetime(*entry.date_time).astimezone()
    except (ValueError, OverflowError, OSError, TypeError):
        return None
    return found if found.year > 1980 else None  # the first day that a zip can say stands for none
