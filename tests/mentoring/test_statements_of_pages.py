"""What a mentor opens takes as many statements for one mark, project, finding, note and review as for thirty."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from roadmap.mentoring.models import Cohort, Mentorship, PrivateNote
from roadmap.portfolio.evidence import confirm_evidence
from roadmap.portfolio.models import Project
from roadmap.progress.services import mark_skill
from tests.factories import CohortFactory, MentorshipFactory, ProjectFactory, ReviewFactory, SkillFactory

Measure = Callable[[str], int]
# Session, person and mentorship are in each; a second look within the hour is one statement too.
BRIEF, PROJECT, COHORT = 14, 9, 8


@pytest.fixture
def cohort(mentor: User) -> Cohort:
    return CohortFactory(mentor=mentor)


@pytest.fixture
def mentorship(mentor: User, learner: User, cohort: Cohort, curriculum: SimpleNamespace) -> Mentorship:
    return MentorshipFactory(mentor=mentor, learner=learner, cohort=cohort)


@pytest.fixture
def project(mentorship: Mentorship, learner: User, curriculum: SimpleNamespace) -> Project:
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy])
    live_a_little(mentorship, project, 1)
    return project


@pytest.fixture
def measure(mentor: User, sign_in: Callable[..., Client], statements: Callable[..., Any]) -> Measure:
    client = sign_in(mentor)

    def count(address: str) -> int:
        # The first visit writes that somebody looked, and reads the curriculum.
        assert client.get(address).status_code == 200
        with statements() as seen:
            client.get(address)
        return len(seen)

    return count


def live_a_little(mentorship: Mentorship, project: Project, times: int) -> None:
    learner, stage = mentorship.learner, project.evidence.first().skill.stage
    for _ in range(times):
        skill = SkillFactory(stage=stage)
        mark_skill(climber=learner.pk, skill_id=skill.pk, state="done")
        other = ProjectFactory(learner=learner, shows=[skill])
        confirm_evidence(project=other, skills=[skill.pk])
        project.evidence.create(skill=skill, strength="used", path="src/model.py", line=1, seen="calls fit", commit="a" * 40)
        ReviewFactory(project=other, reviewer=mentorship.mentor)
        PrivateNote.objects.create(author=mentorship.mentor, learner=learner, text="Ask about the split.")
    confirm_evidence(project=project, skills=list(project.evidence.values_list("skill", flat=True)))


def test_the_brief_of_one_learner(mentorship: Mentorship, project: Project, learner: User, measure: Measure) -> None:
    address = f"/mentoring/learners/{learner.handle}/"
    one = measure(address)
    live_a_little(mentorship, project, 29)
    assert (one, measure(address)) == (BRIEF, BRIEF)


def test_the_page_of_a_mentees_project(mentorship: Mentorship, project: Project, learner: User, measure: Measure) -> None:
    address = f"/mentoring/learners/{learner.handle}/projects/{project.pk}/"
    one = measure(address)
    live_a_little(mentorship, project, 29)
    assert (one, measure(address)) == (PROJECT, PROJECT)


def test_the_page_of_a_cohort(mentorship: Mentorship, project: Project, mentor: User, cohort: Cohort, measure: Measure) -> None:
    address = f"/mentoring/cohorts/{cohort.pk}/"
    one = measure(address)
    for _ in range(29):
        MentorshipFactory(mentor=mentor, cohort=cohort)
    assert (one, measure(address)) == (COHORT, COHORT)
