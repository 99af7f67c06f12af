"""Exercises of lesson 3.2, the MAN rule, and the two papers that a trainee takes away from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from typing import Any

import pandas as pd

from crmlab import datasets, intervals, qualification
from crmlab.course import session
from crmlab.course.cases import Case, case, chosen, close, frame, gate
from crmlab.course.exercise import exercise
from crmlab.course.form import Answers, Choice, Entry, Form, Row, Slider
from crmlab.language import _, tr

# Column names and cells that the lesson shows in its tables.
COLUMNS = (
    _("combination"),
    _("verdict"),
    _("deals"),
    _("won"),
    _("share"),
    _("low"),
    _("high"),
    _("deal"),
    _("seller"),
    _("product"),
    _("client"),
    _("up_sale"),
    _("budget_allocated"),
    _("authority_level"),
    _("needs_defined"),
    _("lead"),
    _("the line I heard"),
    _("next move"),
    _("ask next"),
)
CELLS = (
    _("Current"),
    _("New"),
    _("Past"),
    _("Yes"),
    _("No"),
    _("Unknown"),
    _("Info gathering"),
    _("Low"),
    _("Mid"),
    _("High"),
    _("Small"),
    _("Big"),
    _("Product B"),
    _("Product D"),
    _("Seller 2"),
    _("Seller 9"),
    _("Seller 11"),
)

LETTERS = {
    "M": (_("Money"), (("M", _("M (has it)")), ("m", _("m (lacks it)")))),
    "A": (_("Authority"), (("A", _("A (has it)")), ("a", _("a (lacks it)")))),
    "N": (_("Need"), (("N", _("N (has it)")), ("n", _("n (lacks it)")))),
}


@cache
def deals() -> pd.DataFrame:
    """The deals of the lesson; do not change the table."""
    return datasets.load("b2b_deals")


@cache
def rates(group: str = "", clients: str = "") -> pd.DataFrame:
    """Win rates by combination, or by the column ``group``; of one kind of ``clients`` if named."""
    part = deals()[deals()["client"] == clients] if clients else deals()
    return qualification.win_rates(part, by=group or None)


def _picked(answer: Answers, field: Choice, want: str, says: str, **values: str) -> Case:
    """As ``chosen``, but {got} is the option as the trainee read it."""
    made = chosen(answer, field.key, want, says)
    if made.open:
        return made
    return replace(made, values={**values, "got": field.show(answer[field.key]).rstrip(".。")})


# -- 1 Hear it -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Note:
    """A note from a first call: who, what was said, the three letters, and what to ask back for a wrong letter."""

    key: str
    who: str
    heard: str
    letters: str
    asks: tuple[str, str, str]

    @property
    def prompt(self) -> str:
        """Who and what, in the trainee's language."""
        return tr(_("Note {number} · {who}: {heard}"), number=self.key[4:], who=tr(self.who), heard=tr(self.heard))

    def fields(self) -> tuple[Choice, ...]:
        """Three dropdowns."""
        return tuple(Choice(f"{self.key}.{key}", options, label=label) for key, (label, options) in LETTERS.items())


