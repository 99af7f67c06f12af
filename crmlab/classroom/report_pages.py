"""The page on a class: points, what is missing, wrong answers and what they show, item analysis, lines to read aloud."""

from __future__ import annotations

import math
from html import escape
from urllib.parse import quote

import pandas as pd

from crmlab.classroom import items
from crmlab.classroom.findings import MANY, SHOWN, Common, Findings, Said, Spoken
from crmlab.classroom.report_style import bar, histogram, led, legend, moment, page, states, table, text
from crmlab.course import exercise, lessons, panel
from crmlab.language import _, listed, tr

ACROSS = 10
"""Lessons that stand side by side in a table."""


def made(found: Findings) -> str:
    """The page, in the language in force."""
    title = tr(_("Report: {name}"), name=found.settings.name)
    sections = (
        ("units", _("Points by unit and lesson"), _units(found)),
        ("exercises", _("Points by exercise"), _exercises(found)),
        ("spread", _("How the points are spread"), _spread(found)),
        ("missing", _("Who has handed in what"), _handed_in(found)),
        ("wrong", _("Wrong answers that many gave, and what they show"), _common(found)),
        ("items", _("Difficulty and discrimination of the exercises"), _items(found)),
        ("lines", _("Typed lines worth reading aloud"), _lines(found)),
    )
    contents = "".join(f'<li><a href="#{id}">{escape(tr(name))}</a></li>' for id, name, _body in sections)
    body = f"<h1>{text(title)}</h1>{_head(found)}<nav aria-label=\"{escape(tr(_('Contents')))}\"><ul>{contents}</ul></nav>"
    body += "".join(f'<section><h2 id="{id}">{escape(tr(name))}</h2>{content}</section>' for id, name, content in sections)
    return page(title, body)


def lesson_title(number: str) -> str:
    """The title of a lesson; its number where it is not in the course."""
    try:
        return lessons.find(number).title()
    except LookupError:
        return number


def unit_title(unit: str) -> str:
    """The number and name of a unit."""
    found = lessons.units()
    return f"{unit} {tr(found[unit])}" if unit in found else unit


def percent(share: float) -> str:
    """A share of 0 to 1 in whole percent; a dash where there is none."""
    return "–" if math.isnan(share) else f"{share:.0%}"


def _paragraph(said: str, look: str = "") -> str:
    return f'<p class="{look}">{escape(said)}</p>' if look else f"<p>{escape(said)}</p>"


def _head(found: Findings) -> str:
    people, late = found.people, sum(one.late for one in found.people)
    said = [tr(_("Trainees whose work was judged: {n}. Late: {late}."), n=len(people), late=late)]
    if found.marks.graded:
        said.append(tr(_("Judged on {day}."), day=moment(found.marks.graded)))
    said.append(
        tr(_("Names stand on this page: it is for whoever leads the class."))
        if found.names
        else tr(_("Trainees have numbers here, in no order that tells who they are; crmlab class report --names writes names. Points and lines stand by number: look before you show them to a small class."))
    )
    return _paragraph("".join(map(led, said)).strip(), "note")


# -- points ------------------------------------------------------------------------------------------------------------


def _units(found: Findings) -> str:
    rows = []
    for unit, numbers in found.units.items():
        rows.append(_sum_row(found, f"<b>{escape(unit_title(unit))}</b>", numbers))
        rows += [_sum_row(found, text(lesson_title(number)), (number,)) for number in numbers]
    head = [tr(_("Unit, lesson")), tr(_("Handed in")), tr(_("Mean points")), tr(_("of")), tr(_("Mean share")), "", tr(_("Lowest to highest"))]
    head[5] = tr(_("As a bar"))
    note = tr(_("Means are over those who handed in; a unit, over those who handed in all of its lessons."))
    return table(note, head, rows, (1, 2, 3, 4, 6)) if rows else _paragraph(tr(_("Nothing was handed in.")))


def _sum_row(found: Findings, name: str, numbers: tuple[str, ...]) -> list[str]:
    columns = [one for one in found.maximum.index if one[0] in numbers]
    points = found.points[columns].dropna().sum(axis=1) if columns else pd.Series(dtype=float)
    whole = float(found.maximum[columns].sum()) if columns else 0.0
    if not len(points) or not whole:
        return [name, "0", "–", "–", "–", "", "–"]
    share = float(points.mean()) / whole
    said = tr(_("{share} of the points"), share=percent(share))
    lowest_to_highest = f"{panel.points(points.min())} – {panel.points(points.max())}"
    return [name, str(len(points)), panel.points(points.mean()), panel.points(whole), percent(share), bar(share, said), lowest_to_highest]


