"""Exercises of lesson 3.5, honest persuasion, and the claim card that a trainee takes away from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html import escape
from typing import Any

from crmlab import intervals
from crmlab.course import session
from crmlab.course.cases import Case, chosen, close, gate
from crmlab.course.exercise import exercise
from crmlab.course.form import Answers, Choice, Entry, Form, Row, matching, number
from crmlab.language import _, current, tr

Item = tuple[str, str, str, str]
"""Key, text, right answer, what is asked about a wrong one."""


def _picked(answer: Answers, field: Choice, want: str, says: str) -> Case:
    """As ``chosen``, but {got} is the option as the trainee read it."""
    made = chosen(answer, field.key, want, says)
    if made.open:
        return made
    return replace(made, values={"got": field.show(answer[field.key]).rstrip(".。")})


def _form(prefix: str, items: tuple[Item, ...], options: tuple[tuple[str, str], ...]) -> Form:
    return Form(matching(prefix, [(key, text) for key, text, _want, _ask in items], options))


def _judged(
    answer: Answers, prefix: str, items: tuple[Item, ...], options: tuple[tuple[str, str], ...]
) -> Iterator[Case]:
    for key, _text, want, ask in items:
        yield _picked(answer, Choice(f"{prefix}.{key}", options), want, ask)


# -- 1 What holds them back? -----------------------------------------------------------------------------------------

BRAKES = (
    ("purse", _("the purse: cannot pay")),
    ("use", _("the use: does not need it")),
    ("guilt", _("guilt: feels not entitled")),
    ("doubt", _("doubt: does not believe it")),
)
HELD: tuple[Item, ...] = (
    (
        "coat",
        _("Third time at the mirror: “A coat like that, at my age, while my daughter wears the old one ...”"),
        "guilt",
        _("The coat: you chose “{got}”. Which part of her sentence is about the coat, and which about herself?"),
    ),
    (
        "loan",
        _("“I like the dishwasher. But after rent and the loan we have 300 yuan left a month.”"),
        "purse",
        _("The dishwasher: you chose “{got}”. What did she count?"),
    ),
    (
        "filter",
        _("“A water filter that lasts ten years? The last one was to last five, and leaked after one.”"),
        "doubt",
        _("The filter: you chose “{got}”. What would he have to see?"),
    ),
    (
        "drill",
        _("“A splendid drill. I put up one picture a year.”"),
        "use",
        _("The drill: you chose “{got}”. How often would he hold it?"),
    ),
    (
        "chair",
        _(
            "A translator, ten hours a day at the desk: “The old chair hurts. But 2,000 just so that I sit well - others stand all day.”"
        ),
        "guilt",
        _("The chair: you chose “{got}”. She has the pain and the money. Whom does she compare herself with?"),
    ),
    (
        "phone",
        _("“All say their battery is the longest. Says who?”"),
        "doubt",
        _("The phone: you chose “{got}”. What is the answer to “says who”?"),
    ),
)


@exercise(
    "brakes",
    lesson="3.5",
    points=3,
    title=_("What holds them back?"),
    form=lambda: _form("brake", HELD, BRAKES),
    field="brake",
    hints=(
        _("“Too dear” can mean: I have not got it, I do not need it, I may not, I do not believe you."),
        _("Guilt speaks of others, or of what one is due."),
        _("One purse, one use, two times guilt, two times doubt."),
    ),
    right=_(
        "Only two of the six are held back by guilt, and only for them are the two openings made. Doubt asks for a proof; an empty "
        "purse and a thing without a use ask for a friendly “then do not buy it”."
    ),
)
def brakes(answer: Answers) -> Iterator[Case]:
    """Six customers who do not buy."""
    yield from _judged(answer, "brake", HELD, BRAKES)


# -- 2 Write the line ------------------------------------------------------------------------------------------------

PARTS = (
    (
        "who",
        _("1. Who buys what"),
        (
            ("all", _("All good grandfathers who think of their family come to buy this one.")),
            ("fetch", _("You fetch Doudou from school every day, you said; for that some take this one.")),
            ("rich", _("This one is bought by people who have made it and can afford something.")),
        ),
        "fetch",
        {
            "all": _("1: “All good grandfathers”. Who counted them, and what is one who does not buy?"),
            "rich": _("1: “people who can afford something”. What does that have to do with Mr Shen's way to school?"),
        },
    ),
    (
        "cheap",
        _("2. A cheap one would do"),
        (
            ("danger", _("With a child, the one for 2,400 is a danger to life.")),
            ("nothing", _("Between us, the one for 2,400 is not worth a look.")),
            ("alone", _("If you rode alone, the one for 2,400 would do.")),
        ),
        "alone",
        {
            "danger": _("2: “a danger to life”. Which line of the data sheet says so, and what shall he feel?"),
            "nothing": _("2: “not worth a look”. For whom is the one for 2,400 built?"),
        },
    ),
    (
        "ours",
        _("3. Our advantage"),
        (
            ("seat", _("This one has a seat with a belt, tested up to 25 kg; here is the report.")),
            ("best", _("This one has the best seat on the market, all the experts say so.")),
            ("range", _("This one goes 60 km on one charge; here it is on the sheet.")),
        ),
        "seat",
        {
            "best": _("3: “the best on the market”. Against how many others was it tested?"),
            "range": _("3: 60 km, that is on the sheet. How far does Mr Shen ride, and how far does the cheap one go?"),
        },
    ),
    (
        "good",
        _("4. Good for whom"),
        (
            ("clever", _("So Doudou will be much keener on going to school.")),
            ("belt", _("So Doudou, with her 21 kg, sits belted in behind you.")),
            ("sorry", _("So you need not blame yourself for anything one day.")),
        ),
        "belt",
        {
            "clever": _("4: “keener on school”. Who has measured that?"),
            "sorry": _("4: “blame yourself one day”. Which picture does that put into his head?"),
        },
    ),
)


def _line(answers: Answers) -> list[str]:
    space, gap = ("", "（...）") if current() == "zh" else (" ", "...")
    words = [Choice(key, options).show(answers[key]) if key in answers else gap for key, _t, options, _w, _a in PARTS]
    return [f"{tr(_('Your line:'))}{space}“{space.join(words)}”"]


@exercise(
    "the-line",
    lesson="3.5",
    points=4,
    title=_("Write the line"),
    form=lambda: Form(
        tuple(Row(title, (Choice(key, options, style="radio"),)) for key, title, options, _want, _ask in PARTS),
        live=_line,
    ),
    hints=(
        _("Go back to what Mr Shen said, and to the data sheet. Nothing else may stand in the line."),
        _("Could you show each part to him in black and white? And is it about him?"),
        _("1 begins with his own words, 2 says for whom the cheap one is, 3 has a report, 4 has a number of kilos."),
    ),
    right=_(
        "Each part is on the sheet or comes from his own mouth, and he may say no without being a bad grandfather. The second part costs "
        "you a little and makes the other three credible."
    ),
)
def the_line(answer: Answers) -> Iterator[Case]:
    """The four parts of "for the family"."""
    for key, _title, _options, want, asks in PARTS:
        yield chosen(answer, key, want, asks)


# -- 3 Which opening, if any? ----------------------------------------------------------------------------------------

OPENINGS = (
    ("family", _("for the family")),
    ("due", _("what you are due")),
    ("cheaper", _("show the cheaper one")),
    ("stop", _("advise against buying")),
)
GUESTS: tuple[Item, ...] = (
    (
        "nurse",
        _(
            "A night nurse tries earphones for 900 yuan, 40 minutes in the train each way. “Lovely quiet. But for myself alone?” She has the "
            "money, and the ones for 300 did not fit."
        ),
        "due",
        _("The nurse: you chose “{got}”. Who will wear them, and what does she doubt: the thing, or herself?"),
    ),
    (
        "teacher",
        _("A retired teacher asks for the laptop for 9,000. “For mail, and to see my grandson on the screen.”"),
        "cheaper",
        _("The teacher: you chose “{got}”. What can the one for 3,000 not do of what she wants?"),
    ),
    (
        "father",
        _(
            "A father hesitates at a desk that grows with the child. “My own is good enough, so why ... But she does sit crooked at it.”"
        ),
        "family",
        _("The father: you chose “{got}”. For whom is the desk?"),
    ),
    (
        "student",
        _(
            "A student has earphones that do well, and wants those for 900 on credit. “I have three loans running, one more will not matter.”"
        ),
        "stop",
        _("The student: you chose “{got}”. What happens next month, with four loans?"),
    ),
    (
        "cook",
        _(
            "A canteen cook, on her feet all day, strokes the shoes for 600. “My husband would say I am being vain.” The cheap ones she has had: "
            "her heels hurt."
        ),
        "due",
        _("The cook: you chose “{got}”. Is it vanity, what she told you about her heels?"),
    ),
    (
        "mother",
        _(
            "A mother wants rice for 19 yuan a pound, not the one for 5: “Someone said, then my boy will grow.” She turns every coin over."
        ),
        "cheaper",
        _("The mother: you chose “{got}”. Which proof do you have for growing, and who pays for it?"),
    ),
)


@exercise(
    "openings",
    lesson="3.5",
    points=4,
    title=_("Which opening, if any?"),
    form=lambda: _form("open", GUESTS, OPENINGS),
    field="open",
    hints=(
        _("First ask: would the dear one be good for this customer, if there were no guilt?"),
        _("If yes: who will use it? If no: is there a cheaper one that does it, or is any purchase wrong now?"),
        _("Two times due, two times the cheaper one; the other two once each."),
    ),
    right=_(
        "In three of six the dear thing is good for the buyer, and only the guilt stands in the way. In the other three the right line "
        "costs you money today. It is also the one that is passed on in the neighbourhood."
    ),
)
def openings(answer: Answers) -> Iterator[Case]:
    """Six customers: what do you do?"""
    yield from _judged(answer, "open", GUESTS, OPENINGS)


# -- 4 Eight lines ---------------------------------------------------------------------------------------------------

TESTS = (
    ("true", _("not true, or nobody can prove it")),
    ("relevant", _("true, but of no use to this customer")),
    ("fear", _("plays on fear")),
    ("passes", _("passes all three")),
)
LINES: tuple[Item, ...] = (
    (
        "load",
        _("E-bike, to a grandfather: “The seat carries 25 kg. Your grandson weighs 28, so take neither of these two.”"),
        "passes",
        _("The seat: you chose “{got}”. He learns of a danger. Is it real, and what can he do with it?"),
    ),
    (
        "bowl",
        _("Rice, to a mother: “With this one your child eats a bowl more.”"),
        "true",
        _("The bowl: you chose “{got}”. Which measurement would you lay on the counter?"),
    ),
    (
        "hertz",
        _("Earphones, to a man who only listens to the news: “They go down to 5 hertz.”"),
        "relevant",
        _("5 hertz: you chose “{got}”. How deep does a newsreader speak?"),
    ),
    (
        "ward",
        _("E-bike, to a grandmother: “Go to the children's ward some day, then you will not ask about the price.”"),
        "fear",
        _("The ward: you chose “{got}”. What does the line say about the bike?"),
    ),
    (
        "harvest",
        _("Rice, to a cook: “Harvested this October, it says so on the bag. Boil a cup of it and taste.”"),
        "passes",
        _("The harvest: you chose “{got}”. What of it could he not check himself?"),
    ),
    (
        "award",
        _("E-bike, to a courier: “Its colour won a design award in 2019.” (It did.)"),
        "relevant",
        _("The award: you chose “{got}”. It did win. Does he ride longer or cheaper for it?"),
    ),
    (
        "memory",
        _("Earphones, to a pupil: “With music like this you learn twice as fast.”"),
        "true",
        _("Twice as fast: you chose “{got}”. Who timed it, with how many pupils?"),
    ),
    (
        "left",
        _("Desk, to a father: “The others in her class all have one. Do you want her to be the crooked one?”"),
        "fear",
        _("The class: you chose “{got}”. What does he see before him while you say it?"),
    ),
)


@exercise(
    "eight-lines",
    lesson="3.5",
    points=4,
    title=_("Eight lines"),
    form=lambda: _form("line", LINES, TESTS),
    field="line",
    hints=(
        _("Ask in this order: could I prove it? Does it answer what this customer needs? What does he feel?"),
        _("To name a real limit of the product, with a number and a way out, is a warning and no threat."),
        _("Each answer fits twice."),
    ),
    right=_(
        "Two of each. The line about 28 kg speaks of a danger and passes: it is true, it concerns this child, and it tells what to do. "
        "The line about the ward is empty but for the fear."
    ),
)
def eight_lines(answer: Answers) -> Iterator[Case]:
    """Eight lines, three tests."""
    yield from _judged(answer, "line", LINES, TESTS)


# -- 5 Proof, please -------------------------------------------------------------------------------------------------

PROOFS = (
    ("report", _("a test report of an independent laboratory, on this model")),
    ("study", _("a study: many children, two kinds chosen by lot, nobody told which")),
    ("blind", _("a hearing test with covered devices, same songs, many listeners")),
    ("papers", _("the papers of the goods: date, place, invoice")),
    ("none", _("none can exist: drop the claim")),
)
CLAIMS: tuple[Item, ...] = (
    (
        "seat",
        _("“The child seat holds in a crash at 25 km/h.”"),
        "report",
        _("The seat: you chose “{got}”. Who should crash it, and where would the result be written?"),
    ),
    (
        "eats",
        _("“Children eat more of this rice.”"),
        "study",
        _("The rice: you chose “{got}”. What else may change how much a child eats that day, the label included?"),
    ),
    (
        "whole",
        _("“You hear more of the music than with those for 300.”"),
        "blind",
        _("The earphones: you chose “{got}”. How do you keep the price tag out of the ear?"),
    ),
    (
        "october",
        _("“Harvested in October, in Wuchang.”"),
        "papers",
        _("The harvest: you chose “{got}”. Where would it be written down already?"),
    ),
    (
        "love",
        _("“Whoever loves his child buys this.”"),
        "none",
        _("Love: you chose “{got}”. How would you measure what this sentence claims?"),
    ),
)


@exercise(
    "proof",
    lesson="3.5",
    points=3,
    title=_("Proof, please"),
    form=lambda: _form("proof", CLAIMS, PROOFS),
    field="proof",
    hints=(
        _("Ask what could show that the claim is false. That is what you have to test."),
        _("For an effect on people you need a comparison in which nobody knows who got which."),
        _("Each proof fits once."),
    ),
    right=_(
        "The bigger the promise, the dearer the proof. A date costs a look at the bag, an effect on children a whole study. Claim only "
        "what you can show - or let the customer try."
    ),
)
def proof(answer: Answers) -> Iterator[Case]:
    """Which proof would you need?"""
    yield from _judged(answer, "proof", CLAIMS, PROOFS)


# -- 6 Behind the curtain --------------------------------------------------------------------------------------------

HEARD, LISTENERS = 24, 40
LOW, HIGH = Entry("low", _("low"), "%"), Entry("high", _("high"), "%")
MAY = Choice(
    "may",
    (
        ("proved", _("“In our test with 40 customers, most heard the difference.”")),
        ("same", _("“Our test with 40 customers shows: they sound the same.”")),
        ("try", _("“24 of 40 picked out the dear one, perhaps by luck. Please listen.”")),
    ),
    style="radio",
)


@cache
def _interval() -> tuple[float, float]:
    """The 95% interval of the hearing test, in percent."""
    low, high = intervals.wilson(HEARD, LISTENERS)
    return 100 * float(low), 100 * float(high)


def _ends(answer: Answers) -> Iterator[Case]:
    for key, want in zip(("low", "high"), _interval(), strict=True):
        yield close(
            answer,
            key,
            want,
            _("You have {got} %. Which two ends does the interval of the right answers have?"),
            tolerance=0.6,
        )


@exercise(
    "curtain",
    lesson="3.5",
    points=3,
    title=_("Behind the curtain"),
    code=True,
    hints=(
        _("wilson takes two numbers: how many were right, and of how many."),
        _("Who only guesses is right in half of the cases. Is 50% inside the interval?"),
        _("interval = intervals.wilson(24, ...)"),
    ),
    right=_(
        "45% to 74%: guessing, 50%, lies inside; so does 70%, which is to be expected when four in ten hear it and the others guess. The test "
        "proves neither. With 40 people it would have taken 27 right answers for the whole interval to lie above one half."
    ),
)
def curtain(answer: Any) -> Iterator[Case]:
    """Two numbers, as shares or in percent."""
    found = [number(one) for one in answer] if isinstance(answer, tuple | list) or hasattr(answer, "tolist") else []
    yield gate(
        len(found) == 2 and None not in found,
        _("Two numbers were expected here, the low and the high end of the interval."),
    )
    scale = 100 if max(float(one or 0) for one in found) <= 1 else 1
    yield from _ends({"low": scale * float(found[0] or 0), "high": scale * float(found[1] or 0)})


INPUT = Choice(
    "input",
    (
        ("24.80", _("24 of 80: each of the 40 heard two pairs")),
        ("16.40", _("16 of 40: those who were wrong")),
        ("24.40", _("24 of 40: those who were right")),
    ),
    label=_("Numbers"),
)


def _curtain_live(answers: Answers) -> list[str]:
    if "input" not in answers:
        return [tr(_("Choose the two numbers, and the interval appears here."))]
    many, of = map(int, answers["input"].split("."))
    low, high = intervals.wilson(many, of)
    text = _("intervals.wilson({many}, {of}): {low:.0f}% to {high:.0f}%")
    return [tr(text, many=many, of=of, low=100 * float(low), high=100 * float(high))]


@curtain.click_twin(
    lambda: Form(
        (
            Row(_("Which two numbers go into the interval?"), (INPUT,)),
            Row(_("From where to where does the 95% interval run?"), (LOW, HIGH)),
            Row(_("What may Zhou Min say?"), (MAY,)),
        ),
        live=_curtain_live,
    )
)
def curtain_clicks(answer: Answers) -> Iterator[Case]:
    """The same by clicking, and what may be said."""
    yield _picked(
        answer,
        INPUT,
        f"{HEARD}.{LISTENERS}",
        _("You chose “{got}”. How many answers were given, and which are counted?"),
    )
    yield from _ends(answer)
    yield chosen(
        answer,
        "may",
        "try",
        {
            "proved": _("You would say most heard it. Is 50% inside the interval or outside?"),
            "same": _("You would say they sound the same. How far up does the interval reach?"),
        },
    )


# -- 7 Xu Lei's script -----------------------------------------------------------------------------------------------

VERDICTS = (
    ("sound", _("nothing wrong")),
    ("fear", _("works on fear")),
    ("unproved", _("claims what nobody can prove")),
    ("shame", _("shames the customer")),
)
SCRIPT: tuple[Item, ...] = (
    (
        "ask",
        _("1. “Good morning. Whom do you want to take along, and how far?”"),
        "sound",
        _("1: you chose “{got}”. What does a question like this take away from him?"),
    ),
    (
        "lorry",
        _("2. “Did you see the accident on the ring road? The bike lay under the lorry.”"),
        "fear",
        _("2: you chose “{got}”. Was it one of these bikes? Would the seat have helped?"),
    ),
    (
        "mean",
        _("3. “1,400 yuan: is she not worth that to you?”"),
        "shame",
        _("3: you chose “{got}”. What is he, if he now says no?"),
    ),
    (
        "never",
        _("4. “With this seat nothing can happen to a child.”"),
        "unproved",
        _("4: you chose “{got}”. In which test report does the word “nothing” stand?"),
    ),
    (
        "report",
        _("5. “Belt, back rest, up to 25 kg: here is the report, page two.”"),
        "sound",
        _("5: you chose “{got}”. What could he not look up?"),
    ),
    (
        "winter",
        _("6. “Soon it will be icy. Imagine her small hand slipping from your coat ...”"),
        "fear",
        _("6: you chose “{got}”. What is Mr Shen to see before him?"),
    ),
)
BETTER = Choice(
    "better",
    (
        (
            "rain",
            _("“It will rain tomorrow. Do you want her to sit there wet and cold before the first lesson begins?”"),
        ),
        ("belt", _("“She has no belt now. With this seat she has one. Would you like to try it with her?”")),
        ("hide", _("“About safety I had better say nothing at all, or you will think that I want to frighten you.”")),
    ),
    style="radio",
)


@exercise(
    "fear-script",
    lesson="3.5",
    points=4,
    title=_("Xu Lei's script"),
    form=lambda: Form(
        (
            *matching("say", [(key, text) for key, text, _want, _ask in SCRIPT], VERDICTS),
            Row(_("Which sentence would you put in place of 6?"), (BETTER,)),
        )
    ),
    hints=(
        _("Strike the picture out of each sentence. What is left about the bike?"),
        _("Fear speaks of what may happen, shame of what he is."),
        _("Two sentences are sound, two work on fear, one shames, one cannot be proved."),
    ),
    right=_(
        "Two of the six stand on solid ground, that is why the script sounds decent. To talk about safety is right: with a fact, in "
        "proportion, and with a way for the customer to check it."
    ),
)
def fear_script(answer: Answers) -> Iterator[Case]:
    """Six sentences, and a better one."""
    yield from _judged(answer, "say", SCRIPT, VERDICTS)
    yield chosen(
        answer,
        "better",
        "belt",
        {
            "rain": _("You would speak of the rain. What does it tell him about the seat?"),
            "hide": _("You would leave safety out. Would Mr Shen want to know about the belt?"),
        },
    )


# -- What leaves the notebook ----------------------------------------------------------------------------------------


def claim_card(blank: int = 6) -> str:
    """The claim-and-proof card as a page for printing: three tests, the trainee's line of exercise 2 if it passes, the
    proofs, and ``blank`` lines for claims of one's own."""

    def row(cells: list[str], tag: str = "td") -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    opened = session.opened()
    kept = opened.fields(the_line) if opened is not None else {}
    sound = all(kept.get(key) == want for key, _title, _options, want, _asks in PARTS)
    mine = f"<p><b>{escape(_line(kept)[0])}</b></p>" if sound else ""
    tests = "".join(
        f"<li>☐ {escape(tr(text))}</li>"
        for text in (
            _("True: I can show the proof, here and now."),
            _("Relevant: it answers something that this customer said."),
            _("Free of fear: without the picture the sentence still says something."),
            _("And the cheaper one? I have said for whom it is enough."),
        )
    )
    head = [
        _("My claim"),
        _("Proof: what, from whom, when"),
        _("For whom"),
        _("Not for whom"),
        _("If I cannot prove it, I say"),
    ]
    example = [
        _("The seat carries 25 kg."),
        _("test report, page two"),
        _("children up to 25 kg"),
        _("heavier children; who rides alone"),
        "",
    ]
    lines = row([tr(text) for text in head], "th") + row([tr(text) for text in example])
    lines += ("<tr>" + "<td>&nbsp;<br>&nbsp;</td>" * len(head) + "</tr>") * blank
    proofs = "".join(f"<li>{escape(tr(label))}</li>" for key, label in PROOFS if key != "none")
    return (
        f"<h1>{escape(tr(_('Claim and proof')))}</h1>{mine}"
        f"<ul style='list-style:none;padding:0'>{tests}</ul><table style='width:100%'>{lines}</table>"
        f"<h2>{escape(tr(_('What counts as a proof')))}</h2><ul>{proofs}</ul>"
    )
