"""Write a script as a workbook that somebody can go on working in: drop-downs, wrapped texts, a sheet that explains it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from crmlab import complaints
from crmlab.course import fillable
from crmlab.course.roleplay import routes, scripts
from crmlab.course.roleplay.sheet import COLUMNS, IN_EACH_LANGUAGE, SETTINGS
from crmlab.course.yamlfile import shortened
from crmlab.language import LANGUAGES, _, tr
from crmlab.spreadsheets import MOST_CHARACTERS, write_text

_ROWS = 400
_WIDTHS = {"key": 12, "value": 16, "en": 70, "node": 18, "ending": 9, "mood": 7, "trust": 7, "step": 12, "to": 34, "issue": 14, "option": 14, "seller": 10, "buyer": 10, "volume": 10, "deal": 34}

# What the sheet "how to" says, in each language.
_HOW = (
    _("A role-play is a talk: the customer says something, the trainee chooses an answer, the answer leads on."),
    _("Fill in the three sheets: “script” (what it is about), “nodes” (what the customer says), “choices” (what the trainee may answer)."),
    _("script: id is a name in one word. mood (1 to 5) and trust (0 to 5) are those at the beginning; start is the first node."),
    _("script: setting tells the trainee who they are, who is calling and what is at stake. customer is a name."),
    _("nodes: a row for each thing that the customer says. node is its name in one word; choices point to it."),
    _("nodes: at an end of the talk also fill in ending (good, fair or bad) and debrief (what it shows); mood is then the mood at the end."),
    _("choices: a row for each answer, two to four for a node, in the order in which they are offered. node says where it is offered."),
    _("choices: step is the one of the seven steps that the answer does; leave it empty if it does none."),
    _("choices: mood and trust are what the answer changes, from -2 to 2. why tells the trainee why it helps or hurts; better is a better line, for an answer that hurts."),
    _("choices: to is the node that comes next. If that depends: one route a line (Alt+Enter), the first that fits is taken, the last has no condition."),
    _("steps: only for a talk that is no complaint. Add a sheet “steps” with the headings step, en and zh, and a row for each step of your own, in order."),
    _("deal: only for a negotiation. A sheet “deal” says what each option is worth to both sides, and the column deal of an ending what was agreed; see docs/scripts.md."),
    _("Example of to: gone if mood <= 1 and not done ask; on"),
    _("Conditions: mood and trust with <=, >= or =; done and not done with steps. They are joined by “and”."),
    _("A column whose heading begins with # is yours: it is not read. Other sheets are not read either."),
    _("Save, then check it: crmlab script check FILE.xlsx. Try it: crmlab script play FILE.xlsx. See it drawn: crmlab script show FILE.xlsx --out FILE.html."),
)


class Unwritable(ValueError):
    """A text that a workbook cannot hold; the message says which."""


def workbook(source: Mapping[str, Any]) -> bytes:
    """A script's content as an ``.xlsx`` file. Raises :class:`Unwritable` for a text that a cell cannot hold."""
    from openpyxl import Workbook

    book = Workbook()
    how = book.active
    how.title = "how to"
    fillable.explain(how, _("How to write a script"), _explained)
    script = _sheet(book, "script")
    for key in SETTINGS:
        two = key in IN_EACH_LANGUAGE
        texts = source[key] if two else {}
        _row(script, [key, None if two else source[key], *_both(texts)])
    nodes, choices = _sheet(book, "nodes"), _sheet(book, "choices")
    for name, node in source["nodes"].items():
        debrief = node.get("debrief", {})
        _row(nodes, [name, *_both(node["says"]), node.get("ending"), node.get("mood"), *_both(debrief), _agreed(node)])
        for one in node.get("choices", ()):
            changes = [one.get("step"), one.get("mood"), one.get("trust")]
            to = routes.written(one["to"])
            _row(choices, [name, *_both(one["text"]), *changes, *_both(one["why"]), *_both(one.get("better", {})), to])
    if own := source.get("steps"):
        steps = _sheet(book, "steps")
        for key, texts in own.items():
            _row(steps, [key, *_both(texts)])
    if deal := source.get("deal"):
        _deal(_sheet(book, "deal"), deal)
    _offer(script, nodes, choices, list(own or complaints.STEPS))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _agreed(node: Mapping[str, Any]) -> str | None:
    return "; ".join(f"{issue} {option}" for issue, option in node["deal"].items()) if "deal" in node else None


