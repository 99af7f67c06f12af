"""Tables for people: shown in the trainee's language, and saved as files that leave the notebook."""

from __future__ import annotations

import os
from collections.abc import Mapping
from html import escape
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmlab.course import panel
from crmlab.course.files import write_atomically
from crmlab.language import _, own, tr

if TYPE_CHECKING:
    import pandas as pd

_SHARES = ("share", "cumulative_share")
_BOUNDS = ("low", "high")


def show(
    table: pd.DataFrame | pd.Series, caption: str = "", *, rows: int = 12, formats: Mapping[str, str] | None = None
) -> panel.Html:
    """A table with headings in the trainee's language and readable numbers; it scrolls sideways on a narrow screen.

    ``rows`` are shown, the rest is counted. ``formats`` maps a column to a format such as ``"{:.0%}"``. Shares are shown
    as percent, ids without thousands separators. Text cells that the course can translate are translated.

    >>> import pandas as pd
    >>> show(pd.DataFrame({"share": [0.5]}, index=pd.Index(["A"], name="class")))
    class share
        A   50%
    """
    import pandas as pd

    frame = table.to_frame() if isinstance(table, pd.Series) else table
    formats = dict(formats or {})
    part = frame.head(rows)
    named = any(name is not None for name in part.index.names)
    body = part.reset_index() if named else part
    columns = [str(column) for column in body.columns]
    cells = [
        [
            _cell(value, formats.get(column) or _default(column, value, columns))
            for column, value in zip(columns, line, strict=True)
        ]
        for line in body.itertuples(index=False, name=None)
    ]
    styles = [_style([line[place] for line in cells]) for place in range(len(columns))]
    head = "".join(
        f'<th scope="col" style="{style}">{escape(_heading(column))}</th>'
        for column, style in zip(columns, styles, strict=True)
    )
    lines = "".join(
        "<tr>"
        + "".join(f'<td style="{style}">{escape(text)}</td>' for (text, _side), style in zip(line, styles, strict=True))
        + "</tr>"
        for line in cells
    )
    more = len(frame) - len(part)
    below = panel.paragraph(tr(_("... and {more} more rows."), more=f"{more:,}")) if more > 0 else ""
    above = (
        f'<caption style="text-align:left;font-weight:600;padding:.3em 0">{escape(tr(caption))}</caption>'
        if caption
        else ""
    )
    html = (
        '<div style="overflow-x:auto;max-width:100%" tabindex="0"><table style="border-collapse:collapse">'
        f"{above}<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>{below}"
    )
    plain = pd.DataFrame([[text for text, _side in line] for line in cells], columns=[_heading(c) for c in columns])
    return panel.Html(html, plain.to_string(index=False))


def _heading(column: str) -> str:
    """A column's name in the trainee's language; in English without the underscores."""
    return tr(column).replace("_", " ")


def _style(column: list[tuple[str, str]]) -> str:
    """Numbers to the right; short texts in one line, long ones with room to wrap on a phone."""
    side = "left" if any(side == "left" for _text, side in column) else "right"
    longest = max((len(text) for text, _side in column), default=0)
    width = "min-width:11em" if longest > 24 else "white-space:nowrap"
    return f"text-align:{side};padding:.2em .7em;vertical-align:top;{width}"


def _default(column: str, value: Any, columns: list[str]) -> str:
    # The bounds of an interval are in the unit of what they are bounds of.
    if column in _SHARES or (column in _BOUNDS and "share" in columns):
        return "{:.0%}"
    if column.endswith("_id") or column in ("invoice", "year"):
        return "{}"
    # z: no minus before a zero.
    return "{:z,.2f}" if isinstance(value, float) else "{:,}" if isinstance(value, Integral) else "{}"


def _cell(value: Any, form: str) -> tuple[str, str]:
    """The text of a cell, and the side it stands on."""
    import pandas as pd

    if isinstance(value, str):
        return tr(value), "left"
    if pd.isna(value):
        return "–", "right"
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d"), "right"
    if isinstance(value, bool):
        return tr(_("yes")) if value else tr(_("no")), "left"
    return form.format(value), "right"


def save(content: pd.DataFrame | str, name: str) -> panel.Html:
    """Write a table (``.csv``, opens in Excel and WPS) or a page (``.html``, for printing) beside the notebook.

    A file of that name with other content, perhaps with notes in it, is kept under a numbered name. ``content`` for a
    page is HTML. Never raises for a folder that cannot be written: the sentence shown says so.
    """
    import pandas as pd

    if isinstance(content, pd.DataFrame):
        table = content.reset_index() if any(n is not None for n in content.index.names) else content
        table = table.rename(columns=lambda column: tr(str(column)))
        for column in table.columns:
            if not pd.api.types.is_numeric_dtype(table[column]):
                table[column] = [tr(value) if isinstance(value, str) else value for value in table[column]]
        # The byte order mark makes Excel read the Chinese as it is.
        text = "\ufeff" + table.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")
    else:
        tag = own().tag
        text = (
            f'<!DOCTYPE html>\n<html lang="{tag}"><head><meta charset="utf-8"><title>{escape(Path(name).stem)}</title>'
            "<style>body{font-family:sans-serif;max-width:48em;margin:2em auto;line-height:1.5}table{border-collapse:"
            "collapse}td,th{border:1px solid #999;padding:.3em .6em;text-align:left}</style></head><body>"
            f"{content}</body></html>\n"
        )
    return save_text(text, name)


def save_text(text: str, name: str) -> panel.Html:
    """Write a text file beside the notebook, with the same care as :func:`save`."""
    path = Path(os.environ.get("CRMLAB_STATE") or Path.cwd()) / Path(name).name
    try:
        kept = _keep_older(path, text)
        write_atomically(path, text)
    except OSError as error:
        said = tr(_("{file} cannot be written here: {reason}."), file=path.name, reason=error.strerror or str(error))
        return panel.Html(panel.box("unreadable", said), said)
    said = tr(_("Saved as {file}, beside this lesson."), file=path.name)
    if kept:
        said += " " + tr(_("Your earlier file is kept as {kept}."), kept=kept)
    link = f'<p style="margin:.3em 0"><a href="{escape(path.name)}" download>{escape(tr(_("Open or download it")))}</a></p>'
    return panel.Html(panel.box("note", said, link), said)


def _keep_older(path: Path, text: str) -> str:
    if not path.is_file() or path.read_bytes() == text.encode("utf-8"):
        return ""
    for number in range(1, 1000):
        older = path.with_name(f"{path.stem}.older-{number}{path.suffix}")
        if not older.exists():
            break
    path.replace(older)
    return older.name
