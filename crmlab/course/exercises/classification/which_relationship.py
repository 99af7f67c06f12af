"""Exercises of lesson 2.5: which relationship for which customer. Counts from Online Retail; people, margins and sales made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from crmlab import datasets, relationship, value
from crmlab.course.cases import Case, case, chosen, close, frame, gate, matched
from crmlab.course.exercise import exercise
from crmlab.course.form import Answers, Choice, Entry, Form, Mark, Row, Slider, matching
from crmlab.language import _, tr

MONDAY = "2011-12-12"

WORDS = (
    _("customer_id"),
    _("person"),
    _("firm"),
    _("post"),
    _("class"),
    _("kind"),
    _("region"),
    _("reached by"),
    _("feedback"),
    _("date"),
    _("call_back"),
    _("contacts"),
    _("last_contact"),
    _("call on"),
    _("days_left"),
    _("status"),
    _("customers"),
    _("group"),
    _("share of the price left"),
    _("own sales before"),
    _("own sales now"),
    _("bought from us before"),
    _("bought from us now"),
    _("calls a week"),
    _("revenue (GBP)"),
)
"""Headings in the tables of the lesson, marked for translation."""

# ---- the made-up people and their firms

PEOPLE = (
    (91001, _("Ms Hall"), _("Candle Corner"), _("owner"), "A", _("gift shop"), _("northern England"), _("phone, before 10"),
     _("two cartons broken in November")),
    (91002, _("Mr Patel"), _("Patel & Sons"), _("buyer"), "A", _("wholesaler"), _("London"), _("mail, then phone"),
     _("wants to open two more shops")),
    (91003, _("Ms Novak"), _("Museum Shop"), _("manager"), "A", _("museum shop"), _("London"), _("phone, afternoons"),
     _("stock-taking until the 19th")),
    (91004, _("Mr Green"), _("Green's Café"), _("owner"), "B", _("café"), _("northern England"), _("phone, after 3"),
     _("asked for smaller packs")),
    (91005, _("Ms Ross"), _("Highland Gifts"), _("owner"), "B", _("gift shop"), _("Scotland"), _("mail"),
     _("content with the ribbons")),
    (91006, _("Mr Lund"), _("Lund Import"), _("buyer"), "B", _("wholesaler"), _("abroad"), _("mail, then phone"),
     _("waits for a price for 400 lanterns")),
    (91007, _("Ms Frost"), _("Corner Books"), _("owner"), "C", _("bookshop"), _("London"), _("phone"),
     _("nobody has spoken with her yet")),
    (91008, _("Mr Bell"), _("Bell's Toys"), _("owner"), "C", _("toy shop"), _("northern England"), _("phone"),
     _("whoever is cheapest gets the order")),
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
    (91002, 420_000, 588_000, 14_000, 16_800),
    (91005, 150_000, 165_000, 2_500, 2_750),
    (91008, 120_000, 110_400, 900, 945),
    (91001, 180_000, 183_600, 4_000, 5_600),
    (91003, 220_000, 250_800, 3_000, 3_000),
    (91004, 90_000, 117_000, 2_000, 1_800),
)
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
    """What six of them sell themselves and buy from us, in two years (pounds); firms in the trainee's language."""
    columns = ["customer_id", "own sales before", "own sales now", "bought from us before", "bought from us now"]
    found = pd.DataFrame(list(OWN_SALES), columns=columns).set_index("customer_id")
    found.insert(0, "firm", [_firm(one) for one in found.index])
    return found


def _name(customer: int) -> str:
    return next(tr(row[1]) for row in PEOPLE if row[0] == customer)


def _firm(customer: int) -> str:
    return next(tr(row[2]) for row in PEOPLE if row[0] == customer)


def _with(found: Case, **values: Any) -> Case:
    """The case with more values for its sentence."""
    return replace(found, values={**found.values, **values})


# ---- what is true of the data


@cache
def revenue() -> pd.Series:
    """Net revenue a customer in the year, falling."""
    return datasets.load("online_retail_orders").groupby("customer_id")["amount"].sum().sort_values(ascending=False)


@cache
def class_sizes() -> dict[str, int]:
    """Customers by class."""
    classes = value.abc(revenue().clip(lower=0))["class"]
    return {str(key): int(n) for key, n in classes.value_counts().items()}


@cache
def true_board() -> pd.DataFrame:
    """The board of the eight on Monday."""
    return relationship.board(relation_table(), contact_log(), as_of=MONDAY)


