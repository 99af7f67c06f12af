"""Exercises of lesson 4.3: saying no, and which complaint is answered first."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any, NamedTuple

import pandas as pd

from crmlab import complaints, datasets, intervals
from crmlab.course.cases import Case, case, chosen, frame, gate, ordered
from crmlab.course.exercise import exercise
from crmlab.course.form import Answers, Choice, Form, Mark, Order, Row
from crmlab.course.roleplay.scoring import roleplay
from crmlab.language import _, tr

COLUMNS = (
    _("answered"),
    _("cases"),
    _("complaint"),
    _("due"),
    _("hours"),
    _("late"),
    _("product"),
    _("received"),
    _("repeat"),
    _("safety"),
    _("severity"),
    _("value"),
    _("who"),
    _("disputed"),
    _("high"),
    _("low"),
    _("share"),
)
"""Headings in the tables of the lesson, marked for translation."""


# -- 1: four kinds of no -----------------------------------------------------------------------------------------------

AIMS = (
    ("RT", _("keeps the relation, and does the task")),
    ("R", _("looks after the relation only")),
    ("T", _("looks after the task only")),
    ("none", _("neither of the two")),
)


class No(NamedTuple):
    """A reply: which aims it serves ("R", "T"), and what is asked about each of the two."""

    key: str
    asked: str
    reply: str
    aims: str
    relation: str
    task: str


NOES = (
    No(
        "ninety",
        _("A bar wants ninety days to pay."),
        _("No. Thirty days, that is in the contract, and it is the same for everybody."),
        "none",
        _("Line 1: what does the bar owner hear about himself and his bar in it?"),
        _("Line 1: what can he do with the bill of today after this line that he could not do before?"),
    ),
    No(
        "cooler",
        _("A café wants the rattling cooler exchanged today."),
        _("You are quite right, that noise all day! Leave it with me, I shall see what can be done."),
        "R",
        _("Line 2: would the owner feel that somebody is on her side when she hangs up?"),
        _("Line 2: what happens next, and when? Can you find it in the line?"),
    ),
    No(
        "labels",
        _("A corner shop wants a new crate because of torn labels."),
        _("Five yuan off per bottle, here, sign. You could have looked when it was delivered."),
        "T",
        _("Line 3: the last sentence, how does it sound across a counter with customers listening?"),
        _("Line 3: does the shop get something for the torn labels, yes or no?"),
    ),
    No(
        "sunday",
        _("A village inn wants a delivery on Sunday morning."),
        _(
            "Sixty guests at a christening and a cellar for thirty, I see. Saturday at six we come with all of it; on Sunday "
            "nobody drives. Shall our cooled trailer stay in your yard until Monday?"
        ),
        "RT",
        _("Line 4: whose Sunday is described in the first sentence?"),
        _("Line 4: it says no to Sunday. Are the cold drinks there for the christening all the same?"),
    ),
    No(
        "price",
        _("A restaurant wants the price of the supermarket chain."),
        _("Between the two of us: if it were up to me, you would have had it long ago. Head office has no heart."),
        "R",
        _("Line 5: whom does the restaurant like better after this line, you or your firm?"),
        _("Line 5: what does the restaurant pay tomorrow, and what could it change about that?"),
    ),
    No(
        "deposit",
        _("A kiosk wants the deposit for 300 empties without a slip."),
        _(
            "For the 200 I have counted you get the money now, for the others when the slip turns up. Other people manage to "
            "keep their papers."
        ),
        "T",
        _("Line 6: listen to the last sentence again. Would you come back gladly?"),
        _("Line 6: does any money change hands today?"),
    ),
)  # fmt: skip


def _aims_form() -> Form:
    rows = []
    for one in NOES:
        text = tr(_("{asked} The answer: “{reply}”"), asked=tr(one.asked), reply=tr(one.reply))
        rows.append(Row(text, (Choice(one.key, AIMS),)))
    return Form(tuple(rows))


@exercise(
    "two-aims",
    lesson="4.3",
    points=3,
    title=_("Four kinds of no"),
    form=_aims_form,
    hints=(
        _("Ask each line two questions. How does the customer feel? What has the customer got?"),
        _("A kind tone alone moves nothing. A fair offer with a dig at the end moves something, and hurts."),
        _("One line does both, one does neither, and of the other two kinds there are two each."),
    ),
    right=_(
        "Nice and empty, fair and cold: most noes fail on one side only. Which side is yours? Next: a no that does both, "
        "part by part."
    ),
)
def two_aims(answer: Answers) -> Iterator[Case]:
    """Which of the two aims does each no serve?"""
    for one in NOES:
        # A wrong idea of the relation is asked about first, then one of the task.
        says = {aims: one.relation if ("R" in aims) != ("R" in one.aims) else one.task for aims, _label in AIMS}
        yield chosen(answer, one.key, one.aims, says)


# -- 2: the parts of a no ----------------------------------------------------------------------------------------------

PARTS = ("heard", "can", "limit", "ways", "agree")
"""The five parts of a no, in the order of the lesson."""

HAN = {
    "ways": _(
        "Two roads lead closer to it: one delivery a week instead of three is four percent; kegs instead of bottles six. "
        "Which one would fit your kitchen?"
    ),
    "heard": _(
        "Your guests see this beer at 3.90 in the supermarket and at 12 on your card, and then they ask you about it. That stings."
    ),
    "agree": _(
        "Kegs, then, from the 1st of June: the new list is with you by five today, and you sign by Friday. All right?"
    ),
    "limit": _("The chain's price itself I cannot give you: they take four thousand crates a month, all at one ramp."),
    "can": _("What I can do at once: three percent on our two house brands, and two hundred glasses for your hall."),
}
INTERRUPTED = (
    ("round", _("“Let me first explain to you how our prices come about, Mr Han.”")),
    ("perhaps", _("“Well, I would not say no right away, Mr Han; it is difficult, but let us see.”")),
    ("boss", _("“That is not for me to say, my manager decides about prices.”")),
    ("plain", _("“No, not that price. Three percent on our own brands, yes, from today.”")),
    ("bare", _("“No, Mr Han, you do not get that price from us.”")),
)
_ORDER_SAYS = {
    "can": _("Does he know already that you see his trouble when you begin to offer? {right} of {pairs} neighbours stand in order."),
    "limit": _("Which line does he hear just before the limit: one that gives, or none yet? {right} of {pairs} neighbours stand in order."),
    "ways": _("“Closer to it”: closer to what? Has he heard that yet? {right} of {pairs} neighbours stand in order."),
    "agree": _("He cannot have chosen before there was a choice. Which line asks him? {right} of {pairs} neighbours stand in order."),
}  # fmt: skip


def _han_form() -> Form:
    return Form(
        (
            Row(_("Put your five lines in order."), (Order("lines", tuple(HAN.items()), label=_("Your five lines")),)),
            Row(
                _("After your first line he cuts in: “Just tell me, yes or no: do I get that price?” What do you say?"),
                (Choice("cut", INTERRUPTED, style="radio"),),
            ),
        ),
        intro=_("Mr Han runs a wedding hall. He wants the price that you give to the supermarket chain."),
    )


@exercise(
    "no-in-order",
    lesson="4.3",
    points=4,
    title=_("The price of the chain"),
    form=_han_form,
    hints=(
        _("Which line could stand first even if you did not know yet what you can do for him?"),
        _("The limit stands in the middle: something given before it, something to choose after it."),
        _("Heard, can do, limit, ways, agreed. And who asks for yes or no gets the word, with something beside it."),
    ),
    right=_(
        "The no is there, once, and plain; it is neither the first thing that he hears nor the last. And when he wants it in "
        "a word, he gets it in a word. Who hides it loses him later. Next: a customer with a threat."
    ),
)
def no_in_order(answer: Answers) -> Iterator[Case]:
    """The five parts in order, and a plain word when one is asked for."""
    yield ordered(answer, "lines", PARTS, _ORDER_SAYS, weight=3)
    yield chosen(
        answer,
        "cut",
        "plain",
        {
            "round": _("He asked for a word, and you begin a lecture. What will he think the answer is?"),
            "perhaps": _("You know already that it will not be. On which day does he find out, and what then?"),
            "boss": _("You send him to somebody else. Do you not know the answer yourself?"),
            "bare": _(
                "He has his word, and it is true. What would you have to add so that he does not hang up with it?"
            ),
        },
        weight=1,
    )


# -- 3 and 4: the role-plays -------------------------------------------------------------------------------------------

roleplay("unreasonable-demand", lesson="4.3", points=4, title=_("All one hundred and sixty"))
roleplay("rude-staff", lesson="4.3", points=4, title=_("In front of the whole shop"))


# -- the queues --------------------------------------------------------------------------------------------------------

MORNING = (
    ("07:35", _("The calendar that you sent shows last year's holidays."), False, 1, "A", 1),
    ("07:50", _("The discount is missing on the invoice, as in March and in April."), False, 2, "B", 3),
    ("08:05", _("Your van stood in our entrance for ten minutes."), False, 1, "C", 1),
    ("08:10", _("Four crates short; I had to fetch them myself."), False, 2, "C", 1),
    ("08:20", _("A wedding at five, and nothing has come yet."), False, 3, "B", 1),
    ("08:25", _("Your price list in the app is the old one."), False, 1, "B", 2),
    ("08:40", _("A bottle burst; our waiter's hand had to be stitched."), True, 2, "C", 1),
    ("08:50", _("The cooler hums at night, and I tell you for the third time."), False, 1, "A", 3),
)
AFTERNOON = (
    ("water", "13:05", _("Your new spring water smells of chlorine. Two of our hotel guests were sick after it."), "A", 1),
    ("bottle", "13:10", _("One bottle short again, four yuan. I don't mind the four yuan. It is the fourth time."), "C", 4),
    ("grey", "13:20", _("A SCANDAL! Your delivery note is printed in grey and nobody can read it! I'll go to the papers!"), "C", 1),
    ("tap", "13:30", _("The tap is dead since noon. We are a beer bar, we have closed, that's all I wanted to tell you."), "C", 1),
    ("fetch", "13:40", _("For the second time I drove to you for two crates that you forgot. An hour each time."), "B", 2),
    ("tags", "13:45", _("The price tags that you print for our forty shops are a little crooked."), "A", 1),
)  # fmt: skip
JUDGED = {
    "water": (True, 2),
    "bottle": (False, 1),
    "grey": (False, 1),
    "tap": (False, 3),
    "fetch": (False, 2),
    "tags": (False, 1),
}
"""What each complaint of the afternoon is: a risk to health, and how severe."""
DAY = "2026-05-12"


def morning() -> pd.DataFrame:
    """The eight complaints of the morning, in the order in which they came: ``received``, ``complaint``, ``safety``,
    ``severity`` (1 to 3), ``value`` (class of the customer) and ``repeat``."""
    rows = [(pd.Timestamp(f"{DAY} {at}"), *rest) for at, *rest in MORNING]
    return pd.DataFrame(rows, columns=["received", "complaint", "safety", "severity", "value", "repeat"])


def afternoon() -> pd.DataFrame:
    """The six complaints of the afternoon: ``received``, ``complaint``, ``value`` and ``repeat``. How severe each is, and
    whether it is a risk to health, stands in its words alone."""
    rows = [(pd.Timestamp(f"{DAY} {at}"), text, value, repeat) for _key, at, text, value, repeat in AFTERNOON]
    return pd.DataFrame(rows, columns=["received", "complaint", "value", "repeat"])


@cache
def sorted_afternoon() -> pd.DataFrame:
    """Who answers the afternoon's complaints, with their keys as index."""
    keys = [one[0] for one in AFTERNOON]
    judged = [JUDGED[key] for key in keys]
    queue = afternoon().assign(safety=[one for one, _two in judged], severity=[two for _one, two in judged])
    return complaints.triage(queue.set_axis(keys))


