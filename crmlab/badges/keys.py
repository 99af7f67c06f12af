"""The instructor's key: made once, kept in a folder of its own; what is public of it is given to whoever verifies.

An RSA key, because the signature that every verifier of Open Badges 3.0 must know is RS256 (section "Create the JOSE Header"). Who
issues is named by ``did:jwk``: an identifier that holds the public key itself, so that nothing has to be hosted or looked up.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmlab.course.files import write_atomically
from crmlab.language import _, tr

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

PRIVATE, PUBLIC = "private-key.pem", "issuer.json"
BITS = 3072
"""Of a new key: enough until 2030 and beyond (NIST SP 800-57 part 1, table 2)."""
LEAST_BITS = 2048
KIND, FORMAT = "crmlab issuer", 1
_MOST_BYTES = 100_000


class KeyProblem(ValueError):
    """A key cannot be made or used; the message is a sentence."""


@dataclass(frozen=True)
class Issuer:
    """What is public of somebody who issues certificates."""

    name: str
    """As it calls itself; empty for a bare key."""
    jwk: dict[str, str]
    """The public key: kty, n, e."""

    @property
    def id(self) -> str:
        """Its identifier, from the key alone."""
        return did(self.jwk)

    @property
    def fingerprint(self) -> str:
        """The key's thumbprint (RFC 7638), in groups that can be read aloud."""
        return fingerprint(self.jwk)


def did(jwk: dict[str, Any]) -> str:
    """The did:jwk of a public key: its JSON in base64url, sorted and without blanks.

    >>> did({"kty": "RSA", "n": "AQ", "e": "AQAB"})
    'did:jwk:eyJlIjoiQVFBQiIsImt0eSI6IlJTQSIsIm4iOiJBUSJ9'
    """
    text = json.dumps({name: jwk[name] for name in sorted(jwk)}, separators=(",", ":"))
    return "did:jwk:" + base64.urlsafe_b64encode(text.encode("ascii")).rstrip(b"=").decode("ascii")


def of_did(identifier: str) -> dict[str, Any] | None:
    """The public key that a did:jwk holds; ``None`` for anything else.

    >>> key = {"kty": "RSA", "n": "A" * 342, "e": "AQAB"}
    >>> of_did(did({**key, "n": "_" * 342})) == {**key, "n": "_" * 342}, of_did(did(key)), of_did("https://example.org/issuer")
    (True, None, None)
    """
    if not identifier.startswith("did:jwk:"):
        return None
    try:
        text = identifier.removeprefix("did:jwk:")
        jwk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return public(jwk)
    except (ValueError, KeyProblem):
        return None


def fingerprint(jwk: dict[str, Any]) -> str:
    """The thumbprint of a public key (RFC 7638, SHA-256), the first 160 bits in groups of four.

    >>> fingerprint({"kty": "RSA", "n": "AQ", "e": "AQAB"})
    '82c7 8812 d292 0f6d b533 8148 ba3a f040 c491 bb34'
    """
    text = json.dumps({name: jwk[name] for name in ("e", "kty", "n")}, separators=(",", ":"))
    digits = hashlib.sha256(text.encode("ascii")).hexdigest()[:40]
    return " ".join(digits[place : place + 4] for place in range(0, 40, 4))


def public(jwk: Any) -> dict[str, str]:
    """The public members of an RSA key, checked. Raises :class:`KeyProblem` for what is none, or holds something private."""
    if not isinstance(jwk, dict) or jwk.get("kty") != "RSA" or not all(isinstance(jwk.get(name), str) and jwk[name].isascii() for name in ("n", "e")):
        raise KeyProblem(tr(_("this is no public RSA key")))
    if jwk.keys() & {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}:
        raise KeyProblem(tr(_("it holds a private key, which must never be given away")))
    try:
        modulus = base64.urlsafe_b64decode(jwk["n"] + "=" * (-len(jwk["n"]) % 4))
    except ValueError:
        raise KeyProblem(tr(_("this is no public RSA key"))) from None
    if not LEAST_BITS // 8 <= len(modulus.lstrip(b"\0")) <= 2048:
        raise KeyProblem(tr(_("its key is shorter than {n} bits and proves nothing"), n=LEAST_BITS))
    return {"kty": "RSA", "n": jwk["n"], "e": jwk["e"]}


