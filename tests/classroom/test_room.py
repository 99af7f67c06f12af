"""The live room: real courses report to a real room on loopback; strangers, floods and garbage do not get in."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crmlab.app import reporting
from crmlab.app.reporting import CONNECTED, REFUSED, TRYING, Membership, Reporter
from crmlab.classroom import room_running, settings
from crmlab.classroom.folder import Class
from crmlab.classroom.room import FILE, FROM_ONE, GONE, Refused, Room
from crmlab.classroom.room_server import CONNECTIONS
from crmlab.cli import main
from crmlab.course import joining
from crmlab.course.exercises import load_lesson
from crmlab.course.grading import standing
from crmlab.course.joining import MOST
from tests.support import made_up_class, rooms
from tests.support.made_up_class import EVIL
from tests.support.rooms import TOKEN, Clock, Running

SLIP = {"3.2": {"hear-it": {"drinks.letter": "large", "bearings.letter": "large"}}}
"""One of two right: a wrong option that several choose."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def room(clock: Clock) -> Iterator[Running]:
    with rooms.running(Room(("3.2",), clock)) as one:
        yield one


def seat(number: int = 1) -> str:
    return f"{number:032x}"


def report(number: int = 1, name: str = "Hare", **more: Any) -> dict[str, Any]:
    return {"format": 1, "seat": seat(number), "pseudonym": name, "lesson": "3.2", "lessons": {}, **more}


def mark(points: float = 1.0, state: str = "partly right", wrong: Any = ()) -> dict[str, Any]:
    return {"state": state, "points": points, "wrong": list(wrong)}


def test_nobody_holds_all_connections(room: Running) -> None:
    at = ("127.0.0.1", int(room.base.rpartition(":")[2]))
    with contextlib.ExitStack() as stack:
        for _one in range(CONNECTIONS):
            stack.enter_context(socket.create_connection(at)).sendall(b"POST /report HTTP/1.1\r\n")
        with socket.create_connection(at, timeout=5) as more:
            assert more.recv(1) == b""
    until = time.monotonic() + 5
    while (status := room.ask("/static/room.js")[0]) != 200 and time.monotonic() < until:
        time.sleep(0.01)
    assert status == 200


# -- courses that report -----------------------------------------------------------------------------------------------


def test_two_courses_of_one_pseudonym_report_and_are_told_apart(room: Running, clock: Clock, tmp_path: Path) -> None:
    one = Reporter(rooms.course(tmp_path / "a", SLIP), room.room, "Hare", now=clock)
    two = Reporter(rooms.course(tmp_path / "b", {**SLIP, "4.2": {"first-line": {"reply": {"text": f"{EVIL} my secret", "claims": {}}}}}), room.room, "Hare", now=clock)
    for each in (one, two):
        each.turn()
        assert each.state == CONNECTED
    shown = room.shown()
    assert [(who["name"], who["place"], who["here"]) for who in shown["people"]] == [("Hare", 1, True), ("Hare (2)", 2, True)]
    first = shown["wrong"][0]
    assert (first["lesson"], first["exercise"], first["label"], first["shown"], first["count"], first["of"]) == (
        "3.2", "Exercise 1 · Hear it", "Letter", "capital: has it", 2, 2,
    )  # fmt: skip
    lesson = next(each for each in shown["lessons"] if each["lesson"] == "3.2")
    assert lesson["begun"] == 2
    assert [task["states"] for task in lesson["tasks"] if task["id"] == "hear-it"] == [[0, 2, 0, 0]]
    # A step forward is seen with the next look; leaving works at once.
    rooms.course(tmp_path / "a", {"3.2": {"skip-the-boss": {"1": "holds"}}})
    clock.seconds += 3
    one.turn()
    assert room.served.room.seats[one.seat].lesson == "3.2"
    assert set(room.served.room.seats[one.seat].lessons["3.2"]) >= {"hear-it"}
    two.leave()
    after = room.shown()
    assert [who["name"] for who in after["people"]] == ["Hare"]
    assert after["left"] == 1