def _rules() -> tuple[tuple[str, str], ...]:
    return tuple(
        (rule, tr(_("{who}, {hours:.0f} h: {why}"), who=tr(complaints.WHO[who]), hours=hours, why=tr(why)))
        for rule, who, hours, why in complaints.TRIAGE[["rule", "who", "hours", "why"]].itertuples(index=False)
    )


def _afternoon_form() -> Form:
    rows = []
    for key, at, text, value, repeat in AFTERNOON:
        prompt = tr(
            _("{at} · customer class {value} · how often so far: {repeat} · “{text}”"),
            at=at,
            value=value,
            repeat=repeat,
            text=tr(text),
        )
        rows.append(Row(prompt, (Choice(key, _rules()),)))
    return Form(tuple(rows))


QUEUE_SAYS = {
    "water": {
        "key_customer": _("The water: class A, true. Does any line above that one fit as well?"),
        "critical": _("The water: does the hotel stand still? What is it that must not go on for four hours?"),
        "": _("The water: read the second sentence again. What could happen at the next table?"),
    },
    "bottle": {
        "other": _("The missing bottle: four yuan are little. Which number in the message is not little?"),
        "serious": _("The missing bottle: is it the four yuan that bothers her?"),
        "": _("The missing bottle: which line asks for what is special about this message?"),
    },
    "grey": {
        "critical": _("The delivery note: take the capitals away. Can the shop go on selling?"),
        "safety": _("The delivery note: who could be hurt by grey print?"),
        "": _("The delivery note: how loud is it, and how severe is it? Which of the two does the table ask for?"),
    },
    "tap": {
        "other": _("The tap: the tone is quiet. What can the bar sell at the moment?"),
        "serious": _("The tap: it costs money, that is true. Does any line above fit as well?"),
        "": _("The tap: “we have closed”. Which line is made for that?"),
    },
    "fetch": {
        "repeated": _("The two crates: how many times must it have happened for that line, and how many times has it?"),
        "other": _("The two crates: what have two drives to you cost him?"),
        "": _("The two crates: go through the lines from above. Which is the first that fits?"),
    },
    "tags": {
        "other": _("The price tags: a small thing, but whose? Which line stands above the last one?"),
        "serious": _("The price tags: “a little crooked”. What does it cost the shops? And who is the customer?"),
        "": _("The price tags: go through the lines from above. Which is the first that fits?"),
    },
}  # fmt: skip


