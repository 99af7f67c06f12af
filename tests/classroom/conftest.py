"""A class with lessons, own content and a draw, made once for all tests of hand-outs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from crmlab.classroom import handing_out, settings
from crmlab.classroom.folder import Class
from crmlab.classroom.handing_out import Made
from crmlab.language import speaking

PRICES = """
options:
  yn: {yes: {en: ours, zh: 是}, no: {en: not ours, zh: 不是}}
texts:
  look: {en: "Look at {said} again.", zh: "再看看{said}。"}
exercises:
  - id: our-prices
    points: 2
    title: {en: Our *prices*, zh: 我们的价目}
    hints: [{en: "Page 2.", zh: "第 2 页。"}]
    praise: {en: "Right.", zh: "对。"}
    intro: {en: "Which are ours?", zh: "哪些是我们的？"}
    ask: {en: "{said}", zh: "{said}"}
    each: {options: yn, wrong: look}
    rows:
      - {key: a, said: {en: Scanner X, zh: 扫描枪 X}, right: "yes"}
      - {key: b, said: {en: Scanner Y, zh: 扫描枪 Y}, right: "no"}
"""
QUESTIONS = "\n".join(
    f"""
- id: ours-{n}
  kind: true_false
  difficulty: 1
  ask: {{en: "Does our rule {n} hold?", zh: "我们的规则 {n} 成立吗？"}}
  right: true
  why: {{en: "It does.", zh: "成立。"}}
  why_not: {{en: "It does, since rule {n}.", zh: "成立，见规则 {n}。"}}
"""
    for n in range(1, 4)
)


@dataclass(frozen=True)
class AClass:
    """A class and what was made of it."""

    settings: Class
    made: Made

    @property
    def hand_out(self) -> Path:
        return self.made.folder


def begun(folder: Path, lessons: tuple[str, ...] = ("1.1", "3.2"), draw: int | None = 99) -> Class:
    """A class whose own folder holds an exercise file, questions, and the examples under a name of their own."""
    found = Class(folder, "销售 *Spring*", 4711, ("en", "zh"), lessons, ("late-delivery",), draw, "2026-12-01T18:00")
    with speaking("en"):
        settings.save(found)
        handing_out.begin(found)
    own = folder / "own"
    (own / "exercises" / "prices.yml").write_text(PRICES, encoding="utf-8")
    (own / "questions" / "ours.yml").write_text(QUESTIONS, encoding="utf-8")
    for kind in ("exercises", "questions", "roleplays"):
        (own / kind / "a.xlsx").write_bytes((own / kind / "_example.xlsx").read_bytes())
    return found


@pytest.fixture(scope="session")
def a_class(tmp_path_factory: pytest.TempPathFactory) -> AClass:
    """Not to be changed."""
    found = begun(tmp_path_factory.mktemp("class"))
    return AClass(found, handing_out.make(found))
