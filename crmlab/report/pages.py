"""Two printable pages for whoever decides: five things to know with what their tests said, whom to call, what not to rely on.

A page of HTML that needs nothing from elsewhere: charts stand in it, and a browser prints it to two sheets of A4.
"""

from __future__ import annotations

import base64
import datetime
import math
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from crmlab.language import _, current, listed, own, size, speaking, tr
from crmlab.own.backtesting import verdicts
from crmlab.own.export import Export
from crmlab.own.result import FAILS, UNCLEAR, UNTESTED, Result
from crmlab.own.results import Findings
from crmlab.report import gathered, pictures, workbook
from crmlab.report.gathered import Part, Report
from crmlab.report.tabular import Column, taken

THINGS = 5
CALLS = 20
"""Customers of the list of calls at most; the page takes as many as it has room for."""
PROBLEMS, FEW = 6, 3
LIST = "calls"
CALL_COLUMNS = ("customer", "name", "contact", "phone", "reason", "last_order", "at_stake", "group")
"""What the list shows on paper, as far as there; the sheet has the rest."""
HIDDEN = ("name", "contact", "phone")
"""Of these, what stands there only with names: the customer's number or pseudonym says who is meant."""
LINES = 62
"""Lines of text that a page takes at the smallest size."""
ACROSS = 118
"""Half-widths of a line there."""
TALL = 68.0
"""Lines of that size that the second page takes, a heading being three of them and a bit."""
HEADING, APART, ROW = 3.4, 0.55, 0.43
"""In such lines: a heading, what stands between two items, and what a row of the table takes besides its text."""
NAME = 26
"""Half-widths of a customer's name in the list at most; a longer one goes on in the next line."""


def write(
    exports: Export | Iterable[Export],
    findings: Findings | Iterable[Findings],
    path: Path | str,
    names: bool = False,
    lang: str | None = None,
) -> None:
    """Write the two pages as ``.html``, as a whole or not at all; parameters as those of :func:`crmlab.report.workbook.write`."""
    with speaking(lang or current()):
        content = made(gathered.gathered(exports, findings, names))
    workbook.save(Path(path), content.encode("utf-8"))


def made(report: Report) -> str:
    """The page, in the language in force."""
    title = tr(_("What your customers' file says"))
    first, charts = _first(report)
    second = _second(report)
    sheets = "".join(f'<section class="page">{body}<footer>{foot}</footer></section>' for body, foot in (
        (f"<h1>{escape(title)}</h1>{first}{charts}", _foot(report, 1)),
        (second, _foot(report, 2)),
    ))  # fmt: skip
    return (
        f'<!DOCTYPE html>\n<html lang="{own().tag}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{sheets}</body></html>\n"
    )


def things(report: Report) -> list[tuple[Part, Result]]:
    """The results worth knowing, at most five: those that held first, of those that failed none; the list of calls stands by itself."""
    chosen = [(part, result) for part, result in report.results if result.name != LIST and not _fails(result)]
    best = gathered.by_weight(chosen)[:THINGS]
    return [pair for pair in report.results if pair in best]


def _fails(result: Result) -> bool:
    return result.test is not None and result.test.verdict == FAILS


# -- the first page --------------------------------------------------------------------------------------------------------


def _first(report: Report) -> tuple[str, str]:
    """The five things, and the charts that there is room for beside them."""
    head = _files(report)
    blocks, lines = [], float(2 + 2 * len(report.parts))
    best = things(report)
    heading = tr(_("{n} things to know"), n=len(best)) if len(best) != 1 else tr(_("One thing to know"))
    for number, (part, result) in enumerate(best, 1):
        said = pictures.headline(result) or (str(part.own(result)[0]) if part.own(result) else str(result.title))
        verdict = _verdict(result)
        blocks.append(
            f'<li><p class="finding"><b>{number}. {escape(workbook.short(result))}</b> · {escape(said)}</p>{verdict}</li>'
        )
        lines += 0.8 + _lines(said, 0.92) + _lines(_plain_verdict(result), 1.0)
    room = LINES - lines
    # A row of two charts takes seventeen lines.
    shown = 4 if room > 36 else 2 if room > 18 else 0
    images = [picture for _of, result in best[:shown] if (picture := pictures.png(result)) is not None]
    charts = "".join(f'<img src="data:image/png;base64,{base64.b64encode(one).decode()}" alt="">' for one in images)
    # The texts below say what the charts show, so they need no words of their own.
    text = f'{head}<h2>{escape(heading)}</h2><ol class="{_dense(lines)}">{"".join(blocks)}</ol>'
    if not best:
        text = f"{head}<p>{escape(tr(_('Nothing in these files stood its test. The second page says why.')))}</p>"
    return text, f'<div class="charts">{charts}</div>' if charts else ""