NOTES = (
    Note(
        "note1",
        _("bearing factory, logistics manager"),
        _(
            "“90,000 is set aside for this, good until June. Up to 100,000 I sign myself. "
            "Last week eleven pallets went to the wrong customer.”"
        ),
        "MAN",
        (
            _("Note 1, you chose {got}: a sum and a date until which it is good. What more could a budget have?"),
            _("Note 1, you chose {got}: which is larger, the sum that he needs or the sum that he may sign?"),
            _("Note 1, you chose {got}: count the pallets again. Is that a wish, or a pain with a number in it?"),
        ),
    ),
    Note(
        "note2",
        _("glassworks, dispatcher"),
        _(
            "“The money was released in March. The owner's son chooses the devices; he has never asked me which. "
            "Stocktaking shuts us down for four days every quarter.”"
        ),
        "MaN",
        (
            _("Note 2, you chose {got}: what happened in March?"),
            _("Note 2, you chose {got}: what is her part in the choice? Does she decide, advise or veto?"),
            _("Note 2, you chose {got}: what do four days without deliveries cost a factory?"),
        ),
    ),
    Note(
        "note3",
        _("food wholesaler, owner"),
        _(
            "“If a thing is good, we usually find the money somehow. I decide here, nobody else. "
            "Every week goods worth 3,000 pass their date on the shelf, and nobody notices.”"
        ),
        "mAN",
        (
            _(
                "Note 3, you chose {got}: he said “we usually find the money somehow”. What would you have to hear to write a capital?"
            ),
            _("Note 3, you chose {got}: who else would have to say yes?"),
            _("Note 3, you chose {got}: what goes into the bin every week?"),
        ),
    ),
    Note(
        "note4",
        _("toy importer, managing director"),
        _(
            "“There is money for such things in the IT account, and I decide alone. "
            "Just send me your price list, for my files. We get along fine as we are.”"
        ),
        "MAn",
        (
            _("Note 4, you chose {got}: he named the account. Is that a hope, or money that is there?"),
            _("Note 4, you chose {got}: whom would he have to ask?"),
            _("Note 4, you chose {got}: he asked for a price list, for his files. Is asking the same as needing?"),
        ),
    ),
    Note(
        "note5",
        _("hospital, head of the pharmacy store"),
        _(
            "“I would take one tomorrow: each evening two of us count 600 boxes by hand. "
            "But for this year all is spent, and what to buy is settled in administration; nobody consults us.”"
        ),
        "maN",
        (
            _("Note 5, you chose {got}: “for this year all is spent”. Where would the money come from?"),
            _("Note 5, you chose {got}: she is keen and she is a head. Whose word counts when it is bought?"),
            _("Note 5, you chose {got}: 600 boxes, two people, each evening. What do you call that?"),
        ),
    ),
    Note(
        "note6",
        _("printing house, head of IT"),
        _(
            "“I sign nothing. But no device comes onto our network without my approval. "
            "Every order is keyed in three times here. A budget? We would apply for one in the autumn.”"
        ),
        "mAN",
        (
            _("Note 6, you chose {got}: to apply in the autumn - is that a budget, or a plan for one?"),
            _("Note 6, you chose {got}: he does not sign. But what happens to your offer if he says no?"),
            _("Note 6, you chose {got}: how often is each order keyed in?"),
        ),
    ),
    Note(
        "note7",
        _("fish trader, assistant to the owner"),
        _(
            "“He has been ill since spring; since then I buy everything, and I shall buy this too. "
            "45,000 lies ready in the account. Two forklifts stand idle half the morning, looking for the right rack.”"
        ),
        "MAN",
        (
            _("Note 7, you chose {got}: how much lies where?"),
            _("Note 7, you chose {got}: you may have heard “assistant”. What did she say about who buys?"),
            _("Note 7, you chose {got}: what do the forklifts do all morning?"),
        ),
    ),
    Note(
        "note8",
        _("drinks group, sales director"),
        _(
            "“The investment plan went through, the warehouse has its money. I sell; in the warehouse I have no say. "
            "What do they lack down there? No idea, I have never heard a complaint.”"
        ),
        "Man",
        (
            _("Note 8, you chose {got}: what became of the investment plan?"),
            _("Note 8, you chose {got}: a director, to be sure. Director of what?"),
            _("Note 8, you chose {got}: which line of this note speaks of a need?"),
        ),
    ),
)


@exercise(
    "hear-it",
    lesson="3.2",
    points=6,
    title=_("Hear it"),
    form=lambda: Form(tuple(Row(note.prompt, note.fields()) for note in NOTES)),
    hints=(
        _("Put your finger on the line that made you choose. No line, no capital."),
        _("Authority is not a title. Ask of each: can this person decide, advise or veto?"),
        _("Three notes lack the money, three the authority, two the need."),
    ),
    right=_(
        "All 24 letters, each with a line to stand on. An assistant who buys, a head of IT who can veto, a director without a "
        "say: you listened to what they do, not to what they are called."
    ),
)
def hear_it(answer: Answers) -> Iterator[Case]:
    """Eight notes, three letters each."""
    for note in NOTES:
        for field, want, ask in zip(note.fields(), note.letters, note.asks, strict=True):
            yield chosen(answer, field.key, want, ask)


# -- 2 The next move -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lead:
    """A lead with its combination, and what to ask back for a wrong move."""

    key: str
    heard: str
    combination: str
    name: str
    ask: str

    def fields(self) -> tuple[Choice, Choice]:
        """Two dropdowns: verdict, next move."""
        verdicts = tuple(qualification.VERDICTS.items())
        moves = tuple((key.replace(" ", ""), text) for key, text in qualification.EIGHT["action"].items())
        return (
            Choice(f"{self.key}.verdict", verdicts, label=_("Verdict")),
            Choice(f"{self.key}.move", moves, label=_("Next move")),
        )


