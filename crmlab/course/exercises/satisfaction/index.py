"""Exercises of lesson 5.1, satisfaction index and NPS, and the survey sheet that leaves the lesson."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from typing import NamedTuple

import pandas as pd

from crmlab import datasets, satisfaction
from crmlab.course.cases import Case, chosen, close, frame, near, series
from crmlab.course.exercise import exercise
from crmlab.course.exercises.satisfaction import sentences
from crmlab.course.exercises.satisfaction.sentences import Sentence
from crmlab.course.form import Answers, Choice, Entry, Form, Row, Slider, number
from crmlab.language import _, tr

SHOWN = (
    *(_("customer_id"), _("segment"), _("region"), _("channel"), _("spend"), _("recommend")),
    *(_("expected_service"), _("perceived_service"), _("expected_overall"), _("perceived_overall")),
    *(_("object"), _("n"), _("expected"), _("perceived"), _("index"), _("low"), _("high"), _("verdict")),
    *(_("unhappy"), _("satisfied"), _("delighted"), _("unclear")),
    *(_("nps"), _("promoters"), _("passives"), _("detractors"), _("East"), _("South"), _("West"), _("North")),
    *(_("Small shop"), _("Supermarket"), _("Restaurant"), _("Wholesaler")),
    *(_("The survey: the first four of 600 customers"), _("Satisfaction by segment")),
    _("Service by region: what was expected, what was perceived"),
    *(_("Recommendation by segment"), _("The five objects in the West")),
)
"""Headings, captions and words in the lesson's tables."""


@cache
def survey() -> pd.DataFrame:
    """The survey of the lesson."""
    return datasets.load("satisfaction_survey")


@cache
def service_by(group: str) -> pd.DataFrame:
    """The index of service by a column of the survey."""
    return satisfaction.by(survey(), group, "perceived_service", "expected_service")


@cache
def nps_by(group: str) -> pd.DataFrame:
    """The NPS by a column of the survey."""
    return satisfaction.nps_by(survey(), group)


# -- 1 which of the five -------------------------------------------------------------------------------------------


class Remark(NamedTuple):
    """What a customer said, the object it is about, the side of 1 it stands on, and a question for each wrong choice."""

    key: str
    text: str
    object: str
    side: str
    objects: Mapping[str, str]
    sides: Mapping[str, str]


SIDES = {
    "below": _("less than expected (c < 1)"),
    "as": _("as expected (c = 1)"),
    "above": _("more than expected (c > 1)"),
}
_PEOPLE = _("Remark {n}: you chose {got}. Was that a thing the firm delivers, or the way one of its people acted?")
_DELIVERS = _(
    "Remark {n}: you chose {got}. Is it about how somebody behaved, or about what the firm does for the shop?"
)
_WHEN = _("Remark {n}: you chose {got}. Are the goods themselves at fault, or when they came?")
_BREAKS = _("Remark {n}: you chose {got}. Is it about the crate, or about what happens when one breaks?")
_GOODS = _("Remark {n}: you chose {got}. What would still be the same if another lorry had brought it?")
_LOOKS = _("Remark {n}: you chose {got}. Which of the five can be noticed from across the street?")
_STANDS = _("Remark {n}: you chose {got}. Is this about one delivery, or about what the firm stands for?")
_SIDE = _("Remark {n}: you chose “{got}”. Which words tell what the customer had expected, and which what came?")
_PRAISE = _("Remark {n}: you chose “{got}”. It sounds pleased. But did more come than had been agreed?")
_LOW_HOPES = _("Remark {n}: you chose “{got}”. How much had this customer expected beforehand?")
REMARKS = (
    Remark(
        "late",
        _("They said Wednesday. It came on Friday, and all that time my shelf stood empty."),
        "service",
        "below",
        {"product": _WHEN, "": _DELIVERS},
        {"": _SIDE},
    ),
    Remark(
        "juice",
        _("The juice keeps as long as the label says. That is what I pay for."),
        "product",
        "as",
        {"": _GOODS},
        {"above": _PRAISE, "": _SIDE},
    ),
    Remark(
        "rep",
        _(
            "Their salesman talks to my staff as if we owed him something. From such a house I would not have thought it."
        ),
        "behaviour",
        "below",
        {"idea": _STANDS, "": _PEOPLE},
        {"": _SIDE},
    ),
    Remark(
        "lorries",
        _("I was used to their grey lorries. The new ones are bright and clean; customers ask me whose they are."),
        "audio_visual",
        "above",
        {"": _LOOKS},
        {"": _LOW_HOPES},
    ),
    Remark(
        "small-shops",
        _("‘Small shops first’ was a slogan to me. Then they turned down the big chain that wanted our prices cut."),
        "idea",
        "above",
        {"": _STANDS},
        {"": _LOW_HOPES},
    ),
    Remark(
        "crate",
        _("A broken crate is replaced with the next delivery. So it was agreed, so it is done."),
        "service",
        "as",
        {"product": _BREAKS, "": _DELIVERS},
        {"above": _PRAISE, "": _SIDE},
    ),
    Remark(
        "crisps",
        _("The new crisps: in every second box a bag has burst. At that price I had counted on better."),
        "product",
        "below",
        {"": _GOODS},
        {"": _SIDE},
    ),
    Remark(
        "driver",
        _("The driver saw my mother with the boxes and carried them in for her. Nobody had asked him to."),
        "behaviour",
        "above",
        {"": _PEOPLE},
        {"": _LOW_HOPES},
    ),
)


