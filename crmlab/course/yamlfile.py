"""YAML that people edit: read with line numbers, and checked with sentences instead of tracebacks.

Role-play scripts and quiz questions are such files. :func:`read` gives the content and what is wrong with the file as
such; :class:`Checker` collects what is wrong with the content, each fault with its line. :func:`load` gives the content
of a sound file without reading it again: what is shown to a trainee comes from there.
"""

from __future__ import annotations

import codecs
import datetime
import difflib
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crmlab.course import cache, yamlhints, yamlproblems
from crmlab.language import LANGUAGES, _, current, tr

MOST_BYTES = 1_000_000
"""A larger file is not read: the longest script of the course has a twentieth of it."""


@dataclass(frozen=True, order=True)
class Cell:
    """A place in a workbook: number and name of the sheet, row and column from 1, heading; column 0 is the whole row."""

    number: int = 0
    row: int = 0
    column: int = 0
    sheet: str = ""
    heading: str = ""

    def __str__(self) -> str:
        if not self.row:
            return tr(_("sheet “{sheet}”"), sheet=self.sheet)
        if not self.column:
            return tr(_("sheet “{sheet}”, row {row}"), sheet=self.sheet, row=self.row)
        letters, rest = "", self.column
        while rest:
            rest, digit = divmod(rest - 1, 26)
            letters = chr(65 + digit) + letters
        column = f"{letters} ({self.heading})" if self.heading else letters
        return tr(
            _("sheet “{sheet}”, row {row}, column {column}"), sheet=self.sheet, row=self.row, column=column
        )


@dataclass(frozen=True, order=True)
class Fault:
    """Something wrong in a file: where, and in words what and what to do. ``line`` counts from 1; 0 is the whole file.

    In a workbook ``place`` says where.
    """

    file: str
    line: int
    text: str
    place: Cell = field(default=Cell())

    def __str__(self) -> str:
        if self.place.sheet:
            return f"{self.file}: {self.place}: {self.text}"
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


_ONE: ContextVar[str | None] = ContextVar("the one language in which files are written", default=None)


@contextmanager
def in_one(language: str | None) -> Iterator[None]:
    """Files that are read meanwhile may be written in this language alone; its texts then stand for those of the others."""
    token = _ONE.set(language)
    try:
        yield
    finally:
        _ONE.reset(token)


def may_lack(heading: str) -> bool:
    """Whether a workbook may lack a column: that of another language than the one of :func:`in_one`.

    >>> with in_one("en"):
    ...     [may_lack(heading) for heading in ("why_zh", "zh", "why_en", "id")]
    [True, True, False, False]
    """
    one = _ONE.get()
    return one is not None and heading.rpartition("_")[2] in {*LANGUAGES} - {one}


def fill(texts: Any) -> None:
    """Put the text of the one language where another has none.

    >>> texts = {"en": "Yes", "zh": ""}
    >>> with in_one("en"):
    ...     fill(texts)
    >>> texts
    {'en': 'Yes', 'zh': 'Yes'}
    """
    text = texts.get(one) if (one := _ONE.get()) else None
    if isinstance(text, str) and text.strip():
        for language in LANGUAGES:
            there = texts.get(language)
            if there is None or (isinstance(there, str) and not there.strip()):
                texts[language] = text


def _fill_all(content: Any) -> None:
    if isinstance(content, Mapping):
        if content and all(key in LANGUAGES for key in content):
            fill(content)
        for value in content.values():
            _fill_all(value)
    elif isinstance(content, list):
        for value in content:
            _fill_all(value)


@dataclass(frozen=True)
class Kind:
    """A kind of file that people write, with the function that reads and checks one: (content, faults).

    What the function finds must follow from the bytes of the file and the code of ``modules`` alone, for by these its
    content is kept. They are named with dots, "crmlab.course.bank.files"; those of every kind need not be named. The wheel is
    built where nothing but ruamel.yaml is installed: the function and what it imports may need no more.
    """

    name: str
    read: Callable[[Path], tuple[Any, list[Fault]]]
    modules: tuple[str, ...]

    def code(self) -> str:
        """What tells the code apart that decides on files of this kind; see :mod:`crmlab.course.cache`."""
        return cache.code(self.name, (*_OF_EVERY_KIND, *self.modules))


