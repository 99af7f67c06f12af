"""The instructor's key: private, never replaced, and what is public of it read in whichever form it comes."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from crmlab.badges import keys
from tests.badges.conftest import World


def test_the_private_key_is_for_its_owner_alone_and_stays(world: World) -> None:
    private = world.key / keys.PRIVATE
    if os.name != "nt":
        assert stat.S_IMODE(private.stat().st_mode) == 0o600
    before = private.read_bytes()
    with pytest.raises(keys.KeyProblem, match="not replaced"):
        keys.new(world.key, "Another")
    assert private.read_bytes() == before


def test_nothing_private_is_in_the_public_file(world: World) -> None:
    content = json.loads((world.key / keys.PUBLIC).read_text("utf-8"))
    assert content["name"] == "Spring Tea 茶 Trading"
    assert content["key"].keys() == {"kty", "n", "e"}
    assert keys.of_did(content["id"]) == content["key"]


def test_a_pass_phrase_is_needed_where_there_is_one(tmp_path: Path) -> None:
    keys.new(tmp_path, "Me", "correct horse", bits=keys.LEAST_BITS)
    assert keys.encrypted(tmp_path)
    assert b"ENCRYPTED" in (tmp_path / keys.PRIVATE).read_bytes()
    key, issuer = keys.private(tmp_path, "correct horse")
    assert keys.public(key.as_dict(private=False)) == issuer.jwk
    for wrong in ("battery staple", None):
        with pytest.raises(keys.KeyProblem, match="does not open"):
            keys.private(tmp_path, wrong)


def test_a_key_of_another_is_no_pair(world: World, stranger: Path, tmp_path: Path) -> None:
    (tmp_path / keys.PRIVATE).write_bytes((world.key / keys.PRIVATE).read_bytes())
    (tmp_path / keys.PUBLIC).write_bytes((stranger / keys.PUBLIC).read_bytes())
    with pytest.raises(keys.KeyProblem, match="do not belong together"):
        keys.private(tmp_path)


def test_public_keys_in_any_form(world: World, tmp_path: Path) -> None:
    key, issuer = keys.private(world.key)
    forms = {
        "a.json": (world.key / keys.PUBLIC).read_bytes(),
        "b.json": b"\xef\xbb\xbf" + json.dumps(issuer.jwk).encode(),
        "c.pem": key.as_pem(private=False),
    }
    for name, raw in forms.items():
        (tmp_path / name).write_bytes(raw)
        assert keys.read_public(tmp_path / name).id == issuer.id


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is no public key"),
        (b"\xff\xfe\x00", "is no public key"),
        (b"[" * 50_000, "is no public key"),
        (b'{"kty": "oct", "k": "c2VjcmV0"}', "no public RSA key"),
        (b'{"kty": "RSA", "n": "AQAB", "e": "AQAB"}', "shorter than 2048"),
        (b'{"kty": "RSA", "n": "AQAB", "e": "AQAB", "d": "AQ"}', "private key"),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "is no public key"),
        (b"-----BEGIN PRIVATE KEY-----\n", "is a private key"),
    ],
    ids=["empty", "binary", "deep", "secret", "short", "private", "pem", "private pem"],
)
def test_what_is_no_public_key_is_a_sentence(raw: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(raw)
    with pytest.raises(keys.KeyProblem, match=said):
        keys.read_public(tmp_path / "a")


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "x" * 201])
def test_a_name_is_needed(name: str, tmp_path: Path) -> None:
    with pytest.raises(keys.KeyProblem, match="needs a name"):
        keys.new(tmp_path / "key", name)
    assert not (tmp_path / "key").exists()
