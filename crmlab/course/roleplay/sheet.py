"""A script as a workbook: what its three sheets hold, and how one is read back.

Sheet ``script`` has a row a setting, ``nodes`` a row a node, ``choices`` a row a choice (in the order in which they are
offered); ``steps``, which may be left out, a row for each step of the script's own; ``deal``, for a negotiation, its limits,
issues and options. Other sheets, empty rows and columns whose heading begins with # are left alone. :func:`read` gives the same
content as a YAML file would, each entry knowing its cell; :mod:`crmlab.course.authoring.workbook` writes one.
"""

from __future__ import annotations

import datetime
import difflib
import re
import warnings
import zipfile
from collections.abc import Set
from pathlib import Path
from typing import Any

from crmlab.course import yamlhints
from crmlab.course.roleplay import ooxml, routes
from crmlab.course.yamlfile import MOST, Cell, Fault, fill, may_lack, shortened
from crmlab.language import LANGUAGES, _, listed, tr

SUFFIXES = (".xlsx", ".xlsm", ".xls")

SETTINGS = ("id", "title", "setting", "customer", "mood", "trust", "start")
IN_EACH_LANGUAGE = ("title", "setting", "customer")


def in_each(key: str) -> tuple[str, ...]:
    """The headings of a text, a column a language.

    >>> in_each("says")
    ('says_en', 'says_zh')
    """
    return tuple(f"{key}_{language}" for language in LANGUAGES)


COLUMNS = {
    "script": ("key", "value", *LANGUAGES),
    "nodes": ("node", *in_each("says"), "ending", "mood", *in_each("debrief"), "deal"),
    "choices": ("node", *in_each("text"), "step", "mood", "trust", *in_each("why"), *in_each("better"), "to"),
    "steps": ("step", *LANGUAGES),
    "deal": ("issue", "option", *LANGUAGES, "seller", "buyer", "volume"),
}
"""The headings of each sheet."""

MAY_BE_LEFT_OUT = ("steps", "deal")
"""Sheets that a workbook need not have."""

_MAY_LACK = {"mood", "trust", "step", "deal", *in_each("better")}

MOST_BYTES = 12_000_000
"""Of a workbook unpacked; a script of 25 nodes has 100 kB."""


class Record(dict[str, Any]):
    """A dict that knows the cells of its entries; its own is that of ``None``."""

    def __init__(self, cell: Cell) -> None:
        super().__init__()
        self.places: dict[Any, Cell] = {None: cell}

    def put(self, key: str, value: Any, cell: Cell) -> None:
        """Set an entry and its cell."""
        self[key] = value
        self.places[key] = cell


class Records(list[Any]):
    """A list that knows the cells of its entries."""

    def __init__(self, cell: Cell) -> None:
        super().__init__()
        self.places: dict[Any, Cell] = {None: cell}

    def put(self, value: Any, cell: Cell) -> None:
        """Append an entry and note its cell."""
        self.places[len(self)] = cell
        self.append(value)


def read(path: Path) -> tuple[Any, list[Fault]]:
    """Read a workbook; (content, faults), the content ``None`` if its sheets or columns are not there.

    Never raises for what is in the file; raises ``OSError`` if the file cannot be opened.
    """
    book, said = opened(path)
    if said:
        return None, [Fault(path.name, 0, said)]
    reader = _Reader(path.name)
    return reader.content(book), reader.faults