LEVELS = tuple((str(key), str(name)) for key, name in relationship.LEVELS["name"].items())

# ---- 1: five levels

HEARD = {
    "proactive": _("Every few weeks I ring: this ribbon sells better next to the till, and here is what is new."),
    "basic": _("The order goes out, the money comes in. I would not know what more to say to them."),
    "partnership": _("We sit with their buyer each month and plan next season's range together, shelf by shelf."),
    "reactive": _("Our number is on every parcel, with ‘Ask us’ in red. Those who have a question do ring."),
    "accountable": _("Ten days after a delivery I ring and ask: did it all arrive, what was wrong, what is missing?"),
}


def _levels_form() -> Form:
    return Form(matching("hears", HEARD.items(), tuple(reversed(LEVELS)), quote=True))


@exercise(
    "five-levels",
    lesson="2.5",
    points=4,
    title=_("Who calls whom?"),
    form=_levels_form,
    field="hears",
    hints=(
        _("Ask first: is there any contact after the sale? Then: who begins it?"),
        _("Two of them ring on their own. One asks about the last order, the other brings something for the next."),
        _("Ring about the last order: accountable. Bring ideas again and again: proactive."),
    ),
    right=_(
        "What tells the levels apart is not friendliness but who begins, how often, and about what. Each step up costs more "
        "hours a customer. Next: who gets which step?"
    ),
)
def five_levels(answer: Answers) -> Iterator[Case]:
    """Five sellers to five levels."""
    says = {
        "proactive": _("“Every few weeks ...”: is this about the last delivery, or about doing better with the next?"),
        "basic": _("“The order goes out ...”: is there any contact after that, from either side?"),
        "partnership": _("“We sit with their buyer ...”: who decides here, one side or both?"),
        "reactive": _("“Our number is on every parcel ...”: there is contact. Who has to begin it?"),
        "accountable": _(
            "“Ten days after a delivery ...”: somebody rings. About something new, or about what was sold?"
        ),
    }
    yield from matched(answer, "hears", {key: key for key in HEARD}, says)


# ---- 2: nine cells

GROUPS = {
    "b": (_("B customers"), "B", 0.30),
    "museums": (_("museum shops"), 120, 0.45),
    "importers": (_("importers abroad"), 9, 0.12),
}
ROWS = (("many", _("many (500 or more)")), ("some", _("some")), ("few", _("few (50 or fewer)")))
COLUMNS = (("high", _("high (40% or more)")), ("medium", _("medium")), ("low", _("low (below 20%)")))


@cache
def placed() -> pd.DataFrame:
    """The three groups with their cell and level."""
    table = pd.DataFrame(
        {
            "customers": [class_sizes().get(str(n), n) for _text, n, _margin in GROUPS.values()],
            "margin": [margin for _text, _n, margin in GROUPS.values()],
        },
        index=pd.Index(list(GROUPS), name="group"),
    )
    return table.join(relationship.level(table))


def _cells_form() -> Form:
    rows = []
    for key, (text, _n, margin) in GROUPS.items():
        size = int(placed().loc[key, "customers"])
        asked = tr(
            _("{n:,} {group}, {margin:.0%} of the price is left: which cell?"), n=size, group=tr(text), margin=margin
        )
        grid = Mark(
            f"{key}.cell", "cells", rows=ROWS, columns=COLUMNS, title=tr(_("customers (down), margin (across)"))
        )
        rows += [Row(asked, (grid,)), Row(tr(_("And the level?")), (Choice(f"{key}.level", LEVELS, label=tr(text)),))]
    return Form(tuple(rows))


@exercise(
    "nine-cells",
    lesson="2.5",
    points=4,
    title=_("Nine cells"),
    form=_cells_form,
    hints=(
        _("First the row: how many are there? Then the column: how much of the price is left?"),
        _("Then read the level in the same cell of the table above."),
        _("Nine customers are few, whatever they buy. And 12% is low, whoever they are."),
    ),
    right=_(
        "The nine importers are the tempting ones: few, large, far away. At 12% they get a call after the delivery and no "
        "monthly meeting. Raise the margin, and the cell changes; being large does not change it."
    ),
)
def nine_cells(answer: Answers) -> Iterator[Case]:
    """Cell and level of three groups."""
    for key, (text, _n, margin) in GROUPS.items():
        row = placed().loc[key]
        cell = _with(
            chosen(answer, f"{key}.cell", f"{row['number']}.{row['margin_class']}", _cell_says(answer, key)),
            group=tr(text),
            n=int(row["customers"]),
            margin=margin,
        )
        yield cell
        level = chosen(
            answer,
            f"{key}.level",
            str(row["level"]),
            _("{group}: you chose “{label}”. Which level stands in their cell of the table?"),
        )
        yield _with(level, group=tr(text), label=tr(dict(LEVELS).get(str(answer.get(f"{key}.level")), "")))


