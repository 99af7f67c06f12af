"""Lesson 1.3, the customer database: the list's numbers, what a cut of the score costs, and the list that leaves the lesson."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd

from crmlab import checks, customers, datasets
from crmlab.course import session
from crmlab.course.cases import Case, case, frame, gate
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.customers import Rule
from crmlab.language import tr

here = Lesson("1.3")

BOX = 168
"""Yuan for a gift box; a missed pair costs about one too many."""
WRONG = 600
"""Yuan to take back a wrong merger: an afternoon of accounts, a red invoice, an apology. Set by the case."""
FORMATS = {
    **dict.fromkeys(("share", "precision", "precision_low", "recall", "recall_low", "recall_high"), "{:.0%}"),
    **dict.fromkeys(("score", "likeness", "points", "cut"), "{:.2f}"),
    **dict.fromkeys(("weight", "filled", "distinct", "odd", "proposed", "right", "true_pairs"), "{:.0f}"),
}
"""How the numbers in the lesson's tables are written."""


@cache
def _rows() -> pd.DataFrame:
    return datasets.load("customer_list").set_index("row")


@cache
def truth() -> pd.Series:
    """Which firm each row of the list is; missing for a test row. Known because the list is made up."""
    return datasets.load("customer_truth").set_index("row")["firm"]


@cache
def _found() -> pd.DataFrame:
    pairs = customers.duplicates(_rows(), cut=0.3)
    one, other = (truth().reindex(pairs[column]).to_numpy() for column in ("row_a", "row_b"))
    return pairs.assign(same=(one == other) & ~pd.isna(one), firm=one)


# -- words -------------------------------------------------------------------------------------------------------------


def in_words(table: pd.DataFrame) -> pd.DataFrame:
    """A table of :mod:`crmlab.customers` with the names of the list's columns in the trainee's language.

    >>> in_words(pd.DataFrame({"agrees": ["name, phone"]}))["agrees"].tolist()
    ['firm, telephone']
    """
    names = here.options("columns")

    def told(cell: Any) -> Any:
        words = str(cell).split(", ") if isinstance(cell, str) else []
        return ", ".join(tr(names[word]) for word in words) if words and set(words) <= set(names) else cell

    result = table.copy()
    for column in {"agrees", "differs", "unknown", "column"}.intersection(result.columns):
        result[column] = [told(cell) for cell in result[column]]
    if result.index.name == "column":
        result.index = pd.Index([told(label) for label in result.index], name="column")
    return result


def faults_by_rule(faults: pd.DataFrame) -> pd.DataFrame:
    """The faults counted by rule, the most frequent first, with the first of each."""
    rows = {
        tr(rule): {
            "faults": len(part),
            "for example": f"{part['row'].iloc[0]}: {part['value'].iloc[0]}",
            "reason": part["reason"].iloc[0],
        }
        for rule, part in faults.groupby("rule", sort=False)
    }
    table = pd.DataFrame.from_dict(rows, orient="index").sort_values("faults", ascending=False, kind="stable")
    table.index.name = "rule"
    return table


# -- rows are not customers --------------------------------------------------------------------------------------------


@cache
def firms() -> int:
    """How many firms there truly are."""
    return int(truth().nunique())


# -- day first ---------------------------------------------------------------------------------------------------------

HONG_KONG = "Hong Kong office"
RANGE: dict[str, Any] = {"low": "1990-01-01", "high": "2026-09-30"}
FIRST: dict[str, dict[str, Any]] = {
    "nothing": {},
    "day": {"other": "source", "values": {HONG_KONG: "day"}},
    "month": {"other": "source", "values": {HONG_KONG: "month"}},
}
"""What the rule for dates may be told, by the option of the exercise."""


@cache
def bad_dates(told: str) -> int:
    """How many dates break the rule if it is told this."""
    return len(customers.validate(_rows(), [Rule("since", "date", **FIRST[told], **RANGE)]))


