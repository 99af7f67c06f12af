"""A firm's file read: opened, its columns recognised, its cells understood, every row used or listed with its reason."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from crmlab.checks import InputError
from crmlab.language import _
from crmlab.own import large
from crmlab.own import plan as plans
from crmlab.own.export import KINDS, Export, Plan, Problem
from crmlab.own.opening import open_file
from crmlab.own.raw import Raw
from crmlab.own.said import Said
from crmlab.own.understanding import amounts, contacts, money, others, sales, wide
from crmlab.own.understanding.cells import missing
from crmlab.own.understanding.collecting import collect
from crmlab.own.understanding.picking import Picked, pick
from crmlab.own.understanding.recognising import Recognised, recognise, table
from crmlab.own.understanding.roles import ROLES, heading
from crmlab.own.understanding.rows import Rows

_REFUNDS = re.compile(r"\b(?:refunded amount|amount refunded|refund amount|total refunded|refunds?)$|退款金额$")


def read(path: Path | str, plan: Plan | None = None, sheet: str = "") -> Export:
    """What a firm's file holds: CSV or XLSX, orders, order lines, totals a month, a survey, complaints or customers.

    A folder of exports, a Parquet and a very large text file come as orders, read by :mod:`crmlab.own.large`.

    ``plan``: how it is to be read, from the form or an earlier :attr:`~crmlab.own.export.Export.plan`; without one, that which is kept beside the file
    (:func:`crmlab.own.plan.save`), as far as it fits, and else what is recognised. ``sheet``: the name of the sheet of a workbook.

    The file is never written, and no row is dropped silently: ``export.rows == export.used + export.listed``.

    Raises :class:`~crmlab.checks.InputError` with one sentence for a file that cannot be opened or holds no table, and for a plan that names columns
    which the file does not have.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "orders.csv")
    ...     _n = file.write_text("订单号;客户名称;下单日期;金额(元)\\n001;华强有限公司;2026年3月1日;1.200,50\\n002;;2026.3.2;5,00\\n", "utf-8")
    ...     export = read(file)
    >>> export.kind, export.currency, export.rows, export.listed
    ('orders', 'CNY', 3, 2)
    >>> export.table["order"].tolist(), export.table["amount"].tolist()
    (['001'], [1200.5])
    """
    said: list[Problem] = []
    notes: list[Said] = []
    remembered = plan is None
    if plan is None:
        plan, notes = plans.load(path)
    if large.takes(path):
        export = large.read(path, plan, remembered=remembered)
        return replace(export, notes=[*notes, *export.notes])
    wish = sheet or (plan.sheet if plan is not None else "")
    try:
        raw = open_file(path, wish)
    except InputError:
        if not (remembered and wish and not sheet):
            raise
        raw = open_file(path)  # the remembered sheet is gone
        says = Said(_("What is kept of this file names a sheet that it does not have ({sheet})."), sheet=wish)
        said.append(Problem(says, Said(_("It is not used; the columns were recognised anew."))))
        plan = None
    if plan is not None:
        plan, more = plans.fitting(plan, raw.headings, remembered)
        said += more
    export = understand(raw, plan)
    return replace(export, problems=[*said, *export.problems], notes=[*notes, *export.notes])


def understand(raw: Raw, plan: Plan | None = None) -> Export:
    """What a table holds that was opened already; ``plan`` must fit its headings. See :func:`read`."""
    plan = plan or Plan()
    export = _understand(raw, plan)
    wrong = {
        one.key for one in export.questions if one.key in plan.answers and plan.answers[one.key] not in one.options
    }
    if wrong:
        kept = {key: answer for key, answer in plan.answers.items() if key not in wrong}
        export = _understand(raw, replace(plan, answers=kept))
        says = Said(_("Answers that are none of the options ({keys})."), keys=", ".join(sorted(wrong)))
        export = replace(
            export, problems=[Problem(says, Said(_("Not used; the questions are asked again."))), *export.problems]
        )
    return export


def _understand(raw: Raw, plan: Plan) -> Export:
    found = recognise(raw.headings, raw.sample, plan.kind, plan.roles)
    picked = pick(found, plan)
    asked_for = found.kind not in ("survey", "complaints") or "customer" in plan.answers
    if picked.who and not asked_for and not found.guesses[picked.who].certainty:
        picked.who = ""  # a column of any texts is none of customers
    roles = _roles(found, picked)
    taken = collect(raw, {*roles, *found.wide, *([picked.who] if picked.who else [])})
    rows = Rows(taken.numbers)
    size = len(taken.numbers)
    starts_1904 = raw.starts_1904
    titled = money.titled(raw.titles, [raw.sheet, raw.file.stem])
    told = {look.first for look in found.looks.values()} - {""}
    titled = titled._replace(first=told.pop() if len(told) == 1 else "")
    kind = found.kind
    if kind in ("survey", "complaints"):
        who = picked.who if picked.who in roles else ""
        made = others.read(kind, taken, who, roles, plan, rows, starts_1904, titled.year)
    elif kind == "customers":
        made = others.customers(taken, picked.who, picked.who != picked.columns.get("customer_number"), rows)
    elif found.wide and picked.who:
        made, size = wide.read(taken, picked, found.wide, plan.answers, titled, rows)
    else:
        made = sales.read(kind, taken, picked, plan.answers, titled, rows, starts_1904)
    if kind in ("orders", "lines"):
        rows.problems += [
            Problem(
                Said(
                    _(
                        "The column has money that was paid back. An order that was paid back in part is counted in full."
                    )
                ),
                Said(_("Not deducted.")),
                one,
            )
            for one in raw.headings
            if not roles.get(one) and _REFUNDS.search(heading(one)[0]) and _some(raw.sample[one].tolist())
        ]
    people, more = contacts.table(
        made.who, made.names, {role: taken.columns[one] for role, one in picked.columns.items() if one in taken.columns}
    )
    rows.problems += more
    if len(people):
        rows.problems += contacts.similar(people, picked.columns.get("customer", picked.who))
    asked = {
        one.key: one for one in [*(picked.questions if kind not in ("survey", "complaints") else []), *made.questions]
    }
    if "customer" in asked and kind in ("survey", "complaints"):
        del asked["customer"]
    questions = [replace(one, answered=one.answered or one.key in plan.answers) for one in asked.values()]
    problems = [*raw.problems, *rows.problems]
    if found.certainty < 0.5 and not plan.kind:
        says = Said(_("What kind of file this is, is not certain."))
        problems.insert(
            0,
            Problem(
                says, Said(_("Taken as {kind}; say what it is, and which column is what."), kind=Said(KINDS[kind]))
            ),
        )
    return Export(
        file=raw.file,
        kind=kind,
        table=made.table,
        contacts=people,
        guesses=table(found, roles),
        plan=Plan(kind, raw.sheet, {one: roles.get(one, "") for one in raw.headings}, dict(plan.answers)),
        rows=size + sum(len(one.rows) for one in raw.problems if one.left_out),
        problems=problems,
        questions=questions,
        notes=list(raw.notes),
        sheets=list(raw.sheets),
        currency=made.currency,
    )


def _some(cells: list[Any]) -> bool:
    """Whether most cells that hold anything are amounts, and one is not 0."""
    there = [one for one in cells if not missing(one)]
    values = amounts.read(list(dict.fromkeys(there)), "")[0].values if there else np.empty(0)
    return bool(np.isfinite(values).mean() > 0.5 and (np.isfinite(values) & (values != 0)).any()) if there else False


def _roles(found: Recognised, picked: Picked) -> dict[str, str]:
    """The roles that are really used, by heading: several columns may have one only in a survey."""
    if found.kind in ("survey", "complaints"):
        used = {
            one: made.role
            for one, made in found.guesses.items()
            if made.role and made.certainty > 0 and made.role not in ROLES
        }
        if picked.who and picked.who not in used:
            used[picked.who] = found.guesses[picked.who].role or "customer"
        return used
    used = {one: role for one, role in picked.roles().items() if role in ROLES}
    if found.wide:
        people = {one: role for one, role in used.items() if role in contacts.COLUMNS}
        return people | dict.fromkeys(found.wide, "amount")
    return used | dict.fromkeys(picked.states, "status")