def _cell_says(answer: Answers, key: str) -> str:
    row, _dot, _column = str(answer.get(f"{key}.cell", "")).partition(".")
    if row == placed().loc[key, "number"]:
        return _("{group}: the row fits. On which side of the limits does a margin of {margin:.0%} lie?")
    return _("{group}: look at the row again. Are {n:,} customers many, some or few, by the limits given?")


# ---- 3: who outgrows whom

TO_JUDGE = (91001, 91003, 91004)
GROWTH = tuple((str(key), str(name)) for key, name in relationship.GROWTH["name"].items())
WHY = (
    ("more", _("Her shop is taking off, and she needs more of everything.")),
    ("share", _("She buys from us what she used to buy from somebody else.")),
    ("price", _("Our prices must have risen by about forty percent.")),
    ("error", _("One of the two numbers must be wrong, they never part.")),
)


@cache
def verdicts() -> dict[int, str]:
    """The verdict of the growth matrix by the customer's own sales."""
    table = own_sales()
    rates = relationship.growth(table["own sales before"], table["own sales now"])
    return {int(key): str(found) for key, found in relationship.growth_matrix(rates, OURS)["verdict"].items()}


def _growth_form() -> Form:
    rows = []
    for one in TO_JUDGE:
        _id, before, now, bought, buys = next(row for row in OWN_SALES if row[0] == one)
        asked = tr(
            _("{firm}: own sales GBP {before:,} → {now:,}; bought from us GBP {bought:,} → {buys:,}"),
            firm=_firm(one),
            before=before,
            now=now,
            bought=bought,
            buys=buys,
        )
        rows.append(Row(asked, (Choice(str(one), GROWTH, label=_("Who grows faster?")),)))
    rows.append(
        Row(tr(_("Candle Corner buys 40% more from us. Most likely why?")), (Choice("why", WHY, style="radio"),))
    )
    return Form(tuple(rows))


@exercise(
    "who-outgrows",
    lesson="2.5",
    points=4,
    title=_("Who outgrows whom?"),
    form=_growth_form,
    hints=(
        _("Growth: now divided by before, less one. Of whose sales?"),
        _("We grow by 12%. Up to five points apart counts as together."),
        _("Candle Corner +2%, Museum Shop +14%, Green's Café +30%."),
    ),
    right=_(
        "Candle Corner's purchases and its business tell two stories, and so do Green's Café's: it grows by 30% and "
        "buys less from us: somebody else has begun to grow with it. That call comes first."
    ),
)
def who_outgrows(answer: Answers) -> Iterator[Case]:
    """Three verdicts, and why purchases are a poor stand-in."""
    table = own_sales()
    for one in TO_JUDGE:
        rate = table.loc[one, "own sales now"] / table.loc[one, "own sales before"] - 1
        bought = table.loc[one, "bought from us now"] / table.loc[one, "bought from us before"] - 1
        by_purchases = relationship.growth_matrix(pd.Series({one: bought}), OURS)["verdict"][one]
        fooled = answer.get(str(one)) == by_purchases
        says = (
            _("{firm}: that is what the purchases say ({bought:+.0%}). How much did the firm's own sales grow?")
            if fooled
            else _("{firm}: work out the growth of its own sales, and set it against our 12%. How far apart are they?")
        )
        yield _with(chosen(answer, str(one), verdicts()[one], says), firm=_firm(one), bought=bought, rate=rate)
    yield chosen(
        answer,
        "why",
        "share",
        {
            "more": _("You say her shop is taking off. What do her own sales say?"),
            "price": _("You say our prices. Then the Museum Shop would have paid more, too: did it?"),
            "error": _("You say one must be wrong. What else moves purchases from us, besides her business?"),
        },
    )


# ---- 4: buyer types