@here.numbers("day-first")
def day_first() -> Numbers:
    """The dates that no rule of reading can save."""
    slips = {
        "all": bad_dates("nothing"),
        "turned": bad_dates("month"),
        "saved": bad_dates("nothing") - bad_dates("day"),
    }
    return Numbers(words={"all": bad_dates("nothing")}, right={"left": Right(bad_dates("day"), slips=slips)})


@here.live("day-first")
def _told(answers: Answers) -> list[str]:
    say, told = here.says("day-first"), str(answers.get("told", ""))
    return [tr(say["line"], n=bad_dates(told)) if told in FIRST else tr(say["choose"])]


@here.code("day-first")
def rule_for_dates(answer: Any) -> Iterator[Case]:
    """The faults that the rule finds once it knows that one office writes the day first."""
    say = here.says("day-first")
    yield from frame(answer, list(customers.validate(_rows(), []).columns))
    yield gate(bool(len(answer)) and set(answer["column"]) == {"since"}, say["column"], got=len(answer))
    wanted = customers.validate(_rows(), [Rule("since", "date", **FIRST["day"], **RANGE)])
    ambiguous = int((answer["reason"] == tr("day or month first?")).sum())
    yield case(not ambiguous, say["open"], n=ambiguous)
    yield case(set(answer["row"]) == set(wanted["row"]), say["rows"], n=len(answer), weight=2)


# -- what a cut costs --------------------------------------------------------------------------------------------------

CUTS = {"minimum": 0.4, "maximum": 0.9, "step": 0.05, "start": 0.9}
"""The slider of the score."""
LEARN, TEST = 0, 1
"""Firms with an even number choose the cut, those with an odd one test it."""


def _half(firm: Any) -> int:
    return int(str(firm)[1:]) % 2 if isinstance(firm, str) else LEARN


