"""Moodle XML: out and back unchanged; and what strangers' files hold, taken or named."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from crmlab.course.bank import asking
from crmlab.language import LANGUAGES, speaking
from crmlab.lms.questions import moodle, moodle_in, taking
from tests.support.questions import few, in_one, settled, sources

# The shares that the question type multichoice of Moodle takes.
SHARES = {100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667, 14.28571, 12.5, 11.11111, 10, 5, 0}


def read(tmp_path: Path, raw: bytes, language: str = "") -> taking.Taken:
    path = tmp_path / "a.xml"
    path.write_bytes(raw)
    return moodle_in.read(path, language)


def test_the_whole_bank_comes_back_unchanged_in_each_language_and_merged(tmp_path: Path) -> None:
    several = []
    for language in LANGUAGES:
        with speaking(language):
            taken = read(tmp_path, moodle.write(asking.bank()))
        assert taken.notes == []
        assert taken.questions == [settled(in_one(source, language)) for source in sources()]
        assert taken.lessons == {question.id: question.lesson for question in asking.bank()}
        several.append(taken)
    whole = taking.merged(several)
    assert whole.notes == []
    assert whole.questions == [settled(source) for source in sources()]


def test_moodle_gets_what_it_takes() -> None:
    """Against the documentation of the format, with another reader than ours."""
    with speaking("zh"):
        root = ET.fromstring(moodle.write(asking.bank()))
    categories = [one.findtext("category/text") or "" for one in root if one.get("type") == "category"]
    assert categories[0] == "$course$/top/crmlab/1 基础/1.1 一刻钟导览"
    assert len(categories) == len(set(categories)) == len({question.lesson for question in asking.bank()})
    for one in root:
        if one.get("type") == "category":
            continue
        assert (one.findtext("name/text") or "").strip()
        assert one.get("type") != "ordering" or len(str(one.findtext("name/text")).encode()) <= 42
        assert one.find("questiontext").get("format") == "html"  # type: ignore[union-attr]
        shares = [float(answer.get("fraction") or "x") for answer in one.iterfind("answer")]
        if one.get("type") == "multichoice":
            assert {abs(share) for share in shares} <= SHARES
            assert 99.9 < sum(share for share in shares if share > 0) <= 100
            assert all(answer.findtext("feedback/text") for answer in one.iterfind("answer"))
            single = one.findtext("single") == "true"
            assert (max(shares) == 100) is (sum(share > 0 for share in shares) == 1)
            assert single is (min(shares) == 0)
        elif one.get("type") == "numerical":
            assert [answer.findtext("text") for answer in one.iterfind("answer")][-1] == "*"
        elif one.get("type") == "ordering":
            assert shares == sorted(shares) == [*range(1, len(shares) + 1)]
            # Moodle 4.5.6 ends an import with an error of its database where this is missing.
            assert (one.findtext("shownumcorrect") or "").isdigit()
    assert sorted({str(one.get("type")) for one in root}) == ["category", "matching", "multichoice", "numerical", "ordering", "truefalse"]


FOREIGN = """\ufeff<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<!-- question: 0  -->
  <question type="category"><category><text>$course$/top/Default for Sales</text></category><info format="moodle_auto_format"><text></text></info></question>
  <question type="multichoice">
    <name><text>Capital</text></name>
    <questiontext format="html"><text><![CDATA[<p>What is the <b>capital</b> of&nbsp;France?<br></p><p><img src="@@PLUGINFILE@@/map.png" alt="a map"></p>]]></text>
      <file name="map.png" path="/" encoding="base64">iVBORw0KGgo=</file></questiontext>
    <generalfeedback format="html"><text>&lt;p&gt;It is on the Seine.&lt;/p&gt;</text></generalfeedback>
    <defaultgrade>1.0000000</defaultgrade><penalty>0.3333333</penalty><hidden>0</hidden><idnumber></idnumber>
    <single>true</single><shuffleanswers>true</shuffleanswers><answernumbering>abc</answernumbering>
    <correctfeedback format="html"><text>Your answer is correct.</text></correctfeedback>
    <answer fraction="100" format="html"><text><![CDATA[<p dir="ltr">Paris</p>]]></text><feedback format="html"><text></text></feedback></answer>
    <answer fraction="50" format="html"><text>Versailles &amp; around</text><feedback format="html"><text>Once.</text></feedback></answer>
    <answer fraction="0" format="html"><text>Lyon</text><feedback format="html"><text>No.</text></feedback></answer>
    <answer fraction="0" format="html"><text></text><feedback format="html"><text></text></feedback></answer>
  </question>
  <question type="multichoice"><name><text>Many</text></name><questiontext format="plain_text"><text>Which are &lt;even&gt;?
Two are.</text></questiontext><single>false</single>
    <answer fraction="50"><text>2</text><feedback><text>yes</text></feedback></answer><answer fraction="50"><text>4</text></answer><answer fraction="-100"><text>5</text></answer></question>
  <question type="truefalse"><name><text>TF</text></name><questiontext format="moodle_auto_format"><text>The sun is hot.