def test_what_is_sent_holds_no_text_no_name_no_own_file(tmp_path: Path) -> None:
    secret = "my secret 4711"
    answers = {
        "1.1": {"days": {"days": secret}},
        "2.1": {"own-customers": {"own.share": secret, "own.a": "A"}},
        "4.2": {"first-line": {"reply": {"text": secret, "claims": {"ask": secret}}}, "no-such": {"a": secret}},
        "9.1": {"anything": {"a": secret}},
    }
    folder = rooms.course(tmp_path / "a", answers)
    (folder / "notebooks/en/review.json").write_text(secret, "utf-8")
    content = Reporter(folder, joining.Room("http://127.0.0.1:1", rooms.CODE), "Hare").content()
    assert secret not in json.dumps(content)
    assert "9.1" not in content["lessons"]
    assert content["lessons"]["2.1"] == {}
    assert set(content["lessons"]["4.2"]["first-line"]) == {"state", "points", "wrong"}
    assert set(content) == {"format", "seat", "pseudonym", "lesson", "lessons"}
    assert len(json.dumps(content)) < MOST


def test_a_whole_course_fits_into_a_report() -> None:
    thirty = made_up_class.made()
    every = {number: standing.of(number, {id: one.fields for id, one in found.exercises.items()}) for number, found in thirty.marks.people["p01"].items()}
    assert 12 * len(json.dumps(every)) < MOST  # three of 34 lessons, done badly


def test_a_room_that_is_gone_costs_nothing_and_is_tried_again(tmp_path: Path) -> None:
    clock = Clock()
    sockets = room_running.take("", None)
    address = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    for one in sockets:
        one.close()
    reporter = Reporter(rooms.course(tmp_path / "a", SLIP), joining.Room(address, rooms.CODE), "Hare", now=clock)
    waits = []
    for _turn in range(8):
        reporter.turn()
        assert reporter.state == TRYING
        waits.append(reporter._next - clock.seconds)
        clock.seconds = reporter._next
    assert waits == [4, 8, 16, 32, 60, 60, 60, 60]
    reporter.leave()


def test_a_course_with_a_wrong_code_is_told_so(room: Running, tmp_path: Path) -> None:
    reporter = Reporter(tmp_path, joining.Room(room.base, "AAAAAAAA"), "Hare")
    reporter.turn()
    assert reporter.state == REFUSED
    assert not room.served.room.seats


# -- strangers, floods, garbage ----------------------------------------------------------------------------------------


def test_who_may_see_the_page(room: Running) -> None:
    for path in ("/", "/standing"):
        assert room.ask(path)[0] == 403
        assert room.ask(f"{path}?token=wrong")[0] == 403
        assert room.ask(f"{path}?token={rooms.CODE}")[0] == 403, "the trainees' code shows nothing"
        assert room.ask(f"{path}?token={TOKEN}", Host="evil.example")[0] == 403
        status, _raw, headers = room.ask(f"{path}?token={TOKEN}")
        assert status == 200
        assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert room.ask(f"/api/contents?token={TOKEN}")[0] == 404
    assert room.ask(f"/static/..%2froom.py?token={TOKEN}")[0] == 404


def test_wrong_codes_are_counted(room: Running) -> None:
    assert [room.report(report(), code) for code in ("", "WRONG", "K7QM4X2")] == [403] * 3
    assert room.report(report(), f"{TOKEN}") == 403
    for _try in range(16):
        room.report(report(), "AAAAAAAA")
    assert room.report(report()) == 429, "too many: even the right one has to wait"
    assert not room.served.room.seats


def test_floods(room: Running, clock: Clock) -> None:
    assert room.report(b"x" * (MOST + 1)) in (0, 400, 413)
    answers = [room.report(report()) for _again in range(14)]
    assert answers[:11] == [204] * 11
    assert set(answers[11:]) == {429}
    clock.seconds += 5
    assert room.report(report()) == 204
    many = [room.report(report(number)) for number in range(2, FROM_ONE + 3)]
    assert many.count(204) == FROM_ONE - 1
    assert len(room.served.room.seats) == FROM_ONE
    assert room.shown()["people"]


GARBAGE: tuple[Any, ...] = (
    b"", b"[", b"[" * 60_000, b"\xff\xfe", b"null", [], {}, report(format=2), report(seat="x"), report(seat=5), {**report(), "seat": "../../x"}, {**report(), "seat": "file-0123456789abcdef"},
)  # fmt: skip


def test_garbage_is_refused(room: Running) -> None:
    assert {room.report(one) for one in GARBAGE} == {400}
    assert not room.served.room.seats


