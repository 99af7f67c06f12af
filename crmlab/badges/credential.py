"""A certificate as an Open Badges 3.0 credential (1EdTech, Open Badges Specification 3.0, data model; W3C VC Data Model 2.0).

Nothing in it is looked up anywhere: contexts and the schema are named and never fetched.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from crmlab.badges.keys import Issuer
from crmlab.language import LANGUAGES, _, current, tr

CONTEXTS = ("https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json")
SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
TYPES = ("VerifiableCredential", "OpenBadgeCredential")


@dataclass(frozen=True)
class Line:
    """A result: what it is of, points and the most that there are."""

    name: str
    points: float
    maximum: float


def moment(at: datetime) -> str:
    """A moment as credentials have it: UTC, whole seconds.

    >>> moment(datetime(2026, 3, 2, 8, 30, tzinfo=UTC))
    '2026-03-02T08:30:00Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def digits(number: float) -> str:
    """Points as they are shown: 28.5, and 28 for 28.0.

    >>> digits(28.0), digits(28.5)
    ('28', '28.5')
    """
    return f"{number:.2f}".rstrip("0").rstrip(".")


def normal(text: str) -> str:
    """Who somebody is, in the one way in which it is hashed: a name may be typed with other blanks or another form of its letters."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def identity(kind: str, value: str, plain: bool) -> dict[str, Any]:
    """An IdentityObject: the value itself, or its SHA-256 with a salt of its own.

    >>> identity("name", "Li Lei", plain=True)["identityHash"]
    'Li Lei'
    """
    value = normal(value)
    if plain:
        return {"type": "IdentityObject", "hashed": False, "identityHash": value, "identityType": kind}
    salt = secrets.token_hex(16)
    return {"type": "IdentityObject", "hashed": True, "identityHash": hashed(value, salt), "identityType": kind, "salt": salt}


def hashed(value: str, salt: str) -> str:
    """The hash of an identity: of the value with the salt behind it, as the specification has it.

    >>> hashed("a@example.com", "Kosher")
    'sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399'
    """
    return "sha256$" + hashlib.sha256(f"{value}{salt}".encode()).hexdigest()


def identities(subject: Any) -> list[dict[str, Any]]:
    """What a credential's subject says about who it is; empty for anything that is no such list.

    >>> identities({"identifier": [{"hashed": False}, 5]}), identities({"identifier": None})
    ([{'hashed': False}], [])
    """
    found = subject.get("identifier") if isinstance(subject, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def is_of(subject: Any, value: str) -> bool | None:
    """Whether a credential's subject has this name or id; ``None`` if it says nothing about who it is."""
    objects = identities(subject)
    if not objects:
        return None
    value = normal(value)
    return any(str(one.get("identityHash")) == (hashed(value, str(one.get("salt", ""))) if one.get("hashed") else value) for one in objects)


def credential(
    issuer: Issuer,
    title: str,
    about: str,
    lines: Sequence[Line],
    needed: float,
    people: Sequence[tuple[str, str]],
    *,
    plain: bool = False,
    at: datetime | None = None,
    until: datetime | None = None,
    page: str = "",
) -> dict[str, Any]:
    """An unsigned credential in the language in force.

    ``lines`` are results by unit, the last their sum; ``needed`` the share of the sum that was needed. ``people`` says who it is for,
    as pairs of an identity type ("name", "identifier") and a value, hashed unless ``plain``. ``page`` is the digest of the page
    that goes with it (:func:`crmlab.badges.page.digest`). Moments are UTC.
    """
    at = at or datetime.now(UTC)
    # The same achievement for all who are certified the same by the same issuer.
    base = uuid.uuid5(uuid.NAMESPACE_URL, f"{issuer.id}#{title}#{'/'.join(f'{line.name}:{line.maximum}' for line in lines)}")
    results = [(f"urn:uuid:{uuid.uuid5(base, str(place))}", line) for place, line in enumerate(lines)]
    whole = lines[-1]
    found: dict[str, Any] = {
        "@context": list(CONTEXTS),
        "id": f"urn:uuid:{uuid.uuid4()}",
        "type": list(TYPES),
        "issuer": {"id": issuer.id, "type": ["Profile"], "name": issuer.name},
        "validFrom": moment(at),
        "name": title,
        "credentialSubject": {
            "id": f"urn:uuid:{uuid.uuid4()}",
            "type": ["AchievementSubject"],
            "identifier": [identity(kind, value, plain) for kind, value in people if value.strip()],
            "achievement": {
                "id": f"urn:uuid:{base}",
                "type": ["Achievement"],
                "achievementType": "CertificateOfCompletion",
                "name": title,
                "description": about,
                "criteria": {
                    "narrative": tr(
                        _("At least {share} of the points of the exercises that the class was given, judged again by the instructor."),
                        share=f"{needed:.0%}",
                    )
                },
                "inLanguage": LANGUAGES[current()].tag,
                "resultDescription": [
                    {
                        "id": name,
                        "type": ["ResultDescription"],
                        "name": line.name,
                        "resultType": "RawScore",
                        "valueMin": "0",
                        "valueMax": digits(line.maximum),
                        **({"requiredValue": digits(needed * whole.maximum)} if line is whole else {}),
                    }
                    for name, line in results
                ],
            },
            "result": [{"type": ["Result"], "resultDescription": name, "value": digits(line.points)} for name, line in results],
        },
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }
    if until:
        found["validUntil"] = moment(until)
    if page:
        found["evidence"] = [{"id": page, "type": ["Evidence"], "name": tr(_("The printable page"))}]
    return found


def lines_of(content: Any) -> list[Line]:
    """The results of a credential of this course, by unit, the last their sum; none for those of others."""
    try:
        subject = content["credentialSubject"]
        told = {one["id"]: one for one in subject["achievement"]["resultDescription"]}
        return [
            Line(str(told[one["resultDescription"]]["name"]), float(one["value"]), float(told[one["resultDescription"]]["valueMax"]))
            for one in subject["result"]
        ]
    except (KeyError, TypeError, ValueError):
        return []