LEADS = (
    Lead(
        "tyres",
        _(
            "Tyre dealer, owner: “70,000 is free this year, and I decide. But what for? My lad finds any tyre in two minutes.”"
        ),
        "M A n",
        _("Tyre dealer"),
        _("He can pay and he can sign. What did he say about what he lacks?"),
    ),
    Lead(
        "school",
        _("School kitchen, cook: “Nobody asks me, there is no money, and we manage well enough.”"),
        "m a n",
        _("School kitchen"),
        _("Which of the three letters could you write large?"),
    ),
    Lead(
        "dairy",
        _(
            "Dairy, shift leader: “The money is released. My pickers walk nine kilometres a shift, half of it for nothing. "
            "Who decides? Somebody at head office.”"
        ),
        "M a N",
        _("Dairy"),
        _("Money and kilometres are there. Whose name do you not know yet?"),
    ),
    Lead(
        "books",
        _(
            "Bookshop chain, managing partner: “I want it, we lose forty orders a month, and it is for me to say. "
            "But the bank has just cut our credit line.”"
        ),
        "m A N",
        _("Bookshops"),
        _("He wants it and he decides. What did the bank do?"),
    ),
    Lead(
        "cables",
        _(
            "Cable maker, purchasing manager: “My signature is enough, the order number is open: 130,000. "
            "Deliver by the first; until then we count by hand.”"
        ),
        "M A N",
        _("Cable maker"),
        _("Is there a letter that you would still have to ask about?"),
    ),
    Lead(
        "chemist",
        _(
            "Chemist's branch, shop assistant: “Expired goods every week, two crates full. "
            "But head office has stopped all spending, and I only fill the shelves.”"
        ),
        "m a N",
        _("Chemist's"),
        _("The need is real. How many other letters does one need to move?"),
    ),
    Lead(
        "mill",
        _(
            "Textile mill, director: “Such things are mine to decide. Trade is slow, nothing is planned this year; "
            "and what we have does its job.”"
        ),
        "m A n",
        _("Textile mill"),
        _("He decides, true. What would he pay with, and what for?"),
    ),
    Lead(
        "parts",
        _(
            "Car parts group, bookkeeper: “Fifty thousand is left in the store's budget. What it goes on is not for me to say, "
            "and nobody has asked for anything.”"
        ),
        "M a n",
        _("Car parts"),
        _("There is money. Who wants something, and who may decide?"),
    ),
)


@exercise(
    "next-move",
    lesson="3.2",
    points=4,
    title=_("The next move"),
    form=lambda: Form(tuple(Row(lead.heard, lead.fields()) for lead in LEADS)),
    hints=(
        _("First write the three letters on paper, then look for them on the cards."),
        _(
            "Three capitals: sell. Two: approach. One: cultivate. None: stop. The move follows from the letter that is missing."
        ),
        _("Each of the eight cards is used once."),
    ),
    right=_(
        "All eight cards played, each once. The number of capitals gives the verdict; the missing letter gives the move."
    ),
)
def next_move(answer: Answers) -> Iterator[Case]:
    """Eight leads, verdict and next move each."""
    for lead in LEADS:
        verdict, move = lead.fields()
        said = {"name": tr(lead.name), "ask": tr(lead.ask)}
        yield _picked(
            answer,
            verdict,
            str(qualification.EIGHT.at[lead.combination, "verdict"]),
            _("{name}: you chose “{got}”. How many of the three letters did you hear large?"),
            **said,
        )
        yield _picked(answer, move, lead.combination.replace(" ", ""), _("{name}: you chose “{got}”. {ask}"), **said)


# -- 3 Roles and needs -----------------------------------------------------------------------------------------------

ROLES = (
    ("user", _("user: works with it")),
    ("influencer", _("influencer: advises or vetoes")),
    ("decider", _("decider: says yes or no")),
    ("buyer", _("buyer: handles terms and order")),
)
NEEDS = (
    ("stated", _("stated: what is said")),
    ("real", _("real: what is meant")),
    ("unstated", _("unstated: taken for granted")),
    ("delight", _("delight: would be a happy surprise")),
    ("secret", _("secret: not for others' ears")),
)