def opened(path: Path) -> tuple[Any, str]:
    """The workbook, or why it cannot be read, as a sentence. Raises ``OSError`` if the file cannot be opened."""
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return None, tr(_("This is an old .xls workbook, or one with a password. Save it as .xlsx, without a password."))
    none = tr(_("This is no Excel workbook, whatever its name says. Save it as .xlsx in Excel, WPS or LibreOffice."))
    if not start.startswith(b"PK"):
        return None, none
    try:
        with zipfile.ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_BYTES:
                return None, tr(_("The workbook is far larger than any that is written for the course. Copy its sheets into a new one."))
            for part in parts.infolist():
                if part.filename.lower().endswith((".xml", ".rels")) and _declares(parts.read(part)):
                    return None, tr(_("The workbook holds declarations that no Excel writes; it is not read."))
            plain = ooxml.plain(parts)
        import openpyxl

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl cannot keep when saving is no concern here
            return openpyxl.load_workbook(plain), ""
    except ooxml.NoWorkbook as other:
        if other.kind == "binary":
            return None, tr(_("This is a binary workbook (.xlsb). Open it in Excel and save it as .xlsx."))
        return None, tr(_("This is a workbook of LibreOffice (.ods). Save it as .xlsx.")) if other.kind else none
    except Exception:  # a damaged workbook makes zipfile, the reader of XML and openpyxl raise whatever they happen to
        return None, tr(_("The workbook is damaged or was not copied to its end. Open it in Excel, save it again, or copy it again."))


def _declares(part: bytes) -> bool:
    """Whether XML declares anything of its own, which can stand for gigabytes; comments and plain text do not."""
    if part.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in part[:4]:
        part = part.replace(b"\0", b"")
    return b"<!" in part.replace(b"<!--", b"").replace(b"<![CDATA[", b"")


def _unescaped(text: str) -> str:
    """A text as it is seen: Excel writes a character that XML cannot hold as _x0007_.

    >>> _unescaped("one_x000D_two _x005F_x0041_")
    'one\\rtwo _x0041_'
    """
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def table_of(sheet: Any, file: str, known: tuple[str, ...], optional: Set[str]) -> tuple[list[_Row] | None, list[Fault]]:
    """The rows of a sheet with these headings, and what is wrong with its cells; ``None`` where headings are missing."""
    reader = _Reader(file)
    return reader.table(sheet, Cell(1, sheet=sheet.title), known, optional), reader.faults


