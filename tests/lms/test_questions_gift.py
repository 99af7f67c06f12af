"""GIFT: out and back unchanged, read by another parser, and what strangers write by hand."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from crmlab.course.bank import asking
from crmlab.language import LANGUAGES, speaking
from crmlab.lms.questions import gift, gift_in, taking
from tests.support import lms
from tests.support.questions import in_one, settled, sources


def read(tmp_path: Path, text: str) -> taking.Taken:
    path = tmp_path / "a.gift"
    path.write_text(text, encoding="utf-8")
    return gift_in.read(path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_bank_comes_back_unchanged(language: str, tmp_path: Path) -> None:
    with speaking(language):
        taken = read(tmp_path, gift.write(asking.bank()).decode("utf-8"))
    assert taken.notes == []
    assert taken.questions == [settled(in_one(source, language)) for source in sources()]
    assert taken.lessons == {question.id: question.lesson for question in asking.bank()}


SCRIPT = """
import {parse} from "gift-pegjs"; import fs from "fs";
const found = parse(fs.readFileSync(process.argv[2], "utf8")).filter(q => q.type != "Category");
console.log(JSON.stringify(found));
"""


def test_another_parser_reads_the_same(tmp_path: Path) -> None:
    folder = lms.npm("gift-pegjs@1.0.2").parent
    with speaking("zh"):
        (tmp_path / "a.gift").write_bytes(gift.write(asking.bank()))
    (tmp_path / "node_modules").symlink_to(folder.resolve())
    (tmp_path / "a.mjs").write_text(SCRIPT, encoding="utf-8")
    run = subprocess.run(["node", "a.mjs", "a.gift"], cwd=tmp_path, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()[:500]
    found = json.loads(run.stdout)
    types = {"single": "MC", "multiple": "MC", "case": "MC", "true_false": "TF", "number": "Numerical", "order": "Matching", "match": "Matching"}
    assert Counter(one["type"] for one in found) == Counter(types[question.kind] for question in asking.bank())
    for one, question in zip(found, asking.bank(), strict=True):
        assert one["id"] == question.id
        assert one["tags"] == ["crmlab", f"lesson {question.lesson}", f"difficulty {question.difficulty}"]
        assert question.source["ask"]["zh"].strip().split("<")[0][:10] in one["stem"]["text"].replace("&lt;", "<")


FOREIGN = r"""// a comment
$CATEGORY: $course$/top/Sales

::Q1:: Who's buried in Grant's \{tomb\}? {=Grant#Right. ~no one#Think. ~Napoleon#No\: he is in Paris. ####He is.}

Two plus two {
~%50%is four ~%50%is the same as two times two
~%-100%is five }

The sun rises in the east.{TRUE#It does!}

When was Ulysses born? {#1822:5}

::Pi:: Pi is {#=3.1415:0.0005 =%50%3:0.2#near} about.

Match. {
=Canada -> Ottawa
=Italy -> Rome
=Japan -> Tokyo
= -> Paris
}

Tell me. {}

Just words.

Who? {=Li =李}

::Old:: Which? {~one ~=two#Yes. ~three}

Not closed {=a ~b
"""


def test_what_people_write_by_hand(tmp_path: Path) -> None:
    with speaking("en"):
        taken = read(tmp_path, FOREIGN)
    grant, two, sun, born, pi, match, old = taken.questions
    assert grant["ask"]["en"] == "Who's buried in Grant's {tomb}?"
    assert [(option["text"]["en"], option.get("right"), option["why"]["en"]) for option in grant["options"]] == [
        ("Grant", True, "Right."), ("no one", None, "Think."), ("Napoleon", None, "No: he is in Paris.")]  # fmt: skip
    assert [option.get("right") for option in two["options"]] == [True, True, None]
    assert (sun["right"], sun["why_not"]["en"]) == (True, "It does!")
    assert (born["right"], born["tolerance"]) == (1822, 5)
    assert (pi["right"], pi["mistakes"][0]["answer"], pi["ask"]["en"]) == (3.1415, 3, "Pi is _____ about.")
    assert [pair["right"]["en"] for pair in match["pairs"]] == ["Ottawa", "Rome", "Tokyo"]
    assert [(option["text"]["en"], option.get("right")) for option in old["options"]] == [("one", None), ("two", True), ("three", None)]
    said = "\n".join(taken.notes)
    for words in ("“Paris” belongs to nothing", "“Tell me.”: not taken", "“Just words.”: not taken: it is a description", "“Who?”: not taken", "a curly bracket is not closed"):
        assert words in said, said


@pytest.mark.parametrize(("raw", "said"), [(b"\xff\xfe\x00", "UTF-8"), (b"// nothing\n", "no question"), (b"\xb0\xa1 {T}", "UTF-8")])
def test_what_is_no_gift_is_a_sentence(raw: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.gift"
    path.write_bytes(raw)
    with speaking("en"), pytest.raises(taking.Unreadable, match=said):
        gift_in.read(path)


def test_an_order_that_moodle_exported_is_taken(tmp_path: Path) -> None:
    """As Moodle 4.5.6 writes it; the reasons it leaves out."""
    path = tmp_path / "a.gift"
    path.write_text(
        "// question: 669  name: first-try\n// [id:first-try] [tag:lesson 1.1]\n::first-try::[html]In which order?{>3 ALL VERTICAL ALL_OR_NOTHING SHOW none\n"
        "Ask \\= listen.\nOffer -> sell.\nClose ~ thank.\n}\n",
        encoding="utf-8",
    )
    taken = gift_in.read(path, "en")
    assert taken.notes == []
    [one] = taken.questions
    assert (one["id"], one["kind"]) == ("first-try", "order")
    assert [item["text"]["en"] for item in one["items"]] == ["Ask = listen.", "Offer -> sell.", "Close ~ thank."]
