"""A script that is a negotiation: what its debrief reveals, what is wrong with one, and that a workbook carries it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import negotiation
from crmlab.course.authoring import terminal, to_yaml, workbook
from crmlab.course.roleplay import deal, debrief, debrief_page, handout, scripts
from crmlab.course.roleplay.scripts import Script
from crmlab.language import tr
from tests.support import scriptfiles

TEXT = """\
id: bargain
title: {en: Bargain, zh: 买卖}
setting: {en: A shop., zh: 一家店。}
customer: {en: Ms A, zh: 甲女士}
mood: 3
trust: 2
start: begin
steps:
  ask: {en: Ask, zh: 问}
  close: {en: Close, zh: 约定}
deal:
  unit: {en: yuan a case, zh: 元/箱}
  worth: {en: yuan a year, zh: 元/年}
  volume: 1000
  seller: 10
  buyer: 12.5
  issues:
    payment:
      name: {en: Payment, zh: 付款}
      options:
        now: {name: {en: at once, zh: 现款}, seller: 0, buyer: 0}
        later: {name: {en: later, zh: 以后}, seller: -500, buyer: 1500}
    service:
      name: {en: Service, zh: 服务}
      options:
        none: {name: {en: without, zh: 没有}, seller: 0, buyer: 0}
        full: {name: {en: with, zh: 有}, seller: -3000, buyer: 1000}
nodes:
  begin:
    says: {en: "Well?", zh: "怎么样？"}
    choices:
      - text: {en: "One.", zh: "一。"}
        step: ask
        why: {en: Because., zh: 因为。}
        to: package
      - text: {en: "Two.", zh: "二。"}
        step: close
        why: {en: Because., zh: 因为。}
        to: plain
      - text: {en: "Three.", zh: "三。"}
        why: {en: Because., zh: 因为。}
        to: dear
      - text: {en: "Four.", zh: "四。"}
        why: {en: Because., zh: 因为。}
        to: leaves
  package:
    ending: good
    deal: {price: 11.5, payment: later}
    says: {en: A., zh: 甲。}
    debrief: {en: B., zh: 乙。}
  plain:
    ending: fair
    deal: {price: 12}
    says: {en: A., zh: 甲。}
    debrief: {en: B., zh: 乙。}
  dear:
    ending: bad
    deal: {price: 9, service: full}
    says: {en: A., zh: 甲。}
    debrief: {en: B., zh: 乙。}
  leaves:
    ending: bad
    says: {en: A., zh: 甲。}
    debrief: {en: B., zh: 乙。}
