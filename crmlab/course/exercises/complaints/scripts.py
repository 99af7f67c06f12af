"""Exercises of lesson 4.2, complaint scripts, and the card that a trainee takes along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, NamedTuple

from crmlab import checks, complaints
from crmlab.course.cases import Case, case, chosen, gate
from crmlab.course.exercise import exercise
from crmlab.course.form import Answers, Choice, Form, Row
from crmlab.course.roleplay.scoring import roleplay
from crmlab.language import _, tr

# -- 1: which step does a line do? -------------------------------------------------------------------------------------

NONE = "none"
STEP_OPTIONS = (
    *((key, step.name) for key, step in complaints.STEPS.items()),
    (NONE, _("none of the seven steps")),
)


class Line(NamedTuple):
    """A line from a call: which step it does, and what is said to one who takes it for another ("" for all others)."""

    key: str
    text: str
    step: str
    says: dict[str, str]


LINES = (
    Line(
        "monday",
        _("It was never the crate as such: nobody rang you, for the second time. Is that what it is?"),
        "confirm",
        {
            "ask": _(
                "Line 1: you heard a question. What would the caller answer here: something new, or yes? Which step ends with a yes?"
            ),
            "sympathy": _(
                "Line 1: it sounds kind, but look at what it does. Does it name a feeling, or say a complaint back?"
            ),
            "": _("Line 1: whose complaint is in it, and who has to say whether it is right?"),
        },
    ),
    Line(
        "screen",
        _("What stood on the screen before it went dark, and what have you tried since?"),
        "ask",
        {
            "want": _("Line 2: does it ask what happened, or what should happen now?"),
            "": _("Line 2: do you know what really happened yet? What is this line after?"),
        },
    ),
    Line(
        "carrier",
        _("Between you and me: that carrier has been late for months. You are by no means the only one."),
        NONE,
        {
            "sympathy": _("Line 3: meant to comfort. What does it say about her morning, and what about your carrier?"),
            "ask": _("Line 3: where is the question?"),
            "": _("Line 3: it tells her something about us. What is she to do with it?"),
        },
    ),
    Line(
        "thursday",
        _("We fetch it today and you have another one on Thursday. Or you keep it and pay 120 yuan less."),
        "offer",
        {
            "agree": _("Line 4: has the customer chosen yet? What must be said before something is agreed?"),
            "want": _("Line 4: who is speaking about a way out here, the customer or you?"),
            "": _("Line 4: how many ways out are on the table, and who put them there?"),
        },
    ),
    Line(
        "saturday",
        _(
            "Saturday noon and the till is dark, with a queue to the door: that is enough to ruin a day. I stay with it."
        ),
        "sympathy",
        {
            "confirm": _("Line 5: is a complaint said back to be checked, or does it say what the day feels like?"),
            "offer": _("Line 5: “I stay with it” is kind. Is anything offered yet?"),
            "": _("Line 5: what does the caller get from this line: a fact, a way out, or the feeling of being seen?"),
        },
    ),
    Line(
        "right",
        _("Suppose we put it right: what will you have on Monday that you don't have today?"),
        "want",
        {
            "ask": _("Line 6: a question, yes. Does it look back at what happened, or ahead at what should be?"),
            "offer": _("Line 6: what exactly is offered in it?"),
            "": _("Line 6: whose idea of a good end is it after?"),
        },
    ),
    Line(
        "nine",
        _(
            "Good. Li Wei is with you at nine tomorrow, with the part. I ring you when he sets off. Shall we leave it at that?"
        ),
        "agree",
        {
            "offer": _("Line 7: is something still open to choose here, or is it settled who does what by when?"),
            "follow_up": _("Line 7: the call in it comes before the work is done. What does step 7 ask, and when?"),
            "": _("Line 7: count who, what and when. Which step needs all three?"),
        },
    ),
    Line(
        "week",
        _("It has been a week now: does the new part hold, and is the bill right?"),
        "follow_up",
        {
            "ask": _("Line 8: the part is in already. What is asked once the work is done?"),
            "confirm": _("Line 8: what is checked: your understanding of the complaint, or the result?"),
            "": _("Line 8: at what point of the story are we, a week on?"),
        },
    ),
)


NUMBERS = (_("line 1"), _("line 2"), _("line 3"), _("line 4"), _("line 5"), _("line 6"), _("line 7"), _("line 8"))


def line_form() -> Form:
    """Eight lines, a dropdown each."""
    rows = tuple(
        Row(line.text, (Choice(line.key, STEP_OPTIONS, label=number),), quote=True)
        for line, number in zip(LINES, NUMBERS, strict=True)
    )
    return Form(rows, intro=_("Eight lines from eight calls, in no order. Which of the seven steps does each one do?"))


@exercise(
    "which-step",
    lesson="4.2",
    points=4,
    title=_("Which step is it?"),
    form=line_form,
    hints=(
        _("Steps 2 and 4 both ask. One looks back, the other ahead."),
        _("A line that explains, excuses or blames somebody does none of the seven."),
        _("Steps 5, 6 and 7 in one breath: here are two ways; this one, by nine; did it hold?"),
    ),
    right=_(
        "You hear steps, not tones of voice: line 3 is the friendliest and does nothing. Next, say it better yourself."
    ),
)
def which_step(answer: Answers) -> Iterator[Case]:
    """Name the step that each of eight lines does."""
    for line in LINES:
        yield chosen(answer, line.key, line.step, line.says)


# -- 2: say it better --------------------------------------------------------------------------------------------------

REASONS = (
    ("feel", _("it names what it means to the customer")),
    ("keep", _("it promises little, and that can be checked soon")),
    ("one", _("one person stays in charge, with a time")),
    ("safe", _("it keeps our firm out of trouble")),
)


class Repair(NamedTuple):
    """A line that hurts: three others to choose from, the better one, and the reason why."""

    key: str
    text: str
    wordings: tuple[tuple[str, str], ...]
    better: str
    reason: str
    says: dict[str, str]
    why: dict[str, str]


REPAIRS = (
    Repair(
        "calm",
        _("Please calm down first, Mr Zhou. Then we can talk about it."),
        (
            ("but", _("I understand that you are upset, but the truck was loaded on time.")),
            ("inconvenience", _("We regret any inconvenience that you may have been caused.")),
            ("glasses", _("Two hundred and forty guests and nothing in the glasses. What is missing?")),
        ),
        "glasses",
        "feel",
        {
            "but": _("Mr Zhou: you chose “I understand ..., but”. Which half of the sentence will he remember?"),
            "inconvenience": _("Mr Zhou: you chose the regret. How could he tell that it was meant for him?"),
        },
        {
            "keep": _("Mr Zhou, the reason: what is promised in your line?"),
            "one": _("Mr Zhou, the reason: where is the time in your line?"),
            "safe": _("Mr Zhou, the reason: whom does he want to see safe at six o'clock, you or himself?"),
        },
    ),
    Repair(
        "four",
        _("You have it by four, I promise!"),
        (
            ("check", _("I ask the driver now and ring you by 15:40 with a time that holds.")),
            ("between", _("You have it by four, unless something comes in between.")),
            ("possible", _("I do everything that is possible, as fast as I can.")),
        ),
        "check",
        "keep",
        {
            "between": _("By four: “unless something comes in between”. What can the customer do with that sentence?"),
            "possible": _(
                "By four: you chose “everything that is possible”. At what time may the customer be cross with you?"
            ),
        },
        {
            "feel": _("By four, the reason: which feeling is named in your line?"),
            "one": _("By four, the reason: near, but what is new here is another thing. What happens by 15:40?"),
            "safe": _("By four, the reason: who is safer with your line at 15:40, your firm or the customer?"),
        },
    ),
    Repair(
        "accounts",
        _("That is a matter for accounts. I'll put you through."),
        (
            ("extension", _("Accounts will gladly help you. It is extension 214, until five o'clock.")),
            ("eleven", _("I clear it with accounts and ring you back at eleven, whatever they say.")),
            ("access", _("I am sorry, I have no access to the bills. It was not my department.")),
        ),
        "eleven",
        "one",
        {
            "extension": _("Accounts: you gave the extension. How often has she told her story by then?"),
            "access": _("Accounts: you chose “no access”. Whose trouble is it that you have none?"),
        },
        {
            "feel": _("Accounts, the reason: which feeling does the line name?"),
            "keep": _(
                "Accounts, the reason: true of the eleven o'clock. But what was it that made the first line hurt?"
            ),
            "safe": _("Accounts, the reason: what does the customer get out of that?"),
        },
    ),
)


def repair_form() -> Form:
    """Three lines, a better wording and a reason for each."""
    return Form(
        tuple(
            Row(
                one.text,
                (
                    Choice(f"{one.key}.say", one.wordings, label=_("Better"), style="radio"),
                    Choice(f"{one.key}.why", REASONS, label=_("because")),
                ),
                quote=True,
            )
            for one in REPAIRS
        ),
        intro=_("Three lines that somebody said today. Choose the better wording, and the reason why it is better."),
    )


@exercise(
    "say-it-better",
    lesson="4.2",
    points=3,
    title=_("Say it better"),
    form=repair_form,
    hints=(
        _("Read each wording as the customer. What do you know afterwards that you did not know before?"),
        _("“But” strikes out what stands before it."),
        _("One line names a feeling, one a small promise, one a person with a time."),
    ),
    right=_(
        "A feeling in the customer's own picture, a promise that you can keep, one person with a time. Now by ear: take the call."
    ),
)
def say_it_better(answer: Answers) -> Iterator[Case]:
    """Mend three lines, each with a reason."""
    for one in REPAIRS:
        yield chosen(answer, f"{one.key}.say", one.better, one.says)
        yield chosen(answer, f"{one.key}.why", one.reason, one.why)


# -- 3 and 4: the role-plays -------------------------------------------------------------------------------------------

roleplay(
    "late-delivery",
    lesson="4.2",
    points=4,
    title=_("Forty crates, six o'clock"),
    hints=(
        _("Before you send anything: do you know what Mr Zhou needs at six o'clock?"),
        _("Two sentences for his evening, then open questions. Name no time that you have not checked."),
        _("He asks who tells him that it has left. After that the talk is not over: who asks whether it worked?"),
    ),
)

roleplay(
    "wrong-goods",
    lesson="4.2",
    points=4,
    title=_("Somebody else's name on the lid"),
    hints=(
        _("She does not raise her voice. What has she to lose at noon?"),
        _("Ask before you solve the lids: something weighs more. Say all of it back to her."),
        _("“I don't know yet, in ten minutes I will” is worth more to her than “I promise”."),
    ),
)


# -- 5: another trade --------------------------------------------------------------------------------------------------


class Gap(NamedTuple):
    """A place in a call where a step is missing: what the caller has just said, what could be said next."""

    step: str
    heard: str
    lines: tuple[tuple[str, str], ...]
    best: str
    says: dict[str, str]


GAPS = (
    Gap(
        "confirm",
        _("All two hundred. On the stage only forty are handed over, the others on Friday in class. But the headmaster signed every single one by hand, he sat up half the night!"),
        (
            ("forty", _("Then we print those forty by tonight.")),
            ("reprint", _("So two hundred certificates have the wrong year, and all two hundred must be printed again by nine. Right?")),
            ("signed", _("So all have the wrong year, forty are needed at nine, and the worst are the lost signatures. Is that it?")),
            ("before", _("Why did he sign before anybody had looked at the year?")),
        ),
        "signed",
        {
            "forty": _("Gap 1: you print forty. Has she said yet that this is what she needs? What did she say last, and loudest?"),
            "reprint": _("Gap 1: you said the number back. What was she most upset about, and is it in your sentence?"),
            "before": _("Gap 1: a fair question, for next year. What does she hear in it this afternoon?"),
        },
    ),
    Gap(
        "want",
        _("Yes, the signatures. I cannot ask him to do that again tonight."),
        (
            ("stage", _("What must be there at nine so that you can stand on that stage without a knot in your stomach?")),
            ("choice", _("Would you rather have a reprint of all two hundred by tomorrow evening, or 20% off the bill?")),
            ("sorry", _("I am so sorry, I feel quite ill when I think of it.")),
            ("fewer", _("Couldn't he sign just forty of them?")),
        ),
        "stage",
        {
            "choice": _("Gap 2: you let her choose between two things of yours. How would you learn of a third?"),
            "sorry": _("Gap 2: she had your sympathy at the beginning. What does it cost her now?"),
            "fewer": _("Gap 2: it may come to that. Whose idea should it be, and have you asked for hers?"),
        },
    ),
    Gap(
        "offer",
        _("Forty that are right, and signed by him. The rest can be Friday. I don't need more than that."),
        (
            ("see", _("Let me see what I can do for you.")),
            ("all", _("You get all two hundred tonight: our machine runs until ten, and I bring them over to the school myself, I promise.")),
            ("free", _("Then you pay nothing for the two hundred, that is the least we can do.")),
            ("two", _("Two ways: we print the right year over the signed ones, I bring you a trial at three; or forty new ones at six.")),
        ),
        "two",
        {
            "see": _("Gap 3: what could she repeat to her headmaster of this?"),
            "all": _("Gap 3: more than she asked for. Have you checked the machine, and what happens to the signatures?"),
            "free": _("Gap 3: did she speak of money? What lies on the stage at nine?"),
        },
    ),
    Gap(
        "agree",
        _("Show me the trial. If it is good, we take that."),
        (
            ("good", _("Wonderful. Then that's what we do!")),
            ("three", _("At three I am at your desk with it. If you say yes: forty at six, the rest on Thursday. If no: forty new ones at six. Agreed?")),
            ("drop", _("Just look in at our counter when you have a minute.")),
            ("mail", _("My colleague sends you a picture of it some time this afternoon. Then you ring the workshop and tell them, and they print.")),
        ),
        "three",
        {
            "good": _("Gap 4: friendly. Who comes, with what, at what time? And if the trial is not good?"),
            "drop": _("Gap 4: who has the errand now? Whose mistake was it?"),
            "mail": _("Gap 4: “some time”: when does she begin to worry? And who is in charge now?"),
        },
    ),
)  # fmt: skip


GAP_LABELS = (_("Gap 1, you say"), _("Gap 2, you say"), _("Gap 3, you say"), _("Gap 4, you say"))


def gap_form() -> Form:
    """The call of a school secretary with four gaps."""
    return Form(
        tuple(
            Row(gap.heard, (Choice(gap.step, gap.lines, label=label, style="radio"),), quote=True)
            for gap, label in zip(GAPS, GAP_LABELS, strict=True)
        ),
        intro=_(
            "You work for a print shop. Mrs Ouyang, a school secretary, has told you that her certificates show last year's date. "
            "You have said: “And the ceremony is tomorrow at nine, with you in front. What happens there, and how many are wrong?” "
            "Go on."
        ),
    )


@exercise(
    "certificates",
    lesson="4.2",
    points=4,
    title=_("Two hundred certificates"),
    form=gap_form,
    hints=(
        _("Steps 1 and 2 are done. Which one comes next, before anything is solved?"),
        _("What weighs most for her? The right line in gap 1 has it in."),
        _("The gaps are steps 3, 4, 5 and 6: say back, ask what she wants, two ways, who and what by when."),
    ),
    right=_(
        "Another trade, the same seven steps. One is left: on Friday somebody rings her. What would you ask her then?"
    ),
)
def certificates(answer: Answers) -> Iterator[Case]:
    """Fill in four missing steps of a call in another trade."""
    for gap in GAPS:
        yield chosen(answer, gap.step, gap.best, gap.says)


# -- 6: a colleague's verdict ------------------------------------------------------------------------------------------

XU_KAI = ("want", "offer", "sympathy", "ask", "agree", "follow_up")
"""What the six lines of Xu Kai's call do, as the lesson prints them."""