def _deal(sheet: Any, deal: Mapping[str, Any]) -> None:
    _row(sheet, ["price", None, *_both(deal["unit"]), deal["seller"], deal["buyer"], deal["volume"]])
    _row(sheet, ["worth", None, *_both(deal["worth"])])
    for name, issue in deal["issues"].items():
        _row(sheet, [name, None, *_both(issue["name"])])
        for key, option in issue["options"].items():
            _row(sheet, [name, key, *_both(option["name"]), option["seller"], option["buyer"]])


def _both(texts: Mapping[str, str]) -> list[str | None]:
    return [texts.get(language) for language in LANGUAGES]


def _explained() -> list[str]:
    steps = [f"{key}: {tr(step.name)}" for key, step in complaints.STEPS.items()]
    moods = [f"{number}: {tr(word)}" for number, word in scripts.MOODS.items()]
    return [*map(tr, _HOW), "", tr(_("The seven steps:")), *steps, "", tr(_("The moods:")), *moods]


def _sheet(book: Any, name: str) -> Any:
    sheet = book.create_sheet(name)
    widths = {heading: _WIDTHS.get(heading, 60 if heading in LANGUAGES else 46) for heading in COLUMNS[name]}
    fillable.headings(sheet, widths, ("mood", "trust", "value", "seller", "buyer", "volume"))
    sheet.freeze_panes = "B2"
    return sheet


def _row(sheet: Any, values: list[Any]) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment

    row = sheet.max_row + 1
    for number, value in enumerate(values, 1):
        if value is None:
            continue
        cell = sheet.cell(row, number)
        if isinstance(value, str):
            if ILLEGAL_CHARACTERS_RE.search(value) or len(value) > MOST_CHARACTERS:
                text = _("A workbook cannot hold this text (too long, or with characters that no text has): {text}")
                raise Unwritable(tr(text, text=shortened(ILLEGAL_CHARACTERS_RE.sub("?", value))))
            cell.number_format = "@"
            write_text(cell, value)
        else:
            cell.value = value
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _offer(script: Any, nodes: Any, choices: Any, steps: list[str]) -> None:
    """Drop-downs where only a few values are possible."""

    def offer(sheet: Any, heading: str, formula: str, rows: str = f"2:{_ROWS}", strict: bool = True) -> None:
        first, last = map(int, rows.split(":"))
        fillable.offer(sheet, COLUMNS[sheet.title].index(heading) + 1, formula, first, last, strict)

    names = f"nodes!$A$2:$A${_ROWS}"
    row = {key: str(number) for number, key in enumerate(SETTINGS, 2)}
    offer(script, "value", '"1,2,3,4,5"', f"{row['mood']}:{row['mood']}")
    offer(script, "value", '"0,1,2,3,4,5"', f"{row['trust']}:{row['trust']}")
    offer(script, "value", names, f"{row['start']}:{row['start']}")
    offer(nodes, "ending", f'"{",".join(scripts.ENDINGS)}"')
    offer(nodes, "mood", '"1,2,3,4,5"')
    offer(choices, "node", names)
    offer(choices, "step", f'"{",".join(steps)}"')
    offer(choices, "mood", '"-2,-1,0,1,2"')
    offer(choices, "trust", '"-2,-1,0,1,2"')
    offer(choices, "to", names, strict=False)  # a route with conditions is typed