PEOPLE = (
    (
        "storeman",
        _("Storeman: “I hold the thing eight hours a day. The old one is too heavy for me.”"),
        "user",
        _("Storeman: you chose “{got}”. Whose arm hurts in the evening?"),
    ),
    (
        "plant",
        _("Plant manager: “I have told finance which one I would take. Whether they listen is up to them.”"),
        "influencer",
        _("Plant manager: you chose “{got}”. A big title - but is his word the last one?"),
    ),
    (
        "finance",
        _("Head of finance: “I hear them all. Then I say yes or no, and that is that.”"),
        "decider",
        _("Head of finance: you chose “{got}”. Who speaks after her?"),
    ),
    (
        "purchasing",
        _("Purchaser: “Once it is settled what we take, it comes to me: delivery date, payment terms, order form.”"),
        "buyer",
        _("Purchaser: you chose “{got}”. At what moment does it reach her desk - before the choice or after?"),
    ),
    (
        "safety",
        _(
            "Safety officer: “If it is not proof against dust, I strike it off the list. Which of the others they take is all one to me.”"
        ),
        "influencer",
        _("Safety officer: you chose “{got}”. He can strike one off. Can he choose one?"),
    ),
)
WISHES = (
    (
        "cheap",
        _("Ms Gao, in the first call: “We are looking for a cheap scanner.”"),
        "stated",
        _("“Cheap scanner”: you chose “{got}”. Did you have to guess at it, or did she say it?"),
    ),
    (
        "repairs",
        _("You ask what “cheap” means. It turns out: cheap over four years. The last ones were in repair every month."),
        "real",
        _("Cheap over four years: you chose “{got}”. Is this what she said first, or what she meant by it?"),
    ),
    (
        "night",
        _("Neither of you mentions it: with a night shift, somebody must pick up your service phone at 3 a.m."),
        "unstated",
        _("The phone at 3 a.m.: you chose “{got}”. She would not praise you for it. What would she do without it?"),
    ),
    (
        "labels",
        _("“What, it prints our labels as well? I had not dreamt of that.”"),
        "delight",
        _("Labels: you chose “{got}”. Did she expect it? How does she sound?"),
    ),
    (
        "post",
        _(
            "Over lunch: next spring the works director retires. Ms Gao would like to be known by then as the one who modernised the store."
        ),
        "secret",
        _("The works director's chair: you chose “{got}”. Would she say this with her colleagues at the table?"),
    ),
)


def _people_fields() -> list[tuple[Row, Choice, str, str]]:
    rows = []
    for items, options, label in ((PEOPLE, ROLES, _("Role")), (WISHES, NEEDS, _("Need"))):
        for key, text, want, ask in items:
            field = Choice(key, options, label=label)
            rows.append((Row(text, (field,)), field, want, ask))
    return rows


@exercise(
    "roles-and-needs",
    lesson="3.2",
    points=5,
    title=_("Who is who, and what do they want?"),
    form=lambda: Form(tuple(row for row, _field, _want, _ask in _people_fields())),
    hints=(
        _("Roles: ask what the person does in this purchase, not what stands on the card."),
        _("Needs: said, meant, taken for granted, a surprise, or not for others' ears?"),
        _("One role occurs twice; each need occurs once."),
    ),
    right=_(
        "Two influencers, and neither is the decider: a manager's advice and a safety officer's veto both carry authority, so both get "
        "a capital A - but the yes is still to be fetched from finance."
    ),
)
def roles_and_needs(answer: Answers) -> Iterator[Case]:
    """Five people of one firm, five needs of one of them."""
    for _row, field, want, ask in _people_fields():
        yield _picked(answer, field, want, ask)


# -- 4 How many deals are proof? -------------------------------------------------------------------------------------

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


def _proof_live(answers: Answers) -> list[str]:
    n, won, usual = _counts()
    more, less, many = int(answers[WIN]), int(answers[LOSE]), int(answers[MANY])
    low, high = intervals.wilson(won + more, n + more)
    down = intervals.wilson(won, n + less)
    wins, narrow, wide = _like_ours(many)
    line = _("{name} {won} of {n} won: {share:.1%}, interval {low:.1%} to {high:.1%}.")
    return [
        tr(_("Compare with M A N: {usual:.1%} won."), usual=usual),
        tr(line, name="1.", won=won + more, n=n + more, share=(won + more) / (n + more), low=low, high=high),
        tr(line, name="2.", won=won, n=n + less, share=won / (n + less), low=down[0], high=down[1]),
        tr(line, name="3.", won=wins, n=many, share=wins / many, low=narrow, high=wide)
        + " "
        + tr(_("Width: {width:.1f} points."), width=100 * (wide - narrow)),
    ]


