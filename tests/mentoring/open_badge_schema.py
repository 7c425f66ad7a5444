"""What Open Badges 3.0 asks of an AchievementCredential, in our own words: its required members and their types.

The full schema is published at https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json.
"""

from typing import Any

_TEXT = {"type": "string", "minLength": 1}
_ADDRESS = {"type": "string", "format": "uri", "pattern": "^https?://"}
_MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}


def _types(*names: str) -> dict[str, Any]:
    return {"type": "array", "items": _TEXT, "allOf": [{"contains": {"const": name}} for name in names]}


_PROFILE = {"type": "object", "required": ["id", "type"], "properties": {"id": _ADDRESS, "type": _types("Profile"), "name": _TEXT}}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2019-09/schema",
    "type": "object",
    "required": ["@context", "id", "type", "credentialSubject", "issuer", "validFrom"],
    "properties": {
        "@context": {
            "type": "array",
            "minItems": 2,
            "prefixItems": [{"const": "https://www.w3.org/ns/credentials/v2"}, {"pattern": "^https://purl.imsglobal.org/spec/ob/v3p0/"}],
            "items": _ADDRESS,
        },
        "id": _ADDRESS,
        "type": _types("VerifiableCredential", "OpenBadgeCredential"),
        "name": _TEXT,
        "issuer": _PROFILE,
        "validFrom": _MOMENT,
        "awardedDate": _MOMENT,
        "credentialSubject": {
            "type": "object",
            "required": ["type", "achievement"],
            "anyOf": [{"required": ["id"]}, {"required": ["identifier"]}],
            "properties": {
                "id": _ADDRESS,
                "type": _types("AchievementSubject"),
                "identifier": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["type", "hashed", "identityHash", "identityType"],
                        "additionalProperties": False,
                        "properties": {
                            "type": {"const": "IdentityObject"},
                            "hashed": {"type": "boolean"},
                            "identityHash": _TEXT,
                            "identityType": {"anyOf": [{"enum": ["userName", "emailAddress"]}, {"pattern": "^ext:[A-Za-z0-9._-]+$"}]},
                            "salt": _TEXT,
                        },
                    },
                },
                "achievement": {
                    "type": "object",
                    "required": ["id", "type", "criteria", "description", "name"],
                    "properties": {
                        "id": _ADDRESS,
                        "type": _types("Achievement"),
                        "achievementType": {"enum": ["Competency", "MicroCredential"]},
                        "name": _TEXT,
                        "description": _TEXT,
                        "criteria": {"type": "object", "properties": {"id": _ADDRESS, "narrative": _TEXT}},
                    },
                },
                "source": _PROFILE,
            },
        },
        "evidence": {
            "type": "array",
            "items": {"type": "object", "required": ["type"], "properties": {"id": _ADDRESS, "type": _types("Evidence"), "name": _TEXT}},
        },
        "credentialStatus": {
            "type": "object",
            "required": ["id", "type"],
            "properties": {"id": _ADDRESS, "type": {"const": "1EdTechRevocationList"}},
        },
        "credentialSchema": {"type": "array", "items": {"type": "object", "required": ["id", "type"]}},
    },
}
