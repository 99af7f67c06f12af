"""Verifying a certificate: what is sound about a file, and the first thing that is not.

A key in the file itself proves only that nothing was changed since somebody signed it: anybody can make a key. Who signed is known
only by a key that came another way, ``trusted``.
"""

from __future__ import annotations

import base64
import json
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crmlab.badges import baking, credential, keys, page, signing
from crmlab.badges.keys import Issuer
from crmlab.language import _, tr

_MOST_BYTES = 20_000_000
_HEADERS = {"alg", "typ", "jwk", "kid"}
GOOD, UNKNOWN, BAD = "good", "unknown issuer", "bad"


@dataclass(frozen=True)
class Verdict:
    """What was found: ``state`` is good, "unknown issuer" (sound, but nothing says whose key it is) or bad; ``says`` is a sentence."""

    state: str
    says: str
    credential: dict[str, Any] = field(default_factory=dict)
    """The content; empty unless the signature is sound."""


class _Bad(Exception):
    """What is wrong, as a sentence."""

    def __init__(self, text: str, content: dict[str, Any] | None = None) -> None:
        super().__init__(text)
        self.content = content or {}


def verify(path: Path, trusted: Issuer | None = None, person: str = "", now: datetime | None = None) -> Verdict:
    """Verify a file: a page, a picture or a ``.jws``. Raises ``OSError`` if it cannot be read.

    ``trusted`` is the issuer whose key is known; ``person`` a name or id that it should be for; ``now`` the moment that counts.
    """
    with path.open("rb") as file:
        raw = file.read(_MOST_BYTES + 1)
    try:
        token, text = _held(raw)
        content, issuer = _signed(token, trusted)
        _claims(content, issuer)
        _dates(content, now or datetime.now(UTC))
        _page(content, text)
        _person(content, person)
    except _Bad as bad:
        return Verdict(BAD, _line(str(bad)), bad.content)
    said = _told(content, issuer, text)
    if trusted is None:
        warn = _("Nothing was changed since it was signed: {told} But whether the key {fingerprint} is really that of “{name}” this file cannot prove: get issuer.json from them and add --issuer issuer.json.")
        return Verdict(UNKNOWN, _line(tr(warn, told=said, fingerprint=issuer.fingerprint, name=_name(content))), content)
    return Verdict(GOOD, _line(tr(_("Good: {told}"), told=said)), content)


def _line(said: str) -> str:
    """One line that a terminal shows and does not obey: what is quoted in it was written by whoever made the file.

    >>> _line("“x\\nGood: y\\x1b[2J\\u202e”")
    '“x Good: y?[2J?”'
    """
    return "".join("?" if unicodedata.category(one)[0] == "C" else one for one in " ".join(said.split()))


# -- out of the file ---------------------------------------------------------------------------------------------------


def _held(raw: bytes) -> tuple[str, str]:
    """The signed credential in a file, and its page if it is one."""
    if len(raw) > _MOST_BYTES:
        raise _Bad(tr(_("The file is far larger than a certificate.")))
    if raw.startswith(b"\x89P") or raw[1:4] == b"PNG":
        try:
            token = baking.extract(raw)
        except baking.NoPicture:
            raise _Bad(tr(_("The picture is damaged or was changed."))) from None
        if not token:
            raise _Bad(tr(_("There is no credential in this picture: many programs drop it when they save. Ask for the file as it was issued.")))
        return token, ""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Bad(tr(_("The file is damaged or was changed: it is no text and no picture."))) from None
    if "<" in text:
        token = page.held(text)
        if not token:
            raise _Bad(tr(_("There is no signed credential in this page.")))
        return token, text
    if text.count(".") != 2:
        raise _Bad(tr(_("There is no signed credential in this file.")))
    return text.removesuffix("\n").removesuffix("\r"), ""


def _decoded(part: str) -> bytes:
    """base64url that is written in the one right way: else a changed sign could go unseen."""
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), b"-_", validate=True)
    except ValueError:
        raise _Bad(tr(_("The credential was changed after it was signed, or is damaged."))) from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") != part:
        raise _Bad(tr(_("The credential was changed after it was signed, or is damaged.")))
    return raw


def _json(raw: bytes) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _value in pairs}) != len(pairs):
            raise ValueError
        return dict(pairs)

    try:
        found = json.loads(raw.decode("utf-8"), object_pairs_hook=once)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _Bad(tr(_("The credential was changed after it was signed, or is damaged.")))
    return found


# -- signature ---------------------------------------------------------------------------------------------------------