class Reader:
    """What every reader of a workbook does: note what is wrong with its cells, find a sheet."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def fault(self, cell: Cell, text: str, **values: Any) -> None:
        """Note a fault at a cell."""
        short = {name: shortened(value, 200) for name, value in values.items()}
        self.faults.append(Fault(self.file, cell.row, tr(text, **short), cell))

    def sheet(self, book: Any, name: str, alone: bool = False) -> Any:
        """The sheet of this name; with ``alone`` also the only one, as Excel named it. ``None``, and a fault, if there is none."""
        found = next((one for one in book.worksheets if one.title.strip().lower() == name), None)
        if found is None and alone and len(book.worksheets) == 1:
            found = book.worksheets[0]
        if found is None:
            there = listed(shortened(one.title, 30) for one in book.worksheets[:10])
            self.fault(Cell(), _("There is no sheet “{sheet}”; there are: {there}."), sheet=name, there=there)
        return found


class _Reader(Reader):
    """Reads the workbook of a script."""

    def content(self, book: Any) -> Any:
        """The script's content; ``None`` where sheets or columns are missing."""
        tables: dict[str, list[_Row]] = {}
        for number, name in enumerate(COLUMNS, 1):
            if name in MAY_BE_LEFT_OUT and all(one.title.strip().lower() != name for one in book.worksheets):
                tables[name] = []
                continue
            if (sheet := self.sheet(book, name)) is None:
                continue
            table = self.table(sheet, Cell(number, sheet=sheet.title), COLUMNS[name])
            if table is not None:
                tables[name] = table
        if len(tables) < len(COLUMNS):
            return None
        content = self._settings(tables["script"])
        steps = Record(Cell(4, sheet="steps"))
        for row in tables["steps"]:
            self._step(steps, row)
        if steps:
            content.put("steps", steps, steps.places[None])
        if tables["deal"]:
            content.put("deal", self._deal(tables["deal"]), tables["deal"][0].at)
        whole = Cell(2, sheet="nodes")
        nodes = Record(whole)
        for row in tables["nodes"]:
            self._node(nodes, row)
        for row in tables["choices"]:
            self._choice(nodes, row)
        content.put("nodes", nodes, whole)
        return content

    # -- cells ---------------------------------------------------------------------------------------------

    def table(self, sheet: Any, place: Cell, known: tuple[str, ...], optional: Set[str] = _MAY_LACK) -> list[_Row] | None:
        """The rows below the headings; ``None`` if the headings are not those that are due."""
        rows: dict[int, dict[int, Any]] = {}
        for (row, column), cell in sorted(sheet._cells.items()):  # only cells that are there, however far down
            if cell.value is not None and str(cell.value).strip():
                rows.setdefault(row, {})[column] = cell
        if not rows:
            self.fault(place, _("The sheet is empty."))
            return None
        first = min(rows)
        headings = self._headings(place, first, rows.pop(first), known, optional)
        if headings is None:
            return None
        for merged in list(sheet.merged_cells.ranges)[:10]:
            cell = Cell(place.number, merged.min_row, merged.min_col, place.sheet, headings.get(merged.min_col, ""))
            text = _("The cells {cells} are merged. Split them and fill in each one.")
            self.fault(cell, text, cells=merged.coord)
        found = []
        for number, cells in rows.items():
            row = _Row(Cell(place.number, number, 0, place.sheet), headings)
            for column, heading in headings.items():
                if column in cells:
                    row.values[heading] = self._value(row.cell(heading), cells[column])
            if row.values:
                found.append(row)
        return found

    def _headings(
        self, place: Cell, row: int, cells: dict[int, Any], known: tuple[str, ...], optional: Set[str]
    ) -> dict[int, str] | None:
        """Heading by column; ``None`` if one is missing."""
        found: dict[int, str] = {}
        for column, cell in cells.items():
            heading = "_".join(str(cell.value).strip().lower().replace("-", " ").split())
            at = Cell(place.number, row, column, place.sheet)
            if heading.startswith("#"):
                continue
            if heading in found.values():
                self.fault(at, _("The heading “{name}” stands twice."), name=heading)
            elif heading in known:
                found[column] = heading
            else:
                near = difflib.get_close_matches(heading, known, n=1, cutoff=0.6)
                if near:
                    self.fault(
                        at, _("The heading “{name}” is not known. Did you mean “{near}”?"), name=heading, near=near[0]
                    )
                else:
                    text = _("The heading “{name}” is not known. Begin it with # if the column holds notes of your own.")
                    self.fault(at, text, name=heading)
        lacking = [name for name in known if name not in found.values() and name not in optional and not may_lack(name)]
        if lacking:
            at = Cell(place.number, row, 0, place.sheet)
            text = _("These headings are missing in the first row: {names}.")
            self.fault(at, text, names=", ".join(lacking))
            return None
        return found

    def _value(self, at: Cell, cell: Any) -> Any:
        """What a cell holds: a text, a number, or a blank if it cannot be used (with a fault)."""
        value = cell.value
        if cell.data_type == "f":
            self.fault(at, _("The cell holds a formula. Copy it and paste it as a value."))
        elif cell.data_type == "e":
            self.fault(at, _("The cell holds an error of Excel, {value}. Type the text again."), value=value)
        elif isinstance(value, datetime.date | datetime.time | datetime.timedelta):
            self.fault(at, _("Excel has made a date of this. Format the cell as text and type it again."))
        elif isinstance(value, int | float) and not isinstance(value, bool) and not -MOST <= value <= MOST:
            self.fault(at, _("This number is too large to be used, or it is none. If it is a text, format the cell as text and type it again."))
        elif isinstance(value, float) and value.is_integer():
            return int(value)
        elif isinstance(value, str):
            text = _unescaped(value)
            if found := yamlhints.NO_TEXT.search(text.replace("\r", "\n")):
                said = _("The cell holds a character that no text has ({code}). Type the text again.")
                self.fault(at, said, code=yamlhints.code_of(found[0]))
                return ""
            return text.replace("\r\n", "\n").replace("\r", "\n")
        else:
            return value
        return ""

    # -- rows ----------------------------------------------------------------------------------------------

    def _settings(self, rows: list[_Row]) -> Record:
        content = Record(Cell(1, 0, 0, "script"))
        for row in rows:
            key = row.word("key").lower()
            at = row.cell("key")
            if key not in SETTINGS:
                near = difflib.get_close_matches(key, SETTINGS, n=1, cutoff=0.5)
                if near:
                    self.fault(at, _("The key “{name}” is not known here. {hint}"), name=key,
                               hint=tr(_("Did you mean “{near}”?"), near=near[0]))  # fmt: skip
                else:
                    self.fault(at, _("The key “{name}” is not known here. {hint}"), name=key,
                               hint=tr(_("Allowed here: {allowed}."), allowed=", ".join(SETTINGS)))  # fmt: skip
            elif key in content:
                self.fault(at, _("The key “{key}” stands twice."), key=key)
            elif key in IN_EACH_LANGUAGE:
                content.put(key, row.texts(tuple(LANGUAGES)), at)
            elif key in ("mood", "trust"):
                content.put(key, row.number("value"), row.cell("value"))
            else:
                content.put(key, row.word("value"), row.cell("value"))
        return content

    def _step(self, steps: Record, row: _Row) -> None:
        key, at = row.word("step").lower().replace("-", "_"), row.cell("step")
        if not key or key in steps:
            self.fault(at, _("The key “{key}” stands twice.") if key else _("The step's key is missing in this row."), key=key)
            return
        steps.put(key, row.texts(tuple(LANGUAGES)), at)

    def _node(self, nodes: Record, row: _Row) -> None:
        name, at = row.word("node"), row.cell("node")
        if not name:
            self.fault(at, _("The node's name is missing in this row."))
            return
        if name in nodes:
            self.fault(at, _("The node “{node}” stands twice."), node=name)
            return
        node = Record(row.at)
        node.put("says", row.texts(in_each("says")), row.cell("says_en"))
        if row.has("ending"):
            node.put("ending", row.word("ending").lower(), row.cell("ending"))
        if row.has("mood"):
            node.put("mood", row.number("mood"), row.cell("mood"))
        if row.has("ending") or row.has("debrief_en") or row.has("debrief_zh"):
            node.put("debrief", row.texts(in_each("debrief")), row.cell("debrief_en"))
        if row.has("deal"):
            node.put("deal", self._agreed(row), row.cell("deal"))
        nodes.put(name, node, at)

    def _deal(self, rows: list[_Row]) -> Record:
        """What is negotiated: a row ``price`` with limits and volume, one ``worth`` with the unit of worth, then the issues."""
        deal, issues = Record(rows[0].at), Record(rows[0].at)
        for row in rows:
            issue, option, at = row.word("issue").lower(), row.word("option").lower(), row.cell("issue")
            texts = row.texts(tuple(LANGUAGES))
            if issue in ("price", "worth"):
                deal.put("unit" if issue == "price" else "worth", texts, at)
                for key in ("seller", "buyer", "volume") if issue == "price" else ():
                    if row.has(key):
                        deal.put(key, row.number(key), row.cell(key))
            elif not option:
                one = Record(row.at)
                one.put("name", texts, at)
                one.put("options", Record(row.at), at)
                issues.put(issue, one, at)
            elif issue not in issues:
                self.fault(at, _("The option “{option}” stands before its issue: first a row with the issue and no option."), option=option)
            else:
                one = Record(row.at)
                one.put("name", texts, row.cell("option"))
                for key in ("seller", "buyer"):
                    if row.has(key):
                        one.put(key, row.number(key), row.cell(key))
                issues[issue]["options"].put(option, one, row.cell("option"))
        deal.put("issues", issues, rows[0].at)
        return deal

    def _agreed(self, row: _Row) -> Record:
        """What an ending says was agreed on: ``price 32; payment d60``."""
        found, at = Record(row.cell("deal")), row.cell("deal")
        for part in re.split(r"[;；\n]+", row.text("deal")):
            issue, _blank, option = part.strip().partition(" ")
            if not issue:
                continue
            value: Any = option.strip()
            if issue == "price":
                try:
                    value = float(value)
                except ValueError:
                    pass  # the check names it
                else:
                    value = int(value) if value.is_integer() else value
            found.put(issue, value, at)
        return found

    def _choice(self, nodes: Record, row: _Row) -> None:
        name, at = row.word("node"), row.cell("node")
        if not name:
            self.fault(at, _("Which node does this choice belong to? The name is missing in this row."))
            return
        if name not in nodes:
            near = difflib.get_close_matches(name, list(nodes), n=1)
            if near:
                self.fault(at, _("There is no node “{node}”. Did you mean “{near}”?"), node=name, near=near[0])
            else:
                self.fault(at, _("There is no node “{node}”."), node=name)
            return
        choice = Record(row.at)
        choice.put("text", row.texts(in_each("text")), row.cell("text_en"))
        if row.has("step"):
            choice.put("step", row.word("step").lower().replace("-", "_"), row.cell("step"))
        for key in ("mood", "trust"):
            if row.has(key):
                choice.put(key, row.number(key), row.cell(key))
        choice.put("why", row.texts(in_each("why")), row.cell("why_en"))
        if row.has("better_en") or row.has("better_zh"):
            choice.put("better", row.texts(in_each("better")), row.cell("better_en"))
        if row.has("to"):
            choice.put("to", self._to(row), row.cell("to"))
        if "choices" not in nodes[name]:
            nodes[name].put("choices", Records(row.at), row.at)
        nodes[name]["choices"].put(choice, row.at)

    def _to(self, row: _Row) -> Any:
        at = row.cell("to")
        if row.values["to"] == "":
            return ""
        try:
            to = routes.understood(str(row.values["to"]))
        except routes.RouteError as error:
            self.faults.append(Fault(self.file, at.row, str(error), at))
            return ""
        if isinstance(to, str):
            return to
        found_routes = Records(at)
        for found in to:
            route = Record(at)
            route.update(found)
            found_routes.put(route, at)
        return found_routes


