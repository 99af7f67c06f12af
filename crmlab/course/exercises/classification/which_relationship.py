"""Lesson 2.5, which relationship for which customer: its tables and numbers. Counts from Online Retail; people, margins and
sales made up."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd

from crmlab import datasets, relationship, rfm, value
from crmlab.course.cases import Case, case, frame, gate
from crmlab.course.exercises import own_data
from crmlab.course.exercises.classification import own
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.language import tr

here = Lesson("2.5")

levels = {str(key): str(name) for key, name in relationship.LEVELS["name"].items()}
here.lists["levels"] = levels
here.lists["levels-top-down"] = dict(reversed(levels.items()))
here.lists["growth"] = {str(key): str(name) for key, name in relationship.GROWTH["name"].items()}
here.lists["buyers"] = {str(key): str(name) for key, name in relationship.BUYERS["name"].items()}
here.lists["statuses"] = relationship.STATUS

MONDAY = "2011-12-12"

# -- the made-up people and their firms; their Chinese stands under "tables" in the file -------------------------------

PEOPLE = (
    (91001, "Ms Hall", "Candle Corner", "owner", "A", "gift shop", "northern England", "phone, before 10",
     "two cartons broken in November"),
    (91002, "Mr Patel", "Patel & Sons", "buyer", "A", "wholesaler", "London", "mail, then phone",
     "wants to open two more shops"),
    (91003, "Ms Novak", "Museum Shop", "manager", "A", "museum shop", "London", "phone, afternoons",
     "stock-taking until the 19th"),
    (91004, "Mr Green", "Green's Café", "owner", "B", "café", "northern England", "phone, after 3",
     "asked for smaller packs"),
    (91005, "Ms Ross", "Highland Gifts", "owner", "B", "gift shop", "Scotland", "mail", "content with the ribbons"),
    (91006, "Mr Lund", "Lund Import", "buyer", "B", "wholesaler", "abroad", "mail, then phone",
     "waits for a price for 400 lanterns"),
    (91007, "Ms Frost", "Corner Books", "owner", "C", "bookshop", "London", "phone", "nobody has spoken with her yet"),
    (91008, "Mr Bell", "Bell's Toys", "owner", "C", "toy shop", "northern England", "phone",
     "whoever is cheapest gets the order"),
)  # fmt: skip

LOG = (
    (91005, "2011-08-30", None),
    (91008, "2011-09-01", None),
    (91001, "2011-10-04", None),
    (91005, "2011-10-20", None),
    (91003, "2011-11-10", "2011-12-20"),
    (91004, "2011-11-12", None),
    (91001, "2011-11-21", None),
    (91002, "2011-12-01", None),
    (91006, "2011-12-05", "2011-12-09"),
)

OWN_SALES = (
    (91002, 420, 588, 14, 16.8),
    (91005, 150, 165, 2.5, 2.75),
    (91008, 120, 110.4, 0.9, 0.945),
    (91001, 180, 183.6, 4, 5.6),
    (91003, 220, 250.8, 3, 3),
    (91004, 90, 117, 2, 1.8),
)
"""Thousands of pounds; the Chinese edition says 万元 after the same numbers, as its shops are Chinese."""
OURS = 0.12
"""The wholesaler's own growth in the example (made up, as the customers' sales are)."""


def relation_table() -> pd.DataFrame:
    """Eight customers of Chen Jie, one row each: person, firm, post, class, kind, region, how to reach them, feedback."""
    columns = ["customer_id", "person", "firm", "post", "class", "kind", "region", "reached by", "feedback"]
    return pd.DataFrame(list(PEOPLE), columns=columns).set_index("customer_id")


def contact_log() -> pd.DataFrame:
    """The contacts with them: ``customer_id``, ``date``, and ``call_back``, the day agreed for the next one, if any."""
    log = pd.DataFrame(list(LOG), columns=["customer_id", "date", "call_back"])
    return log.assign(date=pd.to_datetime(log["date"]), call_back=pd.to_datetime(log["call_back"]))


def own_sales() -> pd.DataFrame:
    """What six of them sell themselves and buy from us, in two years (thousands); firms in the trainee's language."""
    columns = ["customer_id", "own sales before", "own sales now", "bought from us before", "bought from us now"]
    found = pd.DataFrame(list(OWN_SALES), columns=columns).set_index("customer_id")
    found.insert(0, "firm", [_firm(one) for one in found.index])
    return found


