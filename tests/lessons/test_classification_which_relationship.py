"""Lesson 2.5: what is its own in the exercises, by clicking and in code; the numbers in its prose against the data."""

from __future__ import annotations

from crmlab import datasets, relationship, value
from crmlab.course.exercises.classification import which_relationship as lesson
from crmlab.language import set_language
from tests.support.answers import form_of, quoted, run, source, untranslated, worked

NUMBER = "2.5"
RIGHT = {
    **worked(NUMBER),
    "fill-the-board": {
        **{"91003": "later", "91006": "overdue", "91007": "today", "91004": "today", "ross": 23, "overdue": 4},
    },
}
NUMBERS = {"ross": [53, 104, 22], "overdue": [3, 6], "due-day": [37]}


# ---- the exercises


def test_wrong_sentences_fit_the_mistake():
    def said(id, **clicks):
        return run(id, NUMBER, clicks=clicks).wrong()[0].text()

    assert "what the purchases say (+40%)" in said("who-outgrows", **{"91001": "customer_faster"})
    assert "what the purchases say (-10%)" in said("who-outgrows", **{"91004": "company_faster"})
    assert "set it against our 12%" in said("who-outgrows", **{"91004": "together"})
    assert "the row fits" in said("nine-cells", **{"importers.cell": "few.high"})
    assert "many, some or few" in said("nine-cells", **{"importers.cell": "many.low"})
    assert "since the last contact" in said("fill-the-board", ross=53)
    assert "a later contact" in said("fill-the-board", ross=104)
    assert "127 days ago" in said("treatment", **{"17400": "thank"})


def test_the_board_in_code():
    people, log = lesson.relation_table(), lesson.contact_log()
    right = relationship.board(people, log, as_of="2011-12-12")
    assert run("fill-the-board", NUMBER, code=right).state == "right"
    assert run("fill-the-board", NUMBER, code=right.sample(frac=1, random_state=1)).state == "right"
    no_days = run(
        "fill-the-board", NUMBER, code=relationship.board(people, log.drop(columns="call_back"), "2011-12-12")
    )
    assert 0 < no_days.points < 5
    assert "What was agreed" in no_days.wrong()[0].text()
    late = run("fill-the-board", NUMBER, code=relationship.board(people, log, "2011-12-19"))
    assert "From which Monday" in late.wrong()[-1].text()
    same = dict.fromkeys("ABC", 30)
    assert (
        "which interval"
        in run("fill-the-board", NUMBER, code=relationship.board(people, log, "2011-12-12", intervals=same))
        .wrong()[0]
        .text()
    )
    for junk in (3, "x", right.head(3), right.drop(columns="due"), right.set_axis(range(8))):
        assert run("fill-the-board", NUMBER, code=junk).points == 0


def test_every_text_in_the_tables_is_in_chinese():
    cells = [cell for row in lesson.PEOPLE for cell in row if isinstance(cell, str) and len(cell) > 1]
    tables = (lesson.relation_table(), lesson.contact_log(), lesson.own_sales())
    heads = [head for table in tables for head in (table.index.name or "date", *table.columns)]
    assert not untranslated((*lesson.here.content["tables"], *heads, *cells))
    set_language("zh")
    try:
        assert not lesson.own_sales()["firm"].map(str.isascii).any()
    finally:
        set_language(None)


# ---- the numbers in the prose


def test_counts_and_calls():
    orders = datasets.load("online_retail_orders")
    revenue = orders.groupby("customer_id")["amount"].sum()
    people = value.abc(revenue.clip(lower=0))[["class"]]
    assert people["class"].value_counts().to_dict() == {"A": 1178, "B": 1456, "C": 1738} == lesson.class_sizes()
    assert len(people) == 4372
    assert round(people["class"].map({"A": 7 / 14, "B": 7 / 30, "C": 7 / 90}).sum()) == 1064
    assert round(revenue.nlargest(480).sum() / revenue.sum(), 2) == 0.62  # and 38% for the others
    assert 4 * 60 * 14 / 7 == 480 == 4 * len(revenue.nlargest(480).index[::4])
    assert 1064 / 4 == 266
    half = orders["date"] < "2011-06-11"
    before, after = (orders[part].groupby("customer_id")["amount"].sum() for part in (half, ~half))
    after = after.reindex(before.index).fillna(0)
    assert round(after[before.nlargest(480).index].sum() / after.sum(), 2) == 0.67
    assert round(480 / len(before), 2) == 0.17
    invoices = orders.loc[orders["amount"] > 0, ["customer_id", "date"]]
    board = relationship.board(people, invoices, as_of="2011-12-12")
    assert (board["status"] == "overdue").sum() == 2579
    assert 2 * 4372 == 8744
    memo = [row.prompt for row in form_of("partners-all", NUMBER).rows]
    assert "All 4,372 customers get it: two hours a week each, 8,744 hours." in memo[0]
    assert "1,738 C customers bring 5%" in memo[-1]
    quoted(NUMBER, "4,372", "1,178", "1,738", "1,064", "2,579", "62%", "67%", "17%", "266")


def test_the_tables_in_the_prose_are_those_of_the_module():
    text = source(NUMBER).replace("&shy;", "")  # where a narrow page may break a word
    rows = {line.split("|")[1].strip(" *"): line for line in text.splitlines() if line.startswith("| **")}
    for number, choice in relationship.CHOICE.iterrows():
        cells = [cell.strip() for cell in rows[number].split("|")[2:-1]]
        assert cells == [level.replace("|", " or ") for level in choice[["high", "medium", "low"]]]
    worked = relationship.growth(lesson.own_sales()["own sales before"], lesson.own_sales()["own sales now"])
    assert worked.round(2).to_dict() == {91002: 0.4, 91005: 0.1, 91008: -0.08, 91001: 0.02, 91003: 0.14, 91004: 0.3}
    assert list(lesson.verdicts().values())[:3] == ["customer_faster", "together", "company_faster"]
