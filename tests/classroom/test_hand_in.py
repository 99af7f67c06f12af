"""Handing in: what is in the file, what is not, and the same file from both editions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import places
from crmlab.app import hand_in, workspace
from crmlab.app.work import NotWork
from crmlab.cli import main
from crmlab.language import LANGUAGES
from tests.lite.test_start_page import in_node

RFM = "notebooks/zh/2-classification/3-rfm"
ABC = "notebooks/en/2-classification/2-abc"


def came(path: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((places.root() / path).read_text("utf-8"))
    return content


def written(path: str) -> str:
    """A lesson with a cell of the trainee's, which shows something."""
    notebook = came(path)
    notebook["metadata"]["widgets"] = {"state": "of 王芳 & sons"}
    shown = [{"output_type": "stream", "name": "stdout", "text": "王芳 13900001111"}]
    notebook["cells"].append(
        {"cell_type": "code", "id": "mine", "metadata": {"trusted": True}, "source": "1 + 1", "outputs": shown, "execution_count": 4}
    )
    return json.dumps(notebook)


ANSWERS = {
    "format": 1,
    "lesson": "2.3",
    "exercises": {
        "hear": {"fields": {"r": "high", "说": "你好 😀"}, "points": 3, "maximum": 4},
        "own-customers": {"fields": {"top": "A", "own.top": "客户 7", "own.share": 41.5}, "points": 2.5, "maximum": 4},
    },
}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A workspace in which some was done."""
    folder = tmp_path / "course"
    files = {
        f"{RFM}.json": json.dumps(ANSWERS),
        f"{RFM}.ipynb": json.dumps(came(f"{RFM}.ipynb")),  # as it came, saved by another program
        f"{ABC}.ipynb": written(f"{ABC}.ipynb"),
        "notebooks/en/2-classification/2-abc.older-1.json": json.dumps(ANSWERS),
        "notebooks/en/2-classification/4-clv.json": '{"format": 1, "exercises": {}}',
        "notebooks/en/2-classification/notes.ipynb": written(f"{ABC}.ipynb"),
        "notebooks/en/2-classification/plan.html": "<p>王芳</p>",
        "notebooks/en/4-complaints/1-service.json": '{"exerc',
        "notebooks/en/9-own/1-your-customers.json": json.dumps(ANSWERS),
        "notebooks/en/9-own/1-your-customers.ipynb": written(f"{ABC}.ipynb"),
        "notebooks/my-files/orders.csv": "王芳",
        "class.json": '{"kind": "crmlab class", "format": 1, "name": "春季班", "number": 17, "lessons": ["2.1", "2.2", "2.3"]}',
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    laid = {name: workspace.fingerprints((places.root() / name).read_bytes(), name) for name in (f"{RFM}.ipynb", f"{ABC}.ipynb")}
    workspace.write_manifest(folder, {"files": laid})
    return folder


def test_a_trainee_s_lessons_and_nothing_else(course: Path) -> None:
    made = hand_in.pack(course, " 张三 ", "2023001", "zh")
    assert sorted(made.files) == [f"{ABC}.ipynb", f"{RFM}.json"]
    assert made.left_out == ("notebooks/en/4-complaints/1-service.json",)
    assert [one.number for one in made.lessons] == ["2.2", "2.3"]
    text = made.text()
    for private in ("王芳", "客户 7", "41.5", "13900001111", str(course), str(Path.home())):
        assert private not in text
    kept = json.loads(made.files[f"{RFM}.json"])["exercises"]
    assert kept["hear"] == ANSWERS["exercises"]["hear"]  # type: ignore[index]
    assert kept["own-customers"]["fields"] == {"top": "A", "own.top": None, "own.share": None}
    again = hand_in.read(json.loads(text))
    assert (again.name, again.id, again.group.name, again.group.number, again.language) == ("张三", "2023001", "春季班", 17, "zh")
    assert again.files == made.files
    assert again.made == made.made
    assert list(hand_in.pack(course, "a", "", "zh", ("1",)).files) == []


def test_both_editions_make_the_same_file(course: Path) -> None:
    made = hand_in.pack(course, "Zoë  张三", "7/8", "zh")
    names = [path for path in course.rglob("*") if path.is_file() and path.name not in ("class.json", "manifest.json")]
    stored = {path.relative_to(course).as_posix(): path.read_text("utf-8") for path in names}
    lessons = {name.replace(".json", ".ipynb") for name in stored if name.startswith("notebooks/") and (places.root() / name.replace(".json", ".ipynb")).exists()}
    who = {"name": "Zoë  张三", "id": "7/8", "language": "zh", "course": made.course, "group": {"name": "春季班", "number": 17}}
    values = [[who, stored, {path: came(path) for path in lessons}, made.made]]
    [text] = in_node("window.crmlabWork.packHandIn(...value)", values)
    theirs, ours = json.loads(text), json.loads(made.text())
    theirs["files"], ours["files"] = ({path: json.loads(text) for path, text in sorted(one["files"].items())} for one in (theirs, ours))
    assert theirs == ours
    assert list(theirs) == list(ours), "in the same order"
    assert text.splitlines()[:9] == made.text().splitlines()[:9]
    assert hand_in.read(json.loads(text)).files[f"{RFM}.json"] == made.files[f"{RFM}.json"]


NAMES = ("张三", "A/B: C.", "con", "NUL.x", " . ", "..", "客" * 100, "a\tb\u200bc", "O'Neil", "*?<>|", "e\u0301", "com1-x", "名\u3000字", "x" * 300)


def test_both_editions_give_it_the_same_name() -> None:
    pairs = [(name, id) for name in NAMES for id in ("", "7", "a/b", "con")]
    found = in_node("window.crmlabWork.handInName(...value)", [list(one) for one in pairs])
    assert dict(zip(pairs, found, strict=True)) == {one: hand_in.file_name(*one) for one in pairs}


@given(st.text(max_size=90), st.text(max_size=90))
def test_any_name_makes_a_file_of_this_folder(name: str, id: str) -> None:
    made = hand_in.file_name(name, id)
    assert made.endswith(hand_in.END)
    assert len(made.encode("utf-8")) < 240
    assert not set(made) & set('/\\<>:"|?*\0\n')
    assert Path(made).name == made
    assert not made.startswith((".", " "))


@pytest.mark.parametrize(
    "content", [None, [], {}, {"kind": "crmlab work", "files": {}}, {"kind": hand_in.KIND}, {"kind": hand_in.KIND, "files": []}, {"kind": hand_in.KIND, "format": 2, "files": {}}]
)
def test_what_is_no_hand_in_is_refused(content: Any) -> None:
    with pytest.raises(NotWork):
        hand_in.read(content)


def test_damaged_words_about_who_it_is_stop_nothing() -> None:
    bad = {"kind": hand_in.KIND, "name": ["x"], "id": True, "class": 5.5, "number": "no", "language": "xx", "course": None, "made": "gestern"}
    found = hand_in.read({**bad, "files": {f"{RFM}.json": "\ud800", f"{RFM}.py": "", "/etc/passwd": "", f"{ABC}.ipynb": 3}})
    assert (found.name, found.id, found.group, found.language, found.made) == ("", "", hand_in.Group(), "", "")
    assert found.files == {f"{RFM}.json": "\ufffd"}
    assert len(found.left_out) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_says_what_is_in_it(course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str) -> None:
    out = tmp_path / "out"
    words = ["hand-in", "--to", str(course), "--out", str(out), "--lang", language]
    assert main([*words, "--name", "张三", "--id", "2023001"]) == 0
    said = capsys.readouterr()
    file = out / "张三-2023001.handin.json"
    assert str(file) in said.out
    assert "2.3 RFM" in said.out
    assert "2.1" in said.out.splitlines()[-2]
    assert "1-service.json" in said.err
    before = json.loads(file.read_bytes())
    assert before["name"] == "张三"
    assert main(words) == 0, "the name is remembered, and a later file takes the place of the first"
    assert [path.name for path in out.iterdir()] == [file.name]
    file.write_text("{}", "utf-8")
    assert main(words) == 2, "what is no hand-in is left alone"
    assert file.read_text("utf-8") == "{}"


def test_nothing_done_and_no_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notebooks").mkdir()
    assert main(["hand-in", "--to", str(tmp_path), "--lang", "en"]) == 2
    assert "--name NAME" in capsys.readouterr().err
    assert main(["hand-in", "--to", str(tmp_path), "--name", "a", "--out", str(tmp_path), "--lang", "en"]) == 1
    assert not list(tmp_path.glob("*.json"))


def test_a_class_beside_its_zip_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("autumn", "spring"):
        (tmp_path / name / "notebooks").mkdir(parents=True)
        (tmp_path / name / "class.json").write_text("{}", encoding="utf-8")
    assert main(["hand-in", "--name", "a", "--lang", "en"]) == 2
    assert "Several classes lie here: autumn, spring." in capsys.readouterr().err
    (tmp_path / "autumn" / "class.json").unlink()
    assert main(["hand-in", "--name", "a", "--lang", "en"]) == 1
    assert f"There is no work in {tmp_path / 'spring'} yet." in capsys.readouterr().out