Is it?</text></questiontext>
    <answer fraction="100" format="moodle_auto_format"><text>true</text><feedback><text>Very.</text></feedback></answer>
    <answer fraction="0" format="moodle_auto_format"><text>false</text><feedback><text>Touch it.</text></feedback></answer>
    <tags><tag><text>physics</text></tag></tags></question>
  <question type="numerical"><name><text>Pi</text></name><questiontext format="html"><text>Pi?</text></questiontext>
    <answer fraction="100"><text>3.14</text><feedback><text>ok</text></feedback><tolerance>0.01</tolerance></answer>
    <answer fraction="0"><text>3</text><feedback><text>rough</text></feedback><tolerance>0</tolerance></answer>
    <answer fraction="0"><text>22</text><tolerance>0</tolerance></answer><answer fraction="0"><text>7</text><tolerance>0</tolerance></answer><answer fraction="0"><text>8</text><tolerance>0</tolerance></answer>
    <units><unit><multiplier>1</multiplier><unit_name>rad</unit_name></unit></units></question>
  <question type="matching"><name><text>Pairs</text></name><questiontext format="html"><text>Match.</text></questiontext>
    <subquestion format="html"><text>&lt;p&gt;cat&lt;/p&gt;</text><answer><text>meow</text></answer></subquestion>
    <subquestion format="html"><text>dog</text><answer><text>woof</text></answer></subquestion>
    <subquestion format="html"><text>cow</text><answer><text>moo</text></answer></subquestion>
    <subquestion format="html"><text></text><answer><text>oink</text></answer></subquestion></question>
  <question type="essay"><name><text>Write</text></name><questiontext format="html"><text>Write.</text></questiontext></question>
  <question type="cloze"><questiontext format="html"><text>{1:SHORTANSWER:=water}</text></questiontext></question>
  <question type="shortanswer"><name><text>Short</text></name><questiontext format="html"><text>Name it.</text></questiontext><answer fraction="100"><text>x</text></answer></question>
  <question type="calculated"><name><text>Calc</text></name><questiontext format="html"><text>{a}+{b}</text></questiontext></question>
  <question type="numerical"><name><text>Odd</text></name><questiontext format="html"><text>?!</text></questiontext><answer fraction="100"><text>many</text></answer></question>