_OF_EVERY_KIND = ("crmlab.course.yamlfile", "crmlab.course.yamlhints", "crmlab.course.yamlproblems")


def load(path: Path, kind: Kind) -> tuple[Any, list[Fault]]:
    """The content of a sound file, in plain dicts and lists that are the caller's own, and no faults; for any other file what
    ``kind.read`` gives.

    A file that was found sound before is not read as YAML again. Raises ``OSError`` if the file cannot be opened.
    """
    name = _entry(path, kind)
    kept = cache.find(name) if name else None
    if kept is not None:
        return kept, []
    with in_one(None):  # what is kept holds for every class
        content, faults = kind.read(path)
    if faults:
        return content, faults
    content = plain(content)
    if name and name == _entry(path, kind):  # else the file has changed while it was read
        cache.keep(name, content)
    return content, []


def _entry(path: Path, kind: Kind) -> str:
    """The name of the file's entry in the cache; empty for what should not be kept."""
    raw = _bytes(path)
    code = kind.code()
    return cache.name_of(kind.name, code, raw) if code and len(raw) <= MOST_BYTES else ""


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def plain(content: Any) -> Any:
    """The content without line numbers: plain dicts, lists, texts and numbers, which are many times quicker."""
    if isinstance(content, Mapping):
        return {plain(key): plain(value) for key, value in content.items()}
    if isinstance(content, list):
        return [plain(value) for value in content]
    for kind in (bool, int, float, str):  # a yes or no is a number to Python
        if isinstance(content, kind):
            return kind(content)
    return content


def read(path: Path) -> tuple[Any, list[Fault]]:
    """Read a YAML 1.2 file; (content, faults), the content ``None`` if it cannot be read at all.

    The content's dicts and lists carry line numbers, see :func:`line_of`. Anchors, aliases and tags are refused: texts
    need none, and a few lines of them can stand for gigabytes. Never raises for what is in the file; raises ``OSError``
    if the file cannot be opened.
    """
    from ruamel.yaml.error import MarkedYAMLError

    name = path.name
    raw = _bytes(path)
    if len(raw) > MOST_BYTES:
        return None, [Fault(name, 0, tr(_("The file is larger than 1 MB; that is no script.")))]
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return None, [Fault(name, 0, tr(_("This is a workbook or another packed file, not a text file.")))]
    text, line, said = _decoded(raw)
    if said:
        return None, [Fault(name, line, said)]
    text = re.sub("[\u2028\u2029]", " ", text)  # YAML folds them to blanks, too, and would count lines by them
    if found := yamlhints.NO_TEXT.search(text.replace("\r", "\n")):
        said = tr(_("This line holds a character that no text has ({code}). Delete it."), code=yamlhints.code_of(found[0]))
        return None, [Fault(name, len(yamlhints.lines_of(text[: found.start()])), said)]
    if deep := re.search(r"(?:[\[{]\s*){60}|(?:-[ \t]+){60}", text):  # the reader would find out late
        problem = tr(yamlproblems.TOO_DEEP)
        said = tr(_("This line cannot be read as YAML: {problem}."), problem=problem)
        return None, [Fault(name, len(yamlhints.lines_of(text[: deep.start()])), said)]
    try:
        content = yamlproblems.plain_reader().load(text)
    except MarkedYAMLError as error:
        first, line, problem = yamlproblems.in_words(error)
        line, said = yamlhints.instead(text, first, line) or (
            line, tr(_("This line cannot be read as YAML: {problem}."), problem=problem)
        )
        return None, [Fault(name, line, said)]
    except Exception as error:  # ruamel.yaml lets slips of its own through on badly broken files
        problem = yamlproblems.of_the_file(error)
        digits = re.search(r"\d{4000}", text)  # more than Python turns into a number
        line = len(yamlhints.lines_of(text[: digits.start()])) if digits else 0
        said = _("This line cannot be read as YAML: {problem}.") if line else _("The file cannot be read as YAML: {problem}.")
        return None, [Fault(name, line, tr(said, problem=problem))]
    if content is None:
        return None, [Fault(name, 0, tr(_("The file is empty.")))]
    check = Checker(name)
    for where, key, at in yamlhints.keys_with_full_width(content, text):
        check.faults.append(Fault(name, at or line_of(where, key), tr(yamlhints.FULL_WIDTH)))
    for where, key, value in yamlhints.entries(content):
        _usable(check, where, key, value)
    if not check.faults and _ONE.get():
        _fill_all(content)
    return (None, sorted(set(check.faults))) if check.faults else (content, [])


