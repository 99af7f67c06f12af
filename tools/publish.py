"""Build everything that is built: notebooks from lessons, translation files from texts.

    python tools/publish.py              build all
    python tools/publish.py 2.3 3.2      build these lessons and the texts of their exercises
    python tools/publish.py course.quiz  build the texts of a module of crmlab
    python tools/publish.py --check      build nothing; exit 1 and say so if a file differs from its source, if something
                                         is untranslated, or if a word stands there that docs/glossary.yml rules out
    python tools/publish.py --check --since REV   also fail on texts in YAML (exercises, questions, role-plays, cards) whose
                                         English has changed since a revision while their Chinese has not

Written by hand are only lessons/UNIT/LESSON.md, its Chinese in lessons/UNIT/LESSON.zh.po, and the Chinese in
crmlab/locale/zh/MODULE.po. Building adds new texts to the .po files; fill in their msgstr and build again.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from crmlab.language import LANGUAGES, translations
from tools import glossary, lesson_files, texts, yaml_texts

ROOT = lesson_files.ROOT
LINES = 40


def built_texts(only: set[str] | None = None) -> dict[Path, bytes]:
    """Translation files of the package's own texts (of these modules, else of all), by path."""
    files: dict[Path, bytes] = {}
    for language in translations():
        for name, path in texts.modules().items():
            if only is not None and name not in only:
                continue
            content = texts.update_po(name, path, language)
            if content is not None:
                files[texts.LOCALE / language / f"{name}.po"] = content
    return files


def built_lesson(source: lesson_files.Source) -> dict[Path, bytes]:
    """The files of one lesson, by path."""
    files: dict[Path, bytes] = {}
    for language in LANGUAGES:
        if language != "en":
            files[source.po(language)] = lesson_files.update_po(source, language)
        worked = lesson_files.worked(source, language)
        files[source.notebook("solutions", language)] = lesson_files.text(worked).encode()
        files[source.notebook("notebooks", language)] = lesson_files.text(lesson_files.trainee(worked)).encode()
    return files


def untranslated(sources: list[lesson_files.Source], only: set[str] | None = None) -> list[str]:
    """A line for each text that has no translation."""
    lines = []
    for language in translations():
        for name, path in texts.modules().items():
            if only is not None and name not in only:
                continue
            lines += [f"locale/{language}/{name}.po: {text}" for text in texts.unfinished(name, path, language)]
    for language in translations():
        for source in sources:
            where = source.po(language).relative_to(ROOT)
            lines += [f"{where}: {text}" for text in lesson_files.unfinished(source, language)]
    return lines


def stale(files: dict[Path, bytes]) -> list[Path]:
    """The files that are not as they would be built."""
    return [path for path, content in files.items() if not path.is_file() or path.read_bytes() != content]


def orphans() -> list[Path]:
    """Built files whose source is gone."""
    wanted = set()
    for source in lesson_files.sources():
        for language in LANGUAGES:
            wanted |= {
                source.notebook("solutions", language),
                source.notebook("notebooks", language),
                source.po(language),
            }
    there = {path for top in ("solutions", "notebooks") for path in (ROOT / top).glob("*/*-*/*-*.ipynb")}
    there |= set((ROOT / "lessons").glob("*-*/*-*.po"))
    names = {f"{name}.po" for name, path in texts.modules().items() if texts.messages(path)}
    there |= {path for path in texts.LOCALE.glob("*/*.po") if path.name not in names}
    tracked = {path for path in there if ".ipynb_checkpoints" not in path.parts and ".mine-" not in path.name}
    return sorted(tracked - wanted)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Build notebooks and translation files from their sources.")
    parser.add_argument("lessons", nargs="*", help="numbers such as 2.3, or modules; all without")
    parser.add_argument("--check", action="store_true", help="build nothing, fail on any difference")
    parser.add_argument("--since", metavar="REV", help="also list texts in YAML whose English changed since then and whose Chinese did not")
    arguments = parser.parse_args(argv)
    modules = {name for name in arguments.lessons if name in texts.modules()}
    numbers = [name for name in arguments.lessons if name not in modules]
    sources = lesson_files.sources(numbers) if numbers or not modules else []
    # With lessons named, the texts of their exercises alone: other modules may be half written.
    only = modules | {f"course.exercises.{source.lesson.module}" for source in sources} if arguments.lessons else None
    files = built_texts(only)
    for source in sources:
        files |= built_lesson(source)
    differing = stale(files)
    if not arguments.check:
        for path in differing:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[path])
            print(f"built {path.relative_to(ROOT)}")
    missing = untranslated(sources, only)
    for line in missing[:LINES]:
        print(f"untranslated {line[:150]}")
    if len(missing) > LINES:
        print(f"... and {len(missing) - LINES} more")
    print(
        f"{len(files)} files, {len(differing)} {'differ' if arguments.check else 'built'}, {len(missing)} texts untranslated"
    )
    words = list(glossary.banned()) if not arguments.lessons else []
    for line in words:
        print(f"word {line}")
    if not arguments.lessons and (renderings := sum(1 for _one in glossary.other())):
        print(f"{renderings} other renderings of terms: python tools/glossary.py")
    old = yaml_texts.stale(arguments.since) if arguments.since else []
    for line in old:
        print(f"stale {line}")
    if not arguments.check:
        return 0
    for path in differing:
        print(f"differs {path.relative_to(ROOT)}: run `python tools/publish.py` and commit what it builds")
    for path in orphans():
        print(f"no source {path.relative_to(ROOT)}: delete it")
    return 1 if differing or missing or words or old or orphans() else 0


if __name__ == "__main__":
    sys.exit(main())