def _files(report: Report) -> str:
    today = datetime.date.today()  # the reader's day
    lines = [tr(_("Made on {day}."), day=today.isoformat())]
    for part in report.parts:
        text = tr(
            _("{file}: {kind}. {counted}"),
            file=part.export.file.name,
            kind=gathered.kind(part.export),
            counted=gathered.counted(part.export),
        )
        lines.append(gathered.joined([text, *map(str, part.common[:2])]))
    return "".join(f'<p class="file">{escape(_cut(line, 260))}</p>' for line in lines)


def _verdict(result: Result) -> str:
    if result.test is None:
        return f'<p class="verdict plain">{escape(_plain_verdict(result))}</p>'
    verdict = result.test.verdict
    mark = f'<b class="mark">{verdicts.SIGNS[verdict]} {escape(tr(verdicts.SHORT[verdict]))}</b>'
    return f'<p class="verdict {verdict}">{mark} {escape(str(result.test.says))}</p>'


def _plain_verdict(result: Result) -> str:
    return str(result.test.says) if result.test else tr(_("A count of the file, nothing is recommended."))


def _dense(lines: float) -> str:
    """How small the texts must be so that they all fit."""
    return "wide" if lines < 34 else "close" if lines < 48 else "dense"


# -- the second page -------------------------------------------------------------------------------------------------------


def _second(report: Report) -> str:
    calls = [(part, result) for part, result in report.results if result.name == LIST]
    doubts = _doubts(report)
    blocks, lines = [], 0.0
    for part, result in calls[:1]:
        wanted = sum(_lines(text, 1.0) + APART for text in doubts) + HEADING
        table, lines = _calls(result, part, TALL - min(wanted, 26.0), report.names)
        blocks.append(table)
    blocks.append(f"<h2>{escape(tr(_('What not to rely on')))}</h2>")
    kept: list[str] = []
    lines += HEADING
    for text in doubts:
        lines += _lines(text, 1.0) + APART
        if lines > TALL - 1.6:
            kept.append(tr(_("... and {n} more: see the workbook."), n=len(doubts) - len(kept)))
            break
        kept.append(text)
    if not kept:
        kept = [tr(_("Every recommendation here stood its test. Look again when the file has grown."))]
    blocks.append(f'<ul class="{_dense(lines)}">{"".join(f"<li>{escape(text)}</li>" for text in kept)}</ul>')
    return "".join(blocks)


def _calls(result: Result, part: Part, room: float, names: bool) -> tuple[str, float]:
    """The list as far as there is room for it, and how many lines it took. Hidden names and telephones would help nobody on paper."""
    there = [name for name in CALL_COLUMNS if name in result.table and (names or name not in HIDDEN)]
    shown = gathered.once(result.table[there])
    there = list(map(str, shown.columns))
    table = taken(shown, result.formats, CALLS)
    texts = [[_cut(one.text(row), 150) for one in table.columns] for row in range(table.taken)]
    widths = _widths(table.columns, there, texts)
    columns = "".join(f'<col style="width:{width / sum(widths):.1%}">' for width in widths)
    head = "".join(f'<th class="{"right" if one.right else ""}">{escape(one.heading)}</th>' for one in table.columns)
    said = [str(one) for one in part.own(result)[:1]]
    # A heading, what is said, the verdict, the head of the table and the line below it.
    lines = HEADING + 4.5 + 1.3 * _lines(" ".join(said), 1.22) + 1.22 * _lines(_plain_verdict(result), 1.15)
    body, rows = "", 0
    for line in texts:
        high = ROW + max(_deep(text, width - PAD) for text, width in zip(line, widths, strict=True))
        if lines + high > room:
            break
        lines += high
        rows += 1
        cells = zip(table.columns, line, strict=True)
        body += "<tr>" + "".join(f'<td class="{_side(one)}">{escape(text)}</td>' for one, text in cells) + "</tr>"
    more = tr(_("... and {more} more rows."), more=f"{table.rows - rows:,}") if table.rows > rows else ""
    text = (
        f"<h2>{escape(str(result.title))}</h2><p>{escape(' '.join(said))}</p>{_verdict(result)}"
        f'<table class="dense"><colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p class="file">{escape(more)}</p>'
    )
    return text, lines


