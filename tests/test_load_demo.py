"""The demo people: there once, with a climb that looks lived; never in production."""

import json
from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Mail, User
from roadmap.mentoring import access
from roadmap.mentoring.models import AccessLog, Cohort, Comment, MentorProfile, Mentorship, Review, RubricMark, SignOff
from roadmap.mentoring.overview.brief import brief
from roadmap.mentoring.overview.mentees import Filters, overview
from roadmap.mentoring.relation import access_log, standing
from roadmap.mentoring.relation import services as relations
from roadmap.mentoring.reviews import rubric
from roadmap.mentoring.sign_offs.services import disagreements as confirmed_disagreements
from roadmap.portfolio.evidence import disagreements
from roadmap.portfolio.models import Evidence, Inspection, Project
from roadmap.portfolio.published import portfolio_of
from roadmap.progress import rollups
from roadmap.progress.models import Mark, MarkEvent, SkillTally, Tick
from roadmap.progress.next_step import next_step
from roadmap.progress.services import mark_skill, read_climb

ROLES = ["learner", "other_learner", "new_learner", "mentor", "other_mentor", "former_mentor", "editor", "admin"]


def load_demo(**options):
    said = StringIO()
    call_command("load_demo", stdout=said, **options)
    return said.getvalue()


@pytest.fixture
def people(real_curriculum):
    return {person["role"]: person for person in json.loads(load_demo(json=True))["people"]}


def counts(person):
    return Counter(Mark.objects.filter(learner__email=person["email"]).values_list("state", flat=True))


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (
            *(User, EmailAddress, Mark, MarkEvent, Tick, Project, Inspection, Evidence),
            *(Cohort, Mentorship, MentorProfile, AccessLog, Review, Comment, RubricMark, SignOff),
        )
    ]


def test_json_names_each_role_once_and_how_to_sign_in(people):
    assert list(people) == ROLES
    for person in people.values():
        assert set(person) == {"role", "name", "handle", "email", "password"}
        user = authenticate(email=person["email"], password=person["password"])
        assert (user.name, user.handle) == (person["name"], person["handle"])
        validate_password(person["password"], user)
        assert EmailAddress.objects.filter(user=user).values_list("email", "verified", "primary").get() == (user.email, True, True)


def test_people_are_at_different_heights(people):
    assert counts(people["learner"]) == {"done": 34, "learning": 4, "skipped": 1}
    assert counts(people["new_learner"]) == {}
    heights = [counts(people[role])["done"] for role in ("new_learner", "learner", "other_learner", "mentor")]
    assert heights == sorted(set(heights))


def test_the_history_of_each_climb_agrees_with_its_marks(people):
    now = timezone.now()
    for mark in Mark.objects.select_related("learner"):
        events = list(MarkEvent.objects.filter(learner=mark.learner, skill=mark.skill).order_by("id"))
        assert [event.from_state for event in events] == ["", *(event.to_state for event in events[:-1])]
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert (events[-1].to_state, events[-1].at) == (mark.state, mark.updated_at)
        assert mark.learner.date_joined - timedelta(days=1) < events[0].at < now
        assert mark.claimed_at == (mark.updated_at if mark.state == "done" else None)
    days = MarkEvent.objects.filter(learner__email=people["learner"]["email"]).dates("at", "day")
    assert len(days) > 30
    assert days[len(days) - 1] - days[0] > timedelta(days=150)


def test_points_of_done_skills_are_ticked(people, real_curriculum):
    amina = User.objects.get(email=people["learner"]["email"])
    climb = read_climb(amina.pk)
    for skill in real_curriculum:
        ticked = {point.id for point in skill.points} & climb.ticks
        assert (len(ticked) == len(skill.points)) == (climb.state(skill.id) == "done"), skill.slug
        assert bool(ticked) == (climb.state(skill.id) in ("done", "learning")), skill.slug


def test_the_learner_has_a_next_step_in_the_third_stage(people, real_curriculum):
    amina = User.objects.get(email=people["learner"]["email"])
    assert next_step(real_curriculum, read_climb(amina.pk)).skill.stage.number == 3


def test_the_learner_has_three_projects_that_were_read(people):
    projects = Project.objects.select_related("inspection").order_by("title")
    assert [(project.title, project.inspection.state) for project in projects] == [
        ("Household expense predictor", "read"),
        ("Mombasa house prices", "read"),
        ("What matatu riders say", "read"),
    ]
    answers = [{row.answer for row in project.evidence.all()} - {"listed"} for project in projects]
    assert answers == [{"confirmed", "open"}, {"confirmed", "open"}, {"open"}]
    assert disagreements() == []
    portfolio = portfolio_of(people["learner"]["handle"], viewer=AnonymousUser())
    assert [project.title for project in portfolio.projects] == ["Mombasa house prices", "Household expense predictor"]
    assert portfolio.count("shown") > 5


