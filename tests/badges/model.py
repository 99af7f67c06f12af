"""The classes of the Open Badges 3.0 data model (appendix "Data Models") as far as certificates use them, as a JSON Schema: which
properties there are, which are required, which values they take. Nothing else is allowed here, so that a misspelt one is found."""

from __future__ import annotations

from typing import Any

URI = {"type": "string", "pattern": r"^(https?|urn|did|ni):\S+$"}
TEXT = {"type": "string", "minLength": 1}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}


def typed(name: str) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "contains": {"const": name}, "items": {"type": "string"}}


def model(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {**required, **optional}, "required": list(required), "additionalProperties": False}


def some(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "items": item}


IDENTITY = model(
    {"type": {"const": "IdentityObject"}, "hashed": {"type": "boolean"}, "identityHash": TEXT, "identityType": {"enum": ["name", "identifier", "emailAddress"]}},
    salt=TEXT,
)
RESULT_TYPES = ["GradePointAverage", "LetterGrade", "Percent", "PerformanceLevel", "PredictedScore", "RawScore", "Result", "RubricCriterion",
                "RubricCriterionLevel", "RubricScore", "ScaledScore", "Status"]  # fmt: skip
DESCRIPTION = model(
    {"id": URI, "type": typed("ResultDescription"), "name": TEXT, "resultType": {"enum": RESULT_TYPES}}, valueMin=TEXT, valueMax=TEXT, requiredValue=TEXT
)
ACHIEVEMENT = model(
    {"id": URI, "type": typed("Achievement"), "criteria": model({"narrative": TEXT}), "description": TEXT, "name": TEXT},
    achievementType={"enum": ["CertificateOfCompletion"]},
    inLanguage={"type": "string", "pattern": "^[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"},
    resultDescription=some(DESCRIPTION),
)
SUBJECT = model(
    {"type": typed("AchievementSubject"), "achievement": ACHIEVEMENT},
    id=URI,
    identifier=some(IDENTITY),
    result=some(model({"type": typed("Result")}, resultDescription=URI, value=TEXT)),
)
CREDENTIAL = model(
    {
        "@context": {
            "type": "array",
            "minItems": 2,
            "prefixItems": [
                {"const": "https://www.w3.org/ns/credentials/v2"},
                {"type": "string", "pattern": r"^https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)*\.json$"},
            ],
        },
        "id": URI,
        "type": {"allOf": [typed("VerifiableCredential"), typed("OpenBadgeCredential")]},
        "credentialSubject": SUBJECT,
        "issuer": model({"id": URI, "type": typed("Profile")}, name=TEXT),
        "validFrom": MOMENT,
    },
    name=TEXT,
    validUntil=MOMENT,
    evidence=some(model({"type": typed("Evidence")}, id=URI, name=TEXT)),
    credentialSchema=some(model({"id": URI, "type": TEXT})),
)
