"""Exercises of lesson 5.3, gap model and importance-performance, and the action list that leaves the lesson."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

import pandas as pd

from crmlab import datasets, importance_performance, satisfaction, servqual
from crmlab.course.cases import Case, case, chosen, frame, gate, matched, near
from crmlab.course.exercise import exercise
from crmlab.course.exercises.satisfaction import sentences
from crmlab.course.exercises.satisfaction.sentences import Sentence
from crmlab.course.form import Answers, Choice, Entry, Form, Mark, Row, Slider, matching
from crmlab.language import _, tr

SHOWN = (
    *(_("branch"), _("dimension"), _("items"), _("gap"), _("alpha_perceived"), _("understood"), _("specified")),
    *(_("delivered"), _("promised"), _("largest"), _("alpha"), _("importance"), _("performance"), _("quadrant")),
    *(
        _("stated"),
        _("derived"),
        _("give_or_take"),
        _("Centre"),
        _("Harbour"),
        _("Hill"),
        _("what to do"),
        _("who"),
        _("until"),
    ),
    *(_("gap_1"), _("gap_2"), _("gap_3"), _("gap_4"), _("gap_5"), _("unexplained")),
    _("Reliability, on the scale from 1 to 7: six levels in three branches"),
    _("Alpha of the perceived answers"),
    _("Five objects: what customers expect, and what goes with their overall judgement"),
    _("What to do, by quadrant"),
)
"""Headings, captions and words in the lesson's tables."""

SCALES = (_("points out of 100"), _("mean mark, 1 to 7"))
"""In what the map measures importance and performance."""

CUTS = (18.0, 5.5)
"""The cross of the worked map: importance in points out of 100, performance on the scale from 1 to 7."""
BRANCHES = ("Centre", "Harbour", "Hill")


@cache
def survey() -> pd.DataFrame:
    """The SERVQUAL survey of the lesson."""
    return datasets.load("servqual_survey")


@cache
def by_branch(branch: str = "") -> pd.DataFrame:
    """The gaps of the five dimensions, in one branch or in all."""
    answers = survey()
    return servqual.by_dimension(answers[answers["branch"] == branch] if branch else answers)


@cache
def stated() -> pd.DataFrame:
    """Importance (points out of 100) and performance (perceived) of the five dimensions, over all branches."""
    return importance_performance.importance_performance(
        weights(survey()), by_branch()["perceived"], cuts="mean"
    )  # fmt: skip


def weights(answers: pd.DataFrame) -> pd.Series:
    """The mean points out of 100 that customers gave to each dimension."""
    return pd.Series({key: float(answers[f"weight_{key}"].mean()) for key in servqual.DIMENSIONS}, name="importance")


def _minus(text: str) -> str:
    """A true minus sign before a number, as in the prose."""
    return text.replace("-", "−")


# -- 1 where did it go wrong -----------------------------------------------------------------------------------------

GAPS = {
    "1": _("gap 1: the wish is not known"),
    "2": _("gap 2: known, but not made a standard"),
    "3": _("gap 3: a standard, but not kept"),
    "4": _("gap 4: more promised than delivered"),
}


class Story(NamedTuple):
    """What happened, the gap it opens, and a question for each wrong choice."""

    key: str
    text: str
    gap: str
    says: Mapping[str, str]