def test_only_what_is_of_the_course_is_taken_in(room: Running) -> None:
    evil = {
        "3.2": {
            "hear-it": mark(1e999, wrong=["drinks.letter=large", f"drinks.letter={EVIL}", EVIL, 5, None, "a=b", "bearings.letter="]),
            "next-move": mark(state=EVIL), EVIL: mark(), "skip-the-boss": mark(10**400, state=EVIL), "quiz-3.2": {"state": "right", "points": True, "wrong": {}},
        },
        "9.1": {"x": mark()}, EVIL: {"x": mark()}, "4.2": [],
    }  # fmt: skip
    body = json.dumps(report(name=EVIL + "\n\u202e\0" + "x" * 100, lesson=EVIL, lessons=evil))
    assert room.report(body.encode()) == 204
    found = room.served.room.seats[seat()]
    assert set(found.lessons) == {"3.2"}
    assert found.lessons["3.2"]["hear-it"].wrong == (("drinks.letter", "large"), ("bearings.letter", ""))
    assert 0 <= found.lessons["3.2"]["hear-it"].points <= 6
    assert set(found.lessons["3.2"]) == {"hear-it", "quiz-3.2"}
    assert len(found.pseudonym) <= joining.LONGEST
    assert found.pseudonym.isprintable()
    page = room.ask(f"/?token={TOKEN}")[1].decode()
    assert EVIL not in page
    json.loads(page.partition('id="told">')[2].partition("</script>")[0])


# -- what it shows -----------------------------------------------------------------------------------------------------


def test_who_is_stuck(clock: Clock) -> None:
    room = Room(now=clock)

    def minutes(count: float) -> dict[str, Any]:
        clock.seconds += 60 * count
        return next(iter(room.shown()["people"]))

    def send(**exercises: Any) -> None:
        room.take(report(lessons={"3.2": {id.replace("_", "-"): one for id, one in exercises.items()}}))

    send(hear_it=mark(1))
    assert not minutes(1)["stuck"]
    for _minute in range(5):  # tries that bring nothing are no step forward
        send(hear_it=mark(1, wrong=["drinks.letter=large"]))
        assert minutes(1)["here"]
    now = minutes(0)
    assert (now["stuck"], now["minutes"], now["exercise"]) == (True, 6, "Exercise 1 · Hear it")
    send(hear_it=mark(2))
    assert not minutes(0)["stuck"]
    send(hear_it=mark(2), next_move=mark(0, "not yet right"))
    assert minutes(0)["exercise"] == "Exercise 2 · The next move"
    away = minutes(GONE / 60 + 5)
    assert not away["here"]
    assert not away["stuck"]


def test_who_comes_back_has_not_left_and_who_is_away_is_in_no_lesson(clock: Clock) -> None:
    room = Room(("3.2",), clock)
    for number in (1, 2):
        room.take(report(number, lessons={"3.2": {"hear-it": mark()}}))
    room.leave({"seat": seat(1)})
    assert room.shown()["left"] == 1
    room.take(report(1, lessons={"3.2": {"hear-it": mark()}}))
    assert room.shown()["left"] == 0
    clock.seconds += GONE - 1
    room.take(report(2, lessons={"3.2": {"hear-it": mark()}}))
    clock.seconds += 2
    shown = room.shown()
    assert [(one["name"], one["here"]) for one in shown["people"]] == [("Hare", False), ("Hare (2)", True)]
    assert [(one["begun"], one["here"]) for one in shown["lessons"]] == [(2, 1)]


def test_code_answers_and_typed_lines_stand_as_their_trainee_sees_them(tmp_path: Path) -> None:
    """Code is not judged in the room: how it stood when it ran counts. A line in Chinese is looked through in Chinese."""
    line = made_up_class.LINES["zh"][0]
    folder = rooms.course(tmp_path / "a", {"4.2": {"first-line": {"reply": {"text": line, "claims": {}}}}})
    path = next(folder.glob("notebooks/en/4-*/*.json"))
    chinese = Path(str(path).replace("/en/", "/zh/"))
    chinese.parent.mkdir(parents=True)
    content = json.loads(path.read_text("utf-8"))
    code = {"code": "secret()", "points": 1e9, "state": "right", "maximum": 3}
    content["exercises"] |= {"second-look": code, "no-such": code, "first-line": {**content["exercises"]["first-line"]}}
    chinese.write_text(json.dumps(content), "utf-8")
    path.unlink()
    told = Reporter(folder, joining.Room("http://127.0.0.1:1", rooms.CODE), "Hare").content()
    assert told["lessons"]["4.2"]["first-line"]["state"] == "right"
    most = next(one.points for one in load_lesson("4.2") if one.id == "second-look")
    assert told["lessons"]["4.2"]["second-look"] == {"state": "right", "points": most, "wrong": []}
    assert "no-such" not in told["lessons"]["4.2"]
    assert "secret" not in json.dumps(told)