def _proof_form() -> Form:
    n = _counts()[0]
    return Form(
        (
            Row(
                _(
                    "1. The next deals of this kind are all won. After how many does the whole interval lie above M A N?"
                ),
                (Slider(WIN, _("more won"), 0, 20, 1, 0),),
            ),
            Row(
                _(
                    "2. The next deals of this kind are all lost. After how many is the win rate lower than that of M A N?"
                ),
                (Slider(LOSE, _("more lost"), 0, 20, 1, 0),),
            ),
            Row(
                _("3. The win rate stays at 82%. From how many deals on is the interval at most 20 points wide?"),
                (Slider(MANY, _("deals in all"), n, 12 * n, n, n),),
            ),
        ),
        live=_proof_live,
        intro=_("Move one slider at a time and read the lines below. Find the smallest number each time."),
    )


@exercise(
    "how-many",
    lesson="3.2",
    points=3,
    title=_("How many deals are proof?"),
    form=_proof_form,
    hints=(
        _("One step at a time: move a slider by one, then read its line."),
        _("In 1 watch the lower end of the interval, in 2 the share, in 3 the width."),
        _("1 needs fewer than five, 2 fewer than ten, 3 more than fifty."),
    ),
    right=_(
        "One more win would “prove” it, six losses would turn it round. A finding that hangs on the next phone call "
        "is a question, not an answer."
    ),
)
def how_many(answer: Answers) -> Iterator[Case]:
    """Three numbers found with sliders."""
    want, (n, won, usual) = _proof(), _counts()
    few = {
        WIN: _("1. With {got} more the lower end stands at {now}. Does the whole interval lie above {usual}?"),
        LOSE: _("2. With {got} more lost the win rate is {now}. Is that lower than {usual}?"),
        MANY: _("3. With {got} deals the interval is {now} points wide. Is that 20 or less?"),
    }
    shown = {WIN: "", LOSE: "", MANY: ""}
    if WIN in answer:
        shown[WIN] = f"{intervals.wilson(won + answer[WIN], n + answer[WIN])[0]:.1%}"
    if LOSE in answer:
        shown[LOSE] = f"{won / (n + answer[LOSE]):.1%}"
    if MANY in answer:
        _wins, low, high = _like_ours(answer[MANY])
        shown[MANY] = f"{100 * (high - low):.1f}"
    for number, (key, sentence) in enumerate(few.items(), 1):
        if answer.get(key, 0) > want[key]:
            sentence = _("{number}. {got} is enough, but is it the smallest number that is?")
        yield close(answer, key, want[key], sentence, tolerance=0, number=number, now=shown[key], usual=f"{usual:.1%}")


# -- 5 Unknown is not no ---------------------------------------------------------------------------------------------

BUDGET = "budget_allocated"
GROUP = Choice(
    "group",
    (
        ("money", _("money: yes or no")),
        (BUDGET, _("budget_allocated: Yes, No, Unknown")),
        ("company_size", _("company_size: Small, Mid, Big")),
    ),
    label=_("Column"),
)
UNKNOWN = Entry("unknown", _("Budget unknown: won"), "%")
ASKED = Choice(
    "asked",
    (
        ("same", _("Unknown may be counted as No: both mean there is no money.")),
        ("ask", _("Where nobody knew the budget, few deals were won: ask about it.")),
        ("no", _("A No is the worst answer: better not to ask.")),
    ),
    style="radio",
)


def _lines(table: pd.DataFrame) -> list[str]:
    found = []
    for key, row in table.iterrows():
        name = tr(str(key)) if not isinstance(key, bool) else tr("Yes" if key else "No")
        if row["deals"] == 0:
            found.append(tr(_("{name}: no deals"), name=name))
        else:
            text = _("{name}: {won} of {n} won, {share:.1%} ({low:.0%} to {high:.0%})")
            ends = {"share": row["share"], "low": row["low"], "high": row["high"]}
            found.append(tr(text, name=name, won=int(row["won"]), n=int(row["deals"]), **ends))
    return found


def _asked_live(answers: Answers) -> list[str]:
    group = answers.get("group")
    return _lines(rates(group)) if group else [tr(_("Choose a column, and its win rates appear here."))]