_KNEW = _("You chose “{got}”. Did the management know what customers want here? Which words say so?")
_WRITTEN = _("You chose “{got}”. What does the work order or the handbook say in this story?")
_OUTSIDE = _("You chose “{got}”. Was anything told to customers beforehand here?")
_KEPT = _("You chose “{got}”. Was there a rule, and was it kept?")
STORIES = (
    Story(
        "ice",
        _("The head of service is sure that shops want cheap repairs. Asked, they say: price is fine, tell us the hour."),
        "1",
        {"4": _OUTSIDE, "": _KNEW},
    ),
    Story(
        "friday",
        _("“By Friday noon” stands on the work order. At Harbour every third cooler comes back on Monday."),
        "3",
        {"4": _OUTSIDE, "1": _KNEW, "": _WRITTEN},
    ),
    Story(
        "leaflet",
        _("The leaflet says “repaired in 24 hours”. The fitters plan for 48, as their handbook says, and they keep to it."),
        "4",
        {"3": _KEPT, "": _WRITTEN},
    ),
    Story(
        "six",
        _("Restaurants need the fitter before six in the evening, the head of service says so himself. The roster ends with “some time that day”."),
        "2",
        {"1": _KNEW, "3": _WRITTEN, "": _OUTSIDE},
    ),
    Story(
        "rep",
        _("To win the order, the salesman adds a free spare cooler for the days of the repair. The workshop has none and never had."),
        "4",
        {"2": _OUTSIDE, "": _KEPT},
    ),
    Story(
        "call",
        _("“Call the shop before you set out” is rule 4 of the handbook, and every fitter has signed it. Two calls in ten are made."),
        "3",
        {"2": _WRITTEN, "1": _KNEW, "": _OUTSIDE},
    ),
    Story(
        "quiet",
        _("The board chose quiet coolers as the theme of the year. Nobody had asked the shops; they complain of the shelves inside."),
        "1",
        {"2": _KNEW, "": _KEPT},
    ),
    Story(
        "photo",
        _("Every meeting agrees: shops want to know which part failed. The report form still has no line for it."),
        "2",
        {"1": _KNEW, "3": _WRITTEN, "": _OUTSIDE},
    ),
)  # fmt: skip


def _stories_form() -> Form:
    return Form(matching("gap", ((one.key, one.text) for one in STORIES), GAPS.items()))


@exercise(
    "which-gap",
    lesson="5.3",
    points=4,
    title=_("Where did it go wrong"),
    form=_stories_form,
    hints=(
        _("Walk from the customer inwards: is the wish known? Is it written down as a rule? Is the rule kept? And what was promised?"),
        _("A rule that is broken is another gap than a rule that was never written."),
        _("Each gap stands here twice."),
    ),
    right=_(
        "All eight. Notice who would have had to act: the management four times, whoever made the promise twice, and the "
        "fitters only twice. They are blamed for all eight."
    ),
)  # fmt: skip
def which_gap(answer: Answers) -> Iterator[Case]:
    """The gap that each story opens."""
    want = {one.key: one.gap for one in STORIES}
    yield from matched(answer, "gap", want, {story.key: story.says for story in STORIES}, names=GAPS)


# -- 2 six levels ----------------------------------------------------------------------------------------------------

_INSIDE = {
    "Centre": {"understood": 6.0, "specified": 5.2, "delivered": 5.2, "promised": 5.4},
    "Harbour": {"understood": 6.0, "specified": 5.9, "delivered": 4.3, "promised": 5.0},
    "Hill": {"understood": 5.8, "specified": 5.6, "delivered": 5.3, "promised": 6.3},
}


def levels() -> pd.DataFrame:
    """Reliability at the six levels of the gap model: ``expected`` and ``perceived`` from the survey, the four between
    them from Sun Qian's talks and papers (made up). A row a branch, the scale from 1 to 7.

    >>> levels().loc["Hill", "promised"]
    np.float64(6.3)
    """
    rows = {}
    for name, inside in _INSIDE.items():
        row = by_branch(name).loc["reliability"]
        rows[name] = {"expected": round(row["expected"], 1), **inside, "perceived": round(row["perceived"], 1)}
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = "branch"
    return table


@cache
def _found_gaps() -> pd.DataFrame:
    return servqual.five_gaps(levels())


LARGEST = {f"gap_{key}": text for key, text in GAPS.items()}
REMEDIES = {
    "course": _("send the fitters of all three on a course"),
    "ask": _("ask the customers once more what they want"),
    "each": _("mend another thing in each branch"),
    "leaflet": _("print a more careful leaflet for all"),
}