def _name(customer: int) -> str:
    return next(tr(row[1]) for row in PEOPLE if row[0] == customer)


def _firm(customer: int) -> str:
    return next(tr(row[2]) for row in PEOPLE if row[0] == customer)


# -- what is true of the data ------------------------------------------------------------------------------------------


@cache
def revenue() -> pd.Series:
    """Net revenue a customer in the year, falling."""
    return datasets.load("online_retail_orders").groupby("customer_id")["amount"].sum().sort_values(ascending=False)


@cache
def classes() -> pd.Series:
    """The class of each customer by revenue."""
    return value.abc(revenue().clip(lower=0))["class"]


@cache
def class_sizes() -> dict[str, int]:
    """Customers by class."""
    return {str(key): int(n) for key, n in classes().value_counts().items()}


@cache
def true_board() -> pd.DataFrame:
    """The board of the eight on Monday."""
    return relationship.board(relation_table(), contact_log(), as_of=MONDAY)


# -- nine cells --------------------------------------------------------------------------------------------------------

MARGINS = {"b": 0.30, "museums": 0.45, "importers": 0.12}


@cache
def placed() -> pd.DataFrame:
    """The three groups with their cell and level."""
    sizes = {"b": class_sizes()["B"], "museums": 120, "importers": 9}
    table = pd.DataFrame({"customers": sizes, "margin": MARGINS}).rename_axis("group")
    return table.join(relationship.level(table))


@here.numbers("nine-cells")
def nine_cells() -> Numbers:
    """Size and margin of each group, its cell and its level."""
    rows, right = {}, {}
    for key, group in placed().iterrows():
        rows[str(key)] = {"size": int(group["customers"]), "margin": group["margin"]}
        right[f"{key}.cell"] = _cell(str(key), str(group["number"]), str(group["margin_class"]))
        right[f"{key}.level"] = Right(str(group["level"]))
    return Numbers(rows=rows, right=right)


def _cell(key: str, number: str, margin: str) -> Right:
    def slip(answer: Answers) -> str:
        return "row-fits" if str(answer[f"{key}.cell"]).partition(".")[0] == number else ""

    return Right(f"{number}.{margin}", slip=slip)


# -- who outgrows whom -------------------------------------------------------------------------------------------------


def _verdicts(before: str, now: str) -> dict[int, str]:
    """The verdict of the growth matrix on each customer, by the growth from one column to the other."""
    table = own_sales()
    found = relationship.growth_matrix(relationship.growth(table[before], table[now]), OURS)
    return {int(key): str(verdict) for key, verdict in found["verdict"].items()}


@cache
def verdicts() -> dict[int, str]:
    """The verdict of the growth matrix by the customer's own sales."""
    return _verdicts("own sales before", "own sales now")


@here.numbers("who-outgrows")
def who_outgrows() -> Numbers:
    """The verdicts by own sales, and those that purchases would give instead."""
    fooled = _verdicts("bought from us before", "bought from us now")
    rows, right = {}, {}
    for one, before, now, bought_before, bought_now in OWN_SALES[3:]:
        bought = {"bought_before": bought_before, "bought_now": bought_now, "bought": bought_now / bought_before - 1}
        rows[str(one)] = {"firm": _firm(one), "before": before, "now": now, **bought}
        right[str(one)] = _growth(str(one), verdicts()[one], fooled[one])
    return Numbers(rows=rows, right=right)


