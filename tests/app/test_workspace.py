"""Laying the course into a folder, and putting a lesson back: nothing of the trainee's is ever lost."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path

import pytest

from crmlab.app import workspace
from tests.support.labserver import Course, write_notebook

LESSON = "notebooks/en/1-foundations/1-tour.ipynb"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A course to lay, with what must stay behind lying in it as well."""
    for lang in ("en", "zh"):
        for top in ("notebooks", "solutions"):
            folder = tmp_path / "source" / top / lang / "1-foundations"
            folder.mkdir(parents=True)
            write_notebook(folder / "1-tour.ipynb", f"# Tour {lang}", "x = ...")
    unit = tmp_path / "source/notebooks/en/1-foundations"
    (unit / "steps.svg").write_text("<svg/>", encoding="utf-8")
    (unit / "1-tour.json").write_text("{}", encoding="utf-8")
    (unit / "1-tour.mine-1.ipynb").write_text("{}", encoding="utf-8")
    (unit / ".ipynb_checkpoints").mkdir()
    (unit / ".ipynb_checkpoints/1-tour-checkpoint.ipynb").write_text("{}", encoding="utf-8")
    (tmp_path / "source/datasets").mkdir()
    (tmp_path / "source/datasets/orders.md").write_text("card", encoding="utf-8")
    (tmp_path / "source/LICENSE-lessons").write_text("CC BY 4.0", encoding="utf-8")
    return tmp_path / "source"