LINES = {
    "later": ("value", _("The dear candles burn nine hours, the cheap ones four. Which costs my tables less a year?")),
    "net": ("price", _("I have your list and theirs. The lower figure gets it, and spare me the gift wrap.")),
    "two": ("mixed", _("For the window the fine ones, and you set them up. For the bargain bin: cheapest you have.")),
    "late": ("service", _("In December I cannot wait a week. Tell me who answers the phone, and that the lorry comes on Tuesdays.")),
    "cheap": ("value", _("It is cheaper, I see. And when the glass breaks twice as often, what have I saved?")),
    "ring": ("service", _("I pay a little more because your Ms Chen puts a wrong delivery right the same day.")),
}  # fmt: skip
TYPES = tuple((str(key), str(name)) for key, name in relationship.BUYERS["name"].items())


def _buyers_form() -> Form:
    return Form(
        tuple(Row(text, (Choice(key, TYPES, label=_("Type")),), quote=True) for key, (_type, text) in LINES.items())
    )


@exercise(
    "buyer-lines",
    lesson="2.5",
    points=3,
    title=_("What do they pay for?"),
    form=_buyers_form,
    hints=(
        _(
            "What decides in this sentence: the figure on the invoice, the sum over time, the help, or now this, now that?"
        ),
        _("The word “cheaper” does not make a price buyer. What does the speaker work out next?"),
        _("Value twice, service twice, price once, mixed once."),
    ),
    right=_(
        "Three sentences have “cheap” in them, and none of them is the price buyer's. Listen for what they calculate, not for "
        "the word. And one sentence is one sentence: a type is settled after several talks."
    ),
)
def buyer_lines(answer: Answers) -> Iterator[Case]:
    """The type that speaks in each line."""
    names = dict(TYPES)
    for number, (key, (want, _text)) in enumerate(LINES.items(), 1):
        got = answer.get(key)
        says = {
            "price": _(
                "Line {n}: you chose “{label}”. Does the lowest figure decide here, or what comes after the purchase?"
            ),
            "value": _("Line {n}: you chose “{label}”. Is anything worked out here over a time of use?"),
            "service": _("Line {n}: you chose “{label}”. Does this speaker ask for help, for people, for times?"),
            "mixed": _("Line {n}: you chose “{label}”. Are there two different wishes in it?"),
        }
        yield _with(chosen(answer, key, want, says), n=number, label=tr(names.get(str(got), "")))


# ---- 5: the few and the many

CALLS, EVERY = 60, 14
REST = (
    ("none", _("Nothing: who brings little has no claim to our time.")),
    ("rota", _("A call to each in turn, ten a week, until all are through.")),
    ("same", _("An order form, prompt delivery, a phone that is answered.")),
    ("loud", _("A call to whoever complains most, so that it becomes quiet.")),
)


def _few_lines(answer: Answers) -> list[str]:
    few = int(answer.get("few", 300))
    return [
        tr(
            _(
                "{few} customers, each every {days} days: {calls:,.0f} calls a week. They bring {share:.0%} of the revenue."
            ),
            few=few,
            days=EVERY,
            calls=few * 7 / EVERY,
            share=_share(few),
        )
    ]


@cache
def _share(few: int) -> float:
    return float(revenue().head(few).sum() / revenue().sum())


FEW_FORM = Form(
    (
        Row(_("To how many customers can Chen Jie keep this promise at most?"), (Slider("few", _("Customers"), 20, 400, 10, 300),)),
        Row(_("What do the more than four thousand others get?"), (Choice("rest", REST, style="radio"),)),
    ),
    live=_few_lines,
)  # fmt: skip


@exercise(
    "few-and-many",
    lesson="2.5",
    points=3,
    title=_("The few and the many"),
    form=FEW_FORM,
    hints=(
        _("One customer every 14 days is half a call a week."),
        _("Move the slider until the calls a week fit into the 60 that are left."),
        _("The others need no call to be served well. What would they miss?"),
    ),
    right=_(
        "120 customers, 41% of the revenue, and a promise that can be kept. The others lose nothing they had: the old "
        "plan of 1,064 calls a week was never kept. Next: the board for the few."
    ),
)
def few_and_many(answer: Answers) -> Iterator[Case]:
    """How many customers individual care is possible for, and what the others get."""
    want = CALLS * EVERY // 7
    got = answer.get("few", 0)
    too_many = _("You set {got}. How many calls a week is that, and how many has she?")
    too_few = _("You set {got}. The promise is kept, and calls are left over. For how many more customers?")
    yield close(answer, "few", want, too_many if got > want else too_few, tolerance=0, weight=1.5)
    yield chosen(
        answer,
        "rest",
        "same",
        {
            "none": _("You say nothing. Together they bring more than half of the revenue: what keeps them?"),
            "rota": _("You say ten a week. After how many years is the last of them called, and from which 60 calls?"),
            "loud": _("You say whoever complains most. What do the quiet ones learn from that?"),
        },
        weight=1.5,
    )