EARLY = (
    ("want", _("only: find out what they want")),
    ("offer", _("only: offer a solution")),
    ("want offer", _("both: find out what they want, and offer a solution")),
    ("ask", _("only: ask")),
    ("sympathy ask", _("both: show sympathy, and ask")),
)


@exercise(
    "second-look",
    lesson="4.2",
    points=2,
    title=_("A second look at a good call"),
    code=True,
    hints=(
        _("Write one step beside each of the six lines. Which of the seven names is left over?"),
        _("Lines 1 and 2 come before anybody has shown that he heard her."),
        _('In code: `complaints.review(["want", "offer", ...])`, the six steps in the order of the lines.'),
    ),
    right=_(
        "Step 3 is missing, and two steps ran ahead. “1,380 too much each time”: nobody said that back to her, so nobody "
        "paid the 2,760 yuan of the two earlier months. The next complaint is on its way."
    ),
)
def second_look(answer: Any) -> Iterator[Case]:
    """The review of a call, or its steps in order: what was skipped, what came too early?"""
    steps = isinstance(answer, list | tuple) and not isinstance(answer, complaints.Review)
    yield gate(
        steps or isinstance(answer, complaints.Review),
        _(
            "A review of the call was expected here: complaints.review([...]), with the steps in the order of the lines."
        ),
    )
    found = complaints.review(answer) if steps else answer
    truth = complaints.review(XU_KAI)
    yield case(
        list(found.skipped) == truth.skipped,
        _("By your list these were skipped: {got}. Is there a line in the call that does one of them?"),
        got=_names(found.skipped),
    )
    yield case(
        list(found.out_of_order) == truth.out_of_order,
        _("By your list these came too early: {got}. At which line does Xu Kai first answer to what she feels?"),
        got=_names(found.out_of_order),
    )