@cache
def at_cut(cut: float, half: int) -> dict[str, float]:
    """What merging at sight from that score on does in one half of the firms: pairs merged, wrong and missed ones, the cost.

    A pair belongs to the half of the firm of its first row.

    >>> at_cut(0.6, LEARN)["missed"] <= at_cut(0.9, LEARN)["missed"]
    True
    """
    pairs = _found()[[_half(firm) == half for firm in _found()["firm"]]]
    sizes = truth().value_counts()
    every = int(sum(size * (size - 1) // 2 for firm, size in sizes.items() if _half(firm) == half))
    above = pairs[pairs["score"] >= cut - 1e-9]
    wrong, missed = int((~above["same"]).sum()), every - int(above["same"].sum())
    return {
        "merged": len(above),
        "wrong": wrong,
        "missed": missed,
        "cost": WRONG * wrong + BOX * missed,
        "every": every,
    }


@cache
def cheapest(half: int) -> float:
    """The cut of the slider that costs least in that half; the lowest of equals."""
    steps = [round(CUTS["minimum"] + CUTS["step"] * k, 2) for k in range(11)]
    return min(steps, key=lambda cut: (at_cut(cut, half)["cost"], cut))


def _kept(id: str) -> Answers:
    """What the trainee has clicked in an exercise; empty before that."""
    opened = session.opened()
    return opened.fields(here[id]) if opened is not None else {}


def cut_tested(own: float | None = None) -> pd.DataFrame:
    """What merging at sight costs in both halves: from the trainee's own score of exercise 6 on, if there is one, and from two others.

    >>> cut_tested(0.6).loc["0.60", ["cost, chosen", "cost, tested"]].tolist()
    [1008, 1776]
    """
    chosen = _kept("cut-off").get("cut") if own is None else checks.rate(own, "own")
    rows = {}
    for cut in sorted({0.5, 0.75} | ({round(float(chosen), 2)} if chosen is not None else set())):
        one, other = at_cut(cut, LEARN), at_cut(cut, TEST)
        rows[f"{cut:.2f}"] = {
            "cost, chosen": one["cost"],
            "wrong, tested": other["wrong"],
            "missed, tested": other["missed"],
            "cost, tested": other["cost"],
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = "from this score on"
    return table


@here.numbers("cut-off")
def cut_off() -> Numbers:
    """The cheapest step of the slider in the first half."""
    best = cheapest(LEARN)
    words = at_cut(best, LEARN)
    cut = Right(best, words=lambda answers: at_cut(round(float(answers["cut"]), 2), LEARN))
    return Numbers(
        words={"every": words["every"], "missed_best": words["missed"], "box": BOX, "red": WRONG},
        right={"cut": cut},
        fields={"cut": CUTS},
    )


@here.live("cut-off")
def _costs(answers: Answers) -> list[str]:
    return [tr(here.says("cut-off")["line"], cut=answers["cut"], **at_cut(round(float(answers["cut"]), 2), LEARN))]


# -- one row a customer ------------------------------------------------------------------------------------------------

MERGE_FROM = 0.6
WAYS = {"note": "all", "source": "all", "address": "longest"}


def _eight() -> dict[str, tuple[str, str]]:
    """The two rows of each pair of exercise 5, by its key."""
    sides = ("one", "other")
    return {row["key"]: tuple(tr(row[side]).split()[0] for side in sides) for row in here.rows("same-firm")}  # type: ignore[misc]


def _lessons() -> Answers:
    """What the two rows of each pair allow to say."""
    return {row["key"]: row["right"] for row in here.rows("same-firm")}


def confirmed(pairs: pd.DataFrame, answers: Answers | None = None) -> pd.DataFrame:
    """The pairs after exercise 5: what the trainee took for one firm is in; what was taken for two, or is to be asked, is left out.
    A pair without an answer is left to the score. ``answers`` by the keys of the exercise; by default what was clicked.

    >>> before = pd.DataFrame({"row_a": ["R028"], "row_b": ["R155"], "score": [0.7]})
    >>> confirmed(before, {"switchboard": "other", "zhonghui": "same"}).values.tolist()
    [['R029', 'R346']]
    >>> confirmed(before, {"switchboard": "same"}).values.tolist(), confirmed(before, {}).values.tolist()
    ([['R028', 'R155']], [['R028', 'R155']])
    """
    given = _kept("same-firm") if answers is None else answers
    judged = {frozenset(pair): given[key] for key, pair in _eight().items() if given.get(key)}
    proposed = [frozenset(pair) for pair in zip(pairs["row_a"], pairs["row_b"], strict=True)]
    rest = pairs.loc[[judged.get(pair, "same") == "same" for pair in proposed], ["row_a", "row_b"]]
    more = sorted(sorted(pair) for pair, said in judged.items() if said == "same" and pair not in proposed)
    return pd.concat([rest, pd.DataFrame(more, columns=["row_a", "row_b"])], ignore_index=True)


@cache
def _proposed() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The list without its test rows, the pairs from that score on, and the faults."""
    faults = customers.validate(_rows(), customers.RULES)
    rest = _rows().drop(faults.loc[faults["rule"] == "test row", "row"])
    return rest, customers.duplicates(rest, cut=MERGE_FROM), faults


def merged_by(answers: Answers) -> customers.Merged:
    """The list merged from that score on, with these answers to exercise 5."""
    rest, pairs, faults = _proposed()
    return customers.merge(rest, customers.groups(rest, confirmed(pairs, answers)), WAYS, faults=faults)


@cache
def clean() -> customers.Merged:
    """The list as it is with the eight pairs judged as their rows allow: Tang Min's."""
    return merged_by(_lessons())


def _joined(merged: customers.Merged) -> dict[str, bool]:
    """Which of the eight pairs stand in one row of the merged list."""
    whose = {label: who for who, rows in merged.golden["rows"].items() for label in str(rows).split(", ")}
    return {key: whose[one] == whose[other] for key, (one, other) in _eight().items()}


def your_word(merged: customers.Merged, answers: Answers | None = None) -> pd.DataFrame:
    """The eight pairs of exercise 5: the trainee's answer, and what became of the pair in the merged list.

    >>> your_word(clean(), {"toys": "same"}).iloc[0].tolist()
    ['the same firm', 'one row']
    """
    given = _kept("same-firm") if answers is None else answers
    say, joined = here.says("same-firm"), _joined(merged)
    fields = {field.key: field for field in here.fields("same-firm")}
    rows = {
        " + ".join(pair): {
            "your answer": fields[key].show(given.get(key)) or tr(say["open"]),
            "in your list": tr(say["one-row" if joined[key] else "two-rows"]),
        }
        for key, pair in _eight().items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = "pair"
    return table


def beside_hers(merged: customers.Merged) -> dict[str, int]:
    """How many customers are left, in how many of the eight pairs the list differs from Tang Min's, and how many she has left.

    >>> list(beside_hers(clean()).values())
    [333, 333, 0]
    """
    own, hers = _joined(merged), _joined(clean())
    return {
        "customers in your list": len(merged.golden),
        "customers in Tang Min's list": len(clean().golden),
        "pairs of exercise 5 in which the two lists differ": sum(own[key] != hers[key] for key in hers),
    }


def to_ask(merged: customers.Merged) -> pd.Series:
    """For each customer of the merged list, what somebody has to be asked: the kept values that break a rule, by column and reason,
    with the Hong Kong office's dates read day first; the number missing where there is none; and who has taken over where
    somebody left. Empty where there is nothing to ask."""
    dates = [rule for rule in customers.RULES if rule.column != "since"]
    faults = customers.validate(_rows(), [*dates, Rule("since", "date", **FIRST["day"], **RANGE)])
    kept = merged.provenance[merged.provenance["kept"]]
    held = {(row, column): who for row, column, who in zip(kept["row"], kept["column"], kept["customer"], strict=True)}
    names, say = here.options("columns"), here.says("same-firm")
    found: dict[Any, list[str]] = {who: [] for who in merged.golden.index}
    for fault in faults.to_dict("records"):
        row, column = fault["row"], fault["column"]
        who = held.get((row, column))
        if who is None:
            continue
        if fault["rule"] == "person has left":
            found[who].append(tr(say["left"], who=_rows().at[row, "contact"]))
        else:
            found[who].append(tr(say["doubt"], column=tr(names[column]), value=fault["value"], reason=fault["reason"]))
    for who in merged.golden.index[merged.golden["phone"] == ""]:
        found[who].append(tr(say["no-number"]))
    return pd.Series({who: "; ".join(dict.fromkeys(lines)) for who, lines in found.items()}, name="to ask")


def desk_list(merged: customers.Merged) -> pd.DataFrame:
    """The list for the desk: a row a customer, how many rows went into it, what is to be asked, and empty columns for the answers.

    >>> bool(desk_list(clean())[["whom to ask", "answer", "credit code"]].eq("").all().all())
    True
    """
    table = merged.golden.copy()
    table["from rows"] = [len(str(rows).split(", ")) for rows in table["rows"]]
    offices = here.options("offices")
    table["source"] = [" | ".join(tr(offices[one]) for one in str(text).split(" | ")) for text in table["source"]]
    return table.assign(**{"credit code": "", "to ask": to_ask(merged), "whom to ask": "", "answer": ""})


# -- for the partner ---------------------------------------------------------------------------------------------------

SENT = ("name", "town", "postcode")


@here.code("partner")
def sent_to_partner(answer: Any) -> Iterator[Case]:
    """The masked table: three columns, the name as a pseudonym."""
    say = here.says("partner")
    yield from frame(answer, ["name"])
    extra = [str(column) for column in answer.columns if column not in SENT]
    short = [column for column in SENT if column not in answer.columns]
    sizes = {len(clean().golden), len(merged_by(_kept("same-firm")).golden)}
    yield gate(len(answer) in sizes, say["rows"], n=len(answer))
    masked = answer["name"].astype(str).str.fullmatch(r"K-[A-Z2-7]{12}").all()
    yield case(masked, say["name"], weight=2)
    yield case(not extra, say["extra"], columns=", ".join(extra), weight=2)
    yield case(not short, say["short"], columns=", ".join(short))