"""


@pytest.fixture
def script(tmp_path: Path) -> Script:
    return made(tmp_path)


def made(folder: Path, *changes: tuple[str, str]) -> Script:
    return scripts.load(write(folder, *changes))


def write(folder: Path, *changes: tuple[str, str]) -> Path:
    return scriptfiles.text(folder, *changes, of=TEXT)


def test_a_deal_is_worth_what_its_terms_are_worth(script: Script) -> None:
    package, plain, dear, leaves = (deal.outcome(script.play([number])) for number in range(4))
    assert package
    assert plain
    assert dear
    assert leaves
    assert (package.today.seller, package.today.buyer) == (10, 12.5)
    assert (package.zone.seller, package.zone.buyer) == (10.5, 14)
    assert package.worth == (1000, 2500)
    assert (package.pie, package.left) == (3500, 0)
    assert package.best == {"payment": "later", "service": "none"}, "a service that costs more than it brings is left out"
    assert plain.worth == (2000, 500)
    assert plain.left == 1000
    assert dear.worth == (-4000, 4500), "the seller had better not have signed"
    assert (leaves.price, leaves.worth, leaves.left) == (None, (0, 0), 3500)
    assert deal.outcome(scripts.load("late-delivery").play([])) is None


@pytest.mark.parametrize(("price", "worth"), [(30.45, (0, 600_000)), (33.45, (600_000, 0))])
def test_a_price_exactly_at_a_limit_is_not_beyond_it(price: float, worth: tuple[int, int]) -> None:
    """(30.45 - 33) * 200,000 + 510,000 is less than 0 to the computer."""
    options = {"old": {"seller": 0, "buyer": 0}, "new": {"seller": 510_000, "buyer": -110_000}}
    source = {"deal": {"seller": 33, "buyer": 34, "volume": 200_000, "issues": {"terms": {"options": options}}},
              "nodes": {"end": {"deal": {"price": price, "terms": "new"}}}}  # fmt: skip
    found = deal.at(Script("made", source), "end")
    assert found is not None
    assert (found.worth, found.left) == (worth, 0)


@given(
    seller=st.integers(0, 50),
    buyer=st.integers(0, 50),
    worth=st.lists(st.tuples(st.integers(-3000, 3000), st.integers(-3000, 3000)), min_size=1, max_size=4),
    price=st.integers(0, 50),
)
def test_what_is_left_is_the_best_of_all_packages_less_this_one(
    seller: int, buyer: int, worth: list[tuple[int, int]], price: int
) -> None:
    """Against :func:`crmlab.negotiation.packages`, which goes through all of them."""
    options: dict[str, Any] = {f"o{place}": {"seller": one[0], "buyer": one[1]} for place, one in enumerate([(0, 0), *worth])}
    issues = {name: {"options": options} for name in ("one", "two")}
    source = {"deal": {"seller": seller, "buyer": buyer, "volume": 100, "issues": issues},
              "nodes": {"end": {"deal": {"price": price, "one": "o1"}}, "left": {}}}  # fmt: skip
    script = Script("made", source)
    found, none = deal.at(script, "end"), deal.at(script, "left")
    assert found is not None
    assert none is not None
    zone = negotiation.zone(seller, buyer)
    tables = {name: negotiation.pd.DataFrame.from_dict(options, orient="index") for name in issues}
    every = negotiation.packages({"price": negotiation.price_options(zone, [price], 100), **tables})
    this = every[(every["one"] == "o1") & (every["two"] == "o0")].iloc[0]
    assert found.worth == pytest.approx((this["seller"], this["buyer"]))
    assert found.pie == pytest.approx(max(every["total"].max(), 0))
    assert none.left == pytest.approx(found.pie)


def test_the_debrief_reveals_both_limits_and_what_was_left(script: Script, language: str) -> None:
    def told(number: int) -> str:
        return debrief_page.debrief_html(debrief.debrief(script.play([number])))

    page = told(1)
    for number in ("10.00", "12.50", "2,000", "500", "1,000", "3,500"):
        assert number in page, number
    assert {"en": "Left on the table: 1,000 of 3,500 (yuan a year).", "zh": "留在桌上的：1,000，总共 3,500（元/年）。"}[language] in page
    assert {"en": "The largest pie: Payment: later; Service: without.", "zh": "饼最大的条件：付款：以后；服务：没有。"}[language] in page
    assert {"en": "You signed beyond your own limit", "zh": "你签过了自己的底线"}[language] in told(2)
    assert "−4,000" in told(2)
    assert {"en": "No deal: nothing for either side", "zh": "没有成交：双方什么都没得到"}[language] in told(3)
    assert {"en": "The largest pie", "zh": "饼最大的条件"}[language] not in told(0)
    lines = "\n".join(terminal.debrief_lines(script.play([0])))
    assert tr("Left on the table: {left} of {pie} ({worth}).", left="0", pie="3,500", worth={"en": "yuan a year", "zh": "元/年"}[language]) in lines


def test_nothing_is_revealed_before_the_end(script: Script, language: str) -> None:
    sheets = handout.page(script).split('<section class="sheet">')
    assert {"en": "Agreed: 11.50", "zh": "谈成：11.50"}[language] in sheets[-1], "the observer reads it out"
    assert not any("12.50" in sheet for sheet in sheets[:-1])


def test_where_there_is_no_zone_not_to_sign_was_right(tmp_path: Path, language: str) -> None:
    script = made(tmp_path, ("buyer: 12.5", "buyer: 8.5"))
    found = deal.outcome(script.play([3]))
    assert found is not None
    assert (found.pie, found.left) == (0, 0)
    right = {"en": "Not to sign was right.", "zh": "不签是对的。"}[language]
    assert right in " ".join(deal.lines(script, found))
    signed = deal.outcome(script.play([1]))
    assert signed is not None
    text = " ".join(deal.lines(script, signed))
    assert {"en": "The other side signed beyond its own limit", "zh": "对方签过了自己的底线"}[language] in text
    assert {"en": "Not to sign would have been right.", "zh": "不签才是对的。"}[language] in text


def test_a_workbook_carries_a_negotiation_both_ways(script: Script, tmp_path: Path) -> None:
    sheet, text = tmp_path / "there.xlsx", tmp_path / "back.yml"
    sheet.write_bytes(workbook.workbook(script.source))
    read = scripts.load(sheet)
    assert read.source == script.source
    text.write_text(to_yaml.text(read.source), encoding="utf-8")
    assert scripts.load(text).source == script.source


@pytest.mark.parametrize(
    ("old", "new", "says", "at"),
    [
        ("  volume: 1000", "  volume: 0", "“volume” should be a whole number", "  volume: 0"),
        ("  seller: 10\n", "  seller: ten\n", "“seller” should be a number", "  seller: ten"),
        ("  unit: {en: yuan a case, zh: 元/箱}\n", "", "“deal” lacks “unit”", "deal:"),
        ("  worth: {en: yuan a year, zh: 元/年}", "  worth: {en: yuan a year}", "no text for language “zh”", "  worth:"),
        ("    payment:\n      name", "    price:\n      name", "and not price", "    price:"),
        ("        now: {name", "        At once: {name", "An option's key should be one word", "        At once"),
        ("seller: -500, buyer: 1500", "seller: -500", "“later” lacks “buyer”", "        later:"),
        ("deal: {price: 12}", "deal: {payment: now}", "“deal” lacks “price”", "    deal: {payment"),
        ("deal: {price: 12}", "deal: {price: dear}", "“price” should be a number", "    deal: {price: dear"),
        ("payment: later}", "payment: soon}", "“payment” has no option “soon”; it has: now, later.", "    deal: {price: 11.5, payment: soon"),
        ("payment: later}", "paiment: later}", "Did you mean “payment”?", "    deal: {price: 11.5, paiment"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_deal_is_told_with_its_line(tmp_path: Path, old: str, new: str, says: str, at: str) -> None:
    file = write(tmp_path, (old, new))
    text = file.read_text(encoding="utf-8")
    line = text[: text.index(at)].count("\n") + 1
    found = scripts.faults(file)
    assert any(says in fault.text and fault.line == line for fault in found), found


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  issues:\n", "  issues: [payment]\n  more:\n", "entries of its own"),
        ('    says: {en: "Well?", zh: "怎么样？"}\n', '    says: {en: "Well?", zh: "怎么样？"}\n    deal: {price: 10}\n', "belongs to an ending"),
        (TEXT[TEXT.index("deal:\n  unit") : TEXT.index("nodes:")], "", "the script has no “deal”"),
    ],
)
def test_a_deal_in_the_wrong_place(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert any(says in fault.text for fault in scripts.faults(write(tmp_path, (old, new))))


def test_an_option_before_its_issue_in_a_workbook(script: Script, tmp_path: Path) -> None:
    import io

    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(workbook.workbook(script.source)))
    book["deal"]["A5"] = "nothing"
    file = tmp_path / "wrong.xlsx"
    book.save(file)
    assert any("“now” stands before its issue" in fault.text for fault in scripts.faults(file))