def _names(steps: Sequence[str]) -> str:
    return tr(_(", ")).join(tr(complaints.STEPS[step].name) for step in steps) or tr(_("none"))


@second_look.click_twin(
    Form(
        (
            Row(
                _("Which of the seven steps did Xu Kai skip?"),
                (Choice("skipped", STEP_OPTIONS[:-1], label=_("skipped step")),),
            ),
            Row(
                _("Which steps came too early, before he had shown that he heard her?"),
                (Choice("early", EARLY, label=_("came too early")),),
            ),
        )
    )
)
def second_look_clicked(answer: Answers) -> Iterator[Case]:
    """The same two questions, by dropdown."""
    truth = complaints.review(XU_KAI)
    yield chosen(
        answer,
        "skipped",
        truth.skipped[0],
        {
            "sympathy": _("You say sympathy was skipped. Read line 3 again: late, but is it there?"),
            "ask": _("You say he did not ask. What is line 4?"),
            "agree": _("You say nothing was agreed. What is line 5?"),
            "follow_up": _("You say nobody followed up. What happens on Tuesday?"),
            "": _("He does it, in one of the first two lines. Which name has no line at all?"),
        },
    )
    yield chosen(
        answer,
        "early",
        " ".join(truth.out_of_order),
        {
            "want": _("Line 1 comes early, yes. And line 2?"),
            "offer": _("Line 2 comes early, yes. And line 1?"),
            "": _("You chose a step that comes after she had lost her patience. What had been said before that?"),
        },
    )


