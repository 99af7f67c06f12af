"""A learner's work as a short text and back, joined from two browsers, and counted: the package's own scripts, run in Node."""

from __future__ import annotations

import random
from typing import Any

import pytest

from crmlab.course import lessons, merging
from crmlab.course.certificate import PASS
from crmlab.lms import launching, strings
from crmlab.lms.product import Product
from tests.support import lms

CODE = (launching.STATIC / "coding.js", launching.STATIC / "joining.js")
POINTS = launching.STATIC.parents[1] / "labextensions" / "crmlab" / "static" / "points.js"
STANDING = (POINTS, launching.STATIC / "standing.js")
WORDS = ["fields", "points", "hear-it", "not yet right", "投诉", "“好”", "a", "", "x" * 200, "#1;", "{[", '"', "\\", "\n", "𝄞", "__proto__", "ring.how", "constructor"]


def anything(chance: random.Random, depth: int = 4) -> Any:
    """A value as JSON can hold it."""
    kind = chance.randrange(9 if depth else 6)
    if kind == 0:
        return chance.choice([None, True, False])
    if kind == 1:
        return chance.choice([0, -3, 2.5, 1e21, 1e-7, 1796001689.6, chance.random()])
    if kind < 6:
        return "".join(chance.choices(WORDS, k=chance.randrange(3)))
    if kind < 7:
        return [anything(chance, depth - 1) for _one in range(chance.randrange(4))]
    return {chance.choice(WORDS): anything(chance, depth - 1) for _one in range(chance.randrange(5))}


def test_what_is_packed_comes_back_and_what_was_damaged_does_not() -> None:
    chance = random.Random(4)
    values = [anything(chance) for _one in range(250)]
    script = """
    const known = crmlabCoding.book(given.known);
    const found = [];
    for (const value of given.values) {
      const text = await crmlabCoding.pack(value, known);
      const back = await crmlabCoding.unpack(text, known);
      const cut = [text.slice(0, -1), text.slice(0, 40), text + 'A', text.toLowerCase() === text ? '' : text.toLowerCase(), ''];
      const refused = await Promise.all(cut.map((one) => crmlabCoding.unpack(one, known).then(() => one === text, () => true)));
      found.push([back, /^[\\w-]+$/.test(text), refused.every(Boolean)]);
    }
    console.log(JSON.stringify(found));"""
    found = lms.node(script, POINTS, *CODE, given={"known": WORDS, "values": values})
    assert [back for back, _plain, _refused in found] == values
    assert all(plain and refused for _back, plain, refused in found)


def test_another_edition_of_the_course_reads_what_it_knows() -> None:
    value = {"exercises": {"hear-it": {"fields": {"gone": "ring.how", "stays": "old-option"}}}}
    script = """
    const text = await crmlabCoding.pack(given, crmlabCoding.book(['exercises', 'hear-it', 'fields', 'gone', 'stays', 'ring.how', 'old-option']));
    console.log(JSON.stringify(await crmlabCoding.unpack(text, crmlabCoding.book(['exercises', 'hear-it', 'fields', 'stays', 'new-option']))));"""
    assert lms.node(script, POINTS, *CODE, given=value) == {"exercises": {"hear-it": {"fields": {}}}}


def worked(number: str, typed: str = "") -> dict[str, Any]:
    """A file of answers as a learner's, with every exercise answered and tried."""
    known = strings.of([lessons.find(number)], [])
    fields = {name: name for name in known if "." in name} | ({"line": {"text": typed, "claims": {}}} if typed else {})
    tasks = [task for one in Product((number,), 7).told() for task in one["tasks"]]  # type: ignore[attr-defined]
    share = {id: dict(list(fields.items())[place :: len(tasks)]) for place, id in enumerate(tasks)}
    record = {"points": 3, "maximum": 4, "state": "partly right", "best": 4, "tries": 3, "hints": 2, "code": "answer = 6 * 7\n" * 3}
    return {"format": 1, "lesson": number, "exercises": {id: {"fields": share[id], **record} for id in tasks}, "seconds": 900.5, "last": 1796001689.6}


def test_a_unit_fits_into_scorm_12_and_what_does_not_fit_is_named_newest_first() -> None:
    numbers = ("8.1", "8.2", "8.3")
    files = {f"notebooks/zh/8-breaks/{number}.json": worked(number, "对不起，让您等了五十分钟。" * 4) for number in numbers}
    for place, content in enumerate(files.values()):
        content["last"] += place
    script = """
    const known = crmlabCoding.book(given.known);
    const found = [];
    for (const share of given.shares) {
      const limit = found.length ? Math.floor(share * found[0][1]) : 4096;
      const { text, left } = await crmlabCoding.fit({ files: given.files, points: { old: 2 } }, known, limit);
      found.push([limit, text.length, left, text && (await crmlabCoding.unpack(text, known))]);
    }
    console.log(JSON.stringify(found));"""
    known = strings.of(map(lessons.find, numbers), files)
    found = lms.node(script, POINTS, *CODE, given={"known": known, "files": files, "shares": [1, 0.99, 0.7, 0.5, 0.02]})
    _limit, size, left, back = found[0]
    assert size <= 4096
    assert left == {"paths": [], "code": False}
    assert back == {"files": files, "points": {"old": 2}}
    for limit, size, left, back in found[1:-1]:
        assert 0 < size <= limit
        assert left["code"]
        assert all("code" not in record for content in back["files"].values() for record in content["exercises"].values())
        gone = {name: sum(record["points"] for record in files[name]["exercises"].values()) for name in left["paths"]}
        assert back["points"] == {"old": 2, **gone}, "points stay"
        whole = [name for name in reversed(files) if name not in left["paths"]]
        assert whole == list(reversed(files))[: len(whole)] == list(back["files"])[: len(whole)], "the newest lessons stay"
        assert all(set(back["files"][name]["exercises"]) == set(files[name]["exercises"]) for name in whole)
        assert len(back["files"]) <= len(whole) + 1, "and of one more, some answers"
    assert [len(left["paths"]) for _limit, _size, left, _back in found[1:-1]] == [0, 1, 2]
    assert found[-1][1] == 0, "rather nothing than a half"