</quiz>
"""


def test_a_foreign_file(tmp_path: Path) -> None:
    with speaking("en"):
        taken = read(tmp_path, FOREIGN.encode("utf-8"))
    capital, many, hot, pi, pairs = taken.questions
    assert [one["id"] for one in taken.questions] == ["capital", "many", "tf", "pi", "pairs"]
    assert capital["ask"] == {"en": "What is the capital of France?", "zh": ""}
    assert [option["text"]["en"] for option in capital["options"]] == ["Paris", "Versailles & around", "Lyon"]
    assert [option.get("right") for option in capital["options"]] == [True, None, None]
    assert capital["options"][0]["why"]["en"] == "It is on the Seine."
    assert many["kind"] == "multiple"
    assert many["ask"]["en"] == "Which are <even>?\nTwo are."
    assert hot["ask"]["en"] == "The sun is hot.\nIs it?"
    assert (hot["right"], hot["why"]["en"], hot["why_not"]["en"]) == (True, "Very.", "Touch it.")
    assert (pi["right"], pi["tolerance"], pi["unit"]["en"], len(pi["mistakes"])) == (3.14, 0.01, "rad", 3)
    assert pi["otherwise"] == {"en": "", "zh": ""}
    assert [(pair["left"]["en"], pair["right"]["en"]) for pair in pairs["pairs"]] == [("cat", "meow"), ("dog", "woof"), ("cow", "moo")]
    said = "\n".join(taken.notes)
    for words in ("“Capital”: 1 pictures", "a part of the points count as wrong", "answers without words", "“Pi”: 1 of its wrong numbers", "“oink” belongs to nothing",
                  "“Write”: not taken: its type is essay", "type is cloze", "type is shortanswer", "type is calculated", "“Odd”: not taken: its answer “many” is no number"):  # fmt: skip
        assert words in said, said


def test_both_languages_in_one_text(tmp_path: Path) -> None:
    marked = '<span lang="en" class="multilang">Who signs?</span><span lang="zh_cn" class="multilang">谁签字？</span>'
    raw = f'<quiz><question type="truefalse"><name><text>x</text></name><questiontext format="html"><text><![CDATA[<p>{marked}</p>]]></text></questiontext><answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text><feedback><text>{{mlang en}}No.{{mlang}}{{mlang zh_cn}}不。{{mlang}}</text></feedback></answer></question></quiz>'
    (question,) = read(tmp_path, raw.encode("utf-8")).questions
    assert question["ask"] == {"en": "Who signs?", "zh": "谁签字？"}
    assert question["why_not"] == {"en": "No.", "zh": "不。"}


@pytest.mark.parametrize("text", ["<span " * 4200, "multilang <" * 2500, "{mlang en}" * 2900, "<!--" * 7000, "<b>" * 9900, "x" * 5_000_000, "<img src='data:image/png;base64," + "A" * 3_000_000 + "'>?"],
                         ids=["tags", "marks", "languages", "comments", "deep", "long", "picture"])  # fmt: skip
def test_no_text_takes_for_ever(text: str, tmp_path: Path) -> None:
    raw = f'<quiz><question type="truefalse"><name><text>x</text></name><questiontext><text><![CDATA[{text}]]></text></questiontext><answer fraction="100"><text>true</text></answer><answer><text>false</text></answer></question></quiz>'
    before = time.process_time()
    with speaking("en"):
        taken = read(tmp_path, raw.encode())
    assert time.process_time() - before < 2
    assert len(taken.questions) + len(taken.notes) >= 1


OLD = """<quiz><question type="truefalse"><name><text>Alt</text></name><questiontext format="html"><text>Wahr?</text></questiontext>
<image>a.png</image><image_base64>iVBORw0KGgo=</image_base64><idnumber>T &amp; F</idnumber>
<answer fraction="0"><text>Wahr</text><feedback><text>nein</text></feedback></answer><answer fraction="100"><text>Falsch</text><feedback><text>ja</text></feedback></answer></question></quiz>"""


def test_an_old_export_with_words_of_its_site(tmp_path: Path) -> None:
    with speaking("en"):
        taken = read(tmp_path, OLD.encode("utf-8"))
    (question,) = taken.questions
    assert (question["id"], question["right"], question["why"]["en"], question["why_not"]["en"]) == ("t-f", False, "ja", "nein")
    assert "1 pictures" in taken.notes[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_in_the_encodings_that_systems_write(encoding: str, tmp_path: Path) -> None:
    with speaking("zh"):
        text = moodle.write(few(1)).decode("utf-8").partition("?>")[2]
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    raw = f'<?xml version="1.0" encoding="{name}"?>{text}'.encode(encoding)
    assert read(tmp_path, raw).questions == [settled(in_one(one.source, "zh")) for one in few(1)]


BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]><quiz><question><name><text>&lol2;</text></name></question></quiz>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz><question type="essay"><name><text>&x;</text></name></question></quiz>"""


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (BOMB, "declarations of its own"),
        (OUTSIDE, "declarations of its own"),
        (b"<!DOCTYPE quiz><quiz/>", "declarations of its own"),
        (b"<quiz><question></quiz>", "line 1, column 1"),
        (b"<quiz>\n<question type='x'>a & b</question></quiz>", "line 2, column "),
        (b"", "nothing is in it"),
        (b"<html><body>no</body></html>", "begins with <html>"),
        (b"<a>" * 200 + b"</a>" * 200, "too deep"),
        (b"<?xml version='1.0' encoding='klingon'?><quiz/>", "Save it as UTF-8"),
        (b"<?xml version='1.0' encoding='gbk'?><quiz>\xff\xff</quiz>", "and is not"),
    ],
    ids=["bomb", "outside", "doctype", "half", "ampersand", "empty", "html", "deep", "encoding", "not gbk"],
)
def test_what_cannot_be_read_is_a_sentence(raw: bytes, said: str, tmp_path: Path) -> None:
    with speaking("en"), pytest.raises(taking.Unreadable, match=said):
        read(tmp_path, raw)


def test_what_moodle_makes_of_our_gift_comes_back_whole(tmp_path: Path) -> None:
    """An order is pairs there, and all reasons stand in the general feedback (exported by Moodle 4.5.6)."""
    order = """<question type="matching"><idnumber>steps</idnumber><questiontext format="html"><text>In which order?</text></questiontext>
<generalfeedback format="html"><text>&lt;p class="crmlab-why"&gt;So.&lt;/p&gt;&lt;ol&gt;&lt;li&gt;Ask&lt;br&gt;&lt;span class="crmlab-item"&gt;First.&lt;/span&gt;&lt;/li&gt;
&lt;li&gt;Sell&lt;br&gt;&lt;span class="crmlab-item"&gt;Then.&lt;/span&gt;&lt;/li&gt;&lt;/ol&gt;</text></generalfeedback><incorrectfeedback format="html"><text></text></incorrectfeedback>
<subquestion format="html"><text>Ask</text><answer><text>1</text></answer></subquestion><subquestion format="html"><text>Sell</text><answer><text>2</text></answer></subquestion></question>"""
    match = """<question type="matching"><idnumber>pairs</idnumber><questiontext format="html"><text>Which?</text></questiontext>
<generalfeedback format="html"><text>&lt;span class="crmlab-why"&gt;So.&lt;/span&gt;&lt;span class="crmlab-why-not"&gt;No.&lt;/span&gt;</text></generalfeedback>
<subquestion format="html"><text>A</text><answer><text>1</text></answer></subquestion></question>"""
    first, second = read(tmp_path, f"<quiz>{order}{match}</quiz>".encode(), "en").questions
    assert first["kind"] == "order"
    assert [(item["text"]["en"], item["why"]["en"]) for item in first["items"]] == [("Ask", "First."), ("Sell", "Then.")]
    assert first["why"]["en"] == "So."
    assert [(pair["why"]["en"], pair["why_not"]["en"]) for pair in second["pairs"]] == [("So.", "No.")]
