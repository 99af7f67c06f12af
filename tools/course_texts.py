"""All that the course says, language beside language: lessons, what Python says, exercises, questions, role-plays, cards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from crmlab.language import LANGUAGES, translations
from tools import lesson_files, po, sentences, texts, yaml_texts

ROOT = lesson_files.ROOT
SOURCE = yaml_texts.SOURCE


@dataclass(frozen=True)
class Said:
    """A sentence or a field: where it stands, and its words by language."""

    where: str
    words: Mapping[str, str]


def every() -> Iterator[Said]:
    """Each of them once, in the order of the files."""
    for source in lesson_files.sources():
        done = {code: {one.english: one.translated for one in po.read(source.po(code))} for code in translations()}
        for english in sentences.of(source.markdown.read_text(encoding="utf-8")):
            yield _said(source.markdown, english, {code: known.get(english, "") for code, known in done.items()})
    for code in translations():
        for name in texts.modules():
            path = texts.LOCALE / code / f"{name}.po"
            for one in po.read(path):
                yield _said(path, one.english, {code: one.translated})
    for path in yaml_texts.files(ROOT):
        name = path.relative_to(ROOT).as_posix()
        for text in yaml_texts.texts(path.read_text(encoding="utf-8"), name):
            words = {code: str(words) for code, words in text.entry.items() if code in LANGUAGES}
            yield Said(f"{name}:{text.line}", {SOURCE: text.english} | words)


def _said(path: Path, english: str, other: dict[str, str]) -> Said:
    return Said(path.relative_to(ROOT).as_posix(), {SOURCE: english} | {code: words for code, words in other.items() if words})