def _exercises(found: Findings) -> str:
    parts = [_paragraph(tr(_("Means are over those who handed in the lesson; what was left blank counts as 0.")), "note"), legend()]
    for number in found.lessons:
        ids = [id for lesson, id in found.maximum.index if lesson == number]
        rows = []
        for id in ids:
            counts, maximum = found.states(number, id), float(found.maximum[number, id])
            mean = float(found.points[number, id].mean())
            share = mean / maximum if maximum else math.nan
            rows.append(
                [text(found.title(number, id)), panel.points(mean), panel.points(maximum), percent(share), states(counts)]
                + [str(count) for count in counts.values()]
            )
        if rows:
            head = [tr(one) for one in (
                _("Exercise"), _("Mean points"), _("of"), _("Mean share"), _("As a bar"), _("right"), _("partly"), _("not yet"), _("unreadable"), _("blank"),
            )]  # fmt: skip
            parts.append(table(lesson_title(number), head, rows, (1, 2, 3, 5, 6, 7, 8, 9)))
    return "".join(parts)


def _spread(found: Findings) -> str:
    shares = found.shares
    if not len(shares):
        return _paragraph(tr(_("Nothing was handed in.")))
    counts = [0] * 10
    for share in shares:
        counts[min(9, int(share * 10 + 1e-9))] += 1
    labels = [f"{low}–{low + 9 + (low == 90)}" for low in range(0, 100, 10)]
    said = tr(_("; ")).join(f"{label}%: {count}" for label, count in zip(labels, counts, strict=True) if count)
    text_ = tr(
        _("Share of all points of the lessons that anybody handed in, in percent; who did not hand one in has 0 in it. (The percent in the tables of marks is of all lessons of the class.) Median {median}, lowest {low}, highest {high}."),
        median=percent(float(shares.median())), low=percent(float(shares.min())), high=percent(float(shares.max())),
    )  # fmt: skip
    return _paragraph(text_) + histogram(counts, labels, tr(_("Trainees by share of the points: {counts}"), counts=said))


def _handed_in(found: Findings) -> str:
    parts = []
    missing = {key: tuple(n for n in numbers if n not in found.untouched) for key, numbers in found.missing.items()}
    if found.people and found.untouched:
        parts.append(_paragraph(tr(_("Nobody has handed in: {lessons}."), lessons=listed(found.untouched))))
    if found.people and not any(missing.values()) and not found.unjudged:
        parts.append(_paragraph(tr(_("Everybody whose work came has handed in every lesson.") if not found.untouched else _("Everybody whose work came has handed in all others."))))
    people = {one.key: one for one in found.collected.people}
    late = {key: people[key].late_lessons for key in found.called if people[key].late_lessons}
    undated = {key: tuple(n for n in people[key].undated if people[key].versions.get(n)) for key in found.called}
    untold = {key: tuple(n for n in people[key].undated if not people[key].versions.get(n)) for key in found.called}
    for heading, lists in (
        (_("Not handed in:"), missing),
        (_("Collected and not judged; run crmlab class grade, then this again:"), found.unjudged),
        (_("Handed in after the end:"), late),
        (_("Only the date of the file tells when this was made, and copying or saving changes it:"), undated),
        (_("Nothing tells when this was made:"), untold),
    ):
        lines = [tr(_("{who}: {lessons}"), who=found.called[key], lessons=listed(numbers)) for key, numbers in lists.items() if numbers]
        parts.append(_list(tr(heading), lines))
    parts += [_who(found), _files(found)]
    begun = [number for number in found.lessons if number not in found.untouched]
    for start in range(0, len(begun), ACROSS):
        numbers = begun[start : start + ACROSS]
        rows = []
        for one in found.people:
            name = text(found.called[one.key], 60)
            if found.names:
                name = f'<a href="people/{quote(one.key)}.html">{name}</a>'
            if one.late and not one.late_lessons:
                name += _late()
            marks = [(found.lesson(one.key, number), number in one.late_lessons) for number in numbers]
            rows.append([name] + [_late() * after + panel.points(mark.points) if mark else "–" for mark, after in marks])
        caption = tr(_("Points by lesson; – was not handed in, or not judged yet"))
        parts.append(table(caption, [tr(_("Trainee")), *numbers], rows, tuple(range(1, len(numbers) + 1))))
    return "".join(parts)


def _late() -> str:
    return f' <span class="note">{escape(tr(_("late")))}</span> '


