"""Certificates for a class: who gets one, which files, and the commands as an instructor and a stranger run them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from crmlab.badges import issuing, keys
from crmlab.cli import main
from tests.badges.conftest import World, class_folder


def run(capsys: pytest.CaptureFixture[str], *words: str | Path, lang: str = "en") -> tuple[int, str]:
    code = main(["certificate", *map(str, words), "--lang", lang])
    found = capsys.readouterr()
    return code, found.out + found.err


def test_what_was_not_handed_in_counts(world: World) -> None:
    _class, found = issuing.standings(world.folder)
    assert [(one.person.key, one.lines[-1].points, one.lines[-1].maximum, one.passed) for one in found] == [
        ("li-lei", 29.5, 32, True), ("anna-k", 26, 32, True), ("tom", 10, 32, False)]  # fmt: skip
    assert [line.name for line in found[0].lines] == ["2 客户分类", "3 潜在客户与 MAN 法则", "全部"]
    assert [line.name for line in found[1].lines] == ["2 Classification", "3 Qualification", "All"]


def test_a_lesson_that_nobody_handed_in_has_the_points_that_it_announces(tmp_path: Path) -> None:
    folder = class_folder(tmp_path)
    text = (folder / "class.yml").read_text("utf-8").replace('"3.1"', '"3.1", "3.2"')
    (folder / "class.yml").write_text(text, encoding="utf-8")
    _class, found = issuing.standings(folder)
    assert found[0].lines[-1].maximum > 32
    assert found[0].lines[-1].points == 29.5


def test_a_class_from_key_to_verdict(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    code, said = run(capsys, "issue", world.folder, "--key", world.key, "--out", out)
    assert code == 0
    assert "Tom: 10 of 32 (31%): no certificate: 80% are needed" in said
    assert sorted(one.name for one in out.iterdir()) == sorted([f"{key}{suffix}" for key in ("anna-k", "li-lei") for suffix in issuing.SUFFIXES] + [keys.PUBLIC])
    before = (out / "li-lei.jws").read_bytes()
    assert before == before.strip(), "the file is the token and nothing else"
    code, said = run(capsys, "issue", world.folder, "--key", world.key, "--out", out, "--only", "李雷")
    assert (code, (out / "li-lei.jws").read_bytes()) == (0, before)
    assert "has one already" in said
    assert run(capsys, "issue", world.folder, "--key", world.key, "--out", out, "--only", "S-17", "--replace")[0] == 0
    assert (out / "li-lei.jws").read_bytes() != before
    for suffix in issuing.SUFFIXES:
        code, said = run(capsys, "verify", out / f"li-lei{suffix}", "--issuer", out / keys.PUBLIC, "--name", "李雷", lang="zh")
        assert (code, said.startswith("属实")) == (0, True), said
        code, said = run(capsys, "verify", out / f"li-lei{suffix}")
        assert code == 1
        assert "this file cannot prove" in said
    assert run(capsys, "issue", world.folder, "--key", world.key, "--out", tmp_path / "none", "--only", "tom")[0] == 1
    assert not (tmp_path / "none").exists()


def test_the_page_needs_nothing_from_elsewhere(world: World) -> None:
    text = (world.out / "li-lei.html").read_text("utf-8")
    assert '<html lang="zh-CN">' in text
    assert not [word for word in ("http://", "https://", "src=", "@import", "url(") if word in text]
    assert "李雷" in text
    assert world.issuer.fingerprint in text


def test_key_new_asks_where_nobody_can_be_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = run(capsys, "key", "new", "--name", "Me", "--out", tmp_path / "key", "--passphrase")
    assert code == 2
    assert "CRMLAB_PASSPHRASE" in said
    assert not (tmp_path / "key").exists()
    monkeypatch.setenv("CRMLAB_PASSPHRASE", "correct horse")
    monkeypatch.setattr(keys, "BITS", keys.LEAST_BITS)
    code, said = run(capsys, "key", "new", "--name", "Me", "--out", tmp_path / "key", "--passphrase")
    assert code == 0
    assert keys.encrypted(tmp_path / "key")
    assert keys.read_public(tmp_path / "key" / keys.PUBLIC).fingerprint in said
    code, said = run(capsys, "key", "new", "--name", "Me", "--out", tmp_path / "key")
    assert code == 2
    assert "is not replaced" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["issue", "nowhere", "--key", "KEY", "--out", "out"], "There is no class.yml in nowhere"),
        (["issue", "fresh", "--key", "KEY", "--out", "out"], "first collect and grade"),
        (["issue", "broken", "--key", "KEY", "--out", "out"], "cannot be read"),
        (["issue", "CLASS", "--key", "nowhere", "--out", "out"], "Make a key first"),
        (["issue", "CLASS", "--key", "KEY", "--out", "out", "--only", "Han"], "Nobody in the class is “Han”"),
        (["issue", "CLASS", "--key", "KEY", "--out", "out", "--until", "soon"], "is no day"),
        (["issue", "CLASS", "--key", "KEY", "--out", "out", "--until", "2001-01-01"], "no day to come"),
        (["issue", "CLASS", "--key", "KEY", "--out", "CLASS/class.yml"], "something else has that name"),
        (["verify", "nowhere"], "no such file"),
        (["verify", "fresh"], "is a folder"),
        (["verify", "OUT/anna-k.jws", "--issuer", "KEY/private-key.pem"], "is a private key"),
        (["verify", "OUT/anna-k.jws", "--issuer", "OUT/anna-k.png"], "is no public key"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refusals(words: list[str], said: str, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("fresh", "broken"):
        shutil.copytree(world.folder, tmp_path / name)
    (tmp_path / "fresh/marks.json").unlink()
    (tmp_path / "broken/marks.json").write_text('{"kind": "crmlab marks", "format": 1, "people": 3}', encoding="utf-8")
    places = {"KEY": world.key, "CLASS": world.folder, "OUT": world.out}
    code, text = run(capsys, *(str(places.get(word.split("/")[0], word.split("/")[0])) + ("/" + word.split("/")[1] if "/" in word else "") for word in words))
    assert code == 2
    assert said in text
    assert not (tmp_path / "out").exists()
