"""An exercise of each kind, shown in a notebook of the test's own: none of them is part of the course.

In the notebook: ``import kinds; kinds.show("order")``. Answers are kept in ``kinds.json`` beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crmlab.course import exercise, typed
from crmlab.course.cases import OPEN, Case, close, ordered
from crmlab.course.exercise import Exercise
from crmlab.course.form import Choice, Entry, Form, Line, Mark, Order, Row, Slider, Tick
from crmlab.course.lessons import Lesson
from crmlab.course.session import Session
from crmlab.course.state import Store
from crmlab.course.widgets.shown import Shown
from crmlab.language import current


@dataclass(frozen=True)
class Kind:
    """An exercise with the clicks that are wrong and right, and the same answers in code."""

    made: Exercise
    wrong: dict[str, Any]
    right: dict[str, Any]
    code: Any


def _(en: str, zh: str) -> str:
    """Texts of a test: they are in no catalogue."""
    return zh if current() == "zh" else en


def _kind(
    id: str, judge: Any, form: Any, wrong: dict[str, Any], right: dict[str, Any], code: Any = None, **more: Any
) -> Kind:
    made = Exercise(
        id,
        "0.0",
        4.0,
        _("An exercise", "练习"),
        judge,
        (_("Look again.", "再看一看。"),),
        _("Well done.", "做得好。"),
        form,
        **more,
    )
    return Kind(made, wrong, right, right if code is None else code)


LOOK = "Look again, please."


def chosen(answer: Any, key: str, want: str, says: str) -> Case:
    """The option in a field should be the one wanted."""
    if key not in answer:
        return Case(False, OPEN, key=key, open=True)
    return Case(answer[key] == want, says, {"got": answer[key]}, key)


def _classify(answer: Any) -> Iterator[Case]:
    for note, want in (("a", "feeling"), ("b", "matter"), ("c", "matter")):
        yield chosen(answer, f"{note}.kind", want, LOOK)


def _classify_form() -> Form:
    options = (("feeling", _("a feeling", "情绪")), ("matter", _("a matter of fact", "事实")))
    notes = (
        ("a", _("I am really fed up with this.", "我真的受够了。")),
        ("b", _("Two cartons of 24 were missing on Tuesday.", "星期二少了两箱，每箱 24 件。")),
        ("c", _("The invoice says 480.", "发票上写的是 480。")),
    )
    return Form(
        tuple(Row(text, (Choice(f"{key}.kind", options, _("Kind", "类别")),), quote=True) for key, text in notes),
        intro=_("What does each note speak of?", "每条记录说的是什么？"),
    )


def _judge_form() -> Form:
    options = (("yes", _("Yes, at once", "马上答应")), ("ask", _("Ask first what happened", "先问发生了什么")))
    question = Row(
        _("The shop asks for a refund. What do you do first?", "店里要求退款，你先做什么？"),
        (Choice("first", options, style="radio"),),
    )
    ticks = (Tick("t.1", _("Who was there", "谁在场")), Tick("t.2", _("Who is to blame", "是谁的错")))
    return Form((question, Row(_("What do you write down? (Several may be right.)", "你记下什么？（可多选）"), ticks)))


def _judge(answer: Any) -> Iterator[Case]:
    yield chosen(answer, "first", "ask", LOOK)
    touched = "t.1" in answer or "t.2" in answer
    yield Case(answer.get("t.1") is True and answer.get("t.2") is not True, LOOK, key="t.1", open=not touched)


STEPS = ("sympathy", "ask", "confirm", "want", "offer")
SHOWN = ("offer", "confirm", "sympathy", "want", "ask")


def _order_form() -> Form:
    labels = {
        "sympathy": _("Say that you are sorry it happened", "先表示理解和歉意"),
        "ask": _("Ask what happened", "询问经过"),
        "confirm": _(
            "Say back what you heard, until the customer agrees that this is what happened",
            "复述一遍，直到客户确认就是这么回事",
        ),
        "want": _("Ask what the customer wants", "问客户想要什么"),
        "offer": _("Offer something", "提出方案"),
    }
    items = tuple((key, labels[key]) for key in SHOWN)
    return Form((Row(_("In which order?", "按什么顺序？"), (Order("steps", items),)),))


def _match_form() -> Form:
    lefts = (
        ("A", _("A customers", "A 类客户")),
        ("B", _("B customers", "B 类客户")),
        ("C", _("C customers", "C 类客户")),
    )
    rights = (("mail", _("a mail", "一封邮件")), ("call", _("a call", "一通电话")), ("visit", _("a visit", "一次拜访")))
    rows = tuple(Row(label, (Choice(f"contact.{key}", rights),)) for key, label in lefts)
    return Form(rows, intro=_("Who gets what?", "谁用哪种方式？"))


CONTACT = {"A": "visit", "B": "call", "C": "mail"}


def _fill_form() -> Form:
    entries = (Entry("nps", _("NPS", "NPS"), _("points", "分")), Entry("share", _("Promoters", "推荐者"), "%"))
    return Form((Row(_("40 of 100 are promoters, 15 detractors.", "100 人中推荐者 40 人、贬损者 15 人。"), entries),))


def _fill(answer: Any) -> Iterator[Case]:
    yield close(answer, "nps", 25, "You have {got}. Which group is taken off?", tolerance=0.5)
    yield close(answer, "share", 40, "You have {got} %.", tolerance=0.5)


def _calculate_form() -> Form:
    slider = Slider("volume", _("More volume", "销量增加"), 0, 100, 5, 20, "%")

    def live(now: dict[str, Any]) -> list[str]:
        return [_("Margin left: {n}", "剩余毛利：{n}").format(n=15 * (1 + now["volume"] / 100))]

    return Form(
        (
            Row(
                _(
                    "A margin of 20, 25% of it given away: what makes up for it?",
                    "毛利 20，让利 5：销量要增加多少才不亏？",
                ),
                (slider,),
            ),
        ),
        live,
    )


def _bars_form() -> Form:
    months = (("jan", _("January", "一月"), 1200), ("feb", _("February", "二月"), 450), ("mar", _("March", "三月"), 0))
    months = (*months, ("apr", _("April", "四月"), 980))
    mark = Mark("month", "bars", bars=months, unit="GBP", title=_("Revenue by month", "各月销售额"))
    return Form((Row(_("In which month did revenue fall most?", "哪个月的销售额下降最多？"), (mark,)),))


def _cells_form() -> Form:
    rows = (("A", _("A: large", "A：大")), ("B", _("B: middle", "B：中")), ("C", _("C: small", "C：小")))
    columns = (("1", _("weak", "弱")), ("2", _("middling", "一般")), ("3", _("strong", "强")))
    texts = tuple(
        (f"{row}.{column}", str(7 * number + 3))
        for number, (row, column) in enumerate((r, c) for r in "ABC" for c in "12")
    )
    mark = Mark(
        "cell",
        "cells",
        rows=rows,
        columns=columns,
        texts=texts,
        title=_("Customers by size and relationship", "按规模和关系划分的客户数"),
    )
    return Form((Row(_("Where is a large customer that we may lose?", "哪一格是我们可能失去的大客户？"), (mark,)),))


LINE = Line("line", ("sympathy", "figure"))


def _line_form() -> Form:
    return Form((Row(_("“Forty warm crates!” What do you say?", "“四十箱全是热的！”您怎么说？"), (LINE,)),))


def _lines() -> tuple[dict[str, Any], dict[str, Any]]:
    wrong, right = _("One moment, please.", "请稍等。"), _("That must have been awful. I ring you at 15:35.", "换了谁都着急。15:35 我给您打电话。")
    return {"line": {"text": wrong, "claims": {}}}, {"line": {"text": right, "claims": {}}}


def kinds() -> dict[str, Kind]:
    """All kinds by name, in the present language."""
    found = [
        _kind("classify", _classify, _classify_form, {"a.kind": "matter", "b.kind": "feeling", "c.kind": "feeling"},
              {"a.kind": "feeling", "b.kind": "matter", "c.kind": "matter"}),
        _kind("judge", _judge, _judge_form, {"first": "yes", "t.2": True}, {"first": "ask", "t.1": True, "t.2": False}),
        _kind("order", lambda a: iter([ordered(a, "steps", STEPS, "{right} of {pairs}: what comes first?")]), _order_form,
              {"steps": ["offer", "want", "confirm", "ask", "sympathy"]}, {"steps": list(STEPS)}, list(STEPS), field="steps",
              takes_code=True),
        _kind("match", lambda a: (chosen(a, f"contact.{key}", want, LOOK) for key, want in CONTACT.items()), _match_form,
              {"contact.A": "mail", "contact.B": "visit", "contact.C": "call"},
              {f"contact.{key}": value for key, value in CONTACT.items()}, CONTACT, field="contact", takes_code=True),
        _kind("fill", _fill, _fill_form, {"nps": 55, "share": 15}, {"nps": 25, "share": 40}),
        _kind("calculate", lambda a: iter([close(a, "volume", 35, "{got} more is not it: what is left of 20?", tolerance=2.5)]), _calculate_form, {"volume": 25},
              {"volume": 35}, 33.3, field="volume", takes_code=True),
        _kind("bars", lambda a: iter([chosen(a, "month", "feb", LOOK)]), _bars_form, {"month": "mar"}, {"month": "feb"}, "feb",
              field="month", takes_code=True),
        _kind("cells", lambda a: iter([chosen(a, "cell", "A.1", LOOK)]), _cells_form, {"cell": "C.3"}, {"cell": "A.1"}, "A.1",
              field="cell", takes_code=True),
        _kind("line", lambda a: iter([typed.case(LINE, a, 1)]), _line_form, *_lines()),
    ]  # fmt: skip
    return {one.made.id: one for one in found}


def show(id: str, answer: Any = ..., path: Path | None = None) -> Shown:
    """The exercise as ``check`` would show it. Ends a cell."""
    made = kinds()[id].made
    session = Session(Lesson("0.0", "", "kinds"), Store(path or Path("kinds.json")), [made])
    return Shown(session.check(made, answer), session, made)


def blank(id: str) -> exercise.Feedback:
    """What is said before anything is answered."""
    return exercise.judge(kinds()[id].made, ...)
