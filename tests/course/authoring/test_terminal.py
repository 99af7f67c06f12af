"""A script in the terminal: played to its end by numbers, and ended cleanly however it ends."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.course.authoring import terminal
from crmlab.course.authoring.terminal import width, wrapped
from crmlab.language import set_language
from tests.support import scriptfiles
from tests.support.labserver import Course

BEST = "2\n1\n2\n1\n2\n2\n2\n"


def play(
    folder: Path, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lang: str = "en"
) -> str:
    monkeypatch.setattr(sys, "stdin", io.StringIO(words))
    set_language(lang)
    try:
        assert terminal.play(scriptfiles.script(folder)) == 0
    finally:
        set_language(None)
    found = capsys.readouterr()
    assert found.err == ""
    return found.out


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("Ms Lin: It has stopped again.", "[annoyed | mood 2 of 5 ##... | trust 2 of 5 ##...]", "Debrief: A good ending",
                "This talk: 4 of 4", "The mood went: annoyed > waiting", "+ helps (Show sympathy)", "The talk is closed.")),
        ("zh", ("林老板：又停了。", "[不满 | 心情 2/5 ##... | 信任 2/5 ##...]", "复盘：好结局", "这次谈话：4 / 4", "心情的变化： 不满 > 等你回应",
                "+ 有帮助 (表示同情)", "对话已关闭。")),
    ],
)  # fmt: skip
def test_a_whole_talk(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lang: str,
    words: tuple[str, ...],
) -> None:
    out = play(tmp_path, BEST, monkeypatch, capsys, lang)
    for one in words:
        assert one in out
    assert out.rstrip().endswith(words[-1])


def test_undo_restart_and_what_makes_no_sense(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = play(tmp_path, "u\n0\n9\nhello\n\n１\nU\n2.\n1\nr\n1\n2\nu\nq\nnever read\n", monkeypatch, capsys)
    assert "There is nothing to take back yet." in out
    assert out.count("Type a number from 1 to 2, or u, r or q.") == 4
    assert out.count("One step back.") == 2
    assert out.count("From the beginning.") == 1
    assert out.count("Debrief: A bad ending") == 1
    assert "never read" not in out
    assert out.rstrip().endswith("The talk is closed.")


def test_after_a_debrief_a_number_makes_no_sense(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = play(tmp_path, "1\n2\n1\n", monkeypatch, capsys)
    assert "The talk has ended. Type u, r or q." in out
    assert "Where it turned:" in out
    assert "A better line:" in out


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "gbk"])
def test_through_a_pipe_on_any_console(course: Course, tmp_path: Path, lang: str, encoding: str) -> None:
    file = scriptfiles.text(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "crmlab.cli", "script", "play", str(file), "--lang", lang], input=BEST.encode(),
        capture_output=True, cwd=course.root, env={**os.environ, "PYTHONIOENCODING": encoding}, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"#####" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(("lang", "words"), [("en", "The talk is closed."), ("zh", "对话已关闭。")])
def test_ctrl_c_and_ctrl_d_in_a_real_terminal(tmp_path: Path, lang: str, words: str) -> None:
    import pty

    file = scriptfiles.text(tmp_path)
    for key, code in ((b"\x03", 130), (b"\x04", 0)):
        host, guest = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "crmlab.cli", "script", "play", str(file), "--lang", lang],
            stdin=guest, stdout=guest, stderr=guest, start_new_session=True,
            preexec_fn=lambda: __import__("fcntl").ioctl(0, __import__("termios").TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(guest)
        seen = b""
        began = time.monotonic()
        while b"\n> " not in seen and time.monotonic() - began < 60:
            seen += os.read(host, 4096)
        os.write(host, key)
        try:
            while part := os.read(host, 4096):
                seen += part
        except OSError:  # the other side is closed
            pass
        try:
            assert process.wait(20) == code
        finally:
            os.close(host)
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
        text = seen.decode("utf-8", "replace")
        assert text.rstrip().endswith(words)
        assert "Traceback" not in text


@given(text=st.text(alphabet="ab 迟到的货，。“”(…\n1.é", max_size=80), columns=st.integers(12, 60))
def test_wrapping_loses_nothing_and_keeps_to_the_columns(text: str, columns: int) -> None:
    lines = wrapped(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        longest = max((width(word) for word in line.split()), default=0)
        assert width(line) <= max(columns, longest + len(line) - len(line.lstrip()))
