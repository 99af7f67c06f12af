"""The drawing and the outline of a script: everything is in it, nothing overlaps, nothing comes from elsewhere."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.course.authoring import drawing, outline
from crmlab.course.authoring.layout import layout
from crmlab.course.authoring.terminal import width
from crmlab.course.roleplay import scripts
from crmlab.language import set_language
from tests.support import scriptfiles

SCRIPTS = sorted(scripts.folder().glob("*.yml"))


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    names = [f"n{number}" for number in range(draw(st.integers(1, 14)))]
    return {name: draw(st.lists(st.sampled_from(names), max_size=4)) for name in names}


@given(links=graphs())
def test_any_graph_is_laid_out(links: dict[str, list[str]]) -> None:
    found = layout("n0", links)
    assert found.places.keys() == links.keys()
    for name, targets in links.items():
        for target in targets:
            down = found.places[target][1] - found.places[name][1]
            assert down < 0 or (name == target) if (name, target) in found.back else down > 0
    rows: dict[int, list[float]] = {}
    for x, y in found.places.values():
        rows.setdefault(y, []).append(x)
    for row in rows.values():
        for left, right in zip(sorted(row), sorted(row)[1:], strict=False):
            assert right - left > 0.99, "boxes of one layer stand clear of each other"
    for link, bends in found.bends.items():
        for x, y in bends:
            for name, (left, top) in found.places.items():
                assert top != y or abs(left - x) > 0.55, f"{link} runs through {name}"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.stem)
def test_a_drawing_holds_every_node_and_choice(file: Path, lang: str) -> None:
    script = scripts.load(file)
    try:
        set_language(lang)
        picture, page, lines = drawing.svg(script), drawing.page(script), outline.outline(script)
    finally:
        set_language(None)
    root = ET.fromstring(picture)
    texts = " ".join("".join(one.itertext()) for one in root.iter())
    for name, node in script.source["nodes"].items():
        assert name in texts
        assert f'id="box-{name}"' in picture
        assert any(line.startswith(name) for line in lines)
        for choice in node.get("choices", ()):
            assert choice["text"][lang].strip()[:20] in texts
            assert all(f"-> {target}" in "\n".join(lines) for target in scripts.targets(choice))
    ends = [node["ending"] for node in script.source["nodes"].values() if "ending" in node]
    for kind, sign in (("good", "✓"), ("fair", "~"), ("bad", "✗")):
        assert picture.count(sign) == ends.count(kind) + 1, "one more in the legend"
    for text in (picture, page):
        assert not re.search(r'(?:src|href)="(?!#)|url\((?!#)|@import|<script', text), "self-contained"
    assert all(width(line) <= 100 for line in lines[1:])


def test_circles_are_marked_and_a_node_may_lead_to_itself(tmp_path: Path) -> None:
    script = scriptfiles.script(tmp_path, ("        to: opening_again\n", "        to: opening\n"), ("        to: facts\n", "        to: too_late\n"),
                                ("          - to: makes_do\n", "          - to: opening_again\n"))  # fmt: skip
    lines = outline.outline(script)
    marked = {line.split()[1] for line in lines if line.endswith("[loop]")}
    assert marked == {"opening", "details"}
    ET.fromstring(drawing.svg(script))


def test_a_node_that_nothing_leads_to_is_drawn_all_the_same(tmp_path: Path) -> None:
    file = scriptfiles.text(tmp_path, ("to: opening_again", "to: details"))
    reading = scripts.read(file)
    assert reading.faults
    assert reading.script is not None
    picture = drawing.svg(scripts.plain(reading.script))
    assert 'stroke-dasharray="6 4"' in picture
    assert "opening_again" in picture


def test_hostile_texts_do_no_harm(tmp_path: Path) -> None:
    script = scriptfiles.script(tmp_path, ("Agreed. If it comes.", "<script>alert(1)</script> & ]]>"))
    assert "<script>" not in drawing.page(script)
    ET.fromstring(drawing.svg(script))
