"""A course with a third language, made up: its record, and texts for one lesson; prints as JSON what then is seen.

Run on its own (``python -m tests.support.third_language FOLDER``), because languages are read where modules are imported.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crmlab import language

CODE = "qx"
if __name__ == "__main__":  # not where it is only collected for doctests: all other tests would have three languages
    language.LANGUAGES[CODE] = language.Language("Qonx", "qx-QX", minutes="minu", points="poin")

from ruamel.yaml import YAML  # noqa: E402

import crmlab  # noqa: E402
from crmlab import datasets, places  # noqa: E402
from crmlab.app import settings  # noqa: E402
from crmlab.cli import main, system_language  # noqa: E402
from crmlab.course import lessons  # noqa: E402
from crmlab.course.authoring import template  # noqa: E402
from crmlab.course.bank import asking  # noqa: E402
from crmlab.course.roleplay import scripts, sheet  # noqa: E402
from crmlab.lite import build, pages  # noqa: E402
from tools import lesson_files, publish, texts  # noqa: E402

LESSON = "1.1"
ROOT = places.root()


def made_up(text: str) -> str:
    """A text in the third language."""
    text = re.sub(r"(?<=\d )minutes?\b", "minu", re.sub(r"(?<=\d )points?\b", "poin", text))
    return f"Qx {text}"


def translated(content: bytes) -> bytes:
    """A new translation file, filled in."""

    def fill(found: re.Match[str]) -> str:
        english = found[1].removeprefix('""\n').removeprefix('"')
        return f'msgid {found[1]}msgstr ""\n"{made_up(english)}'

    pattern = r'^msgid (""\n(?:".*"\n)+|".+"\n)msgstr ""\n(?!")'
    return re.sub(pattern, fill, content.decode(), flags=re.MULTILINE).encode()


def build_course(root: Path) -> None:
    """The files of the lesson below ``root``, with the third language in all of them."""
    lesson = lessons.find(LESSON)
    folder = root / "lessons" / lesson.unit
    folder.mkdir(parents=True)
    for path in (ROOT / "lessons" / lesson.unit).glob(f"{lesson.slug}*"):
        if path.suffix == ".yml":
            (folder / path.name).write_text(_with_more(path), encoding="utf-8")
        else:
            shutil.copyfile(path, folder / path.name)
    (root / "datasets").symlink_to(ROOT / "datasets")
    shutil.copytree(ROOT / "crmlab/locale", root / "locale")
    places.root = lambda: root
    places.locale = lambda: root / "locale"
    texts.LOCALE, lesson_files.ROOT = root / "locale", root
    lessons.of_course.cache_clear()
    _translate_package(root)
    source = lesson_files.Source(lesson)
    source.po(CODE).write_bytes(translated(lesson_files.update_po(source, CODE)))
    for code in language.LANGUAGES:
        worked = lesson_files.worked(source, code)
        for edition, content in (("solutions", worked), ("notebooks", lesson_files.trainee(worked))):
            target = source.notebook(edition, code)
            target.parent.mkdir(parents=True)
            target.write_text(lesson_files.text(content), encoding="utf-8")


def _with_more(path: Path) -> str:
    """A YAML file with a text in the third language beside each English one."""
    yaml = YAML()
    content = yaml.load(path.read_text(encoding="utf-8"))

    def walk(one: Any) -> None:
        if isinstance(one, dict) and isinstance(one.get("en"), str):
            one[CODE] = made_up(one["en"])
        for below in one.values() if isinstance(one, dict) else one if isinstance(one, list) else ():
            walk(below)

    walk(content)
    for english, entry in (content.get("tables") or {}).items() if isinstance(content, dict) else ():
        entry[CODE] = made_up(english)
    out = io.StringIO()
    yaml.dump(content, out)
    return out.getvalue()


def _translate_package(root: Path) -> None:
    """The texts of one module; all others stay English."""
    name = "course.panel"
    target = root / "locale" / CODE / f"{name}.po"
    target.parent.mkdir()
    target.write_bytes(translated(texts.update_po(name, texts.modules()[name], CODE) or b""))
    for path, content in publish.built_texts(set()).items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


@contextlib.contextmanager
def said() -> Iterator[io.StringIO]:
    """What is printed."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        yield out


def seen(root: Path) -> dict[str, Any]:
    """What somebody sees who takes the lesson in the third language."""
    build_course(root)
    lesson = lessons.find(LESSON)
    os.chdir(root / "notebooks" / CODE / lesson.unit)
    found: dict[str, Any] = {"language": language.current(), "title": lesson.title(), "minutes": lessons.minutes(lesson)}
    found["tasks"] = [(one.title, one.minutes, one.points) for one in lessons.tasks(lesson)]
    found["lesson"] = crmlab.lesson(LESSON)._repr_html_()
    found["feedback"] = crmlab.check(f"quiz-{LESSON}")._repr_html_()
    found["question"] = asking.prompt(asking.bank()[0])
    found["still English"] = language.tr("Run all")
    found["menus"] = settings.overrides([])["@jupyterlab/translation-extension:plugin"]
    found["start page"] = pages.start(build.APPS, {}, [])
    found["workbook"] = sheet.COLUMNS["nodes"]
    try:
        datasets.card("b2b_deals")
    except datasets.DatasetError as error:
        found["card"] = str(error)
    language.set_language("en")
    found["English"] = {"minutes": lessons.minutes(lesson), "points": [one.points for one in lessons.tasks(lesson)]}
    file = root / "small.yml"
    file.write_text(template.template("small.yml"), encoding="utf-8")
    found["script"] = [str(one) for one in scripts.faults(file)]
    language.set_language(None)
    os.environ["LANG"] = "qx_QX.UTF-8"
    for name in ("CRMLAB_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        os.environ.pop(name, None)
    found["system"] = system_language()
    with said() as out:
        found["code"] = main(["script", "check", str(file), "--lang", CODE])
    found["command"] = out.getvalue()
    return found


if __name__ == "__main__":
    print(json.dumps(seen(Path(sys.argv[1])), ensure_ascii=False))
