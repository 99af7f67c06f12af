"""One workbook of all that was found: a cover, a sheet a result with its test and its chart, the problems of the file, the terms."""

from __future__ import annotations

import datetime
import io
import os
import re
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from crmlab.language import _, current, speaking, tr
from crmlab.own.backtesting import verdicts
from crmlab.own.export import Export, Question
from crmlab.own.result import Result
from crmlab.own.results import Findings
from crmlab.report import gathered, pictures, terms
from crmlab.report.gathered import Part, Report
from crmlab.report.sheets import FEW, Draft, Styles
from crmlab.report.sheets import write as write_sheet
from crmlab.report.tabular import heading, taken

MOST_ROWS = 50_000
"""Rows of one table in a sheet; the rest is counted, and the command line writes it as CSV."""
SENTENCES = 4
"""Above the table, where they stay while it scrolls; the rest stands below it."""


def write(
    exports: Export | Iterable[Export],
    findings: Findings | Iterable[Findings],
    path: Path | str,
    names: bool = False,
    lang: str | None = None,
) -> None:
    """Write all that was found in these files (in the same order) into one ``.xlsx``, as a whole or not at all.

    ``names``: with the names of customers; else pseudonyms, and telephones and mail addresses partly hidden. ``lang``: the language of
    the workbook, without it the one in force. Raises ``OSError`` where it cannot be written.
    """
    with speaking(lang or current()):
        content = made(gathered.gathered(exports, findings, names))
    save(Path(path), content)


def save(path: Path, content: bytes) -> None:
    """Put a file into its place in one step."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        draft.write_bytes(content)
        os.replace(draft, path)  # noqa: PTH105
    finally:
        draft.unlink(missing_ok=True)


def made(report: Report) -> bytes:
    """The workbook, in the language in force."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = tr(_("What your customers' file says")), "crmlab"
    styles, used = Styles(book), Names()
    files = ", ".join(part.export.file.name for part in report.parts)
    cover = used.take(tr(_("Overview")))
    # The cover names the sheets, so they get their names before they are written.
    named = [(part, result, used.take(short(result))) for part, result in report.results]
    write_sheet(book, styles, cover, _cover(report, [(part, result, name) for part, result, name in named]), files)
    for part, result, name in named:
        for number, draft in enumerate(_drafts(part, result)):
            write_sheet(book, styles, name if not number else used.take(f"{name} · {draft.title}"), draft, files)
    write_sheet(book, styles, used.take(tr(_("Problems"))), _problems(report), files)
    write_sheet(
        book, styles, used.take(tr(_("Terms"))), terms.draft([result for _part, result in report.results]), files
    )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class Names:
    """Names of sheets: legal, and each once."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def take(self, wish: str) -> str:
        """The name, shortened and changed where it must be.

        >>> names = Names(); names.take("ABC: who [brings] it?"), names.take("ABC - who brings it"), names.take("'")
        ('ABC - who brings it', 'ABC - who brings it (2)', '-')
        """
        plain = re.sub(r"\s*[:：]\s*", " - ", wish)
        plain = re.sub(r"[\[\]*?/\\\x00-\x1f]", "", plain).strip(" '") or "-"
        for number in range(1, 1000):
            more = f" ({number})" if number > 1 else ""
            name = plain.encode("utf-16-le")[: 2 * (31 - len(more))].decode("utf-16-le", "ignore").strip(" '-·") + more
            name = name or "-"
            if name.casefold() not in self._used and name.casefold() != "history":
                self._used.add(name.casefold())
                return name
        raise ValueError(wish)


def _cover(report: Report, named: Sequence[tuple[Part, Result, str]]) -> Draft:
    today = datetime.date.today()  # the reader's day
    above = [(tr(_("Made on {day}."), day=today.isoformat()), "grey")]
    for part in report.parts:
        text = _("{file}: {kind}. {counted}")
        above.append(
            (
                tr(
                    text,
                    file=part.export.file.name,
                    kind=gathered.kind(part.export),
                    counted=gathered.counted(part.export),
                ),
                "text",
            )
        )
    above.append((privacy_line(report), "text"))
    rows = []
    several = len(report.parts) > 1
    for part, result, _name in named:
        test = result.test
        rows.append(
            {
                **({"file": part.export.file.name} if several else {}),
                "result": str(result.title),
                "verdict": tr(verdicts.SHORT[test.verdict]) if test else tr(_("a count, nothing is recommended")),
                "says": str(test.says) if test else " ".join(map(str, part.own(result)[:1])),
            }
        )
    columns = [*(["file"] if several else []), "result", "verdict", "says"]
    table = taken(pd.DataFrame(rows, columns=columns, dtype=object))
    at = columns.index("result")
    draft = Draft(tr(_("What your customers' file says")), above, table, widest=90)
    for row, (_part, result, target) in enumerate(named):
        draft.links.append((row, at, target))
        draft.looks[row, at] = "link"
        if result.test:
            draft.looks[row, at + 1] = result.test.verdict
    for part in report.parts:
        before = f"{part.export.file.name}: " if several else ""
        draft.notes += [(before + str(one), "text") for one in part.common]
        draft.notes += [(before + text, "text") for text in part.not_possible.values()]
        draft.notes += [(before + asked(one), "text") for one in part.export.questions if not one.answered]
        draft.notes += [(before + str(one), "grey") for one in part.export.notes]
    if draft.notes:
        draft.notes.insert(0, (tr(_("Also good to know")), "strong"))
        draft.notes.insert(0, ("", "text"))
    return draft


SHEETS = {
    "stages": _("Stages"),
    "abc": _("ABC"),
    "rfm": _("RFM"),
    "leaving": _("About to leave"),
    "calls": _("Calls this week"),
    "forecast": _("Forecast"),
    "together": _("Bought together"),
    "satisfaction": _("Satisfaction"),
    "nps": _("NPS"),
    "kano": _("Kano"),
    "triage": _("Triage"),
    "reasons": _("Reasons"),
    "recovery": _("Recovery value"),
}
"""What the sheet of a result is called: short, and without figures that change."""


def short(result: Result) -> str:
    """The name of a result's sheet."""
    return tr(SHEETS[result.name]) if result.name in SHEETS else str(result.title)


