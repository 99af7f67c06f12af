"""crmlab script new, check, show and convert: what is written, what is left alone, what is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmlab import cli
from crmlab.course.authoring import hints
from crmlab.course.roleplay import scoring, scripts
from tests.support import scriptfiles
from tests.support.labserver import Course


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = cli.main(["script", *map(str, words)])
    found = capsys.readouterr()
    return code, found.out, found.err


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "name", ["my-talk.yml", "my-talk.yaml", "my-talk.xlsx", "my-talk", "我的脚本.yml", "My first talk.xlsx"]
)
def test_new_writes_a_script_that_is_sound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, lang: str
) -> None:
    code, out, err = run(capsys, "new", tmp_path / name, "--lang", lang)
    assert (code, err) == (0, "")
    [file] = tmp_path.iterdir()
    assert str(file) in out
    assert file.suffix == (Path(name).suffix or ".yml")
    script = scripts.load(file)
    assert script.name == Path(name).stem.lower().replace(" ", "-")
    reading = scripts.read(file)
    assert reading.script is not None
    assert hints.hints(reading.script, file.name) == []
    assert max(points for counts in scoring.outlook(script).values() for points in counts) == 4
    if file.suffix in (".yml", ".yaml"):
        text = file.read_text("utf-8")
        notes = " ".join(line for line in text.splitlines() if line.startswith("# "))
        for key in ("id", "title", "setting", "customer", "mood", "trust", "start", "nodes", "says", "choices", "step", "why", "to",
                    "better", "ending", "debrief", "mood_min", "not_done"):  # fmt: skip
            assert key in notes, key
        assert ("缩进" in notes) == (lang == "zh")


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "is there already and is left as it is"), ("zh", "已经存在，没有改动")]
)
def test_new_replaces_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str, words: str) -> None:
    for name in ("a.yml", "a.xlsx"):
        (tmp_path / name).write_text("mine", encoding="utf-8")
        code, out, err = run(capsys, "new", tmp_path / name, "--lang", lang)
        assert (code, out) == (2, "")
        assert words in err
        assert (tmp_path / name).read_text("utf-8") == "mine"
    (tmp_path / "link.yml").symlink_to(tmp_path / "nowhere.yml")
    assert run(capsys, "new", tmp_path / "link.yml")[0] == 2
    assert len(list(tmp_path.iterdir())) == 3


def test_new_says_what_cannot_be_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "folder.yml").mkdir()
    for name, words in (
        ("a.docx", "should end in"),
        ("no/such/a.yml", "There is no folder"),
        ("folder.yml", "is a folder"),
    ):
        code, out, err = run(capsys, "new", tmp_path / name, "--lang", "en")
        assert (code, out) == (2, "")
        assert words in err
        assert err.count("\n") == 1


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc, where not even root can write a file")
def test_new_in_a_folder_that_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "new", Path("/proc/a.yml"), "--lang", "en")
    assert (code, out) == (2, "")
    assert "cannot be written" in err


def test_check_counts_talks_and_hints_are_no_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    better = '        better:\n          en: "It leaves now and is with you before eight."\n          zh: "现在就出发，八点前到您那儿。"\n'
    file = scriptfiles.text(tmp_path, (better, ""))
    code, out, err = run(capsys, "check", file, "--lang", "en")
    assert (code, err) == (0, "")
    assert f"{file}: no mistakes" in out
    assert "12 nodes, 18 choices, 3 endings" in out
    line = file.read_text("utf-8").split("I pass it on to our store", 1)[0].count("\n")  # that of “text:”, one above
    assert f"hint: small.yml:{line}: This choice hurts. Give it a “better” line: the debrief shows it." in out
    code, out, _err = run(capsys, "check", file, "--lang", "zh")
    assert "提示：small.yml:" in out
    assert "这个选项伤人" in out


HINTS = {
    "no follow-up": ([("        step: follow_up\n", "")], "No choice does these of the seven steps: follow_up."),
    "a route never taken": ([("trust_max: 1", "trust_max: 0")], "No talk ever takes line 1 of “to” (choice 2 of “too_late”)."),
    "a condition that always holds": ([("trust_max: 1", "trust_max: 5")], "The conditions of choice 2 of “too_late” always hold"),
    "English in the Chinese": ([('zh: "行。只要真的来。"', 'zh: "Agreed."')], "The text in 中文 holds none of its characters."),
    "no good ending": ([("ending: good", "ending: fair")], "There is no good ending."),
    "the same twice": ([("Well, hot water: so you could sell tea this morning, couldn't you?",
                         "So: hot water only, guests until half past nine, and it is the second time. Is that all of it?")], "say the same"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "words"), HINTS.values(), ids=HINTS)
def test_hints(tmp_path: Path, changes: list[tuple[str, str]], words: str) -> None:
    file = scriptfiles.text(tmp_path, *changes)
    reading = scripts.read(file)
    assert reading.faults == []
    assert reading.script is not None
    assert words in "\n".join(map(str, hints.hints(reading.script, file.name)))


def test_the_scripts_of_the_course_have_choices_that_hurt_with_a_better_line() -> None:
    for file in sorted(scripts.folder().glob("*.yml")):
        reading = scripts.read(file)
        assert reading.script is not None, file.name
        hurting = [hint for hint in hints.hints(reading.script, file.name) if "hurts" in hint.text]
        assert not hurting, "\n".join(map(str, hurting))


def test_show_prints_and_writes_only_where_it_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = scriptfiles.text(tmp_path)
    code, out, err = run(capsys, "show", file, "--lang", "en")
    assert (code, err) == (0, "")
    assert "-> makes_do" in out
    assert [one.name for one in tmp_path.iterdir()] == ["small.yml"]
    for name in ("a.svg", "a.html"):
        for _again in range(2):
            assert run(capsys, "show", file, "--out", tmp_path / name)[0] == 0
        assert "svg" in (tmp_path / name).read_text("utf-8")
    (tmp_path / "mine.html").write_text("<p>mine</p>", encoding="utf-8")
    for name, words in (
        ("mine.html", "no drawing of a script"),
        ("small.yml", "should end in"),
        ("no/a.svg", "There is no folder"),
    ):
        code, _out, err = run(capsys, "show", file, "--out", tmp_path / name, "--lang", "en")
        assert code == 2
        assert words in err
    assert (tmp_path / "mine.html").read_text("utf-8") == "<p>mine</p>"


def test_show_draws_a_script_with_a_node_that_is_not_reached(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = scriptfiles.text(tmp_path, ("to: opening_again", "to: details"))
    code, out, _err = run(capsys, "show", file, "--out", tmp_path / "a.svg", "--lang", "en")
    assert code == 1
    assert "“opening_again” is never reached" in out
    assert (tmp_path / "a.svg").exists()


def test_convert(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = scriptfiles.text(tmp_path)
    assert run(capsys, "convert", file, tmp_path / "b.xlsx")[0] == 0
    assert run(capsys, "convert", tmp_path / "b.xlsx", tmp_path / "c.yml")[0] == 0
    assert scripts.load(tmp_path / "c.yml") == scripts.load(file)
    code, _out, err = run(capsys, "convert", file, tmp_path / "b.xlsx", "--lang", "en")
    assert code == 2
    assert "--replace" in err
    assert run(capsys, "convert", file, tmp_path / "b.xlsx", "--replace")[0] == 0
    for source, target in (("small.yml", "d.yml"), ("b.xlsx", "d.xlsx"), ("small.yml", "small.yml")):
        code, _out, err = run(capsys, "convert", tmp_path / source, tmp_path / target, "--lang", "en", "--replace")
        assert code == 2
        assert "in the order from and to" in err


def test_the_commands_are_there_for_real(course: Course, tmp_path: Path) -> None:
    done = course.run("script", "--help", LANG="zh_CN.UTF-8")
    assert done.returncode == 0
    assert all(word in done.stdout for word in ("new", "check", "show", "play", "convert", "在终端里玩一个脚本"))
    assert course.run("script", "new", str(tmp_path / "a.xlsx")).returncode == 0
    done = course.run("script", "check", str(tmp_path / "a.xlsx"))
    assert (done.returncode, done.stderr) == (0, "")