def _remarks_form() -> Form:
    objects = tuple(satisfaction.OBJECTS.items())
    return Form(
        tuple(
            Row(
                one.text,
                (
                    Choice(f"{one.key}.object", objects, label=_("Object")),
                    Choice(f"{one.key}.side", tuple(SIDES.items()), label=_("Index")),
                ),
                quote=True,
            )
            for one in REMARKS
        )
    )


@exercise(
    "which-object",
    lesson="5.1",
    points=4,
    title=_("Which of the five"),
    form=_remarks_form,
    hints=(
        _("Ask first: would the remark change if another person, another lorry, or another crate of goods had come?"),
        _(
            "Service is what the firm does for the shop: delivering, replacing, advising. Behaviour is how its people act."
        ),
        _("For the index look for two halves in each remark: what had been expected, and what came."),
    ),
    right=_(
        "All sixteen. Notice the two remarks at exactly 1: nothing is wrong there, and nobody will tell a friend about "
        "it. Now the same with numbers."
    ),
)
def which_object(answer: Answers) -> Iterator[Case]:
    """The object of each remark, and its side of 1."""
    for place, one in enumerate(REMARKS, 1):
        for key, want, says, names in (
            (f"{one.key}.object", one.object, one.objects, satisfaction.OBJECTS),
            (f"{one.key}.side", one.side, one.sides, SIDES),
        ):
            yield chosen(answer, key, want, says, names=names, n=place)


# -- 2 the index of service in the West ------------------------------------------------------------------------------


def _west() -> pd.DataFrame:
    return survey().loc[survey()["region"] == "West"]


def _west_form() -> Form:
    row = service_by("region").loc["West"]
    asked = tr(
        _("West, service: expected {a:.2f} on average, perceived {b:.2f}. The index, with two decimals?"),
        a=row["expected"],
        b=row["perceived"],
    )
    return Form((Row(asked, (Entry("c", _("c")),)),))


@exercise(
    "west-service",
    lesson="5.1",
    points=2,
    title=_("Service in the West"),
    form=_west_form,
    field="c",
    hints=(
        _("Which of the two stands above the line: what was expected, or what was perceived?"),
        _("c = b / a, perceived over expected; for the whole group, mean over mean."),
        _("In code: satisfaction.group_index(perceived, expected), with two columns of `west`. By hand: 5.82 / 7.93."),
    ),
    right=_(
        "Right. The West gets about three quarters of the service it expects. The interval of these 107 answers runs "
        "from 0.69 to 0.78; all other regions lie above 0.88. No other finding of this survey is as clear."
    ),
)
def west_service(answer: Answers) -> Iterator[Case]:
    """Mean perceived over mean expected service in the West."""
    want = float(service_by("region").loc["West", "index"])
    west = _west()
    both = west["perceived_service"], west["expected_service"]
    mean = float(service_by("region").loc["West", "expected"] - service_by("region").loc["West", "perceived"])
    overall = satisfaction.by(survey(), "region", "perceived_overall", "expected_overall")
    slips = (
        (1 / want, _("You have {got}. Above 1 would mean delighted. Which of the two numbers belongs on top?")),
        (
            satisfaction.group_index(*both, how="mean_of_ratios"),
            _("You have {got}, the mean of each customer's own ratio. Which customers weigh too much in it?"),
        ),
        (100 * want, _("You have {got}. The index is no percentage: 1 stands for “as expected”.")),
        (mean, _("You have {got}, a difference. How does one number compare with another as a ratio?")),
        (-mean, _("You have {got}, a difference. How does one number compare with another as a ratio?")),
        (
            float(overall.loc["West", "index"]),
            _("You have {got}. That is the West as a whole. Which two columns are about service?"),
        ),
        (
            float(satisfaction.by_object(survey()).loc["service", "index"]),
            _("You have {got}. That is the service in all regions. Which customers are asked for?"),
        ),
    )
    yield near(
        answer, "c", want, slips, _("You have {got}. Divide one mean by the other: which by which?"), tolerance=0.006
    )