@pytest.fixture
def laid(source: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "我的 course"
    workspace.lay(source, folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    paths = (p for p in folder.rglob("*") if p.is_file() and workspace.STORE not in p.parts)
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in paths}


def test_first_time_everything_is_laid_but_what_is_someones_own(source: Path, tmp_path: Path) -> None:
    done = workspace.lay(source, tmp_path / "new")
    found = contents(tmp_path / "new")
    assert sorted(done.new) == sorted(found)
    assert sorted(found) == [
        "LICENSE-lessons",
        "datasets/orders.md",
        LESSON,
        "notebooks/en/1-foundations/steps.svg",
        "notebooks/zh/1-foundations/1-tour.ipynb",
        "solutions/en/1-foundations/1-tour.ipynb",
        "solutions/zh/1-foundations/1-tour.ipynb",
    ]
    assert all((source / name).read_bytes() == data for name, data in found.items())


def test_second_time_nothing_happens(source: Path, laid: Path) -> None:
    before = contents(laid)
    assert workspace.lay(source, laid) == workspace.Laid()
    assert contents(laid) == before


@pytest.mark.parametrize("ran", [False, True])
def test_newer_lesson_replaces_one_that_was_only_run(source: Path, laid: Path, ran: bool) -> None:
    if ran:
        write_notebook(laid / LESSON, "# Tour en", "x = ...", outputs=True)
    write_notebook(source / LESSON, "# Tour, better", "x = ...")
    assert workspace.lay(source, laid).updated == [LESSON]
    assert (laid / LESSON).read_bytes() == (source / LESSON).read_bytes()


def test_newer_lesson_does_not_replace_one_that_was_typed_in(source: Path, laid: Path) -> None:
    write_notebook(laid / LESSON, "# Tour en", "x = 42", outputs=True)
    mine = (laid / LESSON).read_bytes()
    write_notebook(source / LESSON, "# Tour, better", "x = ...")
    for _again in range(2):
        assert workspace.lay(source, laid) == workspace.Laid(kept=[LESSON])
        assert (laid / LESSON).read_bytes() == mine


def test_own_work_is_not_mentioned_while_nothing_is_newer(source: Path, laid: Path) -> None:
    write_notebook(laid / LESSON, "# Tour en", "x = 42")
    assert workspace.lay(source, laid) == workspace.Laid()


def test_deleted_lesson_comes_back(source: Path, laid: Path) -> None:
    (laid / LESSON).unlink()
    assert workspace.lay(source, laid).updated == [LESSON]
    assert (laid / LESSON).exists()


@pytest.mark.parametrize("manifest", ["", "[]", "{", '{"files": 3}', '{"files": {"a": 1}}', "\x00"])
def test_without_a_readable_manifest_nothing_is_overwritten(source: Path, laid: Path, manifest: str) -> None:
    (laid / workspace.STORE / "manifest.json").write_text(manifest, encoding="utf-8")
    write_notebook(laid / LESSON, "# Tour en", "x = 42")
    before = contents(laid)
    assert workspace.lay(source, laid).kept == [LESSON]
    assert contents(laid) == before
    # and the manifest is whole again
    assert set(json.loads((laid / workspace.STORE / "manifest.json").read_text("utf-8"))["files"]) == set(before) - {
        LESSON
    }


@pytest.mark.parametrize("damage", [b"", b"not a notebook", b'{"cells": 3}', b'{"cells": [{}]}', b"\xff\xfe", b"[]"])
def test_damaged_notebook_counts_as_the_trainees(source: Path, laid: Path, damage: bytes) -> None:
    (laid / LESSON).write_bytes(damage)
    write_notebook(source / LESSON, "# Tour, better", "x = ...")
    assert workspace.lay(source, laid).kept == [LESSON]
    assert (laid / LESSON).read_bytes() == damage


def test_files_that_were_there_before_stay(source: Path, tmp_path: Path) -> None:
    mine = tmp_path / "there" / LESSON
    mine.parent.mkdir(parents=True)
    mine.write_text("my own notes", encoding="utf-8")
    assert workspace.lay(source, tmp_path / "there").kept == [LESSON]
    assert mine.read_text("utf-8") == "my own notes"


def test_a_file_in_place_of_the_folder_is_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(workspace.Refused, match="is a file, not a folder"):
        workspace.lay(source, tmp_path / "file")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no read-only folders")
def test_read_only_folder_is_refused(source: Path, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        closed = Path("/sys/crmlab")  # root may write wherever there is a disk below
    else:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o500)
    with pytest.raises(workspace.Refused, match=r"cannot write in .*crmlab start --to"):
        workspace.lay(source, closed)


# --- reset ----------------------------------------------------------------------------------------------------


def prepare(course: Course, kind: str) -> Path:
    """The workspace of a clone, of a ZIP download, or of a copy made by ``crmlab start --to``."""
    if kind == "clone":
        course.git()
    elif kind == "zip":
        code = "from crmlab import places; from crmlab.app import workspace as w; w.save_originals(places.root())"
        assert course.run(code=code).returncode == 0
    else:
        copy = course.root.parent / "copy"
        code = (
            "import sys; from pathlib import Path; from crmlab import places; from crmlab.app import workspace as w;"
            "w.lay(places.root(), Path(sys.argv[1] if len(sys.argv) > 1 else '../copy'))"
        )
        assert course.run(code=code, cwd=course.home).returncode == 0
        return copy
    return course.root


@pytest.mark.parametrize("kind", ["clone", "zip", "copy"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_reset_puts_back_and_keeps(course: Course, kind: str, lang: str) -> None:
    folder = prepare(course, kind)
    lesson = course.notebook(lang, folder)
    original = lesson.read_bytes()
    for number in (1, 2):
        write_notebook(lesson, f"# Mine {number}", "x = 42", outputs=True)
        mine = lesson.read_bytes()
        answers = lesson.with_suffix(".json")
        answers.write_text(f'{{"answer": {number}}}', encoding="utf-8")
        done = course.run("reset", "2.3", "--lang", lang, "--to", str(folder))
        assert done.returncode == 0, done.stderr
        assert lesson.read_bytes() == original
        assert not answers.exists()
        assert lesson.with_name(f"3-rfm.mine-{number}.ipynb").read_bytes() == mine
        assert lesson.with_name(f"3-rfm.mine-{number}.json").read_text("utf-8") == f'{{"answer": {number}}}'
        assert f"3-rfm.mine-{number}.ipynb" in done.stdout
    assert sorted(p.name for p in lesson.parent.iterdir()) == [
        "3-rfm.ipynb",
        "3-rfm.mine-1.ipynb",
        "3-rfm.mine-1.json",
        "3-rfm.mine-2.ipynb",
        "3-rfm.mine-2.json",
    ]


@pytest.mark.parametrize("kind", ["clone", "zip", "copy"])
def test_reset_brings_back_a_deleted_lesson(course: Course, kind: str) -> None:
    folder = prepare(course, kind)
    lesson = course.notebook(base=folder)
    original = lesson.read_bytes()
    lesson.unlink()
    done = course.run("reset", "rfm", "--to", str(folder))
    assert (done.returncode, lesson.read_bytes()) == (0, original)


def test_reset_of_an_untouched_lesson_makes_no_copy(course: Course) -> None:
    prepare(course, "clone")
    assert course.run("reset", "2.3").returncode == 0
    assert [p.name for p in course.notebook().parent.iterdir()] == ["3-rfm.ipynb"]


def test_reset_on_a_full_disk_moves_nothing(source: Path, laid: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_notebook(laid / LESSON, "# Mine", "x = 42")
    (laid / LESSON).with_suffix(".json").write_text("{}", encoding="utf-8")
    before = contents(laid)
    monkeypatch.setattr(workspace, "original", lambda *_words: (source / LESSON).read_bytes())

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(workspace.Refused, match=r"the disk is full.*Make room"):
        workspace.reset(workspace.find_lesson("1.1"), laid, "en")
    assert contents(laid) == before


def test_reset_without_an_original_touches_nothing(course: Course) -> None:
    write_notebook(course.notebook(), "# Mine", "x = 42")
    mine = course.notebook().read_bytes()
    done = course.run("reset", "2.3")
    assert done.returncode == 2
    assert "original" in done.stderr
    assert course.notebook().read_bytes() == mine


def test_reset_takes_the_language_that_was_started_last(course: Course) -> None:
    prepare(course, "clone")
    code = "from crmlab import places; from crmlab.app import workspace as w; w.remember(places.root(), 'zh')"
    course.run(code=code)
    write_notebook(course.notebook("zh"), "# 我的", "x = 42")
    write_notebook(course.notebook("en"), "# Mine", "x = 42")
    assert course.run("reset", "2.3").returncode == 0
    assert course.notebook("zh").with_name("3-rfm.mine-1.ipynb").exists()
    assert not course.notebook("en").with_name("3-rfm.mine-1.ipynb").exists()


@pytest.mark.parametrize(
    "name",
    ["2.3", "3-rfm", "rfm", "RFM", "2-classification/3-rfm", "notebooks/en/2-classification/3-rfm.ipynb"],
)
def test_a_lesson_goes_by_many_names(course: Course, name: str) -> None:
    code = f"from crmlab.app import workspace as w; print(w.find_lesson({name!r}).number)"
    assert course.run(code=code).stdout == "2.3\n"


def test_a_windows_path_names_a_lesson_too(course: Course) -> None:
    path = "notebooks\\en\\1-foundations\\1-tour.ipynb"
    code = f"from crmlab.app import workspace as w; print(w.find_lesson({path!r}).number)"
    assert course.run(code=code).stdout == "1.1\n"


@pytest.mark.parametrize("name", ["9.9", "", "..", "../../etc/passwd", "mine", "三"])
def test_a_missing_lesson_is_refused_with_those_there_are(course: Course, name: str) -> None:
    done = course.run("reset", "--", name)
    assert done.returncode == 2
    assert "1.1 (1-tour), 2.3 (3-rfm)" in done.stderr
    assert done.stderr.count("\n") == 1