def new(folder: Path, name: str, passphrase: str | None = None, bits: int = BITS) -> Issuer:
    """Make a key in a folder: :data:`PRIVATE` for its owner alone, :data:`PUBLIC` to give away. Nothing that is there is replaced.

    Raises :class:`KeyProblem` for a folder with a key or a name that is none, ``OSError``.
    """
    jwk = library()
    name = " ".join(name.split())
    if not name or len(name) > 200 or not name.isprintable():
        raise KeyProblem(tr(_("Who issues needs a name, such as --name \"Spring Tea Trading\".")))
    taken = [file for file in (PRIVATE, PUBLIC) if (folder / file).exists()]
    if taken:
        raise KeyProblem(tr(_("There is a key in {folder} already ({file}). It is not replaced: certificates hang on it. Choose another folder."), folder=folder, file=taken[0]))
    folder.mkdir(parents=True, exist_ok=True)
    key = jwk.RSAKey.generate_key(bits, private=True)
    issuer = Issuer(name, public(key.as_dict(private=False)))
    # Never readable for others, not for a moment: made with these rights, not given them later.
    handle = os.open(folder / PRIVATE, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key.as_pem(private=True, password=passphrase or None))
    content = {"kind": KIND, "format": FORMAT, "name": name, "id": issuer.id, "fingerprint": issuer.fingerprint, "key": issuer.jwk}
    write_atomically(folder / PUBLIC, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    return issuer


def encrypted(folder: Path) -> bool:
    """Whether a pass phrase is needed for the key in a folder. Raises ``OSError`` if there is none."""
    return b"ENCRYPTED" in (folder / PRIVATE).read_bytes()[:200]


def private(folder: Path, passphrase: str | None = None) -> tuple[RSAKey, Issuer]:
    """The key in a folder, and what is public of it. Raises :class:`KeyProblem`, ``OSError``."""
    jwk = library()
    issuer = read_public(folder / PUBLIC)
    raw = (folder / PRIVATE).read_bytes()
    try:
        key = jwk.RSAKey.import_key(raw, {}, passphrase)
    except Exception:  # cryptography and joserfc have many ways to say no
        if b"ENCRYPTED" in raw[:200]:
            raise KeyProblem(tr(_("The pass phrase does not open the key in {folder}."), folder=folder)) from None
        raise KeyProblem(tr(_("{file} is no private RSA key."), file=folder / PRIVATE)) from None
    if not key.is_private or public(key.as_dict(private=False)) != issuer.jwk:
        raise KeyProblem(tr(_("{private} and {public} in {folder} do not belong together."), private=PRIVATE, public=PUBLIC, folder=folder))
    return key, issuer


def read_public(path: Path) -> Issuer:
    """What is public of an issuer, from its :data:`PUBLIC`, a JWK or a public key in PEM.

    Raises :class:`KeyProblem` for anything else, ``OSError``.
    """
    with path.open("rb") as file:
        raw = file.read(_MOST_BYTES)
    no = KeyProblem(tr(_("{file} is no public key: name the file issuer.json that came with the certificates."), file=path.name))
    if b"PRIVATE KEY" in raw:
        raise KeyProblem(tr(_("{file} is a private key. For verifying, name the public one beside it, issuer.json."), file=path.name))
    if b"-----BEGIN" in raw:
        try:
            return Issuer("", public(library().RSAKey.import_key(raw).as_dict(private=False)))
        except Exception:
            raise no from None
    try:
        content = json.loads(raw.decode("utf-8-sig"))
        if isinstance(content, dict) and content.get("kind") == KIND:
            issuer = Issuer(str(content.get("name") or ""), public(content.get("key")))
            if content.get("id") != issuer.id:
                raise no
            return issuer
        return Issuer("", public(content))
    except KeyProblem as problem:
        if problem is no:
            raise
        raise KeyProblem(tr(_("{file}: {reason}."), file=path.name, reason=problem)) from None
    except (ValueError, RecursionError):
        raise no from None


def library() -> Any:
    """joserfc.jwk, or :class:`KeyProblem` with what to install."""
    try:
        from joserfc import jwk
    except ModuleNotFoundError:
        text = _('Signed certificates need more packages: pip install "crmlab[class]" (in a checkout: --extra class).')
        raise KeyProblem(tr(text)) from None
    return jwk
