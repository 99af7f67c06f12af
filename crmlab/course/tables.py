"""Tables for people: shown in the trainee's language, and saved as files that leave the notebook."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable, Mapping
from html import escape
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from crmlab.course import panel
from crmlab.course.files import draft, followed, put, reason, tidy, whole
from crmlab.language import _, current, own, size, tr
from crmlab.spreadsheets import Formula, csv_line, harmless, usual_format

if TYPE_CHECKING:
    import pandas as pd

HOUR = 60 * 60.0
_words: Mapping[str, Mapping[str, str]] = {}
_written: dict[str, int] = {}
"""What was saved here since the lesson was opened, by path: as long as nobody has touched it, it need not be kept."""


def begin(words: Mapping[str, Mapping[str, str]]) -> None:
    """The words of the open lesson's tables, by their English and by language: another lesson may mean another thing by "open"."""
    global _words
    _words = words


def _said(text: str) -> str:
    return _words.get(text, {}).get(current()) or tr(text)


def show(
    table: pd.DataFrame | pd.Series | Mapping[str, Any],
    caption: str = "",
    *,
    rows: int = 12,
    formats: Mapping[str, str] | str | None = None,
) -> panel.Html:
    """A table with headings in the trainee's language and readable numbers; it scrolls sideways on a narrow screen.

    ``rows`` are shown, the rest is counted. ``formats`` maps a column to a format such as ``"{:.0%}"``, or is one for
    every number. Shares are shown as percent, ids without thousands separators. Text cells that the course can translate
    are translated. Single numbers are shown with what they are, a line each. Never raises: what is no table gets a sentence.

    >>> import pandas as pd
    >>> show(pd.DataFrame({"share": [0.5]}, index=pd.Index(["A"], name="class")))
    class share
        A   50%
    >>> show({"the largest fifth brings": 0.746, "the smallest half": 0.081}, formats="{:.1%}")
    the largest fifth brings: 74.6%
    the smallest half: 8.1%
    >>> show(5)
    This can show a table (a DataFrame or a Series), not something of type int.
    """
    import pandas as pd

    if isinstance(table, Mapping) and table:
        return _lines({_text(name): value for name, value in table.items()}, caption, formats)
    if not isinstance(table, pd.DataFrame | pd.Series):
        text = _("This can show a table (a DataFrame or a Series), not something of type {kind}.")
        return _sorry(tr(text, kind=type(table).__name__))
    wanted = _formats(formats)
    frame = table.to_frame() if isinstance(table, pd.Series) else table
    shown = rows if isinstance(rows, Integral) and not isinstance(rows, bool) else 12
    part = frame.head(max(int(shown), 0))
    columns, lines = _with_index(part)
    cells = [
        [
            _cell(value, wanted(column), usual_format(column, value, columns))
            for column, value in zip(columns, line, strict=True)
        ]
        for line in lines
    ]
    styles = [_style([line[place] for line in cells]) for place in range(len(columns))]
    head = "".join(
        f'<th scope="col" style="{style}">{escape(_heading(column))}</th>'
        for column, style in zip(columns, styles, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f'<td style="{style}">{escape(text)}</td>' for (text, _side), style in zip(line, styles, strict=True))
        + "</tr>"
        for line in cells
    )
    more = len(frame) - len(part)
    below = panel.paragraph(tr(_("... and {more} more rows."), more=f"{more:,}")) if more > 0 else ""
    html = _framed(f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>", caption) + below
    plain = pd.DataFrame([[text for text, _side in line] for line in cells], columns=[_heading(c) for c in columns])
    return panel.Html(html, plain.to_string(index=False))


def _lines(values: Mapping[str, Any], caption: Any, formats: Any) -> panel.Html:
    """Single values, each in a line with what it is."""
    wanted, names = _formats(formats), list(values)
    said = {_heading(name): _cell(value, wanted(name), usual_format(name, value, names))[0] for name, value in values.items()}
    head = '<th scope="row" style="text-align:left;font-weight:normal;padding:.2em .7em .2em 0">'
    cell = '<td style="font-weight:600;padding:.2em .7em">'
    body = "".join(f"<tr>{head}{escape(name)}</th>{cell}{escape(text)}</td></tr>" for name, text in said.items())
    return panel.Html(
        _framed(f"<tbody>{body}</tbody>", caption), "\n".join(f"{name}: {text}" for name, text in said.items())
    )


def _framed(rows: str, caption: Any) -> str:
    above = (
        f'<caption style="text-align:left;font-weight:600;padding:.3em 0">{escape(_said(caption))}</caption>'
        if isinstance(caption, str) and caption
        else ""
    )
    return (
        '<div class="crmlab-sideways" style="overflow-x:auto;max-width:100%" tabindex="0"><table style="border-collapse:collapse">'
        f"{above}{rows}</table></div>"
    )


def _formats(formats: Any) -> Callable[[str], Any]:
    """The format wished for a column, by its name."""
    if isinstance(formats, Mapping):
        return {str(column): form for column, form in formats.items()}.get
    return lambda _column: formats


def _sorry(text: str) -> panel.Html:
    return panel.Html(panel.box("unreadable", text), text)


def _with_index(frame: pd.DataFrame) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The headings and the lines of a table, a named index before the columns, whatever these are called."""
    named = any(name is not None for name in frame.index.names)
    levels = [_text(name) if name is not None else "" for name in frame.index.names] if named else []
    columns = [_text(column) for column in frame.columns]
    values = [list(frame.iloc[:, place]) for place in range(len(columns))]
    keys = [list(frame.index.get_level_values(level)) for level in range(len(levels))]
    lines = list(zip(*keys, *values, strict=True)) if keys or values else []
    return [*levels, *columns], lines


def _text(value: Any) -> str:
    """A heading or a cell as text; the type of what has none."""
    if isinstance(value, tuple):
        return " ".join(filter(None, map(_text, value)))
    return panel.words(value, most=2000)


def _heading(column: str) -> str:
    """A column's name in the trainee's language; in English without the underscores."""
    return _said(column).replace("_", " ")


def _style(column: list[tuple[str, str]]) -> str:
    """Numbers to the right; short texts in one line, long ones with room to wrap on a phone."""
    side = "left" if any(side == "left" for _text, side in column) else "right"
    longest = max((size(text) for text, _side in column), default=0)
    width = "min-width:11em" if longest > 24 else "white-space:nowrap"
    return f"text-align:{side};padding:.2em .7em;vertical-align:top;{width}"


def _cell(value: Any, wished: Any, form: str) -> tuple[str, str]:
    """The text of a cell, and the side it stands on."""
    import pandas as pd

    if isinstance(value, str):
        return _said(value), "left"
    if _missing(value):
        return "–", "right"
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d"), "right"
    if isinstance(value, bool) or type(value).__name__ == "bool":  # numpy's too
        return tr(_("yes")) if value else tr(_("no")), "left"
    for one in (wished, form):
        if isinstance(one, str):
            try:
                return one.format(value), "right"
            except Exception:  # a format that is none, or not for this value
                continue
    return _text(value), "left"


def _missing(value: Any) -> bool:
    import pandas as pd

    try:
        return bool(pd.isna(value))
    except (TypeError, ValueError, ArithmeticError):  # a list in a cell, a signal of decimal
        return False


# -- files -------------------------------------------------------------------------------------------------------------


def save(content: pd.DataFrame | pd.Series | str, name: str) -> panel.Html:
    """Write a table (``.csv``, opens in Excel and WPS) or a page (``.html``, for printing) beside the notebook.

    A file of that name with other content, perhaps with notes in it, is kept under a numbered name, unless it is as this
    function wrote it since the lesson was opened. ``content`` for a
    page is HTML. In a table, headings included, a text that a spreadsheet would run as a formula gets an apostrophe before
    it (:func:`~crmlab.spreadsheets.as_typed` takes it away), unless it is a :class:`~crmlab.spreadsheets.Formula`. Never raises: for a folder that cannot be written, a name that is none or content
    that is neither table nor text, the sentence shown says so.
    """
    import pandas as pd

    if isinstance(content, pd.Series):
        content = content.to_frame()
    if isinstance(content, pd.DataFrame):
        return _save(_csv(content), name, ".csv")
    if not isinstance(content, str):
        text = _("This can save a table (a DataFrame or a Series) or the text of a page, not something of type {kind}.")
        return _sorry(tr(text, kind=type(content).__name__))
    tag, title = own().tag, escape(Path(name).stem) if isinstance(name, str) else ""
    page = (
        f'<!DOCTYPE html>\n<html lang="{tag}"><head><meta charset="utf-8"><title>{title}</title>'
        "<style>body{font-family:sans-serif;max-width:48em;margin:2em auto;line-height:1.5}table{border-collapse:"
        "collapse}td,th{border:1px solid #999;padding:.3em .6em;text-align:left}</style></head><body>"
        f"{content}</body></html>\n"
    )
    return _save(page, name, ".html")


def _csv(frame: pd.DataFrame) -> str:
    columns, lines = _with_index(frame)
    written: dict[str, str] = {}  # most texts stand in many rows

    def field(value: Any) -> str:
        if type(value) is not str:
            return _field(value)
        if value not in written:
            written[value] = _field(value)
        return written[value]

    texts = [[_field(column) for column in columns], *([field(value) for value in line] for line in lines)]
    # The byte order mark makes Excel read the Chinese as it is.
    return "\ufeff" + "".join(map(csv_line, texts))


def _field(value: Any) -> str:
    import pandas as pd

    if isinstance(value, Formula):
        return str(value)
    if isinstance(value, str):
        return harmless(_said(value).replace("\0", ""))
    if _missing(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    return harmless(_text(value))


def save_text(text: str, name: str) -> panel.Html:
    """Write a text file beside the notebook, with the same care as :func:`save`."""
    return _save(text, name, Path(name).suffix)


def save_bytes(raw: bytes, name: str) -> panel.Html:
    """Write a file of any kind, such as a workbook, beside the notebook, with the same care as :func:`save`."""
    return _save(raw, name, Path(name).suffix)


def _save(content: str | bytes, name: Any, suffix: str) -> panel.Html:
    said = tr(_("A file needs a name, such as {example}."), example=f"my-list{suffix}")
    # Of a path only the name counts, and the kind of file is known: a table in a file for something else opens nowhere.
    last = re.split(r"[/\\]", name)[-1].strip() if isinstance(name, str) else ""
    last = re.sub(r'[\x00-\x1f\x7f<>:"|?*]', "", whole(last)).strip(". ")
    if not last:
        return _sorry(said)
    if not last.lower().endswith(suffix):
        last += suffix
    path = Path(os.environ.get("CRMLAB_STATE") or Path.cwd()) / last
    try:
        tidy(path, older=HOUR)
        kept = _replace(path, content if isinstance(content, bytes) else whole(content).encode("utf-8"))
    except OSError as error:
        return _sorry(tr(_("{file} cannot be written here: {reason}."), file=path.name, reason=reason(error)))
    said = tr(_("Saved as {file}, beside this lesson."), file=path.name)
    if kept:
        said += " " + tr(_("Your earlier file is kept as {kept}."), kept=kept)
    link = f'<p style="margin:.3em 0"><a href="{quote(path.name)}" download>{escape(tr(_("Open or download it")))}</a></p>'
    return panel.Html(panel.box("note", said, link), said)


def _replace(path: Path, raw: bytes) -> str:
    """Write the file; another one of that name is kept, under the name that is returned."""
    there = path.read_bytes() if path.is_file() else None
    if there == raw:
        return ""
    made = draft(path, raw)
    try:
        older = ""
        if there is not None and zlib.crc32(there) != _written.get(str(path)):
            # Only now: where the disk is full, the file stays where it was.
            real = followed(path)
            aside = next(one for n in range(1, 100_000) if not (one := real.with_name(_numbered(path, n))).exists())
            real.replace(aside)
            older = aside.name
        put(made, path)
    finally:
        made.unlink(missing_ok=True)
    _written[str(path)] = zlib.crc32(raw)
    return older


def _numbered(path: Path, number: int) -> str:
    return f"{path.stem}.older-{number}{path.suffix}"