MOST = 10**12
"""No number in a file is larger."""


def _usable(check: Checker, where: Any, key: Any, value: Any) -> None:
    """Note what no text and no number of a file may be, whatever it stands for."""
    for one in (key, value):
        if isinstance(one, str) and (said := yamlhints.no_text(one)):
            code = yamlhints.code_of(yamlhints.NO_TEXT.findall(one)[0])
            check.fault(where, key, said, key=key if isinstance(where, Mapping) else shortened(one), code=code)
        elif isinstance(one, int | float) and not -MOST <= one <= MOST:  # nor is .nan between them
            text = _("This number is too large to be used, or it is none: {value}. If it is a text, put it in quotation marks.")
            check.fault(where, key, text, value=one)
    if isinstance(where, Mapping) and isinstance(key, str) and (found := yamlhints.hidden(key)):
        text = _("The name “{name}” holds a character that cannot be seen ({code}). Type the name again.")
        check.fault(where, key, text, name=key, code=yamlhints.code_of(found))


def _decoded(raw: bytes) -> tuple[str, int, str]:
    """The text, else a line and why it is none; a file says by its first bytes that it is UTF-16, as Windows saves it."""
    marks = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
    encoding = next((name for mark, name in marks if raw.startswith(mark)), "utf-8-sig")
    if b"\0" in raw and encoding == "utf-8-sig":
        wide = raw[:400].count(b"\0") > len(raw[:400]) / 8  # every other byte of Western letters
        return "", 0, tr(_("The file is saved as UTF-16. In your editor choose “Save as”, encoding UTF-8.") if wide else yamlproblems.NOT_A_TEXT)
    try:
        return raw.decode(encoding), 0, ""
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1 if encoding == "utf-8-sig" else 0
        said = _("The file is not saved as UTF-8. In your editor choose “Save as”, encoding UTF-8.")
        if encoding != "utf-8-sig":
            said = _("The file was not saved or copied to its end. Save it again, encoding UTF-8.")
        return "", line, tr(said)


def line_of(content: Any, key: Any = None) -> int:
    """The line (from 1) of a dict or list that :func:`read` gave, or of one of its entries; 0 if it is not known."""
    position = getattr(content, "lc", None)
    if position is None:
        return 0
    try:
        if key is None:
            return int(position.line) + 1
        if isinstance(content, Mapping):
            return int(position.key(key)[0]) + 1
        return int(position.item(key)[0]) + 1
    except (KeyError, IndexError, TypeError, AttributeError):
        return 0


def place_of(content: Any, key: Any = None) -> Cell:
    """Where a dict or list that was read from a workbook stands, or one of its entries; an empty place for others."""
    places = getattr(content, "places", {})
    return places.get(key) or places.get(None) or Cell()


def shortened(value: Any, most: int = 60) -> str:
    """A value as a sentence may quote it: in one line, not the whole of a long one, with nothing invisible in it."""
    if isinstance(value, bool):
        value = str(value).lower()
    elif isinstance(value, int) and not -(10**60) < value < 10**60:
        value = tr(_("more than 60 digits"))
    text = " ".join(yamlhints.visible(str(value)[:2000]).split())
    return text if len(text) <= most else f"{text[: most - 3]}..."


