"""Sign-offs as credentials that a learner takes along: what the public page says, and the same as a signed Open Badge 3.0.

They are made when asked for, from sign-offs and what the learner's portfolio shows (`portfolio/published.py`). So a withdrawn one
is never signed again, and its status address says so to whoever holds an earlier copy.
https://www.imsglobal.org/spec/ob/v3p0
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from roadmap.curriculum import snapshot
from roadmap.portfolio.published import Portfolio, ShownProject, portfolio_of, speaks_of

from . import credential_keys
from .models import SignOff

if TYPE_CHECKING:
    from .querysets import Person

_CONTEXT = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
]
_SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"


@dataclass(frozen=True, slots=True)
class Proof:
    """A project on the portfolio in which the mentor saw the skill; `url` is its code at the commit that was read."""

    slug: str
    title: str
    url: str
    commit: str


@dataclass(frozen=True, slots=True)
class Credential:
    """What anybody who sees it may know of a sign-off, without the mentor's note. `skill_number` is its place on the staircase, if it has one."""

    id: str
    title: str
    summary: str
    skill_slug: str
    skill_number: str
    points: tuple[str, ...]
    learner: str
    handle: str
    mentor: str
    given_by_mentor: int
    signed_at: datetime
    withdrawn_at: datetime | None
    proof: Proof | None
    is_public: bool
    sign_off: SignOff

    @property
    def address(self) -> str:
        """The page that says whether it still stands; its name in the signed document."""
        return _address("credential", self.id)

    @property
    def status_address(self) -> str:
        """Where a program asks the same."""
        return _address("credential_status", self.id)


def credential_of(number: str, *, viewer: "Person") -> Credential | None:
    """The credential with this number. None where there is none, or the learner's portfolio does not show the skill to `viewer`.

    Its learner and administrators see it always. A withdrawn one stays visible on any level: whoever was given it must be able to learn that.
    """
    sign_off = SignOff.objects.select_related("learner__profile", "skill", "project").filter(pk=number).first()
    if sign_off is None:
        return None
    learner: User = sign_off.learner
    if (portfolio := portfolio_of(learner.handle, viewer=viewer)) is None:
        return None
    is_own = viewer.is_superuser or viewer.pk == learner.pk
    if not is_own and not speaks_of(learner, sign_off.skill_id, at_any_level=sign_off.withdrawn_at is not None):
        return None
    return _credential(sign_off, portfolio)


def standing_number(handle: str, slug: str) -> str | None:
    """The number of the credential that stands for a skill of a person; who may see it is asked when it is opened."""
    standing = SignOff.objects.standing().filter(learner__handle=handle, skill__slug=slug)
    return standing.values_list("pk", flat=True).first()


def open_badge(credential: Credential) -> dict[str, Any]:
    """The credential as an unsigned Open Badges 3.0 AchievementCredential."""
    return {
        "@context": _CONTEXT,
        "id": credential.address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": credential.title,
        "issuer": _issuer(),
        "validFrom": _moment(credential.signed_at),
        "awardedDate": _moment(credential.signed_at),
        "credentialSubject": _subject(credential),
        **({"evidence": [_evidence(credential.proof)]} if credential.proof else {}),
        "credentialStatus": {"id": credential.status_address, "type": "1EdTechRevocationList"},
        "credentialSchema": [{"id": _SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }


def signed(credential: Credential) -> str:
    """The Open Badge as a JWT (section 8.2 of the specification): its members are the claims, beside those that every JWT has."""
    badge = open_badge(credential)
    names = {
        "iss": badge["issuer"]["id"],
        "jti": badge["id"],
        "nbf": int(credential.signed_at.timestamp()),
        "sub": badge["credentialSubject"]["id"],
    }
    return credential_keys.sign(badge | names)


def status(credential: Credential) -> dict[str, Any]:
    """A revocation list (1EdTech) of this one credential: nobody learns of others' by asking for it."""
    revoked = {"id": credential.address, "revoked": True, "revocationReason": _("Withdrawn.")}
    return {
        "id": credential.status_address,
        "issuer": _issuer()["id"],
        "revokedCredential": [revoked] if credential.withdrawn_at else [],
    }


def withdrawn(credential: Credential) -> dict[str, Any]:
    """What stands in the place of a credential that was withdrawn."""
    assert credential.withdrawn_at is not None
    return {
        "id": credential.address,
        "name": credential.title,
        "status": "revoked",
        "revokedAt": _moment(credential.withdrawn_at),
        "credentialStatus": {"id": credential.status_address, "type": "1EdTechRevocationList"},
    }


def _credential(sign_off: SignOff, portfolio: Portfolio) -> Credential:
    skill = sign_off.skill
    on_the_roadmap = snapshot.current().skill_by_id.get(skill.pk)
    return Credential(
        id=sign_off.pk,
        title=skill.title,
        summary=skill.summary,
        skill_slug=skill.slug,
        skill_number=on_the_roadmap.number if on_the_roadmap else "",
        points=tuple(skill.done_points.filter(retired_at=None).values_list("text", flat=True)),
        learner=portfolio.name,
        handle=portfolio.handle,
        mentor=sign_off.mentor_name,
        given_by_mentor=SignOff.objects.standing().filter(mentor=sign_off.mentor_id).count() if sign_off.mentor_id else 0,
        signed_at=sign_off.signed_at,
        withdrawn_at=sign_off.withdrawn_at,
        proof=_proof(sign_off, portfolio.projects),
        is_public=portfolio.is_public,
        sign_off=sign_off,
    )


def _proof(sign_off: SignOff, listed: tuple[ShownProject, ...]) -> Proof | None:
    """The project that was named, if it is on the portfolio."""
    if sign_off.project is None or sign_off.project.slug not in {project.slug for project in listed}:
        return None
    project = sign_off.project
    at_commit = f"{project.url}/tree/{sign_off.commit}" if project.repository and sign_off.commit else project.url
    return Proof(project.slug, project.title, at_commit, sign_off.commit)


def _issuer() -> dict[str, Any]:
    return {"id": f"{settings.SITE_ORIGIN}/", "type": ["Profile"], "name": "Staircase", "url": f"{settings.SITE_ORIGIN}/"}


def _subject(credential: Credential) -> dict[str, Any]:
    skill = f"{settings.SITE_ORIGIN}{reverse('skill', args=[credential.skill_slug])}"
    return {
        "id": f"{settings.SITE_ORIGIN}{reverse('public:portfolio', args=[credential.handle])}",
        "type": ["AchievementSubject"],
        "identifier": [_identity("userName", credential.handle), _identity("ext:name", credential.learner)],
        "achievement": {
            "id": skill,
            "type": ["Achievement"],
            "achievementType": "Competency",
            "name": credential.title,
            "description": credential.summary,
            "criteria": {"id": skill, "narrative": "\n".join(f"- {point}" for point in credential.points)},
        },
        # Who assessed it on the issuer's behalf.
        "source": {"id": f"{credential.address}#mentor", "type": ["Profile"], "name": credential.mentor},
    }


def _identity(kind: str, value: str) -> Mapping[str, Any]:
    return {"type": "IdentityObject", "hashed": False, "identityHash": value, "identityType": kind}


def _evidence(proof: Proof) -> Mapping[str, Any]:
    return {"id": proof.url, "type": ["Evidence"], "name": proof.title}


def _address(name: str, number: str) -> str:
    return f"{settings.SITE_ORIGIN}{reverse(f'credentials:{name}', args=[number])}"


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