def _levels_form() -> Form:
    rows = [Row(tr(name), (Choice(f"{name}.largest", tuple(LARGEST.items())),)) for name in BRANCHES]
    rows.append(Row(_("What is to be done?"), (Choice("remedy", tuple(REMEDIES.items()), style="radio"),)))
    return Form(tuple(rows), intro=_("Which of gaps 1 to 4 is the largest in each branch?"))


@exercise(
    "six-levels",
    lesson="5.3",
    points=4,
    title=_("Six levels, three branches"),
    code=True,
    hints=(
        _(
            "A gap is a level less the one that stands before it: understood less expected, specified less understood, ..."
        ),
        _("Gap 4 is delivered less promised. In code servqual.five_gaps takes the whole table."),
        _("Centre: 5.2 − 6.0. Harbour: 4.3 − 5.9. Hill: 5.3 − 6.3."),
    ),
    right=_(
        "Right. The fitters of Centre keep a standard that is too low, those of Harbour do not keep a good one, those of Hill "
        "are behind a promise that others made. One course for all would mend one of three."
    ),
)
def six_levels(answer: pd.DataFrame) -> Iterator[Case]:
    """The table of gaps by branch."""
    yield from frame(answer, ["gap_1", "gap_2", "gap_3", "gap_4", "largest"])
    missing = [name for name in BRANCHES if name not in answer.index]
    yield gate(not missing, _("There is no row for {missing}. Give it the whole table."), missing=", ".join(missing))
    for name in BRANCHES:
        for column in ("gap_2", "gap_3", "gap_4"):
            got, want = float(answer.loc[name, column]), float(_found_gaps().loc[name, column])
            yield case(
                abs(got - want) < 1e-6,
                _("{branch}: {column} is {got:.1f} in your table. Which of the two levels is taken off?"),
                branch=tr(name),
                column=column,
                got=got,
            )


@six_levels.click_twin(_levels_form)
def _levels_clicks(answer: Answers) -> Iterator[Case]:
    for name in BRANCHES:
        says = _("{branch}: you chose “{got}”. How large is that step in the table, and how large are the others?")
        largest = str(_found_gaps().at[name, "largest"])
        yield chosen(answer, f"{name}.largest", largest, says, names=LARGEST, branch=tr(name))
    yield chosen(
        answer,
        "remedy",
        "each",
        {
            "course": _("You would train everybody. In which of the branches do the fitters fall short of their standard?"),
            "ask": _("You would ask again. How large is gap 1, compared with the largest gap of each branch?"),
            "leaflet": _("You would promise less everywhere. In which branch is the promise the largest step?"),
        },
    )  # fmt: skip


# -- 3 one cell stands apart -----------------------------------------------------------------------------------------

SENTENCES = {
    "mean": _("Reliability is 1.15 short in the survey, so all three branches have to improve by 1.15."),
    "apart": _("Reliability falls short in all three, and at Harbour further than in the others."),
    "rank": _("In reliability Harbour is the worst, Hill the second worst, Centre the best."),
    "all": _("Harbour is the worst of the three in each of the five dimensions."),
}


def _grid() -> Mark:
    texts = []
    for branch in BRANCHES:
        for key, row in by_branch(branch).iterrows():
            said = tr(_("{low:.2f} to {high:.2f}"), low=row["low"], high=row["high"])
            texts.append((f"{key}.{branch}", _minus(said)))
    return Mark(
        "apart",
        "cells",
        rows=tuple(servqual.DIMENSIONS.items()),
        columns=tuple((name, name) for name in BRANCHES),
        texts=tuple(texts),
        title=_("95% intervals of the gaps"),
    )


def _harbour_form() -> Form:
    row = by_branch("Harbour").loc["reliability"]
    asked = tr(
        _("Reliability at Harbour: expected {a:.2f}, perceived {b:.2f}. The gap, with its sign?"),
        a=row["expected"],
        b=row["perceived"],
    )
    return Form(
        (
            Row(asked, (Entry("gap", _("gap")),)),
            Row(_("Mark the one cell whose interval touches neither of the two others in its row."), (_grid(),)),
            Row(_("Which sentence goes on the page?"), (Choice("sentence", tuple(SENTENCES.items()), style="radio"),)),
        )
    )