class Checker:
    """Collects faults while a file's content is walked through."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def fault(self, where: Any, key: Any, text: str, /, **values: Any) -> None:
        """Note a fault at an entry ``key`` of the dict or list ``where``."""
        place = place_of(where, key)
        line = place.row or line_of(where, key) or line_of(where)
        short = {name: shortened(value, 200) for name, value in values.items()}
        self.faults.append(Fault(self.file, line, tr(text, **short), place))

    def mapping(
        self, where: Any, key: Any, content: Any, *, required: Iterable[str], optional: Iterable[str], called: str = ""
    ) -> bool:
        """``content`` (entry ``key`` of ``where``) is a dict with these keys and no others; ``called`` names it in words."""
        called = called or str(key)
        if not isinstance(content, Mapping):
            self.fault(where, key, _("“{key}” should have entries of its own, indented below it."), key=called)
            return False
        required, allowed = list(required), [*required, *optional]
        for name in content:
            if name not in allowed:
                near = difflib.get_close_matches(str(name), allowed, n=1, cutoff=0.5)
                hint = (
                    tr(_("Did you mean “{near}”?"), near=near[0])
                    if near
                    else tr(_("Allowed here: {allowed}."), allowed=", ".join(allowed))
                )
                self.fault(content, name, _("The key “{name}” is not known here. {hint}"), name=name, hint=hint)
        ok = True
        for name in required:
            if name not in content:
                self.fault(where, key, _("“{key}” lacks “{name}”."), key=called, name=name)
                ok = False
        return ok

    def both(self, where: Any, key: Any) -> bool:
        """The entry ``key`` of ``where`` is a text in every language of the course."""
        content = where.get(key)
        if not isinstance(content, Mapping):
            self.fault(
                where,
                key,
                _("“{key}” needs its text in each language: {languages} indented below it."),
                key=key,
                languages=" ".join(f"{language}: ..." for language in LANGUAGES),
            )
            return False
        ok = True
        for name in content:
            if name not in LANGUAGES:
                wrong = _("“{name}” is not a language of the course; use {languages}.")
                self.fault(content, name, wrong, name=name, languages=", ".join(LANGUAGES))
                ok = False
        for language in LANGUAGES:
            text = content.get(language)
            if isinstance(text, int | float | datetime.date):
                wrong = _("“{key}”: {value} is read as a number, a date or a yes; put it in quotation marks, {language}: \"...\".")
                self.fault(content, language, wrong, key=key, value=text, language=language)
                ok = False
            elif text and isinstance(text, list | Mapping):
                wrong = _("“{key}”: what stands after {language}: is no text. Put it in quotation marks.")
                self.fault(content, language, wrong, key=key, language=language)
                ok = False
            elif not isinstance(text, str) or not text.strip():
                spot, name = (content, language) if language in content else (where, key)
                self.fault(
                    spot, name, _("“{key}” has no text for language “{language}”."), key=key, language=language
                )
                ok = False
        return ok

    def number(self, where: Any, key: Any, *, least: float = -math.inf) -> bool:
        """The entry ``key`` of ``where`` is a number, of ``least`` or more."""
        value = where.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -MOST <= value <= MOST or value < least:
            text = _("“{key}” should be a number, not “{value}”.")
            if least == 0:
                text = _("“{key}” should be a number of 0 or more, not “{value}”.")
            self.fault(where, key, text, key=key, value=value)
            return False
        return True

    def whole(self, where: Any, key: Any, low: int, high: int) -> bool:
        """The entry ``key`` of ``where`` is a whole number in the range."""
        value = where.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fault(
                where,
                key,
                _("“{key}” should be a whole number from {low} to {high}, not “{value}”."),
                key=key,
                low=low,
                high=high,
                value=value,
            )
            return False
        return True


def said(texts: Mapping[str, str] | None) -> str:
    """The text of a two-language entry in the trainee's language."""
    if not texts:
        return ""
    return str(texts.get(current()) or texts.get("en") or "").strip()
