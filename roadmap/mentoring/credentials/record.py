"""Sign-offs, and the steps that they complete, as credentials that a learner takes along: what the public page says, and the same as a signed Open Badge 3.0.

They are made when asked for, from sign-offs and what the learner's portfolio shows (`portfolio/published.py`). So a withdrawn one
is never signed again, and its status address says so to whoever holds an earlier copy.
https://www.imsglobal.org/spec/ob/v3p0
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Person, User
from roadmap.curriculum import snapshot
from roadmap.mentoring.models import SignOff, StageBadge
from roadmap.portfolio.published import Portfolio, ShownProject, portfolio_of, speaks_of

from . import signing

_CONTEXT = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
]
_SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"


@dataclass(frozen=True, slots=True)
class Proof:
    """A project on the portfolio in which a mentor saw a skill; `url` is its code at the commit that was read."""

    slug: str
    title: str
    url: str
    commit: str


@dataclass(frozen=True, slots=True)
class Word:
    """A mentor's word on one skill of a step."""

    title: str
    mentor: str
    signed_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Credential:
    """What anybody who sees it may know of a confirmed skill or step, without the mentors' notes. `place` is its number on the staircase.

    `points` are what a skill asks for, `words` the skills of a step. `withdrawn_at` is when the first of its confirmations was taken back.
    """

    id: str
    kind: Literal["skill", "stage"]
    slug: str
    place: str
    title: str
    summary: str
    points: tuple[str, ...]
    words: tuple[Word, ...]
    learner: str
    handle: str
    mentors: tuple[str, ...]
    given_by_mentor: int
    signed_at: datetime
    withdrawn_at: datetime | None
    proofs: tuple[Proof, ...]
    is_public: bool
    learner_id: int
    sign_offs: tuple[SignOff, ...]

    @property
    def address(self) -> str:
        """The page that says whether it still stands; its name in the signed document."""
        return _address("credential", self.id)

    @property
    def status_address(self) -> str:
        """Where a program asks the same."""
        return _address("credential_status", self.id)


def credential_of(number: str, *, viewer: Person) -> Credential | None:
    """The credential with this number. None where there is none, or the learner's portfolio does not show the skill to `viewer`.

    Its learner and administrators see it always. A withdrawn one stays visible on any level: whoever was given it must be able to learn that.
    """
    sign_offs, badge = _signed(number)
    if not sign_offs:
        return None
    learner: User = sign_offs[0].learner
    if (portfolio := portfolio_of(learner.handle, viewer=viewer)) is None:
        return None
    is_own = viewer.is_superuser or viewer.pk == learner.pk
    is_withdrawn = any(sign_off.withdrawn_at for sign_off in sign_offs)
    if not is_own and not speaks_of(learner, {sign_off.skill_id for sign_off in sign_offs}, at_any_level=is_withdrawn):
        return None
    return _of_stage(badge, sign_offs, portfolio) if badge else _of_skill(sign_offs[0], portfolio)


def standing_number(handle: str, slug: str) -> str | None:
    """The number of the credential that stands for a skill of a person; who may see it is asked when it is opened."""
    standing = SignOff.objects.standing().filter(learner__handle=handle, skill__slug=slug)
    return standing.values_list("pk", flat=True).first()


@override(settings.LANGUAGE_CODE)
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
        **({"evidence": [_evidence(proof) for proof in credential.proofs]} if credential.proofs else {}),
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
    return signing.sign(badge | names)