@exercise(
    "harbour",
    lesson="5.3",
    points=4,
    title=_("One branch at a time"),
    code=True,
    hints=(
        _("The same call as for all 280 customers, with the customers of Harbour only."),
        _("servqual.by_dimension(harbour). For the cell go along each row: which interval keeps clear of both others?"),
        _("In code: the whole table of five dimensions. By hand: 4.21 − 6.08; and look at the second row."),
    ),
    right=_(
        "Right. −1.15 was an average over branches of which none has it: two stand near −0.85, one at −1.87. "
        "Centre and Hill cannot be told apart, so they are not ranked."
    ),
)
def harbour(answer: pd.DataFrame) -> Iterator[Case]:
    """The gaps at Harbour, as a table."""
    yield from frame(answer, ["gap", "low", "high"])
    missing = [key for key in servqual.DIMENSIONS if key not in answer.index]
    yield gate(
        not missing, _("There is no row for {missing}: a table by dimension is wanted."), missing=", ".join(missing)
    )
    for key, row in by_branch("Harbour").iterrows():
        got = float(answer.loc[key, "gap"])
        yield case(
            abs(got - row["gap"]) < 1e-6,
            _("{name}: the gap is {got:.2f} in your table. Whose answers are in it?"),
            name=tr(servqual.DIMENSIONS[str(key)]),
            got=got,
        )  # fmt: skip


@harbour.click_twin(_harbour_form)
def _harbour_clicks(answer: Answers) -> Iterator[Case]:
    row = by_branch("Harbour").loc["reliability"]
    slips = (
        (-row["gap"], _("You have {got}. Which of the two is taken off, and what does the sign tell?")),
        (row["perceived"] / row["expected"], _("You have {got}, a ratio: the index of 5.1. How is a gap made?")),
        (by_branch().at["reliability", "gap"], _("You have {got}. Whose answers are in that number?")),
    )
    yield near(
        answer,
        "gap",
        round(row["perceived"], 2) - round(row["expected"], 2),
        slips,
        _("You have {got}. Perceived less expected: which of the two numbers is which?"),
        tolerance=0.011,
    )
    says = _("You marked {cell}. Compare its interval with the two others in this row: does it touch one of them?")
    yield chosen(answer, "apart", "reliability.Harbour", says, cell=_grid().show(answer.get("apart")))
    yield chosen(
        answer,
        "sentence",
        "apart",
        {
            "mean": _("You put the mean of all. Which of the three branches has a gap of 1.15?"),
            "rank": _("You rank all three. Do the intervals of Centre and Hill touch?"),
            "all": _("You say: in each of five. Look at assurance: which branch has the smallest gap there?"),
        },
        weight=2,
    )


# -- 4 what alpha says -----------------------------------------------------------------------------------------------

EMPATHY = tuple(int(number) for number in servqual.ITEMS.index[servqual.ITEMS["dimension"] == "empathy"])
FOLLOWS = {"holds": _("follows"), "not": _("does not follow")}
ALPHA_LINES = {
    "better": "holds",
    "strike": "not",
    "proved": "not",
    "both": "not",
}


@cache
def without() -> pd.Series:
    """Alpha of empathy when one item is left out, by item."""
    found = servqual.alpha_without(survey()[[f"p{number}" for number in EMPATHY]])["alpha"]
    return pd.Series(found.to_numpy(), index=list(EMPATHY))


def _alpha_text(key: str) -> str:
    texts = {
        "better": tr(
            _(
                "There is an item without which the other four hang together more closely than all five do ({before:.2f})."
            ),
            before=float(by_branch().at["empathy", "alpha_perceived"]),
        ),
        "strike": tr(
            _(
                "The item that goes its own way is of no use to us: whatever it asks about can be struck from the service."
            )
        ),
        "proved": tr(
            _("Reliability has an alpha of {alpha:.2f}: that its five questions measure reliability is proved."),
            alpha=float(by_branch().at["reliability", "alpha_perceived"]),
        ),
        "both": tr(
            _("Reliability has a higher alpha than tangibles, so customers are more content with our reliability."),
        ),
    }
    return texts[key]