# -- 3 an NPS from counts --------------------------------------------------------------------------------------------


def _north_form() -> Form:
    row = nps_by("region").loc["North"]
    asked = tr(
        _(
            "North: {promoters} answers of 9 or 10, {passives} of 7 or 8, {detractors} of 0 to 6; "
            "{missing} customers left the question out. The NPS?"
        ),
        promoters=int(row["promoters"]),
        passives=int(row["passives"]),
        detractors=int(row["detractors"]),
        missing=int((survey()["region"] == "North").sum() - row["n"]),
    )
    return Form((Row(asked, (Entry("nps", _("NPS"), _("points")),)),))


@exercise(
    "north-nps",
    lesson="5.1",
    points=2,
    title=_("The NPS of the North"),
    code=True,
    hints=(
        _("Three groups: who counts for us, who against us, and who only makes the total larger?"),
        _("(promoters − detractors) / all who answered, times 100."),
        _("In code: satisfaction.nps(...) of the column “recommend” of `north`. By hand: (38 − 23) / 111, times 100."),
    ),
    right=_(
        "Right, about 14 points. Its interval runs from just under 0 to 27: from 111 answers one cannot even be quite "
        "sure that the North has more promoters than detractors."
    ),
)
def north_nps(answer: object) -> Iterator[Case]:
    """The NPS of the North: a number, or the whole result of satisfaction.nps."""
    yield from _north_clicks({"nps": getattr(answer, "nps", answer)})


@north_nps.click_twin(_north_form)
def _north_clicks(answer: Answers) -> Iterator[Case]:
    row = nps_by("region").loc["North"]
    up, down, n = float(row["promoters"]), float(row["detractors"]), float(row["n"])
    asked = float((survey()["region"] == "North").sum())
    zeros = _("You have {got}. What did you make of the customers who left the question out?")
    slips: tuple[tuple[float, str], ...] = (
        (up - down, _("You have {got}, a difference of counts. Of how many answers?")),
        (100 * up / n, _("You have {got}, the share of promoters. Who has to be taken off?")),
        (100 * (up - down) / (up + down), _("You have {got}. Do the passives count among those who answered?")),
        (-100 * (up - down) / n, _("You have {got}. Who is taken off whom?")),
        (100 * (up - down) / asked, zeros),
        (100 * (up - down - asked + n) / asked, zeros),
        (
            survey().loc[survey()["region"] == "North", "recommend"].mean(),
            _("You have {got}, the mean answer. The NPS counts people in three groups: which?"),
        ),
    )
    got = number(answer["nps"]) if "nps" in answer else None
    if got is not None and abs(got - (up - down) / n) < 0.006:
        slips = ((got, _("You have {got}. The score is in points from −100 to 100: which step is missing?")),)
    yield near(
        answer,
        "nps",
        float(row["nps"]),
        slips,
        _("You have {got}. Take the two shares apart first: promoters in %, detractors in %."),
        tolerance=0.6,
    )


# -- 4 how many answers ----------------------------------------------------------------------------------------------

RATE = 0.4
"""Share of those asked who answer, as the exercise assumes it."""
STEP = 10


def _mix() -> tuple[float, float]:
    found = satisfaction.nps(survey()["recommend"])
    return found.promoters / found.n, found.detractors / found.n


def _margin(n: float) -> float:
    """Half the width of the interval of an NPS from ``n`` answers that fall as in the survey."""
    up, down = _mix()
    return 196.0 * ((up + down - (up - down) ** 2) / n) ** 0.5


def _need(margin: float) -> int:
    up, down = _mix()
    return satisfaction.sample_size(margin, kind="nps", promoters=up, detractors=down)