@exercise(
    "not-asked",
    lesson="3.2",
    points=3,
    title=_("“No”, or nobody knows?"),
    code=True,
    hints=(
        _("The column that keeps three answers apart is called budget_allocated."),
        _("In code: by=... takes the name of a column in quotes, as verdict did above."),
        _('budget = qualification.win_rates(deals, by="...")'),
    ),
    right=_(
        "No won as often as Yes, 53% and 54%; with an unknown budget 31 of 36 were lost. Perhaps these leads were colder from the start "
        "(25 of the 36 were new clients) - but a seller who does not know cannot talk about terms."
    ),
)
def not_asked(answer: Any) -> Iterator[Case]:
    """The table of win rates by budget."""
    yield from frame(answer, ["deals", "won", "share"])
    want = rates(BUDGET)
    yield gate(
        set(answer.index) == set(want.index),
        _("Your table has the groups {groups}. Which column keeps Unknown apart from No?"),
        groups=", ".join(map(str, list(answer.index)[:8])),
    )
    for key in want.index:
        yield case(
            answer.at[key, "deals"] == want.at[key, "deals"] and answer.at[key, "won"] == want.at[key, "won"],
            _("{group}: your table has {won} of {n} won. Are all 448 deals in it?"),
            group=tr(key),
            won=answer.at[key, "won"],
            n=answer.at[key, "deals"],
        )


@not_asked.click_twin(
    lambda: Form(
        (
            Row(_("By which column would you group the deals to see what became of an unknown budget?"), (GROUP,)),
            Row(_("How many percent of the deals with unknown budget were won?"), (UNKNOWN,)),
            Row(_("What do you tell a colleague?"), (ASKED,)),
        ),
        live=_asked_live,
    )
)
def not_asked_clicks(answer: Answers) -> Iterator[Case]:
    """The same by clicking."""
    want = 100 * float(rates(BUDGET).at["Unknown", "share"])
    yield chosen(
        answer,
        "group",
        BUDGET,
        {
            "money": _("By money there are two groups. Into which of them did the course put Unknown?"),
            "": _("Size of the firm is a question for another day. Which column speaks of the budget?"),
        },
    )
    yield close(
        answer,
        "unknown",
        want,
        _("You have {got} %. Look for the line “Unknown”: how many were won, of how many?"),
        tolerance=0.6,
    )
    yield chosen(
        answer,
        "asked",
        "ask",
        {
            "same": _("You would count Unknown as No. Compare their win rates: are they alike?"),
            "no": _("You chose “A No is the worst answer”. How many of the Noes were won?"),
        },
    )


# -- 6 Strangers only ------------------------------------------------------------------------------------------------

CLIENTS = Choice(
    "clients",
    (("all", _("all 448 deals")), ("Current", _("current clients")), ("New", _("new clients"))),
    label=_("Which deals"),
)
FULL = Entry("full", _("M A N: won"), "%")
BOSSLESS = Entry("bossless", _("M a N: deals won"))
SURVIVES = Choice(
    "survives",
    (
        ("yes", _("It holds: without authority they win more, new clients too.")),
        ("reverse", _("It is refuted: without authority a new client can never be won.")),
        ("gone", _("It is gone: none won among new clients, and too few to say more.")),
    ),
    style="radio",
)


def _new_live(answers: Answers) -> list[str]:
    clients = answers.get("clients")
    if not clients:
        return [tr(_("Choose which deals to count, and the eight lines appear here."))]
    return _lines(rates(clients="" if clients == "all" else clients))


@exercise(
    "new-clients",
    lesson="3.2",
    points=4,
    title=_("Strangers only"),
    code=True,
    hints=(
        _("First keep the deals whose client is New, then count as before."),
        _('deals[deals["client"] == "New"] keeps them; win_rates does the rest.'),
        _('new = qualification.win_rates(deals[deals["client"] == "..."])'),
    ),
    right=_(
        "Among strangers the order is the one that the rule promises: 22% with three capitals, 13% without money, none of two without "
        "authority. And a bigger thing came to light: new clients win 17%, current ones 70%. No letter of the rule asks about that."
    ),
)
def new_clients(answer: Any) -> Iterator[Case]:
    """The table of win rates by combination, new clients only."""
    yield from frame(answer, ["deals", "won", "share"])
    want = rates(clients="New")
    yield gate(
        set(answer.index) <= set(want.index) and "M A N" in answer.index,
        _("The rows should be the eight combinations; yours are {rows}. Leave out by=..."),
        rows=", ".join(map(str, list(answer.index)[:8])),
    )
    total = int(answer["deals"].sum())
    yield case(
        total == int(want["deals"].sum()),
        _("Your table counts {total} deals. How many of the 448 are with new clients?"),
        total=total,
    )
    full = answer.loc["M A N"]
    yield case(
        full["won"] == want.at["M A N", "won"] and full["deals"] == want.at["M A N", "deals"],
        _("M A N: your table has {won} of {n} won. Which value of the column client do you keep?"),
        won=int(full["won"]),
        n=int(full["deals"]),
    )