def _alpha_form() -> Form:
    bars = tuple((str(number), str(number), round(float(value), 2)) for number, value in without().items())
    rows = [
        Row(
            _(
                "Alpha of empathy when one of its five items is left out. Mark the item that does not go with the others."
            ),
            (Mark("item", "bars", bars=bars, label=_("Item left out")),),
        )
    ]
    rows += [Row(_alpha_text(key), (Choice(key, tuple(FOLLOWS.items())),), quote=True) for key in ALPHA_LINES]
    return Form(tuple(rows))


@exercise(
    "what-alpha-says",
    lesson="5.3",
    points=4,
    title=_("What alpha says"),
    form=_alpha_form,
    hints=(
        _("If an item pulls in another direction, what happens to the rest once it is gone?"),
        _("Alpha speaks of how answers rise and fall together. It knows neither what the question was nor how high the marks are."),
        _("One sentence of four follows."),
    ),
    right=_(
        "Right. Item 22 asks about opening hours: they suit a customer or they do not, whatever he thinks of the people. It "
        "should be reported by itself, not thrown away; its own gap is −0.49."
    ),
)  # fmt: skip
def what_alpha_says(answer: Answers) -> Iterator[Case]:
    """The item that does not belong, and what follows from an alpha."""
    before = float(by_branch().at["empathy", "alpha_perceived"])
    says = _(
        "You marked item {got}. Do the others hang together better once it is left out, or worse? Before, alpha was {before:.2f}."
    )
    yield chosen(answer, "item", str(int(without().idxmax())), says, weight=2, before=before)
    about = {
        "better": _("You say it does not follow. What is the tallest bar, and what was alpha with all five?"),
        "strike": _("You let it stand. Does an item that goes its own way ask about something unimportant?"),
        "proved": _(
            "You let it stand. Five questions on politeness would agree as well. What would alpha say of them?"
        ),
        "both": _("You let it stand. Suppose all customers gave one mark less everywhere. What would happen to alpha?"),
    }
    for key, want in ALPHA_LINES.items():
        yield chosen(answer, key, want, about[key])


# -- 5 move the cross ------------------------------------------------------------------------------------------------

QUADRANT_CELLS = {
    "high.low": "concentrate",
    "high.high": "keep_up",
    "low.low": "low_priority",
    "low.high": "overkill",
}


def _quadrant_mark(key: str) -> Mark:
    return Mark(
        key,
        "cells",
        rows=(("high", _("important")), ("low", _("less important"))),
        columns=(("low", _("done badly")), ("high", _("done well"))),
        texts=tuple((cell, importance_performance.QUADRANTS[name]) for cell, name in QUADRANT_CELLS.items()),
    )


def _right_cell(key: str) -> str:
    name = str(stated().at[key, "quadrant"])
    return next(cell for cell, quadrant in QUADRANT_CELLS.items() if quadrant == name)


IMPORTANCE = Slider("importance", _("Cut of importance"), 10, 30, 0.5, 12, _("points"))
PERFORMANCE = Slider("performance", _("Cut of performance"), 4.5, 6.0, 0.1, 4.7)


@cache
def highest_importance() -> float:
    """The highest cut of importance on the slider at which assurance still counts as important."""
    steps = [IMPORTANCE.snap(IMPORTANCE.minimum + k * IMPORTANCE.step) for k in range(41)]
    return max(step for step in steps if stated().at["assurance", "importance"] >= step)


@cache
def lowest_performance() -> float:
    """The lowest cut of performance on the slider with four dimensions below it."""
    steps = [PERFORMANCE.snap(PERFORMANCE.minimum + k * PERFORMANCE.step) for k in range(16)]
    return min(step for step in steps if (stated()["performance"] < step).sum() >= 4)


