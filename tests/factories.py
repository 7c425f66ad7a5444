"""Rows for tests: each factory makes the least that is valid, and every field can be named."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import factory
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts.models import Profile, User
from roadmap.mentoring.models import Cohort, Invitation, Mentorship, Review, Scope, SignOff
from roadmap.portfolio.models import Evidence, Inspection, Project
from roadmap.resources.models import Resource, ResourceSkill
from roadmap.stages.models import Advice, DonePoint, IdeaSkill, Prerequisite, ProjectIdea, RubricItem, Skill, Stage

PASSWORD = "seven purple staircases"
PUBLISHED = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def _hashed_password() -> str:
    """Hashing is slow on purpose: once for all people of a run."""
    return make_password(PASSWORD)


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A person who has confirmed the address and signs in with PASSWORD."""

    name = factory.Sequence(lambda n: f"Person {n}")
    handle = factory.Sequence(lambda n: f"person-{n}")
    email = factory.LazyAttribute(lambda person: f"{person.handle}@example.org")
    password = factory.LazyFunction(_hashed_password)

    class Meta:
        model = User
        skip_postgeneration_save = True

    @factory.post_generation
    def verified(self, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        if create:
            EmailAddress.objects.create(user=self, email=self.email, primary=True, verified=extracted is not False)


class StageFactory(factory.django.DjangoModelFactory[Stage]):
    slug = factory.Sequence(lambda n: f"stage-{n}")
    position = factory.Sequence(lambda n: n + 1)
    title = factory.LazyAttribute(lambda stage: f"Title of {stage.slug}")
    short = factory.LazyAttribute(lambda stage: stage.slug)
    goal = "Know what the work is."
    why = "It **matters**."
    body = "A body in *Markdown*."
    published_at = PUBLISHED

    class Meta:
        model = Stage


class AdviceFactory(factory.django.DjangoModelFactory[Advice]):
    slug = factory.Sequence(lambda n: f"advice-{n}")
    stage = factory.SubFactory(StageFactory)
    position = factory.Sequence(lambda n: n)
    text = "Take your time."

    class Meta:
        model = Advice


class SkillFactory(factory.django.DjangoModelFactory[Skill]):
    """A skill; `needs` takes other skills, and `points` the keys of its done-points."""

    stage = factory.SubFactory(StageFactory)
    position = factory.Sequence(lambda n: n)
    slug = factory.Sequence(lambda n: f"skill-{n}")
    title = factory.LazyAttribute(lambda skill: f"Title of {skill.slug}")
    summary = "What it is, in a sentence."
    level = 1
    hours = 4
    necessity = Skill.Necessity.MUST
    why = "It **matters**."
    how = "Step by step."
    pitfalls = factory.LazyFunction(lambda: ["Going too fast."])
    first_task = "Twenty minutes."
    next = "In the next stage."

    class Meta:
        model = Skill
        skip_postgeneration_save = True

    @factory.post_generation
    def needs(self, create: bool, extracted: list[Skill] | None, **kwargs: Any) -> None:
        for position, need in enumerate(extracted or ()):
            Prerequisite.objects.create(skill=self, needs=need, position=position)

    @factory.post_generation
    def points(self, create: bool, extracted: list[str] | None, **kwargs: Any) -> None:
        for position, key in enumerate(extracted or ()):
            DonePointFactory(skill=self, key=key, position=position)


class DonePointFactory(factory.django.DjangoModelFactory[DonePoint]):
    skill = factory.SubFactory(SkillFactory)
    key = factory.Sequence(lambda n: f"point-{n}")
    position = factory.Sequence(lambda n: n)
    text = factory.LazyAttribute(lambda point: f"You can show {point.key}.")

    class Meta:
        model = DonePoint


class ResourceFactory(factory.django.DjangoModelFactory[Resource]):
    """A resource; `skills` takes the skills that it teaches."""

    slug = factory.Sequence(lambda n: f"resource-{n}")
    position = factory.Sequence(lambda n: n)
    title = factory.LazyAttribute(lambda resource: f"Title of {resource.slug}")
    url = factory.LazyAttribute(lambda resource: f"https://example.org/{resource.slug}")
    publisher = "Example"
    kind = Resource.Kind.ARTICLE
    cost = Resource.Cost.FREE
    level = Resource.Level.BEGINNER
    hours = 1
    checked = "read on 1 January 2026"

    class Meta:
        model = Resource
        skip_postgeneration_save = True

    @factory.post_generation
    def skills(self, create: bool, extracted: list[Skill] | None, **kwargs: Any) -> None:
        for position, skill in enumerate(extracted or ()):
            ResourceSkill.objects.create(resource=self, skill=skill, position=position)


class IdeaFactory(factory.django.DjangoModelFactory[ProjectIdea]):
    """A project idea with one line of rubric; `skills` takes the skills that it asks for."""

    stage = factory.SubFactory(StageFactory)
    position = factory.Sequence(lambda n: n)
    slug = factory.Sequence(lambda n: f"idea-{n}")
    title = factory.LazyAttribute(lambda idea: f"Title of {idea.slug}")
    brief = "Predict what a house costs from what was paid for others."
    data = "Public data."
    baseline = "The mean."
    hours = 10

    class Meta:
        model = ProjectIdea
        skip_postgeneration_save = True

    @factory.post_generation
    def rubric(self, create: bool, extracted: list[str] | None, **kwargs: Any) -> None:
        for position, title in enumerate(extracted or ["Baseline"]):
            RubricItem.objects.create(idea=self, position=position, title=title, levels=["Missing", "Begun", "Good", "Excellent"])

    @factory.post_generation
    def skills(self, create: bool, extracted: list[Skill] | None, **kwargs: Any) -> None:
        for position, skill in enumerate(extracted or ()):
            IdeaSkill.objects.create(idea=self, skill=skill, position=position)


class ProjectFactory(factory.django.DjangoModelFactory[Project]):
    """A GitHub project; `read` gives it a reading that has ended, and `shows` skills with unconfirmed evidence, used in code."""

    learner = factory.SubFactory(UserFactory)
    repository = factory.LazyAttributeSequence(lambda project, n: f"{project.learner.handle}/project-{n}")
    title = factory.LazyAttribute(lambda project: project.repository.partition("/")[2].capitalize())
    slug = factory.LazyAttribute(lambda project: project.repository.partition("/")[2])
    url = factory.LazyAttribute(lambda project: f"https://github.com/{project.repository}")
    key = factory.LazyAttribute(lambda project: f"github:{project.repository}")
    summary = "Guesses what a house costs."

    class Meta:
        model = Project
        skip_postgeneration_save = True

    @factory.post_generation
    def read(self, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        state = Inspection.State.WAITING if extracted is False else Inspection.State.READ
        at = None if extracted is False else PUBLISHED
        Inspection.objects.create(project=self, state=state, read_at=at, commit="a" * 40 if at else "", committed_at=at)

    @factory.post_generation
    def shows(self, create: bool, extracted: list[Skill] | None, **kwargs: Any) -> None:
        for skill in extracted or ():
            EvidenceFactory(project=self, skill=skill)


class EvidenceFactory(factory.django.DjangoModelFactory[Evidence]):
    project = factory.SubFactory(ProjectFactory)
    skill = factory.SubFactory(SkillFactory)
    strength = "used"
    path = "src/model.py"
    line = 12
    seen = "calls numpy.where"
    commit = "a" * 40

    class Meta:
        model = Evidence


class ProfileFactory(factory.django.DjangoModelFactory[Profile]):
    """What somebody says about oneself; the portfolio is off unless a test says otherwise."""

    person = factory.SubFactory(UserFactory)

    class Meta:
        model = Profile


class ListedProjectFactory(ProjectFactory):
    """A project on its learner's portfolio; what it `shows` is confirmed."""

    visibility = Project.Visibility.PUBLIC

    @factory.post_generation
    def shows(self, create: bool, extracted: list[Skill] | None, **kwargs: Any) -> None:
        for skill in extracted or ():
            EvidenceFactory(project=self, skill=skill, confirmed_at=PUBLISHED)


class MentorshipFactory(factory.django.DjangoModelFactory[Mentorship]):
    """An active mentorship in which the learner shows everything."""

    mentor = factory.SubFactory(UserFactory)
    learner = factory.SubFactory(UserFactory)
    scopes = factory.LazyFunction(lambda: list(Scope.values))

    class Meta:
        model = Mentorship


class CohortFactory(factory.django.DjangoModelFactory[Cohort]):
    mentor = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Cohort {n}")

    class Meta:
        model = Cohort


class InvitationFactory(factory.django.DjangoModelFactory[Invitation]):
    """An open invitation to be a mentor, to an address that may have no account."""

    sender = factory.SubFactory(UserFactory)
    role = Invitation.Role.MENTOR
    email = factory.Sequence(lambda n: f"invited-{n}@example.org")
    scopes = factory.LazyAttribute(lambda invitation: ["progress", "projects"] if invitation.role == "mentor" else [])

    class Meta:
        model = Invitation


class SignOffFactory(factory.django.DjangoModelFactory[SignOff]):
    """A sign-off that stands; the mark does not follow it unless a test says so."""

    learner = factory.SubFactory(UserFactory)
    skill = factory.SubFactory(SkillFactory)
    mentor = factory.SubFactory(UserFactory)
    mentor_name = factory.LazyAttribute(lambda sign_off: sign_off.mentor.name)
    note = "Explained every line."
    signed_at = PUBLISHED

    class Meta:
        model = SignOff


class ReviewFactory(factory.django.DjangoModelFactory[Review]):
    """A review that waits for its mentor; the test makes the mentorship in which it is shown."""

    project = factory.SubFactory(ProjectFactory)
    reviewer = factory.SubFactory(UserFactory)
    reviewer_name = factory.LazyAttribute(lambda review: review.reviewer.name)
    commit = "a" * 40

    class Meta:
        model = Review