# -- on Monday: the card -----------------------------------------------------------------------------------------------

TRADES = {
    "distribution": (
        _("Distribution and supplies"),
        (
            _("A full house tonight and the cold room is empty: I stay with it."),
            _("What has come, what is missing, and when do you need it?"),
            _("So it must be cold by half past six, the number comes second. Is that right?"),
            _("What is the least that must be there tonight?"),
            _("From our cold store by ten to five, or your neighbour lends you some and I replace it. Which?"),
            _("I ring you at ten past four, when it leaves; ten to five at your back door. Agreed?"),
            _("It is eight o'clock: was there something cold on every table?"),
        ),
    ),
    "service": (
        _("Repairs and technical service"),
        (
            _("The third time in a month, and each time the line stands still: I would have had enough too."),
            _("When does it happen, and what is different on those days?"),
            _("So it fails when it is hot, and worst is that nobody tells you for how long. Is that it?"),
            _("What would you have to be able to count on?"),
            _("We change the unit on Friday, or you get a spare one to stand by. Which suits you?"),
            _("Friday, eight o'clock, Engineer Ma with the unit; I ring you at noon. Shall we leave it at that?"),
            _("Two hot weeks have passed: has it run through?"),
        ),
    ),
    "hotel": (
        _("Hotel and restaurant"),
        (
            _("Your parents' golden wedding, and then the wrong room: that hurts."),
            _("What had been promised to you, and by whom?"),
            _("So it is the view, which was to be their present. Have I understood?"),
            _("What would make the evening a good one for the two of them?"),
            _("The river room from tomorrow with dinner tonight, or the suite at once, facing the garden. Which?"),
            _("At six I take the bags over myself, at seven the table by the window. Is that all right?"),
            _("How was the evening, and how did the two sleep?"),
        ),
    ),
    "online": (
        _("Online shop, by chat"),
        (
            _("The birthday is tomorrow and the parcel is broken: what a fright."),
            _("What does it look like? A photo is enough. When is it to be given?"),
            _("So the box is of no matter, but the lamp must be whole by tomorrow at five. Right?"),
            _("What would save the birthday for you?"),
            _("A new one by courier by noon, or you fetch one at our shop on Station Road. Which?"),
            _("Courier between eleven and twelve, I send you the driver's number at nine. Agreed?"),
            _("Did the lamp arrive whole, and was it liked?"),
        ),
    ),
}  # fmt: skip
"""Seven lines for each trade, in the order of the steps."""