def test_a_course_knocks_once_with_a_code_of_yesterday(room: Running, tmp_path: Path, clock: Clock) -> None:
    """Thirty courses behind one address that kept trying would shut out all who have the new code."""
    reporter = Reporter(tmp_path, joining.Room(room.base, "AAAAAAAA"), "Hare", now=clock)
    for _turn in range(30):
        reporter.turn()
        clock.seconds += 100
    reporter.leave()
    assert sum(map(len, room.served.refused.values())) == 1


def test_a_seat_is_not_somebody_else_s(clock: Clock) -> None:
    room = Room(now=clock)
    room.take(report(1, "Hare"))
    with pytest.raises(Refused):
        room.leave({"seat": "nobody"})
    room.leave({"seat": seat(2)})
    assert [one["name"] for one in room.shown()["people"]] == ["Hare"]


def test_handed_in_files_are_shown_where_nothing_is_reported(tmp_path: Path) -> None:
    thirty = made_up_class.made()
    (tmp_path / "came").mkdir()

    def hand_in(name: str, fields: dict[str, Any], made: str) -> None:
        answers = json.dumps({"lesson": "3.2", "exercises": {"hear-it": {"fields": fields, "points": 6}}})
        content = {"kind": "crmlab hand-in", "format": 1, "name": name, "id": "1", "made": made, "files": {"notebooks/en/3-qualification/2-man.json": answers}}
        (tmp_path / "came" / f"{made[-2:]}.handin.json").write_text(json.dumps(content), "utf-8")

    hand_in(EVIL, SLIP["3.2"]["hear-it"], "2026-11-30T10:00:01")
    hand_in(EVIL, {"bearings.letter": "large"}, "2026-11-30T10:00:02")  # the newest counts
    (tmp_path / "came/x.handin.json").write_text("{", "utf-8")
    with rooms.running(Room(("3.2",)), folder=tmp_path) as room:
        shown = room.shown()
        assert [one["name"] for one in shown["files"]] == [joining.pseudonym(EVIL)]
        assert 0 < shown["files"][0]["lessons"][0]["points"] < 1, "judged again, not as the file claims"
        assert shown["people"] == []
        hand_in("Li", SLIP["3.2"]["hear-it"], "2026-11-30T10:00:03")
        assert len(room.shown()["files"]) == 2
    # Once they are collected, what was collected counts.
    thirty.save(tmp_path)
    for key in ("p01", "p02"):
        path = tmp_path / "grading/submitted" / key / "3-qualification/2-man.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"lesson": "3.2", "exercises": {"hear-it": {"fields": SLIP["3.2"]["hear-it"]}}}), "utf-8")
    with rooms.running(Room(("3.2",)), folder=tmp_path) as room:
        shown = room.shown()
        assert [one["name"] for one in shown["files"]] == ["Anna Berg", "Ben Carter"]
        assert shown["wrong"][0]["count"] == 2


def test_who_reports_and_hands_in_counts_once(clock: Clock) -> None:
    room = Room(now=clock)
    slip = {"3.2": {"hear-it": mark(1, wrong=["drinks.letter=large"])}}
    room.take(report(1, "Hare", lessons=slip))
    room.take(report(1, "Anna", lessons=slip) | {"seat": "file-1"}, source=FILE)
    shown = room.shown()
    assert (shown["lessons"][0]["begun"], shown["wrong"], len(shown["files"])) == (1, [], 1), "one is not most"
    room.leave({"seat": seat(1)})
    assert room.shown()["lessons"][0]["begun"] == 1


def test_how_it_stood_is_written_down(clock: Clock, tmp_path: Path) -> None:
    room = Room(now=clock)
    room.take(report(lessons={"3.2": {"hear-it": mark(1, wrong=["drinks.letter=large"])}}))
    kept = json.loads(room_running.save(room, tmp_path).read_text("utf-8"))
    assert kept["kind"] == "crmlab room"
    assert kept["people"] == [{
        "pseudonym": "Hare", "source": "live", "lesson": "3.2",
        "lessons": {"3.2": {"hear-it": {"state": "partly right", "points": 1.0, "wrong": [["drinks.letter", "large"]]}}},
    }]  # fmt: skip