def _cross_live(answers: Answers) -> list[str]:
    table = stated()
    found = importance_performance.importance_performance(
        table["importance"], table["performance"], (answers["importance"], answers["performance"])
    )
    lines = []
    for key, text in importance_performance.QUADRANTS.items():
        names = [tr(servqual.DIMENSIONS[str(name)]) for name in found.index[found["quadrant"] == key]]
        lines.append(tr(_("{quadrant}: {names}"), quadrant=tr(text), names=tr(_(", ")).join(names) or tr(_("nothing"))))
    return lines


def _cross_form() -> Form:
    table = stated()
    across, up = table.attrs["cuts"]
    rows = []
    for key in ("assurance", "responsiveness"):
        row = table.loc[key]
        asked = tr(
            _(
                "{name}: importance {i:.1f}, performance {p:.2f}. The cross stands at the means, {across:.1f} and {up:.2f}."
            ),
            name=tr(servqual.DIMENSIONS[key]),
            i=row["importance"],
            p=row["performance"],
            across=across,
            up=up,
        )
        rows.append(Row(asked, (_quadrant_mark(key),)))
    rows.append(Row(_("The highest cut of importance at which assurance still counts as important?"), (IMPORTANCE,)))
    rows.append(Row(_("The lowest cut of performance at which four of the five count as done badly?"), (PERFORMANCE,)))
    return Form(tuple(rows), live=_cross_live)


@exercise(
    "move-the-cross",
    lesson="5.3",
    points=4,
    title=_("Move the cross"),
    form=_cross_form,
    hints=(
        _("First ask on which side of the importance cut the point lies, then on which side of the performance cut."),
        _("The lines below the sliders show who stands where. Move one slider at a time, step by step."),
        _("Assurance has 19.6 points. The four lowest marks are 4.93, 5.04, 5.13 and 5.19."),
    ),
    right=_(
        "Right. Assurance changes from “keep up” to “possible overkill” within half a point, and nothing about the service has "
        "changed. A point beside the line is a question, not a verdict."
    ),
)
def move_the_cross(answer: Answers) -> Iterator[Case]:
    """Quadrants at the mean cross, and the cuts at which points change sides."""
    for key in ("assurance", "responsiveness"):
        says = _("{name}: you marked {cell}. Is its importance above or below the first number of the cross, its performance above or below the second?")  # fmt: skip
        name, cell = tr(servqual.DIMENSIONS[key]), _quadrant_mark(key).show(answer.get(key))
        yield chosen(answer, key, _right_cell(key), says, name=name, cell=cell)
    for key, want, low, high in (
        (
            "importance",
            highest_importance(),
            _("You stand at {got}. Assurance counts as important there. Does it still, one step higher?"),
            _("You stand at {got}. In which line below does assurance stand now?"),
        ),
        (
            "performance",
            lowest_performance(),
            _("You stand at {got}. How many of the five stand in the two lines of what is done badly?"),
            _("You stand at {got}. Four or more are done badly there. Are they, one step lower?"),
        ),
    ):
        if key not in answer:
            yield chosen(answer, key, "", "")
            continue
        got = float(answer[key])
        yield case(abs(got - want) < 1e-6, low if got < want else high, key=key, got=f"{got:g}")


# -- 6 stated and derived --------------------------------------------------------------------------------------------

OBJECTS = {name: f"perceived_{name}" for name in satisfaction.OBJECTS if name != "overall"}


@cache
def two_importances() -> pd.DataFrame:
    """Stated importance (mean expectation, 1 to 10) and derived importance (correlation with the overall judgement) of
    the five objects, with the margin of the latter (``give_or_take``): half the width of its 95% interval (Fisher's z)."""
    import numpy as np

    customers = datasets.load("satisfaction_survey")
    found = importance_performance.derived_importance(customers, OBJECTS, "perceived_overall")
    z, half = np.arctanh(found["importance"]), 1.959964 / np.sqrt(found["n"] - 3)
    table = pd.DataFrame(
        {
            "stated": [float(customers[f"expected_{name}"].mean()) for name in found.index],
            "derived": found["importance"],
            "give_or_take": (np.tanh(z + half) - np.tanh(z - half)) / 2,
            "n": found["n"],
        },
        index=found.index,
    )
    table.index.name = "object"
    return table