@new_clients.click_twin(
    lambda: Form(
        (
            Row(_("Which deals do you count?"), (CLIENTS,)),
            Row(_("How many percent of the M A N deals among them were won?"), (FULL,)),
            Row(_("How many M a N deals among them were won?"), (BOSSLESS,)),
            Row(_("What is left of “without authority they win 82%”?"), (SURVIVES,)),
        ),
        live=_new_live,
    )
)
def new_clients_clicks(answer: Answers) -> Iterator[Case]:
    """The same by clicking."""
    want = rates(clients="New")
    yield chosen(
        answer,
        "clients",
        "New",
        {
            "all": _("You count all deals. Zhou Min calls strangers tomorrow: which deals are like hers?"),
            "Current": _("You count current clients. They have bought before - has anyone on Zhou Min's list?"),
        },
    )
    yield close(
        answer,
        "full",
        100 * float(want.at["M A N", "share"]),
        _("M A N: you have {got} %. Read the first of the eight lines again."),
        tolerance=0.6,
    )
    yield close(
        answer,
        "bossless",
        float(want.at["M a N", "won"]),
        _("M a N: you have {got} won. Which line has a large M, a small a and a large N?"),
        tolerance=0,
    )
    yield chosen(
        answer,
        "survives",
        "gone",
        {
            "yes": _("You say it holds for new clients too. How many of the M a N deals among them were won?"),
            "reverse": _(
                "You say it is refuted. How many deals do you build that on, and how far does the interval reach?"
            ),
        },
    )


# -- 7 Skip the boss? ------------------------------------------------------------------------------------------------

JUDGED = (
    ("holds", _("holds")),
    ("figure", _("the figure is wrong")),
    ("leap", _("does not follow")),
)
CLAIMS = (
    (
        "nine",
        _("1. “With money and need, but without authority, nine of eleven deals were won: 82%.”"),
        "holds",
        _("1: you chose “{got}”. Look at the line M a N in the table. What stands there?"),
    ),
    (
        "all",
        _("2. “So leads without authority win 82%.”"),
        "figure",
        _("2: you chose “{got}”. M a N is not the only card with a small a. What of the others?"),
    ),
    (
        "proven",
        _("3. “82 is far above 55. That proves that the boss does not matter.”"),
        "leap",
        _("3: you chose “{got}”. From where to where does the interval of eleven deals run? Is 55 in it?"),
    ),
    (
        "separate",
        _("4. “Nine wins are nine independent pieces of evidence.”"),
        "leap",
        _("4: you chose “{got}”. Read the nine rows again: how many sellers, how many products?"),
    ),
    (
        "strangers",
        _("5. “What works there works with new clients too.”"),
        "leap",
        _("5: you chose “{got}”. Who were the clients of the nine, and how did the new ones end?"),
    ),
)
REWRITE = Choice(
    "rewrite",
    (
        (
            "skip",
            _("Authority does not matter: nine of eleven were won without it. Talk to whoever picks up the phone."),
        ),
        ("rule", _("The rule is proven: with new clients it is 0 of 8 without authority. No boss, no deal.")),
        (
            "true",
            _(
                "Nine repeat orders by one seller went through without the boss. With new clients it is 0 of 8: ask who decides."
            ),
        ),
        (
            "useless",
            _("Eleven deals are too few to learn anything from. Leave them out and follow the rule as it is taught."),
        ),
    ),
    style="radio",
)


@exercise(
    "skip-the-boss",
    lesson="3.2",
    points=3,
    title=_("Skip the boss?"),
    form=lambda: Form(
        (
            *(Row(text, (Choice(key, JUDGED, label=_("Judgement")),)) for key, text, _want, _ask in CLAIMS),
            Row(_("6. What would you write in Xu Lei's place?"), (REWRITE,)),
        )
    ),
    hints=(
        _("One sentence holds, one has a wrong figure, the others say more than the figures can bear."),
        _("For 2 count all deals with a small a: M a N, m a N, M a n, m a n."),
        _("For 6 look for the sentence that says for whom it holds, and what to do."),
    ),
    right=_(
        "The slip is in the second sentence already: 17 deals lacked authority, 9 were won, 53%. And the nine are one story told nine times. "
        "A good sentence names the figure, for whom it holds, and the next move."
    ),
)
def skip_the_boss(answer: Answers) -> Iterator[Case]:
    """Xu Lei's memo, sentence by sentence, and a better one."""
    for key, _text, want, ask in CLAIMS:
        yield _picked(answer, Choice(key, JUDGED), want, ask)
    yield chosen(
        answer,
        "rewrite",
        "true",
        {
            "skip": _(
                "6: you would talk to whoever picks up. How many new clients without authority were won that way?"
            ),
            "rule": _("6: you call the rule proven. How does that go with nine wins of eleven?"),
            "useless": _("6: you would learn nothing from them. Do they not tell you at least whom to ask what?"),
        },
    )