def asked(question: Question) -> str:
    """A question that only a person can answer, with what was taken meanwhile."""
    took = question.options.get(question.taken, question.taken)
    return tr(_("{question} Taken meanwhile: {taken}."), question=str(question.says), taken=str(took).rstrip(".。"))


def privacy_line(report: Report) -> str:
    """Whether names stand in it."""
    if report.names:
        return tr(
            _(
                "Names, telephones and mail addresses stand in it in full, as you asked: keep it to those who may see them."
            )
        )
    text = _(
        "Names are replaced by pseudonyms, telephones and mail addresses partly hidden. The same customer always has the same pseudonym on this machine."
    )
    return tr(text)


def _drafts(part: Part, result: Result) -> list[Draft]:
    said = [str(one) for one in [*part.own(result), *(one for one in part.common if one in result.says)]]
    table = taken(gathered.once(result.table), result.formats, MOST_ROWS)
    first = Draft(str(result.title), [(text, "text") for text in said[:SENTENCES]], table)
    if result.test is not None:
        text = tr(_("{verdict}. {says}"), verdict=tr(verdicts.SAYS[result.test.verdict]), says=str(result.test.says))
        first.above.append((text, result.test.verdict))
    first.picture = pictures.png(result)
    if (more := left(table.rows)) is not None:
        first.notes.append((more, "grey"))
    first.notes += [(text, "text") for text in said[SENTENCES:]]
    drafts = [first]
    if result.test is not None and result.test.table is not None:
        first.below.append(
            (tr(_("The test on the firm's own past")), taken(result.test.table, result.formats, MOST_ROWS))
        )
    for title, further in result.more.items():
        one = taken(further, result.formats, MOST_ROWS)
        if one.rows <= FEW and table.rows <= FEW:
            first.below.append((heading(title), one))
        else:
            drafts.append(Draft(heading(title), [(str(result.title), "grey")], one))
            if (more := left(one.rows)) is not None:
                drafts[-1].above.append((more, "grey"))
    return drafts


def left(rows: int) -> str | None:
    """What is said of a table with more rows than a sheet takes."""
    if rows <= MOST_ROWS:
        return None
    text = _("The first {n:,} of {rows:,} rows. All of them: crmlab report writes them as CSV beside this workbook.")
    return tr(text, n=MOST_ROWS, rows=rows)


def _problems(report: Report) -> Draft:
    table, total = gathered.problems(report, MOST_ROWS)
    above = [(gathered.counted(part.export), "text") for part in report.parts]
    if len(report.parts) > 1:
        above = [
            (f"{part.export.file.name}: {text}", look) for part, (text, look) in zip(report.parts, above, strict=True)
        ]
    if not len(table):
        above.append((tr(_("No problem was found.")), "text"))
        return Draft(tr(_("Problems in the file")), above)
    if total > len(table):
        text = _(
            "The first {n:,} of {rows:,} rows. All of them: crmlab report writes them as CSV beside this workbook."
        )
        above.append((tr(text, n=len(table), rows=total), "grey"))
    return Draft(tr(_("Problems in the file")), above, taken(table))