@exercise(
    "afternoon",
    lesson="4.3",
    points=6,
    title=_("The queue of the afternoon"),
    hints=(
        _("Read each message twice: once for what has happened, once for the class and the number of times."),
        _("Go through the table from above, and stop at the first line that fits. Capitals are not severity."),
        _(
            'In code: queue["safety"] = [...] and queue["severity"] = [...], six values each, then complaints.triage(queue).'
        ),
    ),
    right=_(
        "The loudest message waits longest, and the quietest of all, “that's all I wanted to tell you”, is answered second. "
        "That is what a table is for: it does not hear the tone."
    ),
    code=True,
)
def afternoon_table(answer: Any) -> Iterator[Case]:
    """The triage of the afternoon as a table, judged row by row."""
    want = sorted_afternoon()
    yield from frame(answer, ["rule"], rows=len(want))
    known = set(complaints.TRIAGE["rule"])
    yield gate(
        answer["rule"].isin(known).all(),
        _("The column rule has names that are not in the table of rules. Use complaints.triage."),
    )
    for key, got in zip(want.index, answer["rule"], strict=True):
        says = QUEUE_SAYS[key]
        yield case(got == want.loc[key, "rule"], says.get(got) or says[""], key=key)


@afternoon_table.click_twin(_afternoon_form)
def afternoon_clicks(answer: Answers) -> Iterator[Case]:
    """The same by dropdown."""
    for key, rule in sorted_afternoon()["rule"].items():
        yield chosen(answer, str(key), rule, QUEUE_SAYS[str(key)])


