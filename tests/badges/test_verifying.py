"""Verifying: what is sound is told from what was changed, whatever was changed, and a key in the file from a key that is known."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crmlab.badges import baking, credential, keys, page, signing, verifying
from crmlab.badges.credential import Line
from tests.badges.conftest import AT, World

FILES = ("li-lei.html", "li-lei.png", "li-lei.jws", "anna-k.html")


def encode(content: Any) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def parts(world: World) -> tuple[dict[str, Any], dict[str, Any], str]:
    head, body, signature = (world.out / "anna-k.jws").read_text("ascii").strip().split(".")
    return decode(head), decode(body), signature


def of(tmp_path: Path, content: str | bytes, world: World | None = None, **words: Any) -> verifying.Verdict:
    path = tmp_path / "given"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return verifying.verify(path, world.issuer if world else None, **words)


@pytest.mark.parametrize("name", FILES)
def test_as_issued_it_is_good_and_without_a_known_key_it_is_not_called_good(name: str, world: World) -> None:
    verdict = verifying.verify(world.out / name, world.issuer)
    assert verdict.state == verifying.GOOD
    assert verdict.says.startswith("Good: Spring Tea 茶 Trading certified “")
    assert "on 2026-03-02: " in verdict.says
    assert ("李雷" in verdict.says) is (name == "li-lei.html")
    alone = verifying.verify(world.out / name)
    assert alone.state == verifying.UNKNOWN
    assert world.issuer.fingerprint in alone.says


@pytest.mark.parametrize("name", FILES[:3])
def test_each_changed_byte_is_found(name: str, world: World, tmp_path: Path) -> None:
    raw = (world.out / name).read_bytes()
    chance = random.Random(name)
    places = {*chance.sample(range(len(raw)), 120), *range(12), *range(len(raw) - 30, len(raw))}
    for place in sorted(places):
        changed = bytearray(raw)
        changed[place] ^= 1 << chance.randrange(8)
        verdict = of(tmp_path, bytes(changed), world)
        assert verdict.state == verifying.BAD, (place, raw[max(0, place - 9) : place + 9], verdict.says)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", None, "HS256", "RS512", "ES256", 5])
def test_the_header_chooses_no_algorithm(algorithm: Any, world: World, tmp_path: Path) -> None:
    head, body, signature = parts(world)
    for last in (signature, ""):
        verdict = of(tmp_path, f"{encode({**head, 'alg': algorithm})}.{encode(body)}.{last}", world)
        assert verdict.state == verifying.BAD
    hmac = pytest.importorskip("hmac")
    if algorithm == "HS256":  # the public key as the secret of an HMAC
        made = f"{encode({**head, 'alg': 'HS256'})}.{encode(body)}"
        key, _issuer = keys.private(world.key)
        mac = hmac.new(key.as_pem(private=False), made.encode(), "sha256").digest()
        assert of(tmp_path, f"{made}.{encode(mac)}", world).state == verifying.BAD


def forged(world: World, stranger: Path, change: Callable[[dict[str, Any], dict[str, Any]], Any], own_key: bool = True) -> str:
    """A credential that somebody else signed soundly, after a change of header and content."""
    from joserfc import jws

    head, body, _signature = parts(world)
    key, issuer = keys.private(stranger)
    header = {"alg": "RS256", "typ": "JWT", "jwk": issuer.jwk if own_key else head["jwk"]}
    change(header, body)
    return jws.serialize_compact(header, json.dumps(body), key, registry=signing.registry())


def test_a_swapped_key_is_not_the_issuer(world: World, stranger: Path, tmp_path: Path) -> None:
    """Somebody makes a key under the same name, gives more points and signs: sound in itself, and from nobody known."""

    def more(_header: dict[str, Any], body: dict[str, Any]) -> None:
        body["credentialSubject"]["result"][-1]["value"] = "32"

    token = forged(world, stranger, more)
    assert "somebody else signed it" in of(tmp_path, token, world).says
    verdict = of(tmp_path, token)  # without a known key: the issuer's identifier is not that of the key
    assert verdict.state == verifying.BAD
    assert "another issuer" in verdict.says

    def whole(header: dict[str, Any], body: dict[str, Any]) -> None:
        more(header, body)
        body["iss"] = body["issuer"]["id"] = keys.did(header["jwk"])

    token = forged(world, stranger, whole)
    assert of(tmp_path, token, world).state == verifying.BAD
    alone = of(tmp_path, token)
    assert alone.state == verifying.UNKNOWN
    assert world.issuer.fingerprint not in alone.says


def test_the_known_key_in_the_header_of_a_stranger(world: World, stranger: Path, tmp_path: Path) -> None:
    token = forged(world, stranger, lambda header, body: None, own_key=False)
    assert of(tmp_path, token, world).state == of(tmp_path, token).state == verifying.BAD


def resigned(world: World, change: Callable[[dict[str, Any], dict[str, Any]], Any]) -> str:
    """A credential that the issuer itself signed, after a change: what a mistaken or lying issuer could make."""
    from joserfc import jws

    head, body, _signature = parts(world)
    change(head, body)
    return jws.serialize_compact(head, json.dumps(body), keys.private(world.key)[0], registry=signing.registry())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda head, body: body.update(sub="urn:uuid:0"), "contradicts itself (sub)"),
        (lambda head, body: body.update(nbf=0), "contradicts itself (nbf)"),
        (lambda head, body: body.pop("nbf") and body.pop("validFrom"), "contradicts itself"),
        (lambda head, body: body.update(jti=None), "contradicts itself (jti)"),
        (lambda head, body: body.update(validFrom="yesterday"), "contradicts itself (nbf)"),
        (lambda head, body: body.update(exp=1), "contradicts itself (exp)"),
        (lambda head, body: body.update(credentialSubject=[]), "contradicts itself (sub)"),
        (lambda head, body: body.update(type=["VerifiableCredential"]), "no badge or certificate"),
        (lambda head, body: body.update(type={"a": 1}), "no badge or certificate"),
        (lambda head, body: body.update(iss="did:jwk:e30", issuer={"id": "did:jwk:e30"}), "another issuer"),
        (lambda head, body: head.update(jwk={**head["jwk"], "d": "AQ"}), "private key"),
        (lambda head, body: head.update(jwk={"kty": "oct", "k": "AQ"}), "no public RSA key"),
        (lambda head, body: head.update(x5u="https://example.org/key"), "header holds what a badge must not have (x5u)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_contradicts_itself(change: Any, said: str, world: World, tmp_path: Path) -> None:
    try:
        token = resigned(world, change)
    except Exception:  # the library refuses to sign such a header: then nobody can have signed it with it
        head, body, signature = parts(world)
        change(head, body)
        token = f"{encode(head)}.{encode(body)}.{signature}"
    verdict = of(tmp_path, token, world)
    assert verdict.state == verifying.BAD
    assert said in verdict.says


def test_dates(world: World, tmp_path: Path) -> None:
    key, issuer = keys.private(world.key)
    until = datetime(2026, 6, 30, 23, 59, 59, tzinfo=AT.tzinfo)
    token = signing.sign(credential.credential(issuer, "T", "d", [Line("All", 8, 10)], 0.8, [("name", "A")], at=AT, until=until), key)
    assert "not valid before 2026-03-02" in of(tmp_path, token, world, now=AT - timedelta(hours=1)).says
    assert of(tmp_path, token, world, now=AT).state == verifying.GOOD
    assert of(tmp_path, token, world, now=until).state == verifying.GOOD
    assert "was valid until 2026-06-30 and has expired" in of(tmp_path, token, world, now=until + timedelta(seconds=1)).says


def test_a_page_of_which_a_word_was_changed_says_what_was_signed(world: World, tmp_path: Path) -> None:
    text = (world.out / "anna-k.html").read_text("utf-8")
    for old, new in (("26 of 32", "32 of 32"), ("Anna &lt;K&gt;", "Tom"), ("2026-03-02", "2025-03-02"), ("</body>", "<p>With honours.</p></body>")):
        verdict = of(tmp_path, text.replace(old, new), world)
        assert verdict.state == verifying.BAD
        assert "26 of 32" in verdict.says
    assert of(tmp_path, text.replace("\n", "\r\n"), world).state == verifying.GOOD  # as mail programs do
    other = page.held((world.out / "li-lei.html").read_text("utf-8"))
    assert of(tmp_path, text.replace(page.held(text), other), world).state == verifying.BAD


def test_whose_it_is(world: World) -> None:
    path = world.out / "li-lei.png"
    assert verifying.verify(path, world.issuer, "李雷").state == verifying.GOOD
    assert verifying.verify(path, world.issuer, "S-17").state == verifying.GOOD
    assert "not for “韩梅梅”" in verifying.verify(path, world.issuer, "韩梅梅").says


@pytest.mark.parametrize(
    "raw",
    [b"", b"\0" * 100, b"a.b.c", b"..", b"{}", b"<p>hello</p>", baking.picture(), b"\x89PNG\r\n\x1a\n", b"e30.e30.e30", "ä.ö.ü".encode(), b"\xff.\xff.\xff",
     encode(b"[" * 9000).encode() + b".e30.AAAA", encode(b'{"alg": "RS256", "alg": "none"}').encode() + b".e30.AAAA"],
    ids=["empty", "zeros", "dots", "only dots", "json", "page", "picture", "half", "bare", "umlauts", "binary", "deep", "twice"],
)  # fmt: skip
def test_whatever_it_is_there_is_a_sentence(raw: bytes, world: World, tmp_path: Path) -> None:
    for trusted in (world, None):
        verdict = of(tmp_path, raw, trusted)
        assert verdict.state == verifying.BAD
        assert verdict.says.endswith(".")


def test_what_a_stranger_wrote_gives_no_orders_to_a_terminal(world: World, tmp_path: Path) -> None:
    token = resigned(world, lambda _head, body: body.update(name="x\nGood: y\x1b[2J\u202e") or body["credentialSubject"].update(identifier=None))
    says = of(tmp_path, token).says
    assert says.isprintable()
    assert "x Good: y" in says