def _list(heading: str, lines: list[str]) -> str:
    return f"{_paragraph(heading)}<ul>{''.join(f'<li>{text(one)}</li>' for one in lines)}</ul>" if lines else ""


def _who(found: Findings) -> str:
    """What collecting said on who somebody is; the sentences name people."""
    said = [(one.key, sentence) for one in found.collected.people for sentence in one.says]
    if said and not found.names:
        return _paragraph(tr(_("Notes on who somebody is: {n}. crmlab class report --names shows them."), n=len(said)), "note")
    return _list(tr(_("Who is who, as collecting took it:")), [f"{found.called[key]}: {sentence}" for key, sentence in said])


def _files(found: Findings) -> str:
    """Files to look at; what they are called often names people."""
    trouble = [one for one in found.collected.files if one.look or one.outcome in ("broken", "unknown")]
    if trouble and not found.names:
        text_ = _("Files that could not be used, or that somebody should look at: {n}. crmlab class collect says which, and why; so does this page with --names.")
        return _paragraph(tr(text_, n=len(trouble)), "note")
    return _list(tr(_("Files that could not be used, or that somebody should look at:")), [f"{one.path}: {one.says}" for one in trouble])


# -- wrong answers -----------------------------------------------------------------------------------------------------


def _common(found: Findings) -> str:
    if not found.common:
        return _paragraph(tr(_("No wrong answer was given by many.")))
    rule = tr(
        _("Wrong answers that {fewest} or more gave, and {share} or more of those who did the exercise; at most {most} of them, the most frequent first. Below each, what the course says to it. In a quiz, the questions that everybody was asked first."),
        fewest=found.fewest, share=percent(MANY), most=SHOWN,
    )  # fmt: skip
    return _paragraph(rule) + "".join(_one_common(found, one) for one in found.common)


def _one_common(found: Findings, one: Common) -> str:
    wrong = one.wrong
    many = tr(_("{n} of {of} who did it ({share})"), n=len(one.keys), of=one.of, share=percent(len(one.keys) / one.of if one.of else math.nan))
    parts = [f'<p class="head"><b>{text(one.lesson)} · {text(one.title)}</b><span>{escape(many)}</span></p>']
    if wrong.prompt:
        parts.append(f'<p class="note">{text(wrong.prompt, 300)}</p>')
    if wrong.shown:
        label = f"{wrong.label}: " if wrong.label else ""
        kind = tr(_("For instance:") if one.varied else _("Answer:"))
        parts.append(f"<p>{escape(led(kind))}{text(label, 100)} <b>{text(wrong.shown, 300)}</b></p>")
    if wrong.says:
        parts.append(f"<p>{escape(led(tr(_('What the course says to it:'))))}{text(wrong.says)}</p>")
    if found.names:
        parts.append(f'<p class="note">{text(listed(found.called[key] for key in one.keys), 6000)}</p>')
    return f'<div class="wrong">{"".join(parts)}</div>'


# -- item analysis -----------------------------------------------------------------------------------------------------


def _items(found: Findings) -> str:
    parts = [_paragraph(tr(_(
        "p is the mean share of the points: high is easy. r compares an exercise with the sum of all others (the corrected item-total correlation): the higher, the more "
        "those who did well elsewhere did well here, too; near 0 or below, look whether the exercise misleads or is about something else. D is p of the 27 % with the "
        "most points less p of the 27 % with the fewest, given from 20 people on. Each unit is taken as one test, over those who handed in all of its lessons; what was left blank counts as 0, "
        "and where some did not get to the end, that alone lifts r, D and alpha."
    )))]  # fmt: skip
    for unit, numbers in found.units.items():
        if (analysis := found.analysis(numbers)) is None:
            continue
        parts.append(f"<h3>{escape(unit_title(unit))}</h3>{_caution(analysis)}{_alpha(analysis)}")
        rows = [
            [f"{text(number)} {text(found.title(number, id))}", *(_figure(row[name]) for name in ("p", "item_rest", "d", "alpha_without")), _hint(found, number, id, row, analysis.people)]
            for (number, id), row in analysis.items.iterrows()
        ]
        if analysis.people < items.FEWEST_ALPHA:
            rows = [[*row[:4], "–", row[5]] for row in rows]
        head = [tr(_("Exercise")), "p", "r", "D", tr(_("alpha without it")), tr(_("To look at"))]
        caption = tr(_("{unit}: item analysis, {n} trainees"), unit=unit_title(unit), n=analysis.people)
        parts.append(table(caption, head, rows, (1, 2, 3, 4)))
    return "".join(parts)