def _growth(key: str, verdict: str, fooled: str) -> Right:
    return Right(verdict, slip=lambda answer: "purchases" if answer[key] == fooled else "")


# -- a treatment for each ----------------------------------------------------------------------------------------------

TREATMENTS = {
    "champions": "thank",
    "cant_lose": "ring",
    "new": "welcome",
    "potential_loyalists": "second",
    "hibernating": "standard",
}
"""By RFM segment, after the advice of :data:`crmlab.rfm.SEGMENTS`."""


@cache
def segments() -> pd.DataFrame:
    """Recency, frequency, money and segment of each customer on 10 December 2011."""
    found = rfm.summary(datasets.load("online_retail_orders"), as_of="2011-12-10", returns="subtract")
    return found.assign(segment=rfm.segment(rfm.score(found)))


@here.numbers("treatment")
def treatment() -> Numbers:
    """Five customers of five segments, and what each gets."""
    rows, right = {}, {}
    for key in (row["key"] for row in here.rows("treatment")):
        one = segments().loc[int(key)]
        rows[key] = {
            "who": key,
            "days": int(one["recency"]),
            "orders": int(one["frequency"]),
            "money": float(one["monetary"]),
        }
        right[key] = TREATMENTS[str(one["segment"])]
    return Numbers(rows=rows, right=right)


# -- fill the board ----------------------------------------------------------------------------------------------------


@here.numbers("fill-the-board")
def board_by_clicks() -> Numbers:
    """The statuses, and how late Ms Ross and how many of the eight are."""
    board = true_board()
    days = -int(board.loc[91005, "days_left"])

    def ross(answer: Answers) -> str:
        return "since" if answer["ross"] == days + 30 else "earlier" if answer["ross"] > days + 30 else ""

    cards = [int(row["key"]) for row in here.rows("fill-the-board")]
    statuses = {str(one): str(board.loc[one, "status"]) for one in cards}
    overdue = int((board["status"] == "overdue").sum())
    rows = {str(one): {"name": _name(one), "firm": _firm(one)} for one in cards}
    return Numbers(rows=rows, right={**statuses, "ross": Right(days, slip=ross), "overdue": overdue})


@here.code("fill-the-board")
def fill_the_board(answer: Any) -> Iterator[Case]:
    """The board as a table."""
    say, want = here.says("fill-the-board"), true_board()
    yield from frame(answer, ["due", "status"], rows=len(want))
    yield gate(set(answer.index) == set(want.index), say["rows"])
    got, agreed, never = answer.loc[want.index], want["agreed"], want["contacts"] == 0
    for part, says in ((agreed, say["agreed"]), (~agreed & ~never, say["interval"]), (never, say["never"])):
        due = pd.to_datetime(got["due"][part])
        wrong = due.index[(due != want["due"][part]).to_numpy()]
        first = int(wrong[0]) if len(wrong) else int(due.index[0])
        yield case(not len(wrong), says, name=_name(first), got=f"{due[first]:%Y-%m-%d}")
    wrong = want.index[(got["status"] != want["status"]).to_numpy()]
    first = int(wrong[0]) if len(wrong) else int(want.index[0])
    status = str(got.loc[first, "status"])
    yield case(
        not len(wrong), say["status"], name=_name(first), got=tr(relationship.STATUS.get(status, status)), weight=2
    )


# -- find the mistake --------------------------------------------------------------------------------------------------

HOURS = 2


@here.numbers("partners-all")
def partners_all() -> Numbers:
    """Customers and hours a week of the colleague's plans."""
    everybody, share = sum(class_sizes().values()), float(revenue()[classes() == "C"].sum() / revenue().sum())
    return Numbers(words={"all": everybody, "hours": HOURS * everybody, "c": class_sizes()["C"], "share": share})


# -- on your own customers ---------------------------------------------------------------------------------------------

own_data.own_customers(here, "orders", own.relationship_numbers)
