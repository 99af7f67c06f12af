"""The command lines in the documents are ones that the commands take, and the files that they name are there."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from crmlab.cli import _parser
from crmlab.language import speaking

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "deploy" / "hub" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def typed(text: str) -> list[tuple[str, bool]]:
    """The lines that begin with the command or have it run, without what is said of them behind, and whether they are to be whole:
    within a sentence a command may be named without what it needs."""
    blocks = re.findall(r"^ {4,}(?:\S.* )?(?<!from )(crmlab [a-z-]+\b[^`\n]*)$|^(crmlab [a-z-]+ [^`\n]*)$", text, re.MULTILINE)
    whole = [re.split(r" {3,}| #", line or other)[0] for line, other in blocks]
    named = re.findall(r"`(?:[^`\n]* )?(crmlab [a-z-]+\b[^`\n]*)`", text)
    return [(line, True) for line in whole] + [(line, False) for line in named]


def test_it_finds_them() -> None:
    lines = [line for document in DOCUMENTS for line, _whole in typed(document.read_text("utf-8"))]
    assert len(lines) > 50
    assert "crmlab class collect spring" in lines


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_each_command_line_can_be_typed(document: Path) -> None:
    wrong = []
    for line, whole in typed(document.read_text("utf-8")):
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said), speaking("en"):
            try:
                _parser().parse_args([re.sub(r"\|.*", "", word) for word in shlex.split(line)[1:]])
            except SystemExit as end:
                if end.code and (whole or "is missing" not in said.getvalue()):
                    wrong.append(f"{line}: {said.getvalue()}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_each_file_that_is_named_is_there(document: Path) -> None:
    text = document.read_text("utf-8")
    named = re.findall(r"`([\w.-]+(?:/[\w.-]+)*/[\w.-]+\.(?:py|md|yml|csv|js|css|html|toml))`", text) + re.findall(r"\]\(([^)#:\s]+)[)#]", text)
    places = (document.parent, ROOT, ROOT / "crmlab", ROOT / "crmlab" / "course", ROOT / "crmlab" / "own")
    course = [name for name in named if not re.search(r"\b[A-Z]{4,}\b", name.replace("README", ""))]
    assert [name for name in course if not any((place / name).exists() for place in places)] == []