def _signed(token: str, trusted: Issuer | None) -> tuple[dict[str, Any], Issuer]:
    """The content under a sound signature, and whose key that is."""
    if token.count(".") != 2 or not token.isascii():
        raise _Bad(tr(_("The credential was changed after it was signed, or is damaged.")))
    head, body, signature = token.split(".")
    header, _raw = _json(_decoded(head)), (_decoded(body), _decoded(signature))
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm.lower() == "none" or not signature:
        raise _Bad(tr(_("It is not signed at all (algorithm “none”): anybody could have written it.")))
    if algorithm != signing.ALGORITHM:
        raise _Bad(tr(_("It is signed in a way that is not accepted here ({algorithm}; only {known} is)."), algorithm=algorithm[:20], known=signing.ALGORITHM))
    if unknown := sorted(header.keys() - _HEADERS):
        raise _Bad(tr(_("Its header holds what a badge must not have ({names})."), names=", ".join(unknown)[:60]))
    own = None
    if "jwk" in header:
        try:
            own = Issuer("", keys.public(header["jwk"]))
        except keys.KeyProblem as problem:
            raise _Bad(tr(_("The key in it cannot be used: {reason}."), reason=problem)) from None
    else:
        named = keys.of_did(str(header.get("kid", "")).partition("#")[0])
        own = Issuer("", {name: str(value) for name, value in named.items()}) if named else None
    key = trusted or own
    if key is None:
        raise _Bad(tr(_("It does not hold the key that it is signed with: add --issuer with the issuer's public key.")))
    if not _matches(token, key):
        if trusted and own and own.jwk != trusted.jwk and _matches(token, own):
            text = _("It is not from {name}: somebody else signed it, with the key {fingerprint}.")
            raise _Bad(tr(text, name=_called(trusted), fingerprint=own.fingerprint))
        raise _Bad(tr(_("The credential was changed after it was signed, or is damaged.")))
    if trusted and own and own.jwk != trusted.jwk:
        raise _Bad(tr(_("The key in it is not the one that it is signed with: it was tampered with.")))
    return _json(_decoded(body)), key


def _matches(token: str, key: Issuer) -> bool:
    """Whether the signature is that of a key; the header's own choice of algorithm or key has no say."""
    from joserfc import jwk, jws
    from joserfc.errors import JoseError

    try:
        jws.deserialize_compact(token, jwk.RSAKey.import_key(dict(key.jwk)), registry=signing.registry())
    except (JoseError, ValueError, TypeError):
        return False
    return True


def _called(issuer: Issuer) -> str:
    return f"“{issuer.name}”" if issuer.name else issuer.fingerprint


# -- content -----------------------------------------------------------------------------------------------------------


def _claims(content: dict[str, Any], issuer: Issuer) -> None:
    """The claims repeat what the credential says (section "Verify a Credential VC-JWT Signature")."""
    types = content.get("type")
    types = [types] if isinstance(types, str) else types if isinstance(types, list) else []
    if "VerifiableCredential" not in types or not {"OpenBadgeCredential", "AchievementCredential"} & {one for one in types if isinstance(one, str)}:
        raise _Bad(tr(_("It is soundly signed, but no badge or certificate.")))
    who, subject = content.get("issuer"), content.get("credentialSubject")
    who = who.get("id") if isinstance(who, dict) else who
    same = {"iss": who, "sub": subject.get("id") if isinstance(subject, dict) else None, "jti": content.get("id")}
    wrong = [name for name, value in same.items() if not isinstance(value, str) or content.get(name) != value]
    for name, key in (("nbf", "validFrom"), ("exp", "validUntil")):
        try:
            if (name in content or key in content) and content.get(name) != signing.seconds(str(content.get(key))):
                wrong.append(name)
        except (ValueError, OverflowError):
            wrong.append(name)
    if wrong or "nbf" not in content:
        raise _Bad(tr(_("It contradicts itself ({names}) and is not valid."), names=", ".join(sorted(wrong)) or "nbf"))
    named = keys.of_did(str(who))
    if str(who).startswith("did:jwk:") and named != issuer.jwk:
        raise _Bad(tr(_("It says that it is from another issuer than the one whose key signed it.")))


def _dates(content: dict[str, Any], now: datetime) -> None:
    if content["nbf"] > now.timestamp() + 60:
        raise _Bad(tr(_("It is not valid before {day}."), day=str(content["validFrom"])[:10]), content)
    if "exp" in content and content["exp"] < now.timestamp():
        raise _Bad(tr(_("It was valid until {day} and has expired."), day=str(content["validUntil"])[:10]), content)


def _page(content: dict[str, Any], text: str) -> None:
    if not text:
        return
    evidence = [one.get("id") for one in content.get("evidence", ()) if isinstance(one, dict)] if isinstance(content.get("evidence"), list) else []
    if page.digest(text) not in evidence:
        said = _("The page is not as it was issued: its text was changed, or a program saved it anew. What was signed is: {told}")
        raise _Bad(tr(said, told=_told(content, None, "")), content)


def _person(content: dict[str, Any], person: str) -> None:
    if not person:
        return
    found = credential.is_of(content["credentialSubject"], person)
    if not found:
        text = _("It is sound, but not for “{person}”.") if found is False else _("It is sound, but does not say who it is for.")
        raise _Bad(tr(text, person=person), content)


def _name(content: dict[str, Any]) -> str:
    who = content.get("issuer")
    return str(who.get("name") or who.get("id"))[:200] if isinstance(who, dict) else str(who)[:200]


def _told(content: dict[str, Any], issuer: Issuer | None, text: str) -> str:
    """What the credential says, in a sentence."""
    subject = content["credentialSubject"]
    lines = credential.lines_of(content)
    names = [one.get("identityHash") for one in credential.identities(subject) if not one.get("hashed") and one.get("identityType") == "name"]
    who = page.named(text) or (str(names[0]) if names else tr(_("the holder")))
    words = {"issuer": issuer.name if issuer and issuer.name else _name(content), "title": str(content.get("name") or "")[:200], "who": who, "day": str(content["validFrom"])[:10]}
    if not lines:
        return tr(_("{issuer} certified “{title}” for {who} on {day}."), **words)
    return tr(_("{issuer} certified “{title}” for {who} on {day}: {points} points."), **words, points=page.of(lines[-1]))