# ---- 6: fill the board

STATUSES = tuple(relationship.STATUS.items())
CARDS = (91003, 91006, 91007, 91004)


def _board_form() -> Form:
    rows = [
        Row(
            tr(_("{name}, {firm}"), name=_name(one), firm=_firm(one)),
            (Choice(str(one), STATUSES, label=_("Status")),),
        )
        for one in CARDS
    ]
    rows += [
        Row(tr(_("By how many days is Ms Ross overdue?")), (Entry("ross", _("Overdue"), unit=_("days")),)),
        Row(tr(_("How many of the eight are overdue?")), (Entry("overdue", _("Overdue")),)),
    ]
    return Form(
        tuple(rows),
        intro=tr(_("Monday, 12 December 2011. A every 14 days, B every 30, C every 90; an agreed day comes first.")),
    )


@exercise(
    "fill-the-board",
    lesson="2.5",
    points=5,
    title=_("Fill the board"),
    hints=(
        _("For each: the last contact in the log. Is a day agreed there? Then that day is due."),
        _("No day agreed: last contact plus the interval of the class. Never spoken with: due today."),
        _("In code: relationship.board(people, log, as_of=...), with the Monday of this exercise."),
    ),
    right=_(
        "An agreed day moves a customer both ways: Ms Novak is to be left in peace although 14 days are over, Mr Lund waits "
        "although his 30 days are not. A promise stands above the interval, and a broken one above everything."
    ),
    code=True,
)
def fill_the_board(answer: Any) -> Iterator[Case]:
    """The board as a table."""
    want = true_board()
    yield from frame(answer, ["due", "status"], rows=len(want))
    yield gate(
        set(answer.index) == set(want.index),
        _("The rows of your table are not the eight customers. Give the relation table as it is."),
    )
    got = answer.loc[want.index]
    agreed = want["agreed"]
    for part, says in (
        (agreed, _("{name}: due on {got} in your table. What was agreed in the last contact?")),
        (~agreed & (want["contacts"] > 0), _("{name}: due on {got} in your table. Last contact plus which interval?")),
        (
            want["contacts"] == 0,
            _("{name}: due on {got} in your table. When is somebody due to whom nobody has spoken yet?"),
        ),
    ):
        due = pd.to_datetime(got["due"][part])
        wrong = due.index[(due != want["due"][part]).to_numpy()]
        first = int(wrong[0]) if len(wrong) else int(due.index[0])
        yield case(not len(wrong), says, name=_name(first), got=f"{due[first]:%Y-%m-%d}")
    wrong = want.index[(got["status"] != want["status"]).to_numpy()]
    first = int(wrong[0]) if len(wrong) else int(want.index[0])
    yield case(
        not len(wrong),
        _("{name}: your table says “{got}”. From which Monday do you look?"),
        name=_name(first),
        got=tr(relationship.STATUS.get(str(got.loc[first, "status"]), str(got.loc[first, "status"]))),
        weight=2,
    )


@fill_the_board.click_twin(_board_form)
def board_clicks(answer: Answers) -> Iterator[Case]:
    """Four statuses and two numbers, read from the log."""
    says = {
        91003: _("Ms Novak: you chose “{label}”. What did she say about the 19th, and what stands in the log?"),
        91006: _("Mr Lund: you chose “{label}”. On which day did we promise to call, and did we?"),
        91007: _("Ms Frost: you chose “{label}”. She is not in the log at all. When is such a customer due?"),
        91004: _("Mr Green: you chose “{label}”. Add 30 days to the last contact: November has 30."),
    }
    board = true_board()
    for one in CARDS:
        label = tr(dict(STATUSES).get(str(answer.get(str(one))), ""))
        yield _with(chosen(answer, str(one), str(board.loc[one, "status"]), says[one], weight=0.75), label=label)
    days = -int(board.loc[91005, "days_left"])
    got = answer.get("ross")
    ross = _("Ms Ross: you have {got} days. Take her last contact, add 30 days, and count from there to the 12th.")
    if got == days + 30:
        ross = _("Ms Ross: you have {got} days. That is the time since the last contact: from which day on is it late?")
    elif got is not None and got > days + 30:
        ross = _("Ms Ross: you have {got} days. Is there a later contact with her in the log?")
    yield close(answer, "ross", days, ross, tolerance=0)
    overdue = int((board["status"] == "overdue").sum())
    yield close(
        answer,
        "overdue",
        overdue,
        _("You count {got}. Go through the eight: agreed day first, else the interval. Due today is not overdue."),
        tolerance=0,
    )