# -- 6: ninety-three late answers --------------------------------------------------------------------------------------

PRODUCTS = {
    "Bank account or service": _("Bank account or service"),
    "Consumer Loan": _("Consumer Loan"),
    "Debt collection": _("Debt collection"),
    "Mortgage": _("Mortgage"),
    "Payday loan": _("Payday loan"),
    "Credit reporting": _("Credit reporting"),
}
CELLS = (_("Credit card"), _("Money transfers"), _("Prepaid card"), _("Student loan"), _("Other financial service"))
"""The other products, as they stand in tables."""
LIMIT = 0.05


@cache
def late_by_product() -> pd.DataFrame:
    """Cases and late answers by product, with the interval of the share."""
    late = ~datasets.load("cfpb_complaints").set_index("product")["timely"]
    table = late.groupby(level=0).agg(cases="size", late="sum")
    table["share"] = table["late"] / table["cases"]
    table["low"], table["high"] = intervals.wilson(table["late"], table["cases"])
    return table


@cache
def surely_late() -> str:
    """The one product of which the whole interval lies above one answer in twenty."""
    table = late_by_product()
    (one,) = table.index[table["low"] > LIMIT]
    return str(one)


VERDICTS = (
    ("sound", _("The data carry it")),
    ("few", _("Too few cases to say so")),
    ("other", _("Not for these data to say")),
)
GU = {
    "whole": "sound",
    "payday": "few",
    "wave": "other",
    "mortgage": "sound",
    "ours": "other",
}
"""What the manager's sentences are worth."""


