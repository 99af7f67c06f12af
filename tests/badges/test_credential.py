"""The credential: as the data model of Open Badges 3.0 has it, and as another library reads it."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import pytest

from crmlab.badges import baking, credential, keys, page, signing
from crmlab.badges.credential import Line
from tests.badges.conftest import AT, World
from tests.badges.model import CREDENTIAL


def payload(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def token(world: World, key: str) -> str:
    return (world.out / f"{key}.jws").read_text("ascii").strip()


@pytest.mark.parametrize("key", ["li-lei", "anna-k"])
def test_it_is_as_the_data_model_has_it(key: str, world: World) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    content = payload(token(world, key))
    claims = {name: content.pop(name) for name in ("iss", "sub", "jti", "nbf")}
    jsonschema.Draft202012Validator(CREDENTIAL).validate(content)
    assert claims == {"iss": content["issuer"]["id"], "sub": content["credentialSubject"]["id"], "jti": content["id"], "nbf": int(AT.timestamp())}
    assert content["validFrom"] == "2026-03-02T08:30:00Z"
    described = [one["id"] for one in content["credentialSubject"]["achievement"]["resultDescription"]]
    assert [one["resultDescription"] for one in content["credentialSubject"]["result"]] == described


def test_the_model_finds_what_is_wrong(world: World) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    content = payload(token(world, "anna-k"))  # with its claims, which the model does not have
    assert list(jsonschema.Draft202012Validator(CREDENTIAL).iter_errors(content))


def test_the_header_is_what_the_specification_allows(world: World) -> None:
    head = token(world, "anna-k").split(".")[0]
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    assert header == {"alg": "RS256", "typ": "JWT", "jwk": world.issuer.jwk}


def test_another_library_verifies_it_and_its_picture(world: World) -> None:
    """openbadgeslib, an implementation by others."""
    verifier = pytest.importorskip("openbadgeslib.ob3.verifier")
    key, _issuer = keys.private(world.key)
    checks = verifier.OB3Verifier(key.as_pem(private=False))
    found = checks.verify(token(world, "li-lei"))
    assert (found.issuer.name, found.issuer.id) == ("Spring Tea 茶 Trading", world.issuer.id)
    baked = (world.out / "li-lei.png").read_bytes()
    assert checks.extract_token_from_png(baked) == token(world, "li-lei")
    with pytest.raises(verifier.OB3VerificationError):
        checks.verify(token(world, "li-lei")[:-8] + "AAAAAAAA")


def test_names_are_hashed_unless_wished(world: World) -> None:
    for suffix in (".jws", ".png"):
        raw = (world.out / f"li-lei{suffix}").read_bytes()
        assert "李雷" not in json.dumps(payload(token(world, "li-lei")), ensure_ascii=False)
        assert b"S-17" not in raw
    made = [credential.credential(world.issuer, "T", "d", [Line("All", 8, 10)], 0.8, [("name", "Li  Lei"), ("identifier", "")], plain=plain) for plain in (True, False)]
    plain, hidden = (one["credentialSubject"]["identifier"] for one in made)
    assert [one["identityHash"] for one in plain] == ["Li Lei"]
    assert hidden[0]["hashed"] is True
    for one in made:
        assert [credential.is_of(one["credentialSubject"], name) for name in ("Li Lei", " Li  Lei ", "Li Wei")] == [True, True, False]
    assert hidden[0]["salt"] != payload(token(world, "li-lei"))["credentialSubject"]["identifier"][0]["salt"]


def test_two_of_a_class_share_the_achievement_and_nothing_else(world: World) -> None:
    made = [credential.credential(world.issuer, "T", "d", [Line("All", points, 10)], 0.8, [("name", "A")]) for points in (8, 9)]
    subjects = [one["credentialSubject"] for one in made]
    assert subjects[0]["achievement"] == subjects[1]["achievement"]
    assert made[0]["id"] != made[1]["id"]
    assert subjects[0]["id"] != subjects[1]["id"]


def test_the_picture_is_a_picture() -> None:
    found = dict(baking.chunks(baking.picture()))
    assert len(zlib.decompress(found[b"IDAT"])) == 240 * (1 + 240 * 4)
    image = pytest.importorskip("PIL.Image")
    import io

    opened = image.open(io.BytesIO(baking.bake(baking.picture(), "a.b.c")))
    opened.load()
    assert (opened.size, opened.mode, opened.text["openbadgecredential"]) == ((240, 240), "RGBA", "a.b.c")
    assert opened.getpixel((120, 40)) == (31, 95, 168, 255)


def test_a_picture_holds_one_credential() -> None:
    baked = baking.bake(baking.picture(), "a.b.c")
    assert baking.extract(baked) == "a.b.c"
    assert baking.extract(baking.picture()) == ""
    for wrong in (lambda: baking.bake(baked, "d.e.f"), lambda: baking.bake(b"GIF89a", "a.b.c"), lambda: baking.extract(baked[:-1]), lambda: baking.extract(baked + b"x")):
        with pytest.raises(baking.NoPicture):
            wrong()


def test_a_sum_that_was_rounded_up_is_no_pass() -> None:
    assert page.of(Line("All", 79.996, 100)) == "80 of 100"  # shown so; what counts is crmlab.badges.issuing.Standing.passed


def test_moments_without_zone_are_none() -> None:
    with pytest.raises(ValueError, match="2026"):
        signing.seconds("2026-03-02T08:30:00")