class _Row:
    """One row of a sheet: its values by heading. A cell that could not be used is an empty text."""

    def __init__(self, at: Cell, headings: dict[int, str]) -> None:
        self.at = at
        self.columns = {heading: column for column, heading in headings.items()}
        self.values: dict[str, Any] = {}

    def cell(self, heading: str) -> Cell:
        """The place of a value."""
        return Cell(self.at.number, self.at.row, self.columns.get(heading, 0), self.at.sheet, heading)

    def has(self, heading: str) -> bool:
        """Something is written there."""
        return heading in self.values

    def word(self, heading: str) -> str:
        """A name, without blanks around it."""
        return self.text(heading).strip()

    def text(self, heading: str) -> str:
        """A text as it stands, numbers as one would write them."""
        value = self.values.get(heading, "")
        return value if isinstance(value, str) else str(value)

    def number(self, heading: str) -> Any:
        """A whole number, also one that was typed as text; else the value as it is, for the check to name."""
        value = self.values.get(heading, "")
        if isinstance(value, str):
            plain = value.strip().replace("−", "-").removeprefix("+")
            if plain.removeprefix("-").isdecimal() and len(plain) < 10:
                return int(plain)
        return value

    def texts(self, headings: tuple[str, ...]) -> Record:
        """A text in every language."""
        found = Record(self.cell(headings[0]))
        for language, heading in zip(LANGUAGES, headings, strict=True):
            found.put(language, self.text(heading), self.cell(heading))
        fill(found)
        return found