def _gu_sentences() -> dict[str, str]:
    data, table = datasets.load("cfpb_complaints"), late_by_product()
    payday, debt, mortgage = (table.loc[name] for name in ("Payday loan", "Debt collection", "Mortgage"))
    late = int((~data["timely"]).sum())
    months = data["received"].dt.strftime("%Y-%m").isin(["2016-01", "2016-02"]).sum()
    return {
        "whole": tr(
            _("In this file {late} of {n:,} answers were late; that is about three in a hundred."),
            late=late,
            n=len(data),
        ),
        "payday": tr(
            _(
                "Complaints like these: payday lenders are late more often ({a:.0f} of {m:.0f}) than debt collectors ({b:.0f} of {n:.0f})."
            ),
            a=payday["late"],
            m=payday["cases"],
            b=debt["late"],
            n=debt["cases"],
        ),
        "wave": tr(
            _("In January and February 2016 there was a wave: {n:,} of the {all:,} complaints came then."),
            n=months,
            all=len(data),
        ),
        "mortgage": tr(
            _(
                "Complaints like these: debt collectors are late more often ({a:.0f} of {m:.0f}) than mortgage houses ({b:.0f} of {n:.0f})."
            ),
            a=debt["late"],
            m=debt["cases"],
            b=mortgage["late"],
            n=mortgage["cases"],
        ),
        "ours": tr(_("So with three late answers in a hundred our own desk would be about as good as other firms.")),
    }


def _gu_form() -> Form:
    table = late_by_product().loc[list(PRODUCTS)]
    bars = tuple(
        (
            str(name),
            tr(
                _("{product} ({late:.0f} of {cases:.0f})"),
                product=tr(PRODUCTS[str(name)]),
                late=row["late"],
                cases=row["cases"],
            ),
            round(100 * float(row["share"]), 1),
        )
        for name, row in table.iterrows()
    )
    mark = Mark("product", "bars", bars=bars, title=_("Late answers, share of the complaints"), unit="%")
    rows = [
        Row(
            tr(
                _(
                    "Of which product would you say in public: more than one answer in twenty is late, and that is no accident?"
                )
            ),
            (mark,),
        )
    ]
    rows += [
        Row(text, (Choice(key, VERDICTS, label=_("Verdict")),), quote=True) for key, text in _gu_sentences().items()
    ]
    return Form(
        tuple(rows), intro=_("First the chart, then five sentences from the page that Manager Gu wants to pin up.")
    )