# ---- 7: find the mistake

FAULTS = (
    ("growth", _("wrong: takes purchases for the customer's own growth")),
    ("sum", _("wrong: forgets how many they are and what they bring")),
    ("wish", _("wrong: forgets what this customer wants to pay for")),
    ("sound", _("sound: fits the customer, and can be kept up")),
)
MEMO = {"best": "sum", "bell": "wish", "novak": "sound", "hall": "growth", "small": "sum"}
HOURS = 2


def _memo_lines() -> dict[str, str]:
    sizes = class_sizes()
    share = float(revenue()[value.abc(revenue().clip(lower=0))["class"] == "C"].sum() / revenue().sum())
    everybody = sum(sizes.values())
    return {
        "best": tr(
            _("Partnership is the closest level, so it is the best one. All {n:,} customers get it: two hours a week each, {hours:,} hours."),
            n=everybody,
            hours=HOURS * everybody,
        ),
        "bell": tr(_("Mr Bell always says that the cheapest gets the order. I visit him every week, closeness will cure him of that.")),
        "novak": tr(_("Ms Novak asked for a call on 20 December. I take her off today's list, although her 14 days are over.")),
        "hall": tr(_("Ms Hall buys 40% more from us, so her shop outgrows us. I am looking for a bigger warehouse for her.")),
        "small": tr(
            _("The {n:,} C customers bring {share:.0%} of the revenue. An hour a week with each, and they will all become A."),
            n=sizes["C"],
            share=share,
        ),
    }  # fmt: skip


def _memo_form() -> Form:
    return Form(
        tuple(Row(text, (Choice(key, FAULTS, label=_("Verdict")),), quote=True) for key, text in _memo_lines().items())
    )


@exercise(
    "partners-all",
    lesson="2.5",
    points=5,
    title=_("Find the mistake"),
    form=_memo_form,
    hints=(
        _("Ask of each plan: for how many, from which margin, and does this customer want it?"),
        _("One plan keeps a promise. Another mistakes our success for the customer's."),
        _("Two plans fail by the same simple count of hours."),
    ),
    right=_(
        "8,744 hours a week are the work of more than two hundred sellers. Closeness is a price, paid in hours, and it is "
        "worth it where the margin carries it and the customer wants it. Everywhere else good service is enough."
    ),
)
def partners_all(answer: Answers) -> Iterator[Case]:
    """Which of the colleague's plans hold."""
    says = {
        "best": {
            "sound": _("You find the first plan sound. How many sellers with 40 hours a week does it take?"),
            "wish": _("First plan: some customers will not want it. But would it work even if all did?"),
            "growth": _("First plan: is anybody's growth spoken of?"),
        },
        "bell": {
            "sound": _("You find the second plan sound. What does Mr Bell say he will not pay for?"),
            "sum": _("Second plan: it is about one man. What kind of buyer is he?"),
            "growth": _("Second plan: is anybody's growth spoken of, or a way of buying?"),
        },
        "novak": {
            "sum": _("You doubt the third plan. It costs nothing: what does it do with a promise?"),
            "wish": _("You doubt the third plan. Whose wish is it to be called on the 20th?"),
            "growth": _("You doubt the third plan. It speaks of a day, and of nothing that grows."),
        },
        "hall": {
            "sound": _("You find the fourth plan sound. How much did her own sales grow?"),
            "sum": _("Fourth plan: it is about one customer. Which number of hers does it read?"),
            "wish": _("Fourth plan: she may like it. But does what she buys from us tell how her shop grows?"),
        },
        "small": {
            "sound": _(
                "You find the last plan sound. Divide their share of the revenue by their number, then count the hours."
            ),
            "wish": _("Last plan: perhaps some would like it. What would it cost, and what can they bring?"),
            "growth": _("Last plan: it hopes for growth. Even so: how many hours a week is it?"),
        },
    }
    for key, want in MEMO.items():
        yield chosen(answer, key, want, says[key])
