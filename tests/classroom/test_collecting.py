"""Collecting what trainees sent: whose it is, what counts, what is said, and that nothing else is touched."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.classroom import archives, collected, collecting, people, settings
from crmlab.classroom.collected import Collected, File
from crmlab.classroom.folder import Class
from crmlab.classroom.people import Who
from crmlab.cli import main
from tests.support import handed_in
from tests.support.handed_in import DUE, NOW, answers, hand_in, notebook, zipped

LESSONS = ("2.1", "2.2", "2.3")


def a_class(folder: Path, **more: Any) -> Class:
    made = Class(folder, "春季班", 17, ("en", "zh"), LESSONS, **{"due": DUE, **more})
    (folder / "came").mkdir(parents=True, exist_ok=True)
    settings.save(made)
    return made


def contents(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def by_path(done: Collected) -> dict[str, File]:
    return {one.path: one for one in done.files}


def put(of_class: Class, name: str, data: str | bytes) -> None:
    path = of_class.folder / "came" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))


# -- an evening --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> tuple[Class, dict[str, str], Collected, dict[str, str]]:
    """A class with everything that may come, collected: the class, what was expected, what was made of it, and ``came/`` before."""
    folder = tmp_path_factory.mktemp("evening") / "class"
    of_class = a_class(folder)
    expected = handed_in.evening(folder / "came")
    before = contents(folder / "came")
    return of_class, expected, collecting.collect(of_class, now=NOW), before


def test_each_file_gets_what_it_should(evening: Any) -> None:
    _class, expected, done, _before = evening
    found: dict[str, list[str]] = {}
    for one in done.files:
        found.setdefault(one.path, []).append(one.outcome)
    assert {path: outcomes[0] for path, outcomes in found.items()} == expected
    assert [len(found["same names.zip > a.handin.json"])] == [2]
    assert all(one.says for one in done.files)
    assert all(one.look for one in done.files if one.outcome == "broken")
    assert {one.key for one in done.files if one.key} == {one.key for one in done.people}


def test_the_people_are_those_who_sent_something(evening: Any) -> None:
    _class, _expected, done, _before = evening
    found = sorted((one.name, one.id) for one in done.people)
    assert found == sorted([
        ("张三", "2023001"), ("李四", "2023002"), ("Bob", "7"), ("Carol", "8"), ("Dörte", "9"), ("王五", "2023005"), ("赵六", "2023006"), ("钱七", "2023007"),
        ("孙八", "2023008"), ("吴九", "2023009"), ("周十", "2023010"), ("Zoë Y", "77"), ("Eve", "10"), ("Finn", "11"), ("Gita", "12"), ("刘洋", "31"),
        ("刘洋", "32"), ("Hana", "33"), ("Ivo", "33"), ("Anna Schmidt", ""), ("Anna Schmidt", ""), ("roeemil", ""), ("Dev Ice", ""), ("Mallory", "51"), ("../../x", "CON"),
        ("冯一", "61"), ("Jens", "62"), ("Kai", "63"),  # in mails
    ])  # fmt: skip
    doubtful = {one.name for one in done.people if one.says}
    assert doubtful == {"刘洋", "Hana", "Ivo", "Anna Schmidt"}
    assert [one.name for one in done.people if one.late] == ["Bob"]
    assert {one.name: one.language for one in done.people}["张三"] == "zh"
    keys = [one.key for one in done.people]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", key) for key in keys)


def test_nothing_else_is_touched(evening: Any) -> None:
    of_class, _expected, done, before = evening
    assert contents(of_class.folder / "came") == before
    there = {path.relative_to(of_class.folder).as_posix() for path in of_class.folder.rglob("*") if path.is_file()}
    there = {one for one in there if not one.startswith("came/")} - {"class.yml", "collected.json"}
    keys = "|".join(one.key for one in done.people)
    assert all(re.fullmatch(rf"grading/submitted/({keys})/2-classification/(1-lifecycle|2-abc|3-rfm)\.(ipynb|json)", one) for one in there)
    assert sorted(one.name for one in of_class.folder.parent.iterdir()) == ["class"]
    assert sorted(one.name for one in (of_class.folder / "grading").iterdir()) == ["submitted"]


def test_work_lies_where_grading_looks_for_it(evening: Any) -> None:
    of_class, _expected, done, _before = evening
    keys = {(one.name, one.id): one.key for one in done.people}
    unit = of_class.folder / "grading" / "submitted" / keys["张三", "2023001"] / "2-classification"
    assert sorted(one.name for one in unit.iterdir()) == ["1-lifecycle.ipynb", "1-lifecycle.json", "3-rfm.ipynb", "3-rfm.json"]
    assert json.loads((unit / "3-rfm.json").read_text("utf-8")) == json.loads(answers("2.3"))
    assert json.loads((unit / "3-rfm.ipynb").read_text("utf-8"))["metadata"]["crmlab"]["language"] == "zh"
    anna = next(one for one in done.people if one.name == "Anna Schmidt" and ("Anna Schmidt", "", "12345") in one.known)
    text = (of_class.folder / "grading/submitted" / anna.key / "2-classification/3-rfm.ipynb").read_text("utf-8")
    assert "1 + 1" in text
    assert "shown" not in text


def test_once_more_is_the_same(evening: Any) -> None:
    of_class, _expected, done, _before = evening
    times = {path: path.stat().st_mtime_ns for path in (of_class.folder / "grading").rglob("*") if path.is_file()}
    again = collecting.collect(of_class, now=NOW)
    assert again == done
    assert collected.load(of_class.folder) == done
    assert {path: path.stat().st_mtime_ns for path in (of_class.folder / "grading").rglob("*") if path.is_file()} == times


# -- more comes --------------------------------------------------------------------------------------------------------


def work_of(of_class: Class, key: str, name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((of_class.folder / "grading/submitted" / key / "2-classification" / name).read_text("utf-8"))
    return content["exercises"]  # type: ignore[no-any-return]


def test_a_later_file_takes_nothing_away(tmp_path: Path) -> None:
    of_class = a_class(tmp_path)
    put(of_class, "a.json", hand_in("张三", "1", {"2.1": answers("2.1", {"x": {"a": 1}}), "2.3": answers("2.3", {"x": {"a": 1}})}, made="2026-11-30T08:00:00+08:00"))
    [first] = collecting.collect(of_class, now=NOW).people
    put(of_class, "b.json", hand_in("张三", "1", {"2.3": answers("2.3", {"x": {"a": 2}})}, made="2026-11-30T00:30:00+00:00"))
    done = collecting.collect(of_class, now=NOW)
    [second] = done.people
    assert (second.key, second.lessons) == (first.key, ("2.1", "2.3"))
    assert work_of(of_class, second.key, "3-rfm.json") == {"x": {"fields": {"a": 2}}}, "half past eight in Shanghai is later than eight"
    assert [one.outcome for one in done.files] == ["taken", "taken"]
    # Named files come to what was collected; what was cleared away stays; an older one does not come back.
    shutil.rmtree(of_class.folder / "came")
    elsewhere = tmp_path / "mail"
    elsewhere.mkdir()
    (elsewhere / "c.json").write_text(hand_in("张三", "1", {"2.3": answers("2.3", {"x": {"a": 3}})}, made="2026-11-29T00:00:00+00:00"), "utf-8")
    (elsewhere / "d.json").write_text(hand_in("李四", "2", ("2.2",)), "utf-8")
    done = collecting.collect(of_class, [elsewhere], now=NOW)
    assert [(one.path, one.outcome) for one in done.files] == [("mail/c.json", "older"), ("mail/d.json", "taken")]
    assert [(one.name, one.lessons) for one in done.people] == [("张三", ("2.1", "2.3")), ("李四", ("2.2",))]
    assert work_of(of_class, first.key, "3-rfm.json") == {"x": {"fields": {"a": 2}}}
    # Whose folder the instructor deletes is gone.
    shutil.rmtree(of_class.folder / "grading/submitted" / first.key)
    assert [one.name for one in collecting.collect(of_class, [elsewhere / "d.json"], now=NOW).people] == ["李四"]


def test_who_gave_only_a_name_keeps_the_folder_when_the_number_comes(tmp_path: Path) -> None:
    of_class = a_class(tmp_path)
    put(of_class, "a.json", hand_in("张三", "", ("2.1",)))
    [first] = collecting.collect(of_class, now=NOW).people
    put(of_class, "b.json", hand_in("张三", "7", ("2.3",)))
    [second] = collecting.collect(of_class, now=NOW).people
    assert (second.key, second.id, second.lessons) == (first.key, "7", ("2.1", "2.3"))
    put(of_class, "c.json", hand_in("张三", "8", ("2.3",)))
    done = collecting.collect(of_class, now=NOW)
    assert [(one.id, one.key == first.key, one.lessons) for one in done.people] == [("7", True, ("2.1", "2.3")), ("8", False, ("2.3",))]
    assert all(one.says for one in done.people)


def test_one_number_and_a_name_written_in_two_ways_is_one_person(tmp_path: Path) -> None:
    of_class = a_class(tmp_path)
    for number, (name, id) in enumerate([("李四", "2023002"), ("Li Si", "2023002"), ("Anna Schmidt", "77"), ("Anna Schmid", "77"), ("Anna Schmidt", "778"), ("Ana Schmidt", "778")]):
        put(of_class, f"{number}.json", hand_in(name, id, (LESSONS[number % 3],)))
    done = collecting.collect(of_class, now=NOW)
    assert sorted((len(one.known), one.id, len(one.lessons)) for one in done.people) == [(1, "77", 1), (1, "77", 1), (2, "2023002", 2), (2, "778", 2)]
    assert all(one.says for one in done.people)
    assert collecting.collect(of_class, now=NOW) == done


def test_a_file_that_says_when_goes_before_a_date_that_a_copy_may_have_changed(tmp_path: Path) -> None:
    of_class = a_class(tmp_path, due="2026-11-30")
    put(of_class, "A-1001/3-rfm.json", answers("2.3", {"x": {"a": 1}}))
    os.utime(tmp_path / "came/A-1001/3-rfm.json", (NOW.timestamp(), NOW.timestamp()))
    done = collecting.collect(of_class, now=NOW)
    assert [(one.outcome, one.look) for one in done.files] == [("late", True)]
    put(of_class, "b.json", hand_in("A", "1001", {"2.3": answers("2.3", {"x": {"a": 2}})}))
    done = collecting.collect(of_class, now=NOW)
    assert [one.outcome for one in done.files] == ["older", "taken"]
    assert work_of(of_class, done.people[0].key, "3-rfm.json") == {"x": {"fields": {"a": 2}}}
    assert not done.people[0].late


def test_files_that_come_one_by_one_belong_together(tmp_path: Path) -> None:
    of_class = a_class(tmp_path)
    put(of_class, "李四-2023002/mine/3-rfm (1).ipynb", notebook("2.3", "zh", "2 + 2"))
    put(of_class, "李四-2023002/3-rfm.json", answers("2.3"))
    done = collecting.collect(of_class, now=NOW)
    [one] = done.people
    assert (one.id, one.language, [file.outcome for file in done.files]) == ("2023002", "zh", ["taken", "taken"])
    text = (tmp_path / "grading/submitted" / one.key / "2-classification/3-rfm.ipynb").read_text("utf-8")
    assert "2 + 2" in text


@pytest.mark.parametrize(
    ("due", "late"),
    [("2026-11-30T18:00+08:00", True), ("2026-11-30T10:30+00:00", False), ("2026-11-30T05:00-05:30", False), ("2026-12-01", False), ("", False)],
)
def test_late_is_late_in_every_zone(tmp_path: Path, due: str, late: bool) -> None:
    of_class = a_class(tmp_path, due=due)
    put(of_class, "a.json", hand_in("A", "1", made="2026-11-30T18:30:00+08:00"))
    done = collecting.collect(of_class, now=NOW)
    assert (done.people[0].late, done.files[0].outcome) == (late, "late" if late else "taken")
    assert done.people[0].late_lessons == (("2.3",) if late else ())


def test_work_of_another_lesson_or_version_is_told(tmp_path: Path) -> None:
    of_class = a_class(tmp_path)
    put(of_class, "a.json", hand_in("A", "1", ("1.1", "2.3"), course="0.0.1"))
    put(of_class, "b.json", hand_in("B", "2", ("1.1",)))
    put(of_class, "c.json", hand_in("C", "3", {"2.1": answers("2.1"), "2.3": "{"}))
    files = by_path(collecting.collect(of_class, now=NOW))
    assert "1.1" in files["a.json"].says
    assert "0.0.1" in files["a.json"].says
    assert files["b.json"].outcome == "unknown"
    assert (files["c.json"].outcome, files["c.json"].look) == ("taken", True)


# -- under another's name --------------------------------------------------------------------------------------------


def test_work_that_is_hidden_by_other_work_under_the_same_name_is_pointed_out(tmp_path: Path) -> None:
    of_class = a_class(tmp_path)
    full = {"2.3": answers("2.3", {"hear": {"a": 1}, "see": {"b": 2}})}
    put(of_class, "ada.json", hand_in("Ada", "1", full))
    put(of_class, "x.json", hand_in("Ada", "1", made="2026-11-30T09:30:00+00:00"))
    files = by_path(collecting.collect(of_class, now=NOW))
    assert [(files[name].outcome, files[name].look) for name in ("ada.json", "x.json")] == [("older", True), ("taken", False)]
    (tmp_path / "came/x.json").rename(tmp_path / "y.json")
    shutil.rmtree(tmp_path / "grading")
    collecting.collect(of_class, now=NOW)
    [one] = collecting.collect(of_class, [tmp_path / "y.json"], now=NOW).files
    assert one.look, "what it replaces came earlier, and need not lie here any more"


def test_a_hub_s_folders_tell_who_used_another_s_name(tmp_path: Path) -> None:
    of_class = a_class(tmp_path)
    sent = {"ada/a.handin.json": hand_in("Ada", "1"), "bob/b.handin.json": hand_in("Bob", "2"), "bob/a.handin.json": hand_in("Ada", "1", made="2026-11-30T09:30:00+00:00")}
    put(of_class, "handed-in.zip", zipped(sent))
    files = by_path(collecting.collect(of_class, now=NOW))
    assert {path.partition(" > ")[2]: one.look for path, one in files.items()} == {"ada/a.handin.json": True, "bob/b.handin.json": False, "bob/a.handin.json": True}
    assert "ada, bob" in files["handed-in.zip > ada/a.handin.json"].says


def test_what_is_quoted_gives_no_orders_to_a_terminal(tmp_path: Path) -> None:
    of_class = a_class(tmp_path)
    put(of_class, "a.json", hand_in("A", "1", files={"\x1b[2J\u202e": "x"}))
    if os.name != "nt":
        put(of_class, "b\x1b[2J\n\u202e.json", "{")
    said = "".join(one.path + one.says for one in collecting.collect(of_class, now=NOW).files)
    assert said.isprintable()


def test_a_small_file_makes_no_large_one(tmp_path: Path) -> None:
    of_class = a_class(tmp_path)
    deep = "[" * 900 + "0," * 10_000 + "0" + "]" * 900
    put(of_class, "a.json", hand_in("A", "1", {"2.3": f'{{"exercises": {{"x": {{"fields": {{"y": {deep}}}}}}}}}'}))
    collecting.collect(of_class, now=NOW)
    assert max(path.stat().st_size for path in (tmp_path / "grading").rglob("*.json")) < 100_000


# -- when it cannot be written -----------------------------------------------------------------------------------------


def test_a_person_s_folder_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of_class = a_class(tmp_path)
    put(of_class, "a.json", hand_in("A", "1", ("2.1", "2.3")))
    collecting.collect(of_class, now=NOW)
    before = contents(tmp_path / "grading")
    put(of_class, "b.json", hand_in("A", "1", {"2.1": answers("2.1", {"y": {"a": 9}}), "2.3": answers("2.3", {"y": {"a": 9}})}, made="2026-11-30T09:30:00+00:00"))
    real, calls = Path.write_bytes, []

    def full(path: Path, data: bytes) -> int:
        calls.append(path)
        if len(calls) == 3:
            raise OSError(28, "No space left on device", str(path))
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    assert main(["class", "collect", str(tmp_path), "--lang", "en"]) == 2
    assert contents(tmp_path / "grading") == before
    monkeypatch.undo()
    collecting.collect(of_class, now=NOW)
    assert contents(tmp_path / "grading") != before


def test_what_was_moved_aside_when_the_computer_stopped_comes_back(tmp_path: Path) -> None:
    of_class = a_class(tmp_path)
    put(of_class, "a.json", hand_in("A", "1"))
    [one] = collecting.collect(of_class, now=NOW).people
    before = contents(tmp_path / "grading")
    aside = tmp_path / "grading/.collecting" / f"{one.key}-0123abcd"
    aside.mkdir(parents=True)
    (tmp_path / "grading/submitted" / one.key).rename(aside / "old")
    shutil.rmtree(tmp_path / "came")
    (tmp_path / "came").mkdir()
    assert [other.key for other in collecting.collect(of_class, now=NOW).people] == [one.key]
    assert contents(tmp_path / "grading") == before


def test_links_in_the_folder_are_not_followed(tmp_path: Path) -> None:
    of_class = a_class(tmp_path / "class")
    secret = tmp_path / "secret.handin.json"
    secret.write_text(hand_in("Secret", "1"), "utf-8")
    try:
        (of_class.folder / "came/link.json").symlink_to(secret)
        (of_class.folder / "came/folder").symlink_to(tmp_path)
    except OSError:
        pytest.skip("links cannot be made here")
    done = collecting.collect(of_class, now=NOW)
    assert [(one.path, one.outcome) for one in done.files] == [("folder", "broken"), ("link.json", "broken")]
    assert not done.people


# -- the command -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str) -> None:
    of_class = a_class(tmp_path / "class", due="")
    words = ["class", "collect", str(of_class.folder), "--lang", language, "--csv", str(tmp_path / "table.csv")]
    assert main(words) == 1, "nothing has come yet"
    put(of_class, "张三.zip", zipped({"张三-1001.handin.json": hand_in("张三", "1001")}, "gbk"))
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "张三 (1001)" in said
    assert "张三.zip > 张三-1001.handin.json" in said
    assert {"en": "is not the hand-out of this class", "zh": "不是在这个班的资料里做的"}[language] in said
    put(of_class, "=cmd().json", "{")
    assert main(words) == 1
    raw = (tmp_path / "table.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert [row[2] for row in rows[1:]] == ["", "张三"]
    assert rows[1][0].startswith("'=")
    (of_class.folder / "collected.json").write_text("{}", "utf-8")
    assert main(words) == 2
    assert main(["class", "collect", str(tmp_path), "--lang", language]) == 2
    assert main([*words, "--from", str(tmp_path / "nowhere")]) == 2
    assert "Traceback" not in "".join(capsys.readouterr())


# -- names -------------------------------------------------------------------------------------------------------------

PLACES = {
    "张三-2023001-作业.zip": ("张三", "2023001"),
    "2023001_张三_第二次作业": ("张三", "2023001"),
    "2023001张三": ("张三", "2023001"),
    "作业提交（张三，2023001）.zip": ("张三", "2023001"),
    "20230101-张三": ("张三", "20230101"),
    "张三-2023001-20261130": ("张三", "2023001"),
    "欧阳娜娜 S2023001": ("欧阳娜娜", "S2023001"),
    "买买提·艾力-2023001": ("买买提·艾力", "2023001"),
    "Anna Schmidt": ("Anna Schmidt", ""),
    "Anna Schmidt-2023001-homework": ("Anna Schmidt", "2023001"),
    "J. R. O'Neil-77812": ("J. R. O'Neil", "77812"),
    "Anna Schmidt_12345_assignsubmission_file_": ("Anna Schmidt", ""),
    "张三_12345_assignsubmission_file_3-rfm.ipynb": ("张三", ""),
    "schmidtanna_LATE_12_34567_3-rfm.ipynb": ("schmidtanna", ""),
    "Unit 2_s2023001_attempt_2026-11-30-10-00-00_3-rfm.json": ("", "s2023001"),
    "张三-2023001.handin.json": ("张三", "2023001"),
    "张三-2023001 - 副本.zip": ("张三", "2023001"),
    **dict.fromkeys(["2-classification", "notebooks", "zh", "3-rfm.json", "3-rfm (1).ipynb", "作业", "附件.zip", "2026", "20261130", "第二单元", "homework final v2.zip", "crmlab-work.json"], ("", "")),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_names_of_folders_and_files_tell_who_it_is(place: str) -> None:
    found = people.of_place(place)
    assert (found.name, found.id) == PLACES[place]


def test_a_way_tells_who_it_is() -> None:
    assert people.of_path(["Spring-2026", "李四", "New folder", "3-rfm.json"]).name == "李四"
    assert people.of_path(["李四-2023002.zip", "Neuer Ordner", "3-rfm.json"]) == Who("李四", "2023002")
    assert people.of_path(["春季班", "3-rfm.json"], ["春季班"]) == Who()


def test_keys_do_not_depend_on_what_else_came() -> None:
    some = [Who("张三", "1"), Who("Li", "2"), Who("Wu", ""), Who("", "9")]
    keys = {one.who.identity: one.key for one in people.sorted_out(some)}
    assert keys == {one.who.identity: one.key for one in people.sorted_out([*reversed(some), Who("x", "y")]) if one.who.name != "x"}


# -- whatever comes ----------------------------------------------------------------------------------------------------

NASTY = st.sampled_from(["..", ".", "/", "\\", "C:", "~", "con", "NUL.json", "a", "张三-2023001", "3-rfm.json", "notebooks", "en", "2-classification", "\0", " ", "é", "e\u0301", "\u202e"])
PATHS = st.one_of(st.lists(NASTY, min_size=1, max_size=6).map("/".join), st.text(max_size=40), st.just(handed_in.path("2.3", "en", ".json")))
VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=12), lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=6), one, max_size=3), max_leaves=5)


@given(
    st.lists(st.tuples(PATHS, st.sampled_from([answers("2.3"), "{", "", hand_in("A/../B", "..")])), max_size=4),
    st.dictionaries(PATHS, st.one_of(VALUES, st.just(answers("2.3"))), max_size=4),
    st.dictionaries(st.sampled_from(["name", "id", "class", "number", "made", "language", "course", "format"]), st.one_of(VALUES, PATHS)),
)
def test_nothing_is_ever_written_outside(entries: list[tuple[str, str]], files: dict[str, Any], head: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        of_class = Class(top / "a" / "class", "春季班", 17, ("en", "zh"), LESSONS)
        put(of_class, "Q-1234.zip", zipped([(one.encode("utf-8", "replace").decode(), data) for one, data in entries]))
        (of_class.folder / "came" / "x.json").write_text(json.dumps({**json.loads(hand_in("P", "5", files=files)), **head}), "utf-8")
        collecting.collect(of_class, now=NOW)
        there = [path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file()]
        inside = r"a/class/(collected\.json|came/(Q-1234\.zip|x\.json)|grading/submitted/[a-z0-9-]+/2-classification/[123]-[a-z]+\.(ipynb|json))"
        assert all(re.fullmatch(inside, one) for one in there), there


@given(st.binary(max_size=200))
def test_no_bytes_stop_it(data: bytes) -> None:
    for found in (archives.Found("A-1234/3-rfm.json", data), archives.Found("x.zip", b"PK\x03\x04" + data)):
        assert collecting.hand_ins.read(found, now=NOW).outcome in ("broken", "unknown", "")
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "x.zip").write_bytes(zipped({"a": "b"})[:40] + data)
        assert [one.problem for one in archives.walk(Path(name))] != [""]


@pytest.mark.parametrize(
    "part",
    [b"Content-Type: application/json; " + b"a=b; " * 40_000 + b"name=x.json\n\n{}\n", b"\n\n--B\n" * 6_000],
    ids=["a header without end", "parts without end"],
)
def test_no_mail_takes_for_ever(part: bytes) -> None:
    mail = b"From: a@b\nContent-Type: multipart/mixed; boundary=B\n\n--B\n" + part + b"--B--\n"
    begun = time.process_time()
    (found,) = archives._opened("a.eml", mail, None, archives._Left())
    assert found.problem
    assert time.process_time() - begun < 1


def test_a_mail_says_its_longest_name() -> None:
    name = "张" * 80 + ".json"
    head = f"Content-Disposition: attachment; filename*=utf-8''{quote(name)}".encode()
    (found,) = archives._opened("a.eml", b"From: a@b\nContent-Type: multipart/mixed; boundary=B\n\n--B\n" + head + b"\n\n{}\n--B--\n", None, archives._Left())
    assert (found.places[-1], found.data) == (name, b"{}")