PAD = 1.5
"""Half-widths between two columns."""


def _widths(columns: Sequence[Column], names: Sequence[str], texts: Sequence[Sequence[str]]) -> list[float]:
    """Half-widths of each column: what it needs, names not more than :data:`NAME`; the reason takes the rest of the line."""
    made = []
    for place, (name, column) in enumerate(zip(names, columns, strict=True)):
        # Headings are bold.
        word = max(
            (1.2 * (_inked(one) if one.isascii() else min(size(one), 8)) for one in column.heading.split()), default=0.0
        )
        need = max([word, *(1.06 * _inked(line[place]) for line in texts)]) + PAD
        made.append(min(need, float(NAME if name in _WHO else 22)))
    if "reason" in names:
        at = names.index("reason")
        # Where there is little room left for it, the names go on in a second line; dates and figures do not.
        who = sum(width for name, width in zip(names, made, strict=True) if name in _WHO)
        less = max(0.0, sum(made) - made[at] + 32 - ACROSS)
        made = [
            max(12.0, one - less * one / who) if name in _WHO else one for name, one in zip(names, made, strict=True)
        ]
        made[at] = max(ACROSS - (sum(made) - made[at]), 20.0)
    return made


_WHO = ("customer", "name", "contact")


def _inked(text: str) -> float:
    """How wide a text is on paper, in half-widths: a capital is wider than other letters."""
    return size(text) + 0.35 * sum(char.isascii() and char.isupper() for char in text)


def _deep(text: str, width: float) -> int:
    """In how many lines a text is set; where it is broken, the words leave some room unused."""
    lines = 1.06 * _inked(text) / width
    return 1 if lines <= 1.01 else math.ceil(1.1 * lines)


def _side(column: Column) -> str:
    """Numbers to the right."""
    return "right" if column.right else ""


def _doubts(report: Report) -> list[str]:
    """All that a reader should be careful with: what failed, what was not shown, what could not be found, what was guessed, what was left out."""
    said: list[str] = []
    several = len(report.parts) > 1
    shown = {id(result) for _where, result in things(report)}
    for verdict in (FAILS, UNCLEAR, UNTESTED):
        for _where, result in report.results:
            if result.test is not None and result.test.verdict == verdict:
                text = tr(_("{result}: {verdict}."), result=workbook.short(result), verdict=tr(verdicts.SAYS[verdict]))
                # What stands on the first page in full need not be read twice.
                known = id(result) in shown or result.name == LIST
                said.append(text if known else gathered.joined([text, str(result.test.says)]))
    for part in report.parts:
        before = f"{part.export.file.name}: " if several else ""
        said += [before + text for text in part.not_possible.values()]
        said += [before + workbook.asked(one) for one in part.export.questions if not one.answered]
        said += _troubles(part.export, before)
    return said


def _troubles(export: Export, before: str) -> list[str]:
    """The problems that touch most rows, with how many."""
    # Headings and a title are no trouble; they stand in the list all the same.
    real = [one for one in export.problems if one.column or not one.left_out or len(one.rows) > FEW]
    worst = sorted(real, key=lambda one: -len(one.rows))[:PROBLEMS]
    lines = []
    for one in worst:
        text = _("{n:,} rows: {problem} {done}") if len(one.rows) != 1 else _("{n:,} row: {problem} {done}")
        where = f"{one.column}: " if one.column else ""
        lines.append(
            before + where + tr(text, n=len(one.rows), problem=_stop(str(one.says)), done=_stop(str(one.done)))
            if len(one.rows)
            else f"{before}{where}{_stop(str(one.says))} {_stop(str(one.done))}"
        )
    return lines