VERDICTS = {"carried": _("may stand"), "open": _("cannot be told"), "against": _("is wrong")}


CLAIMS = (
    Sentence(
        "all",
        "carried",
        {"": _("Sentence {n}: you chose “{got}”. Is any of the five correlations, less its margin, near 0?")},
        _("Each of the five objects goes with the overall judgement: who marks one higher tends to mark the whole higher, too."),
    ),
    Sentence(
        "service-product",
        "open",
        {
            "carried": _("Sentence {n}: you let it stand. How large is the difference of the two, and how large are their margins?"),
            "against": _("Sentence {n}: you call it wrong. Which of the two is larger in the sample, and by how much?"),
        },
        _("Service moves the overall judgement more than the product does."),
    ),
    Sentence(
        "unimportant",
        "against",
        {
            "carried": _("Sentence {n}: you let it stand. Lowest of five: is that the same as none? Look at its derived importance."),
            "open": _("Sentence {n}: you leave it open. Does the interval of its derived importance reach down to 0?"),
        },
        _("Audio-visual has the lowest importance by both measures, so it does not count for our customers."),
    ),
)  # fmt: skip


def _claims_form() -> Form:
    return sentences.form(CLAIMS, VERDICTS)


@exercise(
    "stated-derived",
    lesson="5.3",
    points=3,
    title=_("Stated and derived"),
    form=_claims_form,
    hints=(
        _("Lay derived ± its margin side by side."),
        _("Two intervals that overlap widely: the order of the two cannot be told."),
        _("Service 0.44 ± 0.07, product 0.41 ± 0.07, audio-visual 0.34 ± 0.07."),
    ),
    right=_(
        "Right. Stated importance says what people find proper to expect, derived importance what goes with their judgement. "
        "Here the second hardly tells the five apart; then it must not order them."
    ),
)
def stated_derived(answer: Answers) -> Iterator[Case]:
    """Which sentences about importance may stand."""
    yield from sentences.judged(answer, CLAIMS, VERDICTS)


# -- 7 find the mistake ----------------------------------------------------------------------------------------------

FAULTS = {
    "sound": _("sound"),
    "line": _("took the place of the cross for a fact"),
    "alpha": _("took agreement for truth"),
    "margin": _("overlooked the interval"),
    "cause": _("took “goes with” for “brings about”"),
}


_LOOK = _("Line {n}: you chose “{got}”. What does this line conclude, and from what?")
LINES = tuple(
    Sentence(key, fault, {"sound": passed, "": _LOOK})
    for key, fault, passed in (
        ("assurance", "line", _("Line {n}: you let it pass. Where would this point lie with a cut of 19?")),
        ("harbour", "sound", ""),
        ("tangibles", "margin", _("Line {n}: you let it pass. Which gaps does the interval of these answers allow?")),
        ("alpha", "alpha", _("Line {n}: you let it pass. What exactly do these answers agree with?")),
        ("service", "cause", _("Line {n}: you let it pass. Has anybody changed the service yet, and looked what happened?")),
    )
)  # fmt: skip


