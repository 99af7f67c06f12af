"""The answers of a survey as numbers, each column on its scale; what cannot be read, and what a person must say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _
from crmlab.own.export import Export, Plan, Problem, Question
from crmlab.own.said import Said
from crmlab.own.understanding import answers
from crmlab.own.understanding.answers import Column, Scale
from crmlab.own.understanding.roles_survey import names

_RATED, _ASKED_TWICE = ("rating", "expected", "perceived"), ("functional", "dysfunctional")
KANO_DIRECTION = "kano_direction"
"""Key of the answer to whether 1 means "like" ("1") or "dislike" ("5")."""


@dataclass(frozen=True, eq=False)
class Survey:
    """``columns``: the answers by column of the table. ``headings``: how the file calls each. ``groups``: by its name the groups' column.
    ``asked``: rows of the table; ``again``: rows of a customer that stands there before."""

    columns: Mapping[str, Column]
    headings: Mapping[str, str]
    table: pd.DataFrame
    groups: Mapping[str, pd.Series] = field(default_factory=dict)
    again: int = 0

    @property
    def asked(self) -> int:
        """Rows of the survey, answered or not."""
        return len(self.table)

    def named(self, role: str) -> dict[str, Column]:
        """The columns of a role by what they ask about."""
        return {key.split(":", 1)[1]: column for key, column in self.columns.items() if key.startswith(f"{role}:")}

    def heading(self, key: str) -> str:
        """How the file calls a column of the table."""
        return self.headings.get(key, key.split(":", 1)[-1])


def read(table: pd.DataFrame, plan: Plan) -> Survey:
    """The columns of a survey's table as numbers. Both halves of a pair are on one scale: it is told from both together."""
    headings = {column: text for text, column in names(plan.roles).items()}
    columns: dict[str, Column] = {}
    for key in map(str, table.columns):
        role = key.split(":", 1)[0]
        if role in _ASKED_TWICE:
            columns[key] = answers.read_kano(table[key])
        elif role in (*_RATED, "recommend"):
            answer = plan.answers.get(f"scale:{key}", "")
            columns[key] = answers.read(table[key], headings.get(key, key.split(":", 1)[-1]), answer)
    # Questions of one kind stand on one sheet and mostly on one scale; one that too few answers tell is told by the others.
    for role in ("rating", "expected/perceived"):
        keys = [key for key in columns if key.split(":", 1)[0] in role.split("/")]
        told = {columns[key].scale for key in keys if columns[key].scale.sure and not columns[key].scale.words}
        if len({(one.low, one.high) for one in told}) == 1:
            scale = min(told, key=lambda one: not one.low_seen)
            for key in keys:
                one = columns[key]
                if not one.scale.sure and not one.scale.words and (one.values.max() <= scale.high or not one.n):
                    columns[key] = Column(one.values, scale, one.readable, one.wrong, one.none)
    groups = {key.split(":", 1)[1]: table[key] for key in map(str, table.columns) if key.startswith("group:")}
    again = int(table["customer"].dropna().duplicated().sum()) if "customer" in table else 0
    return Survey(columns, headings, table, groups, again)


def of(export: Export) -> Survey:
    """The survey in an export. Raises :class:`~crmlab.checks.InputError` where it holds no survey or no row."""
    if export.kind != "survey":
        checks.fail(_("{file} holds no survey."), file=export.file.name)
    if not len(export.table):
        checks.fail(_("No row of {file} can be used."), file=export.file.name)
    return read(export.table, export.plan)


def problems(table: pd.DataFrame, plan: Plan) -> list[Problem]:
    """Cells that are no answer on the scale of their column, a problem a column; the rows stay in the table."""
    found = []
    survey = read(table, plan)
    for key, column in survey.columns.items():
        if len(column.wrong):
            cells = table[key].iloc[column.wrong]
            scale = column.scale.key
            says = (
                Said(_("This is no answer on the scale {scale}."), scale=scale)
                if scale
                else Said(_("This is no answer on a scale."))
            )
            found.append(
                Problem(
                    says,
                    Said(_("Counted as no answer.")),
                    survey.heading(key),
                    np.asarray(cells.index, dtype="int64"),
                    [str(one) for one in cells],
                )
            )
    return found


def questions(table: pd.DataFrame, plan: Plan) -> list[Question]:
    """What a person must say of a survey: the scales that its answers do not tell, and which end of Kano's five answers 1 is."""
    survey = read(table, plan)
    found = [
        Question(f"scale:{key}", asks_scale(survey, key), {name: Said(name) for name in answers.SCALES}, "")
        for key, column in survey.columns.items()
        if not column.scale.sure and not column.scale.words and column.n
    ]
    if turned(survey) and not plan.answers.get(KANO_DIRECTION):
        options = {"1": Said(_("1 means: I like it that way")), "5": Said(_("5 means: I like it that way"))}
        found.append(
            Question(
                KANO_DIRECTION, Said(_('Which answer to the Kano questions means "I like it that way"?')), options, ""
            )
        )
    return found


def asks_scale(survey: Survey, key: str) -> Said:
    """The sentence that asks for the scale of a column."""
    values = survey.columns[key].values
    return Said(
        _("The answers under {column!r} lie between {low:g} and {high:g}. That does not tell the scale they were given on: say it."),
        column=survey.heading(key), low=float(values.min()), high=float(values.max()),
    )  # fmt: skip


def turned(survey: Survey) -> bool:
    """Whether the numbers of the Kano questions look as if 5 meant "like": most pairs are then reverse (R).

    Only numbers can be turned; words say themselves what they mean.
    """
    wanted = reverse = 0
    absent = survey.named("dysfunctional")
    for name, column in survey.named("functional").items():
        other = absent.get(name)
        if other is None or column.scale.words or other.scale.words:
            continue
        f, d = column.values.to_numpy(), other.values.to_numpy()
        with np.errstate(invalid="ignore"):
            wanted += int((((f == 1) & (d > 1)) | ((d == 5) & (f < 5))).sum())
            reverse += int((((f == 5) & (d < 5)) | ((d == 1) & (f > 1))).sum())
    return reverse >= wanted and reverse > 0


def answered(survey: Survey, n: int) -> Said:
    """How many answered; the sentence that goes with every result of a survey."""
    return Said(
        _("{n:,} of {rows:,} rows hold an answer. Those who did not answer are not in the file: nothing here speaks for them."),
        n=n, rows=survey.asked,
    )  # fmt: skip


def repeated(survey: Survey) -> list[Said]:
    """A word where customers answered more than once, else nothing."""
    if not survey.again:
        return []
    return [
        Said(
            _(
                "{n:,} rows are further answers of a customer who had answered before. The intervals take answers as independent, so they are rather too narrow."
            ),
            n=survey.again,
        )
    ]


__all__: Sequence[str] = (
    "KANO_DIRECTION",
    "Scale",
    "Survey",
    "answered",
    "asks_scale",
    "of",
    "problems",
    "questions",
    "read",
    "repeated",
    "turned",
)
