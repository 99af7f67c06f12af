"""``own_columns("orders")``: how a file was understood, and a form that corrects it; ``own_problems("orders")``: what was done about each trouble."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from crmlab.checks import InputError
from crmlab.course import own_columns as form
from crmlab.course import own_files, own_told, panel, tables
from crmlab.course.widgets.guard import guarded, sentence
from crmlab.course.widgets.shown import Viewed
from crmlab.language import _, tr
from crmlab.own import Export, privacy

if TYPE_CHECKING:
    import ipywidgets as w

STYLE = """<style>
.crmlab .crmlab-own-columns { border-top: 1px solid rgba(127,127,127,.35); margin-top: .3em; }
.crmlab .crmlab-own-columns > .crmlab-row { padding: .5em 0; gap: .1em 1em; }
.crmlab .crmlab-own-columns .widget-dropdown { flex: 1 1 100%; width: 100%; height: auto; margin: 0; align-items: baseline; }
.crmlab .crmlab-own-columns .widget-dropdown > .widget-label { flex: 0 0 11em; width: auto !important; font-weight: 600; text-align: left; overflow-wrap: anywhere; }
.crmlab .crmlab-own-columns select { flex: 0 1 auto; }
.crmlab .crmlab-own-asked { margin: .6em 0; }
.crmlab .crmlab-own-columns .crmlab-own-seen { flex: 1 1 100%; margin: 0; color: var(--crmlab-quiet); overflow-wrap: anywhere; }
@media (max-width: 600px) { .crmlab .crmlab-own-columns .widget-dropdown > .widget-label { flex: 1 1 100%; } }
</style>"""


class OwnColumns(Viewed):
    """How the file was understood: a form in a notebook for a file of one's own, else a table."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __repr__(self) -> str:
        return "\n".join(f"{one.heading}: {_role(one)} ({one.certain()})" for one in form.columns(_export(self.kind)))

    def _repr_html_(self) -> str:
        return _table(_export(self.kind))

    def view(self) -> w.Widget:
        """The widget."""
        import ipywidgets as w

        from crmlab.course.widgets.style import STYLE as BASE

        whole = w.VBox()
        whole.add_class("crmlab")
        whole.add_class(f"crmlab-own-columns-{self.kind}")

        def draw() -> None:
            whole.children = [w.HTML(BASE + STYLE), *_contents(self.kind)]

        own_files.watchers[self.kind, "columns"] = draw
        draw()
        return whole


def _export(kind: str) -> Export:
    """What is understood of the chosen file, also when it does not serve yet."""
    path = own_files.chosen(kind)
    if path is not None:
        try:
            return own_files.of(path, kind)
        except (InputError, OSError):
            pass  # what is wrong with it is said where it was chosen
    return own_files.made_up(kind)


def _contents(kind: str) -> list[w.Widget]:
    import ipywidgets as w

    made, mark = _export(kind), panel.below(f"own-columns-{kind}", {"n": own_files.times(kind, "plans")})
    if own_files.chosen(kind) is None or made.file != own_files.chosen(kind):
        return [w.HTML(_table(made) + mark)]
    head = [w.HTML(_notes(made) + mark)]
    what = w.Dropdown(
        description=tr(_("This file holds")), options=_swapped(form.known_kinds(), made.kind), value=made.kind
    )
    sheet = w.Dropdown(description=tr(_("Sheet")), options=list(made.sheets) or [""], value=_sheet(made))
    for box, name in ((what, "kind"), (sheet, "sheet")):
        box.style.description_width = "initial"
        box.layout = w.Layout(width="100%")
        box.add_class("crmlab-sentence")
        box.add_class(f"crmlab-own-{name}")
    asked = {one.key: _question(one, made) for one in made.questions}
    names = form.known_roles(made.kind)
    taken, seen = {}, {}
    for column in form.columns(made):
        options = names if column.role in names else {**names, column.role: _role(column)}
        box = w.Dropdown(description=column.heading, options=_swapped(options, column.role), value=column.role)
        box.style.description_width = "initial"
        taken[column.heading], seen[column.heading] = box, w.HTML()
        seen[column.heading].add_class("crmlab-own-seen")
    show = w.Checkbox(value=False, description=tr(_("Show these values unmasked on this screen")), indent=False)

    def reveal(_change: Any = None) -> None:
        for column in form.columns(made):
            why = f" ({column.why})" if column.why else ""
            seen[column.heading].value = escape(
                " · ".join(filter(None, (column.certain() + why, column.shown(show.value))))
            )

    show.observe(reveal, "value")
    reveal()
    button = w.Button(description=tr(_("Read the file like this")), button_style="primary", icon="check")
    button.add_class("crmlab-check")
    told = w.HTML()

    def apply(_button: Any) -> None:
        told.value = panel.box("note", tr(_("Reading {file} ..."), file=made.file.name), status=True)
        plan = form.corrected(
            made,
            kind=what.value,
            sheet=sheet.value or "",
            taken={heading: box.value for heading, box in taken.items()},
            answers={key: box.value for key, box in asked.items() if box.value},
        )
        try:
            own_files.read_as(kind, plan)
        except (InputError, OSError) as error:
            told.value = panel.box("unreadable", str(error), status=True)

    button.on_click(apply)
    rows = []
    for heading, box in taken.items():
        row = w.Box([box, seen[heading]])
        row.add_class("crmlab-row")
        rows.append(row)
    listing = w.VBox(rows)
    listing.add_class("crmlab-own-columns")
    which = [what, sheet] if len(made.sheets) > 1 else [what]
    return [*head, *asked.values(), *which, listing, show, button, told]