def _stop(text: str) -> str:
    return text if not text or text[-1] in ".。!！?？" else text + tr(_("."))


# -- both --------------------------------------------------------------------------------------------------------------------


def _foot(report: Report, number: int) -> str:
    files = listed(part.export.file.name for part in report.parts)
    left = f"{files} · {workbook.privacy_line(report)}" if number == 2 else files
    return f"<span>{escape(left)}</span><span>{number} / 2</span>"


def _lines(text: str, scale: float) -> float:
    return float(max(1, math.ceil(size(text) * scale / ACROSS)))


def _cut(text: str, most: int) -> str:
    if size(text) <= most:
        return text
    kept = ""
    for char in text:
        if size(kept) + size(char) > most - 1:
            break
        kept += char
    return kept.rstrip() + "…"


_STYLE = """
@page { size: A4 portrait; margin: 0 }
* { box-sizing: border-box }
body { margin: 0; background: #e8e8e8; color: #222; font: 10pt/1.38 "Segoe UI", "Helvetica Neue", Arial, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif }
.page { position: relative; width: 210mm; height: 296.5mm; margin: 6mm auto; padding: 13mm 15mm 17mm; overflow: hidden; background: #fff; break-after: page; break-inside: avoid }
.page:last-child { break-after: auto }
h1 { font-size: 18pt; line-height: 1.2; margin: 0 0 2mm }
h2 { font-size: 13pt; line-height: 1.2; margin: 4mm 0 2mm; padding-bottom: 1mm; border-bottom: .6pt solid #767676 }
p { margin: 0 0 1.2mm }
.file { color: #595959; font-size: 8.8pt }
ol, ul { margin: 0; padding: 0; list-style: none }
li { margin: 0 0 2mm; break-inside: avoid }
ul li { padding-left: 4mm; text-indent: -4mm }
ul li::before { content: "–"; display: inline-block; width: 4mm; text-indent: 0 }
.finding { font-size: 1.06em; margin-bottom: .5mm }
.verdict { margin: 0; padding: .6mm 2mm; border-left: 3pt solid #767676; font-size: .94em }
.verdict.holds { border-color: #009e73; background: #f0f8f5 }
.verdict.unclear { border-color: #e69f00; border-left-style: dashed; background: #fdf8ec }
.verdict.untested, .verdict.plain { border-left-style: dotted; background: #f5f5f5 }
.verdict.fails { border-color: #d55e00; border-left-style: double; background: #fcf1ea }
.mark { white-space: nowrap; margin-right: .6em }
.close { font-size: 9.1pt; line-height: 1.34 }
.dense { font-size: 8.2pt; line-height: 1.3 }
.charts { display: flex; flex-wrap: wrap; gap: 2mm 4mm; margin-top: 3mm }
.charts img { width: 88mm; max-height: 66mm; object-fit: contain; object-position: left top }
table { border-collapse: collapse; table-layout: fixed; width: 100%; margin: 2mm 0 1mm }
th, td { border-bottom: .5pt solid #bfbfbf; padding: .7mm 1.6mm .7mm 0; text-align: left; vertical-align: top; overflow-wrap: anywhere }
th { font-weight: 600; border-bottom-color: #595959 }
.right { text-align: right; white-space: nowrap }
th.right { white-space: normal }
footer span:last-child { white-space: nowrap }
footer { position: absolute; left: 15mm; right: 15mm; bottom: 8mm; display: flex; justify-content: space-between; gap: 6mm; color: #595959; font-size: 7.6pt; line-height: 1.25 }
@media print { body { background: none } .page { margin: 0 } * { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
@media screen and (max-width: 220mm) { .page { width: auto; height: auto; overflow: visible; margin: 0 } .charts img { width: 100%; max-height: none } footer { position: static; margin-top: 6mm } table { display: block; overflow-x: auto } }
"""
