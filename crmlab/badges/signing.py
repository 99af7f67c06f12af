"""Signing a credential: a JSON Web Token in the compact form (Open Badges 3.0, section "JSON Web Token Proof Format").

This proof and not a Data Integrity one, because it needs nothing but RSA and JSON: no canonical form of JSON-LD, no contexts to fetch,
and libraries for it exist everywhere. The header names the algorithm and holds the public key, as the specification wants where no
URL leads to it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from crmlab.badges import keys

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

ALGORITHM = "RS256"


_HEADER, _PAYLOAD = 16_000, 400_000
"""Bytes of what is read at most; a header with a key in it is longer than the library expects."""


def registry() -> Any:
    """What joserfc may read: one algorithm, and headers that hold a key."""
    from joserfc.jws import JWSRegistry

    found = JWSRegistry(algorithms=[ALGORITHM])
    found.max_header_length, found.max_payload_length = _HEADER, _PAYLOAD
    return found


def claims(credential: dict[str, Any]) -> dict[str, Any]:
    """The payload: the credential with the claims that repeat parts of it."""
    found = {
        **credential,
        "iss": credential["issuer"]["id"],
        "jti": credential["id"],
        "sub": credential["credentialSubject"]["id"],
        "nbf": seconds(credential["validFrom"]),
    }
    if "validUntil" in credential:
        found["exp"] = seconds(credential["validUntil"])
    return found


def seconds(moment: str) -> int:
    """A moment of a credential as a NumericDate. Raises ``ValueError`` for what is none, or has no zone.

    >>> seconds("1970-01-02T00:00:00Z")
    86400
    """
    at = datetime.fromisoformat(moment)
    if at.tzinfo is None:
        raise ValueError(moment)
    return int(at.timestamp())


def sign(credential: dict[str, Any], key: RSAKey) -> str:
    """The signed credential as a compact JWS, the content of a ``.jws`` file."""
    from joserfc import jws

    header = {"alg": ALGORITHM, "typ": "JWT", "jwk": keys.public(key.as_dict(private=False))}
    payload = json.dumps(claims(credential), ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return jws.serialize_compact(header, payload, key, registry=registry())