def _swapped(options: dict[str, str], value: str) -> list[tuple[str, str]]:
    missing = {} if value in options else {value: tr(_("not understood"))}
    return [(says, name) for name, says in {**missing, **options}.items()]


def _sheet(made: Export) -> str | None:
    if not made.sheets:
        return ""
    return made.plan.sheet if made.plan.sheet in made.sheets else made.sheets[0]


def _question(one: Any, made: Export) -> w.Widget:
    import ipywidgets as w

    known = made.plan.answers.get(one.key, "")
    options = [(str(says), key) for key, says in one.options.items()]
    value = known if known in one.options else one.taken if one.taken in one.options else None
    box = w.RadioButtons(options=options, value=value, description=str(one.says))
    box.layout.width = "auto"
    box.style.description_width = "initial"
    box.add_class("crmlab-own-asked")
    box.add_class(f"crmlab-own-asked-{one.key.replace('.', '-').replace('_', '-')}")
    return box


def _role(column: form.Column) -> str:
    role = form.every_role().get(column.role)
    return tr(role.says) if role else column.role


def _table(made: Export) -> str:
    import pandas as pd

    rows = [(one.heading, _role(one) or tr(_("not used")), one.certain(), one.shown()) for one in form.columns(made)]
    table = pd.DataFrame(rows, columns=[_("heading"), _("what it is"), _("how certain"), _("first values")])
    return _notes(made) + tables.show(table, rows=len(table)).html


def _notes(made: Export) -> str:
    return panel.bullets(map(str, made.notes))


@guarded(sentence)
def own_columns(kind: str = own_files.ORDERS) -> OwnColumns | panel.Html:
    """How the chosen file was understood, with a form that corrects it and reads it again; the correction is remembered beside it. Ends a cell."""
    wrong = own_told.no_kind(kind)
    return sentence(wrong) if wrong else OwnColumns(kind)


PROBLEM = (_("row"), _("column"), _("value"), _("problem"), _("what was done"))
MOST_PROBLEMS = 200
"""Rows of the list of problems that are shown; the workbook has them all."""


def _where(column: str) -> str:
    return tr(_("{column}:"), column=column) if column else ""


def _how_many(rows: int) -> str:
    return tr(_("({n:,} rows)") if rows != 1 else _("({n:,} row)"), n=rows) if rows else ""


@guarded(sentence)
def own_problems(kind: str = own_files.ORDERS) -> panel.Html:
    """What was wrong in the chosen file, by row and column, and what was done about it; and that no row was lost. Ends a cell."""
    if wrong := own_told.no_kind(kind):
        return sentence(wrong)
    made = _export(kind)
    sums = own_told.adds_up(made)
    hidden = privacy.masked(made)
    table = hidden.problem_table(MOST_PROBLEMS)
    if table.empty:
        text = tr(_("Nothing was wrong with {file}."), file=made.file.name)
        return panel.Html(panel.box("right", sums, panel.paragraph(text)), f"{sums} {text}")
    table.columns = list(PROBLEM)
    by_heading = {one.heading: one.role for one in form.columns(made)}
    table["value"] = [
        value if by_heading.get(column) else form.hidden(str(value), "")
        for column, value in zip(table["column"], table["value"], strict=True)
    ]
    kinds = panel.bullets(
        " ".join(filter(None, (_where(one.column), str(one.says), str(one.done), _how_many(len(one.rows) + one.more))))
        for one in hidden.problems
    )
    shown = tables.show(table, tr(_("Row by row")), rows=20)
    return panel.Html(panel.box("note", sums, kinds) + shown.html, f"{sums}\n{shown.plain}")