def _live(answers: Answers) -> list[str]:
    lines = []
    for key, title in (("ten", _("First slider")), ("five", _("Second slider"))):
        margin = _margin(answers[key])
        line = tr(
            _("{title}: {n:.0f} answers give ±{margin:.1f} points. A measured 10 may then be {low:.1f} to {high:.1f}."),
            title=tr(title),
            n=answers[key],
            margin=margin,
            low=10 - margin,
            high=10 + margin,
        )
        lines.append(line.replace("-", "−"))  # a true minus sign, as in the prose
    return lines


def _size_form() -> Form:
    factors = (
        ("twice", _("twice as many answers")),
        ("four", _("four times as many")),
        ("ten", _("ten times as many")),
    )
    return Form(
        (
            Row(
                _("The fewest answers (in tens) for an NPS within ±10 points"),
                (Slider("ten", _("First slider"), 30, 1500, STEP, 30, _("answers")),),
            ),
            Row(
                _("The fewest answers (in tens) for an NPS within ±5 points"),
                (Slider("five", _("Second slider"), 30, 1500, STEP, 30, _("answers")),),
            ),
            Row(_("So half the margin costs"), (Choice("factor", factors, label=_("Cost")),)),
            Row(
                _("Of 100 customers who are asked, 40 answer. How many must you ask for ±10 points?"),
                (Entry("asked", _("Customers to ask")),),
            ),
        ),
        live=_live,
        intro=tr(
            _("The answers are taken to fall as they did this year: {up:.0%} promoters, {down:.0%} detractors."),
            up=_mix()[0],
            down=_mix()[1],
        ),
    )