def test_a_room_that_is_opened_again_is_the_same_for_those_who_were_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of = Class(tmp_path, "Spring", 7, lessons=("3.2",))
    lines = []

    async def closed_at_once(served: Any, sockets: Any, told: Any) -> None:
        lines.append(served.line)
        served.room.take(report(len(lines)))
        for one in sockets:
            one.close()

    monkeypatch.setattr(room_running, "_serve", closed_at_once)
    for _time in range(2):
        room_running.run(of, "en", browser=False)
    assert lines[0] == lines[1]
    kept = json.loads((tmp_path / room_running.LINE).read_text("utf-8"))
    assert os.name == "nt" or (tmp_path / room_running.LINE).stat().st_mode & 0o077 == 0
    (tmp_path / room_running.LINE).write_text(json.dumps(kept | {"used": "2020-01-01T09:00:00+00:00"}), "utf-8")
    room_running.run(of, "en", browser=False)
    (tmp_path / room_running.LINE).write_text("{", "utf-8")
    room_running.run(of, "en", browser=False)
    assert len(set(lines)) == 3
    # How the earlier ones stood is not written over.
    assert len(list(tmp_path.glob("room-2*.json"))) >= 1


# -- commands and the server of a course -------------------------------------------------------------------------------


def test_the_process_of_a_course_reports_and_leaves_at_once(room: Running, tmp_path: Path) -> None:
    member = Membership(rooms.course(tmp_path / "a", SLIP))
    member.join(room.room, "Hare")
    end = time.monotonic() + 60
    while member.state != CONNECTED and time.monotonic() < end:
        time.sleep(0.05)
    assert [one.pseudonym for one in room.served.room.seats.values()] == ["Hare"]
    process = member._process
    assert process is not None
    member.leave()
    assert process.wait(20) == 0
    assert (member.state, member.room, room.served.room.seats) == ("", None, {})


def test_a_room_is_opened_and_closed(tmp_path: Path) -> None:
    settings.save(Class(tmp_path / "c", "Spring", 7, lessons=("3.2",)))
    command = [sys.executable, "-m", "crmlab.cli", "class", "room", str(tmp_path / "c"), "--no-browser", "--lang", "en"]
    flags = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if sys.platform == "win32" else {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", **flags) as process:  # type: ignore[call-overload]
        said = [process.stdout.readline() for _line in range(4)]
        assert "token=" in said[0]
        assert joining.parse(said[1].rsplit(": ", 1)[1])
        assert "--host lan" in said[2]
        process.send_signal(signal.CTRL_BREAK_EVENT if sys.platform == "win32" else signal.SIGINT)
        assert process.wait(60) == 0, process.stdout.read()
        assert "room.json" in process.stdout.read()
    assert json.loads((tmp_path / "c/room.json").read_text("utf-8"))["people"] == []


@pytest.mark.parametrize("words", [["--port", "0"], ["--host", "203.0.113.9"], ["--host", "0.0.0.0"], ["--host", "no such host"]])
def test_a_room_that_cannot_be_opened_says_why(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings.save(Class(tmp_path, "Spring", 7, lessons=("3.2",)))
    assert main(["class", "room", str(tmp_path), "--no-browser", *words, "--lang", "zh"]) == 2
    err = capsys.readouterr().err
    assert "Traceback" not in err
    assert not (tmp_path / "room.json").exists()


@pytest.mark.parametrize("line", ["", "x", "192.168.1.20:8950", "192.168.1.20#K7QM-4X2P", "http://a@b:1#K7QM-4X2P", "http://h:1/x#K7QM-4X2P", "h:99999#K7QM-4X2P", "ftp://h:1#K7QM-4X2P", "h:1#K7QM-4X20", "[:1#K7QM-4X2P"])
def test_lines_that_are_of_no_room(line: str) -> None:
    with pytest.raises(ValueError, match=r"192\.168"):
        joining.parse(line)
    assert main(["start", "--room", line, "--lang", "en"]) == 2


def test_no_proxy_and_no_other_address(monkeypatch: pytest.MonkeyPatch, room: Running, tmp_path: Path) -> None:
    """A report goes to the room itself, whatever proxy the computer uses."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert os.environ["http_proxy"]
    one = Reporter(tmp_path, room.room, "Hare")
    one.turn()
    assert one.state == CONNECTED
    assert reporting.SLOWEST >= 30