@override(settings.LANGUAGE_CODE)
def status(number: str) -> dict[str, Any] | None:
    """A revocation list (1EdTech) of this one credential: nobody learns of others' by asking for it. None where there is no such number.

    It says nothing of anybody, and whoever holds a copy must be able to check it: so it does not follow the portfolio.
    """
    sign_offs, _badge = _signed(number)
    if not sign_offs or not sign_offs[0].learner.is_active:
        return None
    revoked = {"id": _address("credential", number), "revoked": True, "revocationReason": _("Withdrawn.")}
    return {
        "id": _address("credential_status", number),
        "issuer": _issuer()["id"],
        "revokedCredential": [revoked] if any(sign_off.withdrawn_at for sign_off in sign_offs) else [],
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


def _signed(number: str) -> tuple[tuple[SignOff, ...], StageBadge | None]:
    """What was signed under this number: one skill, or those of a step with its badge; nothing where there is no such number."""
    with_all = SignOff.objects.select_related("learner__profile", "skill__stage", "project")
    if one := with_all.filter(pk=number).first():
        return (one,), None
    badge = StageBadge.objects.select_related("stage").filter(pk=number).first()
    return (tuple(with_all.filter(badges=badge).order_by("skill__position", "pk")), badge) if badge else ((), None)


def _of_skill(sign_off: SignOff, portfolio: Portfolio) -> Credential:
    skill = sign_off.skill
    on_the_roadmap = snapshot.current().skill_by_id.get(skill.pk)
    return Credential(
        id=sign_off.pk,
        kind="skill",
        slug=skill.slug,
        place=on_the_roadmap.number if on_the_roadmap else "",
        title=skill.title,
        summary=skill.summary,
        points=tuple(skill.done_points.filter(retired_at=None).values_list("text", flat=True)),
        words=(),
        given_by_mentor=SignOff.objects.standing().filter(mentor=sign_off.mentor_id).count() if sign_off.mentor_id else 0,
        signed_at=sign_off.signed_at,
        withdrawn_at=sign_off.withdrawn_at,
        **_shared((sign_off,), portfolio),
    )


def _of_stage(badge: StageBadge, sign_offs: tuple[SignOff, ...], portfolio: Portfolio) -> Credential:
    stage = badge.stage
    return Credential(
        id=badge.pk,
        kind="stage",
        slug=stage.slug,
        place=str(stage.position),
        title=stage.title,
        summary=stage.goal,
        points=(),
        words=tuple(Word(each.skill.title, each.mentor_name, each.signed_at, each.withdrawn_at) for each in sign_offs),
        given_by_mentor=0,
        signed_at=badge.earned_at,
        withdrawn_at=min((each.withdrawn_at for each in sign_offs if each.withdrawn_at), default=None),
        **_shared(sign_offs, portfolio),
    )


def _shared(sign_offs: tuple[SignOff, ...], portfolio: Portfolio) -> dict[str, Any]:
    proofs = {proof.url: proof for sign_off in sign_offs if (proof := _proof(sign_off, portfolio.projects))}
    return {
        "learner": portfolio.name,
        "handle": portfolio.handle,
        "mentors": tuple(dict.fromkeys(sign_off.mentor_name for sign_off in sign_offs)),
        "proofs": tuple(proofs.values()),
        "is_public": portfolio.is_public,
        "learner_id": sign_offs[0].learner_id,
        "sign_offs": sign_offs,
    }


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
    page = f"{settings.SITE_ORIGIN}{reverse(credential.kind, args=[credential.slug])}"
    return {
        "id": f"{settings.SITE_ORIGIN}{reverse('public:portfolio', args=[credential.handle])}",
        "type": ["AchievementSubject"],
        "identifier": [_identity("userName", credential.handle), _identity("ext:name", credential.learner)],
        "achievement": {
            "id": page,
            "type": ["Achievement"],
            "achievementType": {"skill": "Competency", "stage": "MicroCredential"}[credential.kind],
            "name": credential.title,
            "description": credential.summary,
            "criteria": {"id": page, "narrative": "\n".join(f"- {line}" for line in _criteria(credential))},
        },
        # Who assessed it on the issuer's behalf; of several mentors, each stands beside what they signed.
        **({"source": _mentor(credential)} if len(credential.mentors) == 1 else {}),
    }


def _criteria(credential: Credential) -> list[str]:
    if credential.kind == "skill":
        return list(credential.points) or [credential.summary]
    return [
        _("%(skill)s: confirmed by %(mentor)s, %(day)s")
        % {"skill": word.title, "mentor": word.mentor, "day": word.signed_at.date().isoformat()}
        for word in credential.words
    ]


def _mentor(credential: Credential) -> dict[str, Any]:
    return {"id": f"{credential.address}#mentor", "type": ["Profile"], "name": credential.mentors[0]}


def _identity(kind: str, value: str) -> Mapping[str, Any]:
    return {"type": "IdentityObject", "hashed": False, "identityHash": value, "identityType": kind}


def _evidence(proof: Proof) -> Mapping[str, Any]:
    return {"id": proof.url, "type": ["Evidence"], "name": proof.title}


def _address(name: str, number: str) -> str:
    return f"{settings.SITE_ORIGIN}{reverse(f'credentials:{name}', args=[number])}"


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
