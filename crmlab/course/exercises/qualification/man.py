"""Lesson 3.2, the MAN rule: its numbers, and the two papers that a trainee takes away from it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any

import pandas as pd

from crmlab import datasets, intervals, qualification
from crmlab.course import session
from crmlab.course.cases import Case, case, frame, gate
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.language import tr

here = Lesson("3.2")
text = here.texts

here.lists["moves"] = {key.replace(" ", ""): action for key, action in qualification.EIGHT["action"].items()}


@cache
def deals() -> pd.DataFrame:
    """The deals of the lesson; do not change the table."""
    return datasets.load("b2b_deals")


@cache
def rates(group: str = "", clients: str = "") -> pd.DataFrame:
    """Win rates by combination, or by the column ``group``; of one kind of ``clients`` if named."""
    part = deals()[deals()["client"] == clients] if clients else deals()
    return qualification.win_rates(part, by=group or None)


def _lines(table: pd.DataFrame) -> list[str]:
    """A line for each row of a table of win rates."""
    found = []
    for key, row in table.iterrows():
        name = tr(str(key)) if not isinstance(key, bool) else tr("Yes" if key else "No")
        ends = {"share": row["share"], "low": row["low"], "high": row["high"]}
        said = text["no-deals"] if row["deals"] == 0 else text["rate"]
        found.append(tr(said, name=name, won=int(row["won"]), n=int(row["deals"]), **ends))
    return found


# -- how many deals are proof? ---------------------------------------------------------------------------------------

WIN, LOSE, MANY = "more_won", "more_lost", "deals"
WIDTH = 0.20


@cache
def _counts() -> tuple[int, int, float]:
    """Deals and wins of M a N, and the win rate of M A N."""
    table = rates()
    return int(table.at["M a N", "deals"]), int(table.at["M a N", "won"]), float(table.at["M A N", "share"])


def _like_ours(n: float) -> tuple[int, float, float]:
    """Wins among ``n`` deals at the win rate of M a N, and the ends of the interval."""
    total, won, _usual = _counts()
    wins = round(n * won / total)
    low, high = intervals.wilson(wins, n)
    return wins, low, high


@cache
def _proof() -> dict[str, int]:
    """The right places of the three sliders."""
    n, won, usual = _counts()
    win = next(k for k in range(1, 100) if intervals.wilson(won + k, n + k)[0] > usual)
    lose = next(k for k in range(1, 100) if won / (n + k) < usual)
    many = next(k for k in range(n, 100 * n, n) if _like_ours(k)[2] - _like_ours(k)[1] <= WIDTH)
    return {WIN: win, LOSE: lose, MANY: many}


@here.numbers("how-many")
def how_many() -> Numbers:
    """Where each slider should stand, and what its line says where it stands now."""
    n, won, usual = _counts()
    now = {
        WIN: lambda answer: f"{intervals.wilson(won + answer[WIN], n + answer[WIN])[0]:.1%}",
        LOSE: lambda answer: f"{won / (n + answer[LOSE]):.1%}",
        MANY: lambda answer: f"{100 * (_like_ours(answer[MANY])[2] - _like_ours(answer[MANY])[1]):.1f}",
    }

    def right(number: int, key: str) -> Right:
        return Right(_proof()[key], words=lambda answer: {"now": now[key](answer), "usual": f"{usual:.1%}", "number": number})

    deals = {"minimum": n, "maximum": 12 * n, "step": n, "start": n}
    return Numbers(right={key: right(number, key) for number, key in enumerate(now, 1)}, fields={MANY: deals})


@here.live("how-many")
def _proof_live(answers: Answers) -> list[str]:
    say = here.says("how-many")
    n, won, usual = _counts()
    more, less, many = int(answers[WIN]), int(answers[LOSE]), int(answers[MANY])
    low, high = intervals.wilson(won + more, n + more)
    down = intervals.wilson(won, n + less)
    wins, narrow, wide = _like_ours(many)
    line = say["line"]
    return [
        tr(say["usual"], usual=usual),
        tr(line, name="1.", won=won + more, n=n + more, share=(won + more) / (n + more), low=low, high=high),
        tr(line, name="2.", won=won, n=n + less, share=won / (n + less), low=down[0], high=down[1]),
        tr(line, name="3.", won=wins, n=many, share=wins / many, low=narrow, high=wide)
        + " "
        + tr(say["width"], width=100 * (wide - narrow)),
    ]


# -- unknown is not no -----------------------------------------------------------------------------------------------

BUDGET = "budget_allocated"


@here.numbers("not-asked")
def unknown() -> Numbers:
    """The win rate where nobody knew the budget, in percent."""
    return Numbers(right={"unknown": Right(100 * float(rates(BUDGET).at["Unknown", "share"]), within=0.6)})


@here.live("not-asked")
def _asked_live(answers: Answers) -> list[str]:
    group = answers.get("group")
    return _lines(rates(group)) if group else [tr(here.says("not-asked")["choose"])]


@here.code("not-asked")
def not_asked(answer: Any) -> Iterator[Case]:
    """The table of win rates by budget."""
    say = here.says("not-asked")
    yield from frame(answer, ["deals", "won", "share"])
    want = rates(BUDGET)
    yield gate(set(answer.index) == set(want.index), say["groups"], groups=", ".join(map(str, list(answer.index)[:8])))
    for key in want.index:
        won, n = answer.at[key, "won"], answer.at[key, "deals"]
        yield case(n == want.at[key, "deals"] and won == want.at[key, "won"], say["whole"], group=tr(key), won=won, n=n)


# -- strangers only --------------------------------------------------------------------------------------------------


@here.numbers("new-clients")
def among_new_clients() -> Numbers:
    """Win rate with three capitals in percent, among new clients."""
    want = rates(clients="New")
    full = Right(100 * float(want.at["M A N", "share"]), within=0.6)
    return Numbers(right={"full": full})


@here.live("new-clients")
def _new_live(answers: Answers) -> list[str]:
    clients = answers.get("clients")
    if not clients:
        return [tr(here.says("new-clients")["choose"])]
    return _lines(rates(clients="" if clients == "all" else clients))


@here.code("new-clients")
def new_clients(answer: Any) -> Iterator[Case]:
    """The table of win rates by combination, new clients only."""
    say = here.says("new-clients")
    yield from frame(answer, ["deals", "won", "share"])
    want = rates(clients="New")
    fits = set(answer.index) <= set(want.index) and "M A N" in answer.index
    yield gate(fits, say["combinations"], rows=", ".join(map(str, list(answer.index)[:8])))
    total = int(answer["deals"].sum())
    yield case(total == int(want["deals"].sum()), say["total"], total=total)
    won, n = (int(answer.at["M A N", column]) for column in ("won", "deals"))
    yield case((won, n) == (want.at["M A N", "won"], want.at["M A N", "deals"]), say["capitals"], won=won, n=n)


# -- what leaves the notebook ----------------------------------------------------------------------------------------


LETTERS = {"money": "M", "authority": "A", "need": "N"}
"""The letter that a lead of exercise 1 asks for."""


def lead_sheet() -> pd.DataFrame:
    """The leads of exercise 1 as a lead sheet: the letter and the sentence that the trainee chose, "?" for all the rest.

    Columns: ``lead``, ``client``, ``the line I heard``, ``combination``, ``ask next`` (a question for each letter that is
    missing or open). Texts are in the trainee's language.
    """
    opened = session.opened()
    kept = opened.fields(here["hear-it"]) if opened is not None else {}
    rows = []
    for note in here.rows("hear-it"):
        letter, chosen = LETTERS[note["asks"]], kept.get(f"{note['key']}.letter")
        found = dict.fromkeys("MAN", "?")
        if chosen in ("large", "small"):
            found[letter] = letter if chosen == "large" else letter.lower()
        line = note.get(f"s{kept.get(note['key'] + '.line')}", "")
        asked = [tr(text[f"ask-{key}"]) for key, known in found.items() if known != key]
        rows.append(
            {
                "lead": tr(note["who"]),
                "client": tr("New"),
                "the line I heard": tr(line) if line else "",
                "combination": " ".join(found.values()),
                "ask next": " ".join(asked),
                "next move": "",
            }
        )
    return pd.DataFrame(rows)


def card() -> str:
    """The MAN card as a page for printing: eight combinations, the questions, and a sheet for ten leads."""

    def row(cells: list[str], tag: str = "td") -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    eight = "".join(
        row([str(key), tr(qualification.VERDICTS[line["verdict"]]), tr(line["action"])])
        for key, line in qualification.EIGHT.iterrows()
    )
    questions = "".join(
        row([f"{key} {tr(text[f'name-{key}'])}", tr(text[f"ask-{key}"]), tr(text[f"then-{key}"])]) for key in "MAN"
    )
    blank = "".join("<tr>" + "<td>&nbsp;<br>&nbsp;</td>" * 8 + "</tr>" for _number in range(10))
    head = [tr(text["lead"]), tr(text["new-or-current"]), "M", "A", "N"]
    head += [tr(text["heard"]), tr(text["next-move"]), tr(text["by-when"])]
    title, intro, ask, mine = (escape(tr(text[name])) for name in ("card-title", "card-intro", "card-ask", "my-leads"))
    letters = [tr(text[name]) for name in ("letters", "verdict", "next-move")]
    return (
        "<style>table{width:100%;margin:.4em 0 1em}h1,h2{margin:.3em 0}table.ask td:first-child{white-space:nowrap}"
        ".leads th:first-child{width:17%}.leads th:nth-child(2){width:11%}.leads th:nth-child(6){width:30%}"
        "@media print{body{margin:0;font-size:9.5pt;line-height:1.25}h1{font-size:15pt}h2{font-size:12pt}}</style>"
        f"<h1>{title}</h1><p>{intro}</p><table>{row(letters, 'th')}{eight}</table>"
        f"<h2>{ask}</h2><table class='ask'>{questions}</table>"
        f"<h2>{mine}</h2><table class='leads'>{row(head, 'th')}{blank}</table>"
    )
