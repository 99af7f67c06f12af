"""Lesson 5.2, two-factor and Kano: its numbers, and the questionnaire that leaves the lesson."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape
from typing import Any

import pandas as pd

from crmlab import datasets, kano, satisfaction, two_factor
from crmlab.course.cases import Case, case, frame, gate
from crmlab.course.exercises import own_data
from crmlab.course.exercises.satisfaction import own
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right, Signed, Slip
from crmlab.language import tr

here = Lesson("5.2")
text = here.texts

DRAWN = "AOMI"
"""The letters that the charts show and the coefficients count."""
here.lists["categories"] = kano.CATEGORIES
here.lists["letters"] = {letter: letter for letter in DRAWN}

FEATURES = here.options("features")
"""The eight features of the survey."""


@cache
def survey() -> pd.DataFrame:
    """The Kano survey of the lesson."""
    return datasets.load("kano_survey")


@cache
def counted(by: str | None = None) -> pd.DataFrame:
    """The letters by feature, or by group and feature."""
    return kano.counts(survey(), by=by)


@cache
def found(by: str | None = None) -> pd.DataFrame:
    """Categories, coefficients and whether the category is clear, by the exact test."""
    return kano.summary(counted(by), test="exact")


@cache
def factors() -> pd.DataFrame:
    """Penalties and rewards of the five objects in the survey of 5.1."""
    names = [name for name in satisfaction.OBJECTS if name != "overall"]
    return two_factor.penalty_reward(
        datasets.load("satisfaction_survey"),
        {name: f"perceived_{name}" for name in names},
        "perceived_overall",
        low=-1,
        high=1,
        expected={name: f"expected_{name}" for name in names},
    )


def _letters(tally: pd.Series) -> dict[str, int]:
    """How many gave each letter, and how many answered."""
    return {"count": int(tally["n"]), **{letter: int(tally[letter]) for letter in kano.ORDER}}


# -- what the bars carry -----------------------------------------------------------------------------------------------


@here.numbers("what-bars-carry")
def what_bars_carry() -> Numbers:
    """Whether penalty and reward of the product differ by more than chance."""
    return Numbers(words={"p": factors().at["product", "p_asymmetry"]})


# -- read the table ----------------------------------------------------------------------------------------------------


@here.numbers("read-the-table")
def read_the_table() -> Numbers:
    """The letters of the evaluation table, and which of the two answers of a sheet was read wrongly."""
    letters = {f"{f}.{d}": str(kano.EVALUATION.at[f, d]) for f in kano.ANSWERS for d in kano.ANSWERS}
    due = {f"{row['key']}.cell": row["right"]["cell"] for row in here.rows("read-the-table")}
    right = {key: _marked(key, cell) for key, cell in due.items()}
    return Numbers(right=right, fields={key: {"texts": letters} for key in right})


def _marked(key: str, due: str) -> Right:
    row, column = due.split(".")

    def slip(answers: Answers) -> str:
        got = tuple(answers[key].split("."))
        if got == (column, row):
            return "turned"
        return "row-fits" if got[0] == row else "column-fits" if got[1] == column else ""

    def words(answers: Answers) -> Mapping[str, str]:
        got = answers[key].split(".")
        return {"row": tr(kano.ANSWERS[got[0]]), "column": tr(kano.ANSWERS[got[1]])}

    return Right(slip=slip, words=words)


# -- next-day delivery -------------------------------------------------------------------------------------------------


@here.numbers("next-day")
def next_day() -> Numbers:
    """Category and coefficients of next-day delivery, and where other numbers come from."""
    tally, want = counted().loc["next_day"], found().loc["next_day"]
    a, o, m, i = (float(tally[letter]) for letter in DRAWN)
    useful, everybody = a + o + m + i, float(tally["n"])
    better: dict[str, Slip] = {
        "a-alone": a / useful,
        "all-answers": (a + o) / everybody,
        "worse": (o + m) / useful,
        "count": a + o,
    }
    worse: dict[str, Slip] = {
        "no-sign": (o + m) / useful,
        "m-alone": -m / useful,
        "all-answers": -(o + m) / everybody,
        "better": -(a + o) / useful,
    }
    right: dict[str, Right | str] = {
        "category": str(want["category"]),
        "better": Right(float(want["better"]), within=0.0055, slips=better),
        "worse": Right(float(want["worse"]), within=0.0055, slips=worse),
    }
    return Numbers(words=_letters(tally), right=right, fields={"category": _bars(tally)})


def _bars(tally: pd.Series) -> dict[str, dict[str, int]]:
    return {"bars": {letter: int(tally[letter]) for letter in DRAWN}}


@here.code("next-day")
def table_of_next_day(answer: Any) -> Iterator[Case]:
    """The coefficients of next-day delivery, as a table."""
    say = here.says("next-day")
    yield from frame(answer, ["better", "worse"])
    yield gate("next_day" in answer.index, say["no-row"], rows=", ".join(map(str, list(answer.index)[:8])))
    want, row = found().loc["next_day"], answer.loc["next_day"]
    for name in ("better", "worse"):
        got = float(row[name])
        yield case(abs(got - float(want[name])) < 1e-6, say["counted"], name=name, got=got)


# -- twenty wholesalers ------------------------------------------------------------------------------------------------


def _wholesalers() -> pd.Series:
    return counted("segment").loc[("Wholesaler", "app")]


def _told(tally: Mapping[str, float] | pd.Series) -> pd.Series:
    return kano.significance({letter: int(tally[letter]) for letter in kano.ORDER}, test="exact").iloc[0]


def _moved(count: int) -> dict[str, int]:
    tally = _wholesalers()
    return {letter: int(tally[letter]) + {"A": count, "I": -count}.get(letter, 0) for letter in kano.ORDER}


@cache
def least_moved() -> int:
    """How few of the I-answers would have had to be A for the lead to be clear."""
    return next(count for count in range(int(_wholesalers()["I"]) + 1) if _told(_moved(count))["clear"])


def _least_times(tally: pd.Series) -> int:
    times = range(1, 301)
    table = pd.DataFrame({letter: [int(tally[letter]) * one for one in times] for letter in kano.ORDER})
    clear = kano.significance(table, test="exact")["clear"].to_numpy()
    return int(times[int(clear.argmax())])


@cache
def least_asked() -> int:
    """How many wholesalers with the same shares would make the lead clear, in steps of those asked."""
    return int(_wholesalers()["n"]) * _least_times(_wholesalers())


@cache
def least_credit() -> int:
    """How many times as many answers with the same shares would tell must-be from one-dimensional for the 30 days."""
    return _least_times(counted().loc["credit"])


@here.numbers("twenty")
def twenty() -> Numbers:
    """What it takes until the first letter is clear."""
    tally, credit = _wholesalers(), counted().loc["credit"]
    once = int(tally["n"])

    def least(key: str, value: int, step: int) -> Right:
        return Right(value, words=lambda answers: {"less": int(answers[key]) - step})

    return Numbers(
        words={**_letters(tally), "o": int(credit["O"]), "m": int(credit["M"]), "answers": int(credit["n"])},
        right={
            "moved": least("moved", least_moved(), 1),
            "asked": least("asked", least_asked(), once),
            "credit": "100" if least_credit() > 50 else "10",
        },
        fields={
            "moved": {"minimum": 0, "maximum": int(tally["I"]), "step": 1, "start": 0},
            "asked": {"minimum": once, "maximum": 10 * once, "step": once, "start": once},
        },
    )


@here.live("twenty")
def _few(answers: Answers) -> list[str]:
    say, tally = here.says("twenty"), _wholesalers()
    times = int(answers["asked"]) // int(tally["n"])
    lines = []
    for title, now in (
        (say["first"], _moved(int(answers["moved"]))),
        (say["second"], {letter: int(tally[letter]) * times for letter in kano.ORDER}),
    ):
        told = _told(now)
        clear = say["clear"] if told["clear"] else say["not-clear"]
        counts = {"a": now["A"], "i": now["I"], "n": sum(now.values())}
        lines.append(tr(say["line"], title=title, **counts, p=told["p_value"], clear=clear))
    return lines


# -- the app by kind of customer ---------------------------------------------------------------------------------------

GROUPS = ("Shop", "Restaurant")


@cache
def app_letters() -> pd.DataFrame:
    """First letter of the app by kind of customer, and whether it is clear."""
    return kano.significance(counted("segment").xs("app", level="feature"), test="exact")


@here.numbers("app-by-group")
def app_by_group() -> Numbers:
    """First letter and clearness for two kinds of customer, and their bars."""
    rows: dict[str, dict[str, Any]] = {}
    right: dict[str, str] = {}
    fields = {}
    for key in GROUPS:
        tally, told = counted("segment").loc[(key, "app")], app_letters().loc[key]
        rows[key] = {**_letters(tally), "critical": told["critical"]}
        right |= {f"{key}.first": str(told["first"]), f"{key}.clear": "yes" if told["clear"] else "no"}
        fields[f"{key}.first"] = _bars(tally)
    return Numbers(rows=rows, right=right, fields=fields)


@here.code("app-by-group")
def table_of_the_app(answer: Any) -> Iterator[Case]:
    """First letter and clearness for each kind of customer."""
    say, want = here.says("app-by-group"), app_letters()
    column = "first" if isinstance(answer, pd.DataFrame) and "first" in answer.columns else "category"
    yield from frame(answer, [column, "clear"])
    by = answer.xs("app", level="feature") if isinstance(answer.index, pd.MultiIndex) else answer
    missing = [name for name in want.index if name not in by.index]
    yield gate(not missing, say["no-row"], missing=", ".join(map(str, missing)))
    for name, row in want.iterrows():
        got, group = by.loc[name], tr(str(name))
        yield case(got[column] == row["first"], say["letter"], group=group, got=got[column])
        yield case(bool(got["clear"]) == bool(row["clear"]), say["test"], group=group, got=bool(got["clear"]))


# -- find the mistake --------------------------------------------------------------------------------------------------


@here.numbers("li-leis-page")
def li_leis_page() -> Numbers:
    """The numbers of the page."""
    overall, wholesale = found(), found("segment").xs("Wholesaler")
    means = survey()[["functional_samples", "dysfunctional_samples"]].mean()
    complete, credit, few = overall.loc["complete"], overall.loc["credit"], wholesale.loc["complete"]
    hurt = int(complete["O"] + complete["M"])
    return Numbers(
        rows={
            "samples": {"f": means.iloc[0], "d": means.iloc[1]},
            "complete": {"worse": Signed(complete["worse"]), "count": int(complete["coefficient_n"]), "hurt": hurt},
            "wholesale": {"o": int(few["O"]), "m": int(few["M"]), "count": int(few["n"])},
            "calls": {"better": overall.at["calls", "better"]},
            "credit": {"o": int(credit["O"]), "m": int(credit["M"])},
        }
    )


# -- on Monday ---------------------------------------------------------------------------------------------------------

ASKED = ("complete", "next_day", "driver", "app")
"""Four features as they are asked at Yuanhe, as a pattern."""


def questionnaire(pairs: Sequence[tuple[str, str]] | None = None, blank: int = 3) -> str:
    """The Kano questionnaire as a printable page (HTML) in the reader's language.

    ``pairs`` are sentences (with the feature, without it), four of Yuanhe's if none are given; ``blank`` empty pairs
    stand below them, to be written in by hand. A second part for the office holds the evaluation table and the tally.

    >>> page = questionnaire([("The lorry comes before ten.", "The lorry comes in the afternoon.")], blank=0)
    >>> page.count("before ten"), page.count("☐")
    (1, 10)
    """
    pairs = [(text[f"{name}-there"], text[f"{name}-missing"]) for name in ASKED] if pairs is None else pairs
    say = {name: escape(tr(words)) for name, words in text.items()}
    heads = "".join(f"<th>{escape(tr(words))}</th>" for words in kano.ANSWERS.values())
    boxes = '<td style="text-align:center">☐</td>' * len(kano.ANSWERS)
    line = "_" * 34
    lines = []
    for place, (there, missing) in enumerate([*pairs, *[(line, line)] * blank], 1):
        lines.append(f"<tr><td>{place}a</td><td>{escape(tr(there))}</td>{boxes}</tr>")
        lines.append(f"<tr><td>{place}b</td><td>{escape(tr(missing))}</td>{boxes}</tr>")
    letters = "".join(
        f"<tr><th>{escape(tr(kano.ANSWERS[str(key)]))}</th>" + "".join(f"<td>{one}</td>" for one in row) + "</tr>"
        for key, row in zip(kano.EVALUATION.index, kano.EVALUATION.to_numpy(), strict=True)
    )
    names = "".join(f"<th>{letter} {escape(tr(kano.CATEGORIES[letter]))}</th>" for letter in kano.ORDER)
    tally = "".join(f"<tr><td>{place}</td>{'<td></td>' * 6}</tr>" for place in range(1, len(pairs) + blank + 1))
    small = "".join(f"<p><small>{say[name]}</small></p>" for name in ("office-formulas", "office-category", "office-q"))
    return (
        f"<h1>{say['sheet-title']}</h1><p>{say['sheet-tick']}</p>"
        f"<table><thead><tr><th></th><th></th>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
        f"<p>{say['sheet-customer']}</p>"
        f'<h2 style="page-break-before:always">{say["office-only"]}</h2><p>{say["office-table"]}</p>'
        f"<table><thead><tr><th></th>{heads}</tr></thead><tbody>{letters}</tbody></table><p>{say['office-tally']}</p>"
        f"<table><thead><tr><th></th>{names}</tr></thead><tbody>{tally}</tbody></table>{small}"
    )


# -- on your own customers ---------------------------------------------------------------------------------------------

own_data.own_customers(here, "survey", own.kano_numbers)
