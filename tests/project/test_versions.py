"""Exact versions of everything, where uv reads them; and nothing built depends on which release of a tool made it."""

from __future__ import annotations

import doctest
import itertools
import json
import os
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support import installed
from tools import versions

PROJECT = installed.PROJECT
TEXTS = PROJECT["tool"]["uv"]
PYTHONS = [
    pytest.param({"python_full_version": python, "python_version": python.rpartition(".")[0], **system}, id=f"{python} {name}")
    for python, (name, system) in itertools.product(
        ("3.11.0", "3.11.7", "3.12.1", "3.13.0", "3.14.0"),
        {
            "Linux": {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"},
            "macOS": {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin"},
            "Windows": {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows"},
        }.items(),
    )
]


def test_examples() -> None:
    tried = doctest.testmod(versions)
    assert tried.attempted > 0
    assert tried.failed == 0


@pytest.mark.parametrize("key", versions.KEYS)
def test_every_version_is_exact_and_names_no_address(key: str) -> None:
    assert TEXTS[key]
    for pin in map(Requirement, TEXTS[key]):
        assert re.fullmatch(r"==[^*,]+", str(pin.specifier)), pin
        assert pin.url is None


@pytest.mark.parametrize("key", versions.KEYS)
@pytest.mark.parametrize("machine", PYTHONS)
def test_what_is_asked_for_has_one_version_in_its_range(key: str, machine: dict[str, str]) -> None:
    pins = [pin for pin in map(Requirement, TEXTS[key]) if pin.marker is None or pin.marker.evaluate(machine)]
    names = [canonicalize_name(pin.name) for pin in pins]
    assert len(names) == len(set(names))
    exact = {name: str(pin.specifier).removeprefix("==") for name, pin in zip(names, pins, strict=True)}
    for need in map(Requirement, versions.asked(PROJECT)[key]):
        assert need.specifier.contains(exact[canonicalize_name(need.name)], prereleases=True), need


def test_what_is_installed_is_exactly_that() -> None:
    """uv read the versions, and none is missing; CRMLAB_REQUIRE_PINS=1 where that is promised, as for the README's command."""
    if installed.differing() and os.environ.get("CRMLAB_REQUIRE_PINS") != "1":
        pytest.skip(f"other versions are installed: {'; '.join(installed.differing()[:3])} ...")
    assert installed.differing() == []


def test_renewing_says_what_changed_and_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "pyproject.toml"
    copy.write_bytes(versions.PROJECT.read_bytes())
    monkeypatch.setattr(versions, "PROJECT", copy)
    (tmp_path / "README.md").write_text('python3 -m pip install -q "uv<0.14" && ...', encoding="utf-8")
    made = ["pandas==9.1 ; python_version < '3.12'", "new==1"]
    found = {("uv",): ["uv==0.13.9"]}
    monkeypatch.setattr(versions, "newest", lambda requirements: found.get(tuple(requirements), made))
    assert versions.main(["--check"]) == 1
    assert copy.read_bytes() == (installed.ROOT / "pyproject.toml").read_bytes()
    assert versions.main([]) == 0
    said = capsys.readouterr().out
    assert re.search(r"^pandas \d+\.\d+\.\d+ -> 9\.1$", said, re.MULTILINE)
    assert "\nnew new -> 1\n" in said
    written = tomllib.loads(copy.read_text("utf-8"))
    assert written["tool"]["uv"] == dict.fromkeys(versions.KEYS, made)
    assert written["project"] == PROJECT["project"]
    assert versions.main(["--check"]) == 0
    assert capsys.readouterr().out == "Nothing is newer.\n"
    found["uv",] = ["uv==0.14.0"]
    assert versions.main(["--check"]) == 1
    assert capsys.readouterr().out.startswith("uv==0.14.0 is there; the README's commands take uv<0.14")


def test_a_missing_uv_and_what_uv_refuses_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeError, match="no-such-word"):
        versions.uv("no-such-word", cwd=tmp_path)
    monkeypatch.setattr(versions.sys, "executable", str(tmp_path / "none"))
    monkeypatch.setenv("UV", str(tmp_path / "none"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="uv is not there"):
        versions.uv("--version", cwd=tmp_path)


# --- what is built ----------------------------------------------------------------------------------------------------

TOOL = re.compile(
    r"babel|jupytext|translate[ -]?toolkit|nbgrader \d|nbconvert|hatchling|pillow|matplotlib(\.org| \d| version)|playwright"
    r"|generator|creation-date|revision-date|last-translator",
    re.IGNORECASE,
)


def built(*patterns: str) -> list[Path]:
    return [path for pattern in patterns for path in sorted(installed.ROOT.glob(pattern)) if ".mine-" not in path.name]


@pytest.mark.parametrize("path", built("notebooks/*/*-*/*.ipynb", "solutions/*/*-*/*.ipynb"), ids=lambda path: path.stem)
def test_a_notebook_names_no_tool_but_its_kernel(path: Path) -> None:
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"] = [{**cell, "source": ""} for cell in notebook["cells"]]  # words may be about anything
    assert not TOOL.search(json.dumps(notebook))
    assert notebook["metadata"].keys() == {"crmlab", "kernelspec", "language_info"}
    assert notebook["metadata"]["language_info"].keys() == {"file_extension", "mimetype", "name"}
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)


@pytest.mark.parametrize("path", built("lessons/*/*.po", "crmlab/locale/*/*.po", "docs/coverage.md"), ids=lambda path: path.name)
def test_a_text_names_no_tool(path: Path) -> None:
    about = path.read_text("utf-8").split("\n\n")[0]
    assert not TOOL.search(about)


@pytest.mark.parametrize("path", built("docs/*.png"), ids=lambda path: path.name)
def test_a_picture_holds_a_picture_only(path: Path) -> None:
    data, kinds, at = path.read_bytes(), set(), 8
    while at < len(data):
        kinds.add(data[at + 4 : at + 8])
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    assert kinds >= {b"IHDR", b"IDAT", b"IEND"}
    assert kinds <= {b"IHDR", b"PLTE", b"tRNS", b"pHYs", b"IDAT", b"IEND"}


@pytest.mark.parametrize("path", built("datasets/*.gz"), ids=lambda path: path.name)
def test_a_packed_table_has_no_date_and_no_name(path: Path) -> None:
    method, flags, *date = path.read_bytes()[2:8]
    assert (method, flags, *date) == (8, 0, 0, 0, 0, 0)


# --- drift ------------------------------------------------------------------------------------------------------------


def test_a_run_each_week_leaves_the_exact_versions_out() -> None:
    from ruamel.yaml import YAML

    workflow = YAML(typ="safe").load((installed.ROOT / ".github/workflows/drift.yml").read_text("utf-8"))
    assert set(workflow["on"]) == {"schedule", "workflow_dispatch"}
    job = workflow["jobs"]["tests"]
    assert job["env"]["UV_NO_CONFIG"] == "1"
    runs = {(one["resolution"], one["python"]) for one in job["strategy"]["matrix"]["include"]}
    assert {("highest", "3.14"), ("lowest-direct", "3.11")} <= runs
    assert [step["run"] for step in job["steps"] if "pytest" in step.get("run", "")]