def _caution(analysis: items.Analysis) -> str:
    if analysis.people >= items.STEADY:
        return ""
    if analysis.people < items.FEW:
        said = _("Only {n} trainees: these figures would be others in another class. Take them as a reason to look at an exercise, never as a verdict on it.")
        return _paragraph(tr(said, n=analysis.people), "caution")
    low, high = items.r_interval(0.3, analysis.people)
    said = _("{n} trainees: these figures are rough. Behind an r of 0.30 may stand anything from {low} to {high} (95 % interval).")
    return _paragraph(tr(said, n=analysis.people, low=_figure(low), high=_figure(high)), "caution")


def _alpha(analysis: items.Analysis) -> str:
    alpha = analysis.alpha
    if alpha is None:
        return _paragraph(tr(_("Cronbach's alpha cannot be computed here: it needs two exercises and two trainees whose points differ.")))
    if analysis.people < items.FEWEST_ALPHA:
        return _paragraph(tr(_("Cronbach's alpha is not shown for fewer than {n} trainees: it could be nearly anything."), n=items.FEWEST_ALPHA))
    said = tr(
        _("Cronbach's alpha {alpha} (95 % interval {low} to {high}; {items} exercises, {n} trainees): how far the exercises rank people alike; 1 is wholly. Below about 0.7 small "
          "differences between the points of two trainees say little. It does not say that the exercises measure one thing."),
        alpha=_figure(alpha.alpha), low=_figure(alpha.low), high=_figure(alpha.high), items=alpha.items, n=alpha.n,
    )  # fmt: skip
    return _paragraph(said)


def _figure(value: float) -> str:
    return "–" if value is None or math.isnan(value) else f"{value:.2f}".replace("-", "−")


def _hint(found: Findings, number: str, id: str, row: pd.Series, people: int) -> str:
    """What to look at. Where nearly all have it, or few people are, r is not read: one trainee makes it."""
    counts = found.states(number, id)
    if counts[exercise.BLANK] == sum(counts.values()):
        return escape(tr(_("nobody did it")))
    if row["p"] > 0.95:
        return escape(tr(_("nearly everybody has it")))
    said = []
    if 2 * counts[exercise.BLANK] >= sum(counts.values()):
        said.append(tr(_("half or more left it blank")))
    elif row["p"] < 0.2:
        said.append(tr(_("very hard")))
    if people < items.FEW:
        return escape(tr(_("; ")).join(said))
    if row["item_rest"] < -0.1:
        said.append(tr(_("those who did well elsewhere did worse here")))
    elif row["item_rest"] < 0.2:
        said.append(tr(_("hardly tells strong from weak")))
    return escape(tr(_("; ")).join(said))


# -- typed lines -------------------------------------------------------------------------------------------------------


def _lines(found: Findings) -> str:
    if not found.spoken:
        return _paragraph(tr(_("Nobody typed a line in these lessons.")))
    rule = tr(_(
        "Good: all that the exercise looks for was found in it. Near miss: all but one thing, first what most lines lack. Of several the shorter ones, and no two alike. "
        "Patterns find these lines, and patterns miss some: read before you praise."
    ))  # fmt: skip
    return _paragraph(rule) + "".join(_spoken(found, one) for one in found.spoken)


def _spoken(found: Findings, one: Spoken) -> str:
    parts = [f"<h3>{text(one.lesson)} · {text(one.title)}</h3>", f'<p class="note">{text(one.prompt, 300)}</p>']
    wants = tr(_("Looked for: {what}. Typed by {n}."), what=listed(one.wants), n=one.of)
    parts.append(_paragraph(wants, "note"))
    for name, lines in ((_("Good"), one.good), (_("Near miss"), one.near), (_("Waits for you"), one.waits)):
        parts += [_line(found, tr(name), line) for line in lines]
    if not (one.good or one.near or one.waits):
        parts.append(_paragraph(tr(_("No line has all but one of these.")) if len(one.wants) > 1 else tr(_("It was found in no line."))))
    return "".join(parts)


def _line(found: Findings, kind: str, one: Said) -> str:
    said = f": {one.lacks}" if one.lacks else ""
    if one.claim:
        said += tr(_(" – the trainee says: {reason}"), reason=one.claim)
    return (
        f'<div class="line"><p class="note">{text(kind + said)}</p><blockquote lang="{escape(one.language)}">{text(one.text, 400)}</blockquote>'
        f'<p class="note">{text(found.called[one.key], 60)}</p></div>'
    )