def card(trade: str = "") -> str:
    """The script card as a page for printing: the seven steps, a line for each, and room for your own.

    ``trade`` is one of :data:`TRADES`; without it the page has a card for each. The column for your own lines can be
    typed into in the browser before printing. Raises :class:`crmlab.checks.InputError` for an unknown trade.
    """
    if trade and trade not in TRADES:
        checks.fail(_("There is no card for {trade!r}; there are: {there}."), trade=trade, there=", ".join(TRADES))
    wanted = [trade] if trade else list(TRADES)
    style = (
        "<style>body{max-width:64em}.card{break-after:page;margin-bottom:3em}.card:last-child{break-after:auto}"
        "table{width:100%}td,th{vertical-align:top}td:first-child{width:22%}td:nth-child(2){width:42%}"
        ".half{background:#eef1f5}.own{min-height:1.4em}@media print{body{margin:0}@page{size:A4 landscape;margin:12mm}}"
        "</style>"
    )
    return style + "".join(_one_card(*TRADES[name]) for name in wanted)


def _one_card(name: str, lines: Sequence[str]) -> str:
    rows, half = "", ""
    for (_key, step), line in zip(complaints.STEPS.items(), lines, strict=True):
        if step.half != half:
            half = step.half
            rows += f'<tr class="half"><th colspan="3">{escape(tr(complaints.HALVES[half]))}</th></tr>'
        rows += (
            f"<tr><td><b>{step.number}. {escape(tr(step.name))}</b><br><small>{escape(tr(step.meaning))}</small></td>"
            f'<td>{escape(tr(line))}</td><td contenteditable="true" class="own"></td></tr>'
        )
    never = "".join(
        f"<li>{escape(tr(text))}</li>"
        for text in (
            _("No “calm down”, no “any inconvenience”, no “but” after “I understand”."),
            _("No time that has not been checked. “I ring you at ten with a yes or a no” can always be said."),
            _("Two sentences of sympathy, then open questions. More of it only costs time."),
        )
    )
    heads = (_("Step"), _("How it can sound"), _("My own line (click and type)"))
    head = "".join(f"<th>{escape(tr(text))}</th>" for text in heads)
    foot = escape(
        tr(_("Customer ________  Agreed: who ________  does what ________  by when ________  I call back on ________"))
    )
    return (
        f'<div class="card"><h1>{escape(tr(_("Complaint script")))} · {escape(tr(name))}</h1>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><ul>{never}</ul><p>{foot}</p></div>"
    )