# -- What leaves the notebook ----------------------------------------------------------------------------------------

QUESTIONS = {
    "M": (
        _("Is money set aside for this - how much, and until when?"),
        _("If not this year: would monthly payments help?"),
    ),
    "A": (
        _("When you last bought something like this: who had to say yes?"),
        _("Who could still stop it? Shall we talk to both of them together?"),
    ),
    "N": (
        _("What does it cost you today, in hours or in money a week?"),
        _("What happens if nothing changes by summer?"),
    ),
}
"""What to ask for a letter that is missing or not known."""


def lead_sheet() -> pd.DataFrame:
    """The eight leads of exercise 1 as a lead sheet, with the letters that the trainee chose ("?" where none is chosen).

    Columns: ``lead``, ``client``, ``the line I heard``, ``combination``, ``verdict``, ``next move``, ``ask next`` (a
    question for each letter that is missing or open). Texts are in the trainee's language.
    """
    opened = session.opened()
    kept = opened.fields(hear_it) if opened is not None else {}
    rows = []
    for note in NOTES:
        letters = [str(kept.get(field.key, "?")) for field in note.fields()]
        combination = " ".join(letters)
        known = combination in qualification.EIGHT.index
        asked = [tr(QUESTIONS[key][0]) for key, letter in zip(LETTERS, letters, strict=True) if letter != key]
        verdict = qualification.VERDICTS[qualification.EIGHT.at[combination, "verdict"]] if known else "?"
        move = str(qualification.EIGHT.at[combination, "action"]) if known else _("Ask first.")
        rows.append(
            {
                "lead": tr(note.who),
                "client": tr("New"),
                "the line I heard": tr(note.heard),
                "combination": combination,
                "verdict": tr(verdict),
                "next move": tr(move),
                "ask next": " ".join(asked) or tr(_("Ask for the order.")),
            }
        )
    return pd.DataFrame(rows)


def card() -> str:
    """The MAN card as a page for printing: eight combinations, the questions, and a sheet for ten leads."""

    def row(cells: list[str], tag: str = "td") -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    names = {key: tr(label) for key, (label, _options) in LETTERS.items()}
    eight = "".join(
        row([str(key), tr(qualification.VERDICTS[line["verdict"]]), tr(line["action"])])
        for key, line in qualification.EIGHT.iterrows()
    )
    questions = "".join(row([f"{key} {names[key]}", *map(tr, lines)]) for key, lines in QUESTIONS.items())
    blank = "".join("<tr>" + "<td>&nbsp;<br>&nbsp;</td>" * 8 + "</tr>" for _number in range(10))
    head = [_("Lead"), _("New or current"), "M", "A", "N", _("The line I heard"), _("Next move"), _("By when")]
    title, intro, ask, mine = (
        escape(tr(text))
        for text in (
            _("MAN card: money, authority, need"),
            _("A capital: has it, and I can quote the line. A small letter: lacks it. Not heard: ?, and ask."),
            _("A letter is missing? Ask:"),
            _("My leads"),
        )
    )
    letters = [tr(text) for text in (_("Letters"), _("Verdict"), _("Next move"))]
    return (
        "<style>table{width:100%;margin:.4em 0 1em}h1,h2{margin:.3em 0}table.ask td:first-child{white-space:nowrap}"
        ".leads th:first-child{width:17%}.leads th:nth-child(2){width:11%}.leads th:nth-child(6){width:30%}"
        "@media print{body{margin:0;font-size:9.5pt;line-height:1.25}h1{font-size:15pt}h2{font-size:12pt}}</style>"
        f"<h1>{title}</h1><p>{intro}</p><table>{row(letters, 'th')}{eight}</table>"
        f"<h2>{ask}</h2><table class='ask'>{questions}</table>"
        f"<h2>{mine}</h2><table class='leads'>{row(list(map(tr, head)), 'th')}{blank}</table>"
    )