def test_demo_people_are_each_others_mentors(people):
    users = {role: User.objects.get(email=person["email"]) for role, person in people.items()}
    seen = {
        (role, learner)
        for role, mentor in users.items()
        for learner in ("learner", "other_learner")
        if access.may_see(mentor, users[learner].pk, "progress")
    }
    assert seen == {("mentor", "learner"), ("other_mentor", "other_learner")}
    assert [row.cohort.name for row in standing.mentees_of(users["mentor"])] == ["Evening climbers"]
    former = Mentorship.objects.get(mentor=users["former_mentor"])
    assert (former.learner, former.ended_by) == (users["learner"], users["learner"])
    assert {entry.mentor for entry in access_log.looks_at(users["learner"])} == {users["mentor"], users["former_mentor"]}


def test_the_mentors_home_has_something_to_do_and_something_done(people):
    mentor = User.objects.get(email=people["mentor"]["email"])
    found = overview(mentor, Filters())
    assert [waiting.review.project.title for waiting in found.reviews] == ["Mombasa house prices"]
    told = brief(access.active_mentorship(mentor, people["learner"]["handle"], None))
    assert (told.act.does, told.confirmed) == ("Review “Mombasa house prices”", 1)
    assert told.mentorship.next_step
    assert not told.is_overdue
    assert told.since is None
    assert "numpy-arrays" in [item.skill.slug for item in told.to_confirm]


def test_an_earlier_review_went_from_changes_to_approval_and_a_confirmed_skill(people):
    review = Review.objects.get(project__title="Household expense predictor")
    assert (review.state, review.looks) == ("approved", 2)
    said = list(review.comments.order_by("written_at", "pk"))
    assert [(comment.kind, comment.look) for comment in said] == [
        ("request", 1), ("comment", 1), ("comment", 1), ("changes", 1), ("request", 2), ("approved", 2),
    ]  # fmt: skip
    assert {comment.commit for comment in said} == {review.project.inspection.commit}
    first = rubric.results(review.marks.all())[0]
    assert (first.level, first.before) == (3, 2)
    sign_off = SignOff.objects.get()
    assert (sign_off.skill.slug, sign_off.project, sign_off.mentor_name) == ("pandas-dataframes", review.project, "Jonas Lindqvist")
    mark = Mark.objects.get(learner=sign_off.learner, skill=sign_off.skill)
    assert (mark.confirmed_at, mark.confirmed_by) == (sign_off.signed_at, "Jonas Lindqvist")
    assert mark.shown_at < mark.confirmed_at
    assert confirmed_disagreements() == []


def test_demo_people_get_no_mail(people):
    assert not Mail.objects.exists()


def test_a_deleted_project_takes_its_review_along_and_no_other(people):
    Mentorship.objects.all().delete()
    Review.objects.all().delete()
    SignOff.objects.all().delete()
    Project.objects.filter(title="Household expense predictor").update(deleted_at=timezone.now())
    load_demo()
    assert [review.project.title for review in Review.objects.all()] == ["Mombasa house prices"]


def test_mentorship_that_somebody_ended_is_not_made_again(people):
    mentorship = Mentorship.objects.get(mentor__email=people["mentor"]["email"])
    relations.end_mentorship(mentorship=mentorship, by=mentorship.learner)
    load_demo()
    assert not Mentorship.objects.active().filter(mentor=mentorship.mentor).exists()


def test_only_the_editor_and_the_admin_may_enter_the_workshop(people):
    staff = {role for role, person in people.items() if User.objects.get(email=person["email"]).is_staff}
    assert staff == {"editor", "admin"}
    assert User.objects.get(is_superuser=True).email == people["admin"]["email"]
    editor = User.objects.get(email=people["editor"]["email"])
    assert editor.has_perm("stages.change_skill")
    assert editor.has_perm("resources.change_resource")
    assert not editor.has_perm("accounts.view_user")


def test_a_second_time_changes_nothing_and_resets_nothing(people, real_curriculum):
    amina = User.objects.get(email=people["learner"]["email"])
    amina.name = "Amina Y."
    amina.save()
    mark_skill(climber=amina.pk, skill_id=next(iter(real_curriculum)).id, state="none")
    before = everything()
    assert json.loads(load_demo(json=True))["people"] == list(people.values())
    assert "nothing was changed" in load_demo()
    assert everything() == before


def test_without_json_it_tells_people(real_curriculum):
    said = load_demo()
    assert said.startswith("8 demo people were made.\n")
    assert "other learner" in said


def test_the_tallies_count_demo_people_too(people):
    rollups.refresh()
    assert sum(SkillTally.objects.values_list("done", flat=True)) == Mark.objects.filter(state="done").count()


def test_production_refuses_demo_people(real_curriculum, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production refuses them"):
        load_demo()
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_without_a_curriculum_it_says_how_to_load_it():
    with pytest.raises(CommandError, match=r"manage\.py load_curriculum"):
        load_demo()
    assert User.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_loading_twice_at_once_makes_everybody_once(real_curriculum, together):
    connection.close()
    together(2, lambda number: load_demo())
    assert User.objects.count() == 8