def test_what_was_answered_about_own_customers_stays_in_the_browser() -> None:
    files = {"a.json": {"exercises": {"own": {"fields": {"source": "file", "own.best": "Li Lei", "best": 3}, "points": 2}, "damaged": 5}}}
    script = """
    const known = crmlabCoding.book([]);
    const { text } = await crmlabCoding.fit({ files: given, points: {} }, known, 4096);
    console.log(JSON.stringify((await crmlabCoding.unpack(text, known)).files));"""
    found = lms.node(script, POINTS, *CODE, given=files)
    assert found == {"a.json": {"exercises": {"own": {"fields": {"source": "file", "best": 3}, "points": 2}, "damaged": 5}}}


CASES: list[tuple[Any, Any]] = [
    ({"a": {"fields": {"x": 1}, "tries": 2}}, {"a": {"fields": {"y": 2}, "tries": 3}, "b": {"points": 1}}),
    ({"a": {"fields": {"x": 1}, "best": 3}}, {"a": {"fields": {"x": 2}, "best": 4}}),
    ({"talk": {"tries": [["a", "b"]]}}, {"talk": {"tries": [["a", "c"], ["a", "b"]]}}),
    ({"exam": {"tries": [{"began": 1, "fields": {"q1": 1}}]}}, {"exam": {"tries": [{"began": 1, "fields": {"q2": 2}}]}}),
    ({}, {"a": {"hints": 1, "solution_seen": True}}),
]


@pytest.mark.parametrize("newer", [0, 1])
def test_two_browsers_are_joined_as_two_kernels_are(newer: int) -> None:
    """As crmlab.course.merging does without a common past, but that what both count is counted once."""
    pairs = [tuple({"exercises": one, "last": 10.0 + (place == newer)} for place, one in enumerate(pair)) for pair in CASES]
    script = "console.log(JSON.stringify(given.map(([one, other]) => crmlabJoining.joined(one, other))));"
    found = lms.node(script, *CODE, given=pairs)
    for pair, made in zip(pairs, found, strict=True):
        mine, theirs = pair[newer], pair[1 - newer]
        wanted = merging.merged({"exercises": {}}, mine, theirs)
        for id, record in wanted["exercises"].items():
            counts = [one["exercises"].get(id, {}).get("tries") for one in pair]
            if all(isinstance(one, int) for one in counts):
                record["tries"] = max(counts)
        assert made["content"] == wanted
    assert [one["lost"] for one in found] == [False, True, False, False, False]


def test_points_are_counted_once_whatever_the_language_and_what_was_passed_stays_passed() -> None:
    lesson = {"paths": ["en.json", "zh.json"], "points": 10, "tasks": ["a", "b"]}
    half = {"exercises": {"a": {"points": 5, "maximum": 5, "state": "right"}}}
    both = {"en.json": half, "zh.json": {"exercises": {"a": {"points": 2, "maximum": 5}, "b": {"points": 4, "maximum": 5, "tries": 1}, "play": {"points": 9}}}}
    blank = {"exercises": {"a": {"points": 0, "maximum": 5, "state": "blank"}, "b": {"points": 0, "maximum": 5, "state": "not yet right"}}}
    script = """
    console.log(JSON.stringify(given.rows.map(([files, points, before]) => {
      const standing = crmlabStanding.of(given.lessons, files, points);
      return [standing.points, standing.tried, crmlabStanding.result(standing, given.pass, before)];
    })));"""
    rows = [[{}, {}, {}], [both, {}, {}], [{"zh.json": blank}, {}, {}], [{}, {"en.json": 7}, {}], [{}, {}, {"passed": True, "share": 0.9}],
            [{"en.json": {"exercises": {"a": {"points": 1, "maximum": 5}, "b": {"points": 1, "maximum": 5, "tries": 2}}}}, {}, {}]]  # fmt: skip
    script += "".join(
        f"""
    const unscored = crmlabStanding.of([{{ paths: ['own.json'], points: 0, tasks: [] }}], {{}}, {{}}, {seen});
    if (crmlabStanding.result(unscored, given.pass).done !== {done}) throw new Error('a lesson without points');""".replace("unscored", f"unscored{done}")
        for seen, done in (("[]", "false"), ("['own.json']", "true"))
    )
    found = lms.node(script, *STANDING, given={"lessons": [lesson], "rows": rows, "pass": PASS})
    assert [(points, tried, one["share"], one["success"], one["done"]) for points, tried, one in found] == [
        (0, 0, 0, "unknown", False),
        (9, 2, 0.9, "passed", True),
        (0, 1, 0, "unknown", False),
        (7, 0, 0.7, "unknown", False),
        (0, 0, 0.9, "passed", True),
        (2, 2, 0.2, "failed", True),
    ]