def _line_text(key: str) -> str:
    """A line of the page with its numbers."""
    table, overall = stated(), by_branch()
    tangibles, harbour_row = overall.loc["tangibles"], by_branch("Harbour").loc["reliability"]
    others = [by_branch(name).at["reliability", "low"] for name in ("Centre", "Hill")]
    texts = {
        "assurance": tr(
            _("Assurance: importance {i:.1f}, below the mean of {cut:.0f}, and done well. “Possible overkill”: cut the safety training."),
            i=table.at["assurance", "importance"],
            cut=table.attrs["cuts"][0],
        ),
        "harbour": tr(
            _("Reliability at Harbour: gap {gap:.2f}, interval {low:.2f} to {high:.2f}. The others' intervals begin at {end:.2f} or above: we start with Harbour."),
            gap=harbour_row["gap"],
            low=harbour_row["low"],
            high=harbour_row["high"],
            end=min(others),
        ),
        "tangibles": tr(
            _("Tangibles: gap {gap:+.2f} (interval {low:.2f} to {high:.2f}). There we give our customers more than they expect."),
            gap=tangibles["gap"],
            low=tangibles["low"],
            high=tangibles["high"],
        ),
        "alpha": tr(
            _("Responsiveness: alpha {alpha:.2f}. So the marks are correct: the customers did wait as long as they say."),
            alpha=overall.at["responsiveness", "alpha_perceived"],
        ),
        "service": tr(
            _("Service: derived importance {r:.2f}. One point more in service will bring {r:.2f} points more in the overall judgement."),
            r=two_importances().at["service", "derived"],
        ),
    }  # fmt: skip
    return _minus(texts[key])


def _lines_form() -> Form:
    return sentences.page(LINES, FAULTS, _line_text)


@exercise(
    "li-leis-map",
    lesson="5.3",
    points=3,
    title=_("Find the mistake"),
    form=_lines_form,
    hints=(
        _("Each of the five notes fits one line."),
        _("Ask of each line: would it be the same with another cut, with other customers, after a change?"),
        _("A correlation has no unit; “points” can only come from a change that was made and measured."),
    ),
    right=_(
        "Right. All five numbers are correct. What is wrong in four of them stands behind the number, in the word “so”."
    ),
)
def li_leis_map(answer: Answers) -> Iterator[Case]:
    """What is wrong with each line of the page."""
    yield from sentences.judged(answer, LINES, FAULTS)


# -- on Monday -------------------------------------------------------------------------------------------------------

ACTIONS = {
    "concentrate": _("Find the gap (1 to 4) behind it and mend that first"),
    "keep_up": _("Keep it as it is, and measure again"),
    "low_priority": _("Leave it for now"),
    "overkill": _("Ask what it costs before you touch it"),
}


def action_list(answers: pd.DataFrame, cuts: tuple[float, float] = CUTS) -> pd.DataFrame:
    """What to do where: a row a branch and dimension, what to concentrate on first and there the widest gap.

    ``answers`` is a SERVQUAL survey with a column ``branch`` and points out of 100 (``weight_...``); ``cuts`` is the cross
    of importance (points) and performance (scale of the survey). ``who`` and ``until`` are empty, to be filled in.

    >>> action_list(survey())[["branch", "dimension"]].iloc[0].tolist()
    ['Harbour', 'Reliability']
    """
    parts = []
    for branch, mine in answers.groupby("branch"):
        gaps = servqual.by_dimension(mine)
        part = importance_performance.importance_performance(weights(mine), gaps["perceived"], cuts)
        part = part.join(gaps[["gap", "low", "high", "n"]]).drop(columns="gap_to_cut")
        parts.append(part.assign(branch=branch).reset_index(names="dimension"))
    table = pd.concat(parts, ignore_index=True)
    table["place"] = table["quadrant"].map(list(importance_performance.QUADRANTS).index)
    table = table.sort_values(["place", "gap"], kind="stable", ignore_index=True)
    table["what to do"] = table["quadrant"].map(ACTIONS)
    table["quadrant"] = table["quadrant"].map(importance_performance.QUADRANTS)
    table["dimension"] = table["dimension"].map(servqual.DIMENSIONS)
    table = table.assign(who="", until="").round({"importance": 1, "performance": 2, "gap": 2, "low": 2, "high": 2})
    columns = ["quadrant", "branch", "dimension", "what to do", "gap", "low", "high", "importance", "performance", "n"]
    table["gap"] += 0.0  # no minus zero
    return table[[*columns, "who", "until"]]