@exercise(
    "how-many",
    lesson="5.1",
    points=4,
    title=_("How many answers"),
    form=_size_form,
    hints=(
        _("Move the first slider until the line below says ±10.0 or less; then the second for ±5.0."),
        _("Compare your two numbers: what must one be multiplied by to give the other?"),
        _("If 40 of 100 answer, one answer takes 100 / 40 = 2.5 customers asked."),
    ),
    right=_(
        "Right. Half the margin costs four times the answers, and each group that you want to speak about needs its own: "
        "for ±10 points about A customers alone, some 220 of them would have to answer. This survey has 36."
    ),
)
def how_many(answer: Answers) -> Iterator[Case]:
    """The fewest answers for two margins, what half a margin costs, and how many to ask."""
    for key, margin in (("ten", 10), ("five", 5)):
        least = -(-_need(margin) // STEP) * STEP
        few = number(answer.get(key)) or 0
        says = (
            _("With {got} answers the margin is ±{margin:.1f} points. Is that within ±{wish}?")
            if few < least
            else _(
                "With {got} answers the margin is ±{margin:.1f} points, better than ±{wish}. Can it be had with fewer?"
            )
        )
        yield close(answer, key, least, says, tolerance=STEP / 2, margin=_margin(max(few, 1)), wish=margin)
    yield chosen(answer, "factor", "four", _("Divide the second number by the first one. What comes out?"))
    least = _need(10)
    slips = (
        (RATE * least, _("You would ask {got} customers, fewer than the answers you need. Who does not answer?")),
        (least, _("You would ask {got} customers. How many of them answer?")),
        (_need(5) / RATE, _("You would ask {got} customers. Is that for ±10 points, or for ±5?")),
    )
    said = _("You would ask {got} customers. Forty in a hundred of them answer: how many answers is that?")
    got = number(answer.get("asked")) or 0
    if abs(got - least / RATE) > 0.03 * least / RATE:
        yield near(answer, "asked", least / RATE, slips, said, tolerance=0.01 * least)
    else:
        yield close(answer, "asked", least / RATE, said, tolerance=0.03 * least / RATE)


# -- 5 fresh data: the channels --------------------------------------------------------------------------------------

REPORTS = {
    "rank": _(
        "Small shops are our weakest channel, wholesalers our best: move service people from the one to the other."
    ),
    "all": _("In all four channels service falls short. Which is weakest, this survey cannot tell."),
    "fine": _("About 0.9 in every channel: service is as expected, nothing to do."),
}


def _channels_form() -> Form:
    table = service_by("channel")
    rows = [
        Row(
            tr(
                _("{name}, {n} answers: expected {a:.2f}, perceived {b:.2f}. c?"),
                name=tr(name),
                n=int(table.loc[name, "n"]),
                a=table.loc[name, "expected"],
                b=table.loc[name, "perceived"],
            ),
            (Entry(key, _("c")),),
        )
        for key, name in (("small", "Small shop"), ("wholesale", "Wholesaler"))
    ]
    intervals = (
        tr(_("{name} {low:.2f} to {high:.2f}"), name=tr(name), low=table.loc[name, "low"], high=table.loc[name, "high"])
        for name in sorted(table.index)
    )
    asked = Row(_("What may the report say?"), (Choice("report", tuple(REPORTS.items()), style="radio"),))
    said = tr(_("The intervals of c for service: {intervals}."), intervals=tr(_("; ")).join(intervals))
    return Form((*rows, asked), intro=said)


@exercise(
    "channels",
    lesson="5.1",
    points=3,
    title=_("Service by channel"),
    code=True,
    hints=(
        _("It is the same question as in the West, with another column to group by."),
        _("satisfaction.by(table, group, perceived, expected): the survey, “channel”, and the two columns of service."),
        _("For the report lay the four intervals side by side. Do they overlap? Does one of them reach 1?"),
    ),
    right=_(
        "Right. Four indices of about 0.9, four intervals that overlap, none that reaches 1. A ranking would look clever "
        "and rest on chance; “short everywhere” rests on 585 answers."
    ),
)
def channels(answer: pd.DataFrame) -> Iterator[Case]:
    """The table of service by channel."""
    want = service_by("channel")
    yield from frame(answer, ["expected", "perceived", "index", "low", "high"], rows=len(want))
    says = _(
        "{row}: the index is {got:.3f} in your table. Which two columns are about service, and which one stands first?"
    )
    yield series(answer["index"], want["index"], says, tolerance=1e-6, weight=2)
    says = _("{row}: your interval begins at {got:.3f}. Is it the usual one of 95%?")
    yield series(answer["low"], want["low"], says, tolerance=1e-6)


@channels.click_twin(_channels_form)
def _channels_clicks(answer: Answers) -> Iterator[Case]:
    table = service_by("channel")
    for key, name in (("small", "Small shop"), ("wholesale", "Wholesaler")):
        want = float(table.loc[name, "index"])
        slips = (
            (1 / want, _("You have {got}. Above 1 would mean delighted. Which of the two numbers belongs on top?")),
            (100 * want, _("You have {got}. The index is no percentage: 1 stands for “as expected”.")),
        )
        yield near(
            answer,
            key,
            want,
            slips,
            _("You have {got}. Divide one mean by the other: which by which?"),
            tolerance=0.006,
        )
    yield chosen(
        answer,
        "report",
        "all",
        {
            "rank": _("You would move people from one channel to another. Do the intervals of the two overlap?"),
            "fine": _("You would leave it as it is. Does any of the four intervals reach up to 1?"),
        },
    )


# -- 6 what the survey carries ---------------------------------------------------------------------------------------


class Claim(NamedTuple):
    """A sentence for the page, what the survey says to it, why, and a question for each wrong choice."""

    key: str
    text: str
    verdict: str
    reason: str
    verdicts: Mapping[str, str]
    reasons: Mapping[str, str]


VERDICTS = {
    "carried": _("the survey carries it"),
    "open": _("cannot be told"),
    "against": _("the survey says the opposite"),
}
REASONS = {
    "smaller": _("the difference is smaller than its margin"),
    "larger": _("the difference is larger than its margin"),
    "below": _("the whole interval of c lies below 1"),
    "many": _("600 customers are enough for any comparison"),
}
_MANY = _("Claim {n}: your reason is “{got}”. How many of the 600 speak in this comparison?")
_REASON = _(
    "Claim {n}: your reason is “{got}”. Is this claim about a difference, or about the line at 1? Look up its numbers."
)
CLAIMS = (
    Claim(
        "b-c",
        _("Our B customers recommend us more than our C customers do: NPS 13 against 6."),
        "open",
        "smaller",
        {
            "carried": _(
                "Claim {n}: you let it stand. Work out the margin as above: which is larger, the difference or its margin?"
            ),
            "against": _("Claim {n}: you call it the opposite. Which group has the higher NPS in the sample?"),
        },
        {"many": _MANY, "": _REASON},
    ),
    Claim(
        "a-c",
        _("Our A customers recommend us more than our C customers do: NPS 39 against 6."),
        "carried",
        "larger",
        {
            "open": _("Claim {n}: you leave it open. Do the two intervals, of A and of C, touch?"),
            "against": _("Claim {n}: you call it the opposite. Which group has the higher NPS in the sample?"),
        },
        {"many": _MANY, "": _REASON},
    ),
    Claim(
        "a-more",
        _("Our A customers get more from us than they expect."),
        "against",
        "below",
        {
            "carried": _("Claim {n}: you let it stand. On which side of 1 is the index of the A customers?"),
            "open": _("Claim {n}: you leave it open. Does the interval of the A customers' index reach 1?"),
        },
        {"many": _MANY, "": _REASON},
    ),
    Claim(
        "west",
        _("In the West our service is further below expectation than our products are."),
        "carried",
        "larger",
        {
            "open": _("Claim {n}: you leave it open. Do the intervals of service and product in the West touch?"),
            "against": _("Claim {n}: you call it the opposite. Which of the two indices is lower?"),
        },
        {
            "many": _MANY,
            "below": _("Claim {n}: both intervals lie below 1. Does that say which of the two is lower?"),
            "": _REASON,
        },
    ),
)


def _claims_form() -> Form:
    return Form(
        tuple(
            Row(
                one.text,
                (
                    Choice(f"{one.key}.verdict", tuple(VERDICTS.items()), label=_("Verdict")),
                    Choice(f"{one.key}.reason", tuple(REASONS.items()), label=_("Because")),
                ),
                quote=True,
            )
            for one in CLAIMS
        )
    )


@exercise(
    "what-it-carries",
    lesson="5.1",
    points=4,
    title=_("Which sentence may stand"),
    form=_claims_form,
    hints=(
        _("Ask of each claim: does it compare two groups, or one group with the line at 1?"),
        _("Two intervals that do not touch: the difference stands. If they overlap: is it larger than its margin?"),
        _(
            "B against C: 6.4 ± 14.6. A and C: 14 to 64 and −1 to 14, rounded; look at the decimals. A's index: 0.83 to 0.99."
        ),
    ),
    right=_(
        "Right. Two of the director's four sentences may stand, one must go, one stays open until more customers are "
        "asked. Money moved on the first one would be moved on chance."
    ),
)
def what_it_carries(answer: Answers) -> Iterator[Case]:
    """Verdict and reason for each claim."""
    for place, one in enumerate(CLAIMS, 1):
        for key, want, says, names in (
            (f"{one.key}.verdict", one.verdict, one.verdicts, VERDICTS),
            (f"{one.key}.reason", one.reason, one.reasons, REASONS),
        ):
            yield chosen(answer, key, want, says, names=names, n=place)


# -- 7 find the mistake ----------------------------------------------------------------------------------------------

FAULTS = {
    "sound": _("sound"),
    "ratios": _("averaged ratios instead of comparing means"),
    "zeros": _("counted empty boxes as answers"),
    "average": _("took an average for a share of people"),
    "margin": _("compared without margins"),
}


_CLEAN = _("Line {n}: you chose “{got}”. Work the number out again from the survey. Does it differ from ours?")
_LOOK = _("Line {n}: you chose “{got}”. What exactly was computed here, and from whose answers?")
LINES = (
    Sentence(
        "overall",
        "ratios",
        {
            "sound": _(
                "Line {n}: you let it pass. Our own overall index was lower. What was done in another order here?"
            ),
            "": _LOOK,
        },
    ),
    Sentence(
        "empty",
        "zeros",
        {"sound": _("Line {n}: you let it pass. What kind of customer does a 0 become?"), "": _LOOK},
    ),
    Sentence("west", "sound", {"": _CLEAN}),
    Sentence(
        "promoters",
        "average",
        {"sound": _("Line {n}: you let it pass. How many customers really gave a 9 or a 10?"), "": _LOOK},
    ),
    Sentence(
        "channels",
        "margin",
        {
            "sound": _("Line {n}: you let it pass. You have seen these four channels. Did their intervals lie apart?"),
            "": _LOOK,
        },
    ),
)


def _line_text(key: str) -> str:
    """A line of the page with its numbers, which are the colleague's: some are wrong."""
    score = survey()["recommend"]
    both = survey()["perceived_overall"], survey()["expected_overall"]
    west, channel = service_by("region").loc["West"], service_by("channel")
    texts = {
        "overall": tr(
            _(
                "Overall satisfaction is {c:.2f}: for each customer I divided perceived by expected, and averaged the results."
            ),
            c=satisfaction.group_index(*both, how="mean_of_ratios"),
        ),
        "empty": tr(
            _("So that all 600 customers count, I wrote 0 where nobody had answered. NPS: {nps:+.0f}."),
            nps=satisfaction.nps(score.fillna(0)).nps,
        ),
        "west": tr(
            _(
                "Service in the West: {n} answers, mean perceived over mean expected is {c:.2f}, interval {low:.2f} to {high:.2f}."
            ),
            n=int(west["n"]),
            c=west["index"],
            low=west["low"],
            high=west["high"],
        ),
        "promoters": tr(
            _("The recommendation averages {mean:.1f} out of 10, so {share:.0f}% of our customers are promoters."),
            mean=score.mean(),
            share=10 * score.mean(),
        ),
        "channels": tr(
            _(
                "Wholesalers stand at {best:.2f} for service, small shops at {worst:.2f}: small shops are served worse, no doubt."
            ),
            best=channel.loc["Wholesaler", "index"],
            worst=channel.loc["Small shop", "index"],
        ),
    }
    return texts[key]


def _lines_form() -> Form:
    return sentences.page(LINES, FAULTS, _line_text)


@exercise(
    "colleagues-page",
    lesson="5.1",
    points=3,
    title=_("Find the mistake"),
    form=_lines_form,
    hints=(
        _("Only one of the five lines is sound."),
        _(
            "Compare each number with the one that this lesson found for the same thing. Where they differ, ask how his was made."
        ),
        _("Overall we had 0.95 and an NPS of 10; 197 of 580 gave a 9 or a 10; the channels' intervals overlap."),
    ),
    right=_(
        "Right. Each of the four mistakes gives a number that looks like any other: nothing on the page warns you. That is "
        "why a page says how it was computed, from how many answers, and how far the number can be trusted."
    ),
)
def colleagues_page(answer: Answers) -> Iterator[Case]:
    """What is wrong with each line of the page."""
    yield from sentences.judged(answer, LINES, FAULTS)


# -- on Monday -------------------------------------------------------------------------------------------------------

QUESTIONS = {
    "idea": _("What the supplier stands for: it keeps to what it preaches"),
    "behaviour": _("Its people: polite, honest, keep their word"),
    "audio_visual": _("What one sees and hears: lorries, clothing, shelves, telephone"),
    "product": _("Its goods: quality, range, freshness, price for what they are"),
    "service": _("What it does for us: delivers on time, replaces, advises"),
    "overall": _("The supplier as a whole"),
}


def survey_sheet() -> str:
    """The survey as one printable page (HTML), in the reader's language.

    >>> survey_sheet().count("<tr>")
    7
    """
    scale = '<span style="white-space:nowrap">' + "&ensp;".join(map(str, range(1, 11))) + "</span>"
    lines = "".join(
        f"<tr><td>{place}. {escape(tr(text))}</td><td>{scale}</td><td>{scale}</td></tr>"
        for place, text in enumerate(QUESTIONS.values(), 1)
    )
    heads = (_("How good is ..."), _("I expect of a good supplier (a)"), _("I get from you (b)"))
    head = "".join(f"<th>{escape(tr(text))}</th>" for text in heads)
    title = _("Our service, as you see it")
    first = _(
        "Ring a number: 1 = very poor, 10 = could not be better. First go down the left column, then the right one. "
        "Leave open what you cannot judge."
    )
    recommend = _("7. Would you recommend us to another shop owner? 0 = not at all, 10 = certainly")
    points = "&ensp;".join(map(str, range(11)))
    change = _("8. The first thing we should change: ________________________________________")
    office = (
        _("Office only. Customer no. ________  Class ____  Region ________  Channel ________  Date ________"),
        _("The customer fills in the sheet alone; the salesman does not see it. An empty box stays empty: it is no 0."),
        _(
            "Reported are mean b / mean a with interval, the NPS with interval, and how many answered of how many asked."
        ),
    )
    return (
        f"<h1>{escape(tr(title))}</h1><p>{escape(tr(first))}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
        f"<p>{escape(tr(recommend))}</p><p>{points}</p><p>{escape(tr(change))}</p><hr>"
        + "".join(f"<p><small>{escape(tr(text))}</small></p>" for text in office)
    )