@exercise(
    "late-answers",
    lesson="4.3",
    points=6,
    title=_("Find the mistake"),
    form=_gu_form,
    hints=(
        _(
            "For each sentence ask first: is it about these rows, or about the world? Then: how many rows stand behind it?"
        ),
        _("Whoever made this file cut out a piece. What can a piece not tell, however many rows it has?"),
        _("3 of 28: the interval goes from 4% to 27%. 10 of 159: from 3% to 11%. 55 of 625: from 7% to 11%."),
    ),
    right=_(
        "Two kinds of too much: a share from 28 cases, and a sentence about something that is not in the file at all. More rows "
        "cure the first kind, and never the second."
    ),
)
def late_answers(answer: Answers) -> Iterator[Case]:
    """What can be said of the late answers in real data, and what not?"""
    yield chosen(
        answer,
        "product",
        surely_late(),
        {
            "Payday loan": _("The highest bar. If one of its late answers had been in time, how high would it be?"),
            "Consumer Loan": _("Above one in twenty, true. On how many late answers does it rest: could it be chance?"),
            "Credit reporting": _("How many late answers has this one?"),
            "": _("Is that bar above one in twenty at all?"),
        },
    )
    says = {
        "whole": {
            "few": _("Sentence 1: it counts what is in the file. Does one need more cases for counting?"),
            "other": _("Sentence 1: does it say anything about complaints that are not in the file?"),
        },
        "payday": {
            "sound": _("Sentence 2: with one or two late answers fewer, where would the payday lenders stand?"),
            "other": _(
                "Sentence 2: it speaks of complaints like these and of no others. Would ten times as many of them help?"
            ),
        },
        "wave": {
            "sound": _("Sentence 3: who chose which months got into the file?"),
            "few": _("Sentence 3: thousands of cases. Is it really their number that is missing?"),
        },
        "mortgage": {
            "few": _("Sentence 4: put the two intervals side by side. Do they touch?"),
            "other": _(
                "Sentence 4: it speaks of complaints like these and of no others. Where does it go beyond them?"
            ),
        },
        "ours": {
            "sound": _(
                "Sentence 5: who complains to a regulator, and who to your desk? And is a late answer the same at both?"
            ),
            "few": _("Sentence 5: with ten times as many rows, would it be true then?"),
        },
    }
    for key, want in GU.items():
        yield chosen(answer, key, want, says[key])


# -- on Monday ---------------------------------------------------------------------------------------------------------

CARD = (
    (_("Heard"), _("One sentence with the customer's own picture. No “but”."), _("Twelve lunches to cook, and you wait for a van: I see.")),
    (_("Can do"), _("Begin with what you can give, at once and for certain."), _("On Tuesday and Friday we are there before eight.")),
    (_("Limit"), _("Once, plainly, with a reason that the customer can follow."), _("On the other days I cannot: the tour begins with the hospitals.")),
    (_("Ways"), _("Two alternatives, so that the customer chooses."), _("A key for the driver, or two large loads a week. Which?")),
    (_("Agreed"), _("Who does what by when."), _("The key on Thursday; I ring you on Friday at nine.")),
)  # fmt: skip
"""The five parts of a no: name, what it is for, how it sounds."""


def no_card() -> str:
    """The card for a no as a page for printing: five parts, room for one's own words, and who answers in what time."""
    rows = "".join(
        f"<tr><td><b>{place}. {escape(tr(name))}</b><br><small>{escape(tr(aim))}</small></td><td>{escape(tr(line))}</td>"
        '<td contenteditable="true" class="own"></td></tr>'
        for place, (name, aim, line) in enumerate(CARD, 1)
    )
    heads = "".join(
        f"<th>{escape(tr(one))}</th>" for one in (_("Part"), _("How it can sound"), _("My own line (click and type)"))
    )
    rules = "".join(
        f"<tr><td>{escape(tr(why))}</td><td>{escape(tr(complaints.WHO[who]))}</td><td>{hours:g}</td></tr>"
        for who, hours, why in complaints.TRIAGE[["who", "hours", "why"]].itertuples(index=False)
    )
    under = "".join(
        f"<th>{escape(tr(one))}</th>" for one in (_("The first line that fits"), _("Who answers"), _("Hours"))
    )
    return (
        "<style>table{width:100%}td,th{vertical-align:top}.own{min-width:14em}@media print{body{margin:0}}</style>"
        f"<h1>{escape(tr(_('A no that keeps the customer')))}</h1>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f"<p>{escape(tr(_('If the customer asks “yes or no?”: the word, and in the same breath what you can do.')))}</p>"
        f"<h2>{escape(tr(_('Who answers in what time')))}</h2>"
        f"<table><thead><tr>{under}</tr></thead><tbody>{rules}</tbody></table>"
    )
