"""A mentor's home: whom it shows, what of them, in which order, and as a file."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from accounts.models import User
from roadmap.curriculum import snapshot
from roadmap.mentoring.models import AccessLog, Cohort, Mentorship, Review, Scope
from roadmap.progress.models import Mark, MarkEvent
from roadmap.progress.services import mark_skill, read_climb
from roadmap.progress.summary import progress
from tests.factories import EvidenceFactory, ProjectFactory, UserFactory
from tests.parsed import texts

SignIn = Callable[..., Client]
EVERYTHING = [Scope.PROGRESS, Scope.PROJECTS]


def mentored(mentor: User, learner: User, *, scopes: list[str] | None = None, **fields: Any) -> Mentorship:
    return Mentorship.objects.create(mentor=mentor, learner=learner, scopes=EVERYTHING if scopes is None else scopes, **fields)


def mentee(mentor: User, name: str, *, quiet: int | None = 0, skill: Any = None, **fields: Any) -> User:
    """Somebody whom the mentor takes along, and who did something so many days ago."""
    learner = UserFactory(name=name)
    mentored(mentor, learner, **fields)
    if quiet is not None and skill:
        mark_skill(climber=learner.pk, skill_id=skill.pk, state="learning")
        past(learner, quiet)
    return learner


def past(learner: User, days: int) -> None:
    """Whatever the learner has done was so many days ago."""
    then = timezone.now() - timedelta(days=days)
    MarkEvent.objects.filter(learner=learner).update(at=then)
    Mark.objects.filter(learner=learner).update(updated_at=then)


def names(answer: Any) -> list[str]:
    return texts(answer, "table.mentees tbody th a")


# --- Whom it shows --------------------------------------------------------------------------------------------------


def test_mentor_sees_own_mentees_and_nobody_elses(mentor: User, other_mentor: User, learner: User, other_learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:  # fmt: skip
    mentored(mentor, learner)
    mentored(other_mentor, other_learner)
    assert names(sign_in(mentor).get("/mentoring/")) == ["Amina Yusuf"]


@pytest.mark.parametrize(
    "end", [{"ended_at": timezone.now()}, {"ends_on": timezone.now().date() - timedelta(days=1)}], ids=["ended", "run out"]
)
def test_former_mentee_is_gone_from_list_file_and_page(mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace, end: dict[str, Any]) -> None:  # fmt: skip
    mentorship = mentored(mentor, learner)
    client = sign_in(mentor)
    assert names(client.get("/mentoring/")) == ["Amina Yusuf"]
    Mentorship.objects.filter(pk=mentorship.pk).update(**end)
    assert names(client.get("/mentoring/")) == []
    assert "Amina" not in client.get("/mentoring/mentees.csv").content.decode()
    assert client.get("/mentoring/learners/amina-yusuf/").status_code == 404


def test_list_is_a_look_at_everybody_who_shows_something_in_it(mentor: User, learner: User, other_learner: User, new_learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:  # fmt: skip
    cohort = Cohort.objects.create(mentor=mentor, name="Autumn")
    mentored(mentor, learner, scopes=[Scope.PROGRESS], cohort=cohort)
    mentored(mentor, other_learner, scopes=[Scope.PROJECTS])
    mentored(mentor, new_learner, scopes=[Scope.CAREER])
    client = sign_in(mentor)
    client.head("/mentoring/")
    assert not AccessLog.objects.exists()
    client.get(f"/mentoring/cohorts/{cohort.pk}/")
    assert [(logged.learner, logged.page) for logged in AccessLog.objects.all()] == [(learner, "list")]
    for _ in range(2):
        client.get("/mentoring/?q=nobody")
    assert set(AccessLog.objects.values_list("learner", "page")) == {(learner.pk, "list"), (other_learner.pk, "list")}
    assert AccessLog.objects.count() == 2


def test_nobody_to_mentor_is_said_kindly(mentor: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:
    answer = sign_in(mentor).get("/mentoring/")
    assert (answer.status_code, texts(answer, ".empty h2")) == (200, ["Take somebody along"])


# --- Numbers --------------------------------------------------------------------------------------------------------


def test_counts_are_those_of_the_learners_own_pages(mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:
    mentored(mentor, learner)
    for skill, state in {"python": "done", "numpy": "done", "pandas": "skipped", "git": "learning", "statistics": "done"}.items():
        mark_skill(climber=learner.pk, skill_id=getattr(curriculum, skill).pk, state=state)
    climb, picture = read_climb(learner.pk), snapshot.current()
    own = [progress(stage.skills, climb.states) for stage in picture.stages]
    cells = texts(sign_in(mentor).get("/mentoring/"), "table.mentees td.c .cell")
    assert cells == ["2/4, 1 skipped", "1/4", "0/1"]
    assert [cell.partition(",")[0] for cell in cells] == [f"{step.done}/{step.total}" for step in own]
    own_page = texts(sign_in(learner).get("/stages/ground/"), "main")[0]
    assert "2 of 4 done" in own_page
    assert "1 skipped" in own_page or "Skipped1" in own_page.replace(" ", "")


def test_a_step_that_is_done_or_skipped_is_solid(mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:
    mentored(mentor, learner)
    for skill, state in ((curriculum.cv, "skipped"), (curriculum.python, "done")):
        mark_skill(climber=learner.pk, skill_id=skill.pk, state=state)
    page = html.fromstring(sign_in(mentor).get("/mentoring/").content.decode())
    assert [cell.get("data-l") for cell in page.cssselect("table.mentees .cell")] == ["1", "0", "3"]


def test_this_week_is_what_the_last_seven_days_changed(mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:
    mentored(mentor, learner)
    for skill in (curriculum.python, curriculum.numpy):
        mark_skill(climber=learner.pk, skill_id=skill.pk, state="done")
    past(learner, 8)
    client = sign_in(mentor)
    week = "table.mentees td[data-th='This week']"
    assert texts(client.get("/mentoring/"), week) == ["–"]
    mark_skill(climber=learner.pk, skill_id=curriculum.pandas.pk, state="done")
    mark_skill(climber=learner.pk, skill_id=curriculum.git.pk, state="learning")
    mark_skill(climber=learner.pk, skill_id=curriculum.git.pk, state="done")
    assert texts(client.get("/mentoring/"), week) == ["2 more done, 1 begun"]
    for skill in (curriculum.python, curriculum.pandas, curriculum.git):
        mark_skill(climber=learner.pk, skill_id=skill.pk, state="none")
    assert texts(client.get("/mentoring/"), week) == ["1 fewer done, 1 begun"]


def test_what_is_carried_to_a_replacement_is_nobodys_activity(mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:  # fmt: skip
    mentored(mentor, learner)
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="learning")
    past(learner, 30)
    MarkEvent.objects.create(learner=learner, skill=curriculum.numpy, to_state="done", source="replaced")
    page = sign_in(mentor).get("/mentoring/")
    assert "30 days quiet" in texts(page, "table.mentees tbody th")[0]
    assert texts(page, "table.mentees td[data-th='This week']") == ["–"]


# --- Scopes ---------------------------------------------------------------------------------------------------------


def test_without_progress_no_marks_show(mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:
    mentored(mentor, learner, scopes=[])
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="learning")
    past(learner, 40)
    client = sign_in(mentor)
    page = client.get("/mentoring/")
    assert texts(page, "table.mentees td") == ["Doesn’t show skills and steps", "–", "–"]
    assert texts(page, "table.mentees tbody th") == ["Amina Yusuf"]
    assert rows(client.get("/mentoring/mentees.csv"))[1] == ["Amina Yusuf", *[""] * 10]
    for filtered in ("?quiet=7", "?stuck=yes"):
        assert names(client.get(f"/mentoring/{filtered}")) == []


def test_without_projects_neither_reviews_nor_findings_nor_saves_show(mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:  # fmt: skip
    mentorship = mentored(mentor, learner, begun_at=timezone.now() - timedelta(days=20))
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="learning")
    past(learner, 20)
    project = ProjectFactory(learner=learner)
    EvidenceFactory(project=project, skill=curriculum.numpy, confirmed_at=timezone.now())
    Mark.objects.filter(learner=learner).update(shown_at=timezone.now())
    review = Review.objects.create(project=project, reviewer=mentor, reviewer_name="Jonas Weber")
    client = sign_in(mentor)
    Mentorship.objects.filter(pk=mentorship.pk).update(scopes=[Scope.PROGRESS])
    page = client.get("/mentoring/")
    assert texts(page, ".stat-row .big-num") == ["0", "0 of 1", "1", "0"]
    assert review.project.title not in page.content.decode()
    assert "20 days quiet" in texts(page, "table.mentees tbody th")[0]


# --- Quiet and stuck ------------------------------------------------------------------------------------------------


def test_quiet_is_counted_in_days_and_filtered(mentor: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:
    for name, days in (("Ana", 0), ("Ben", 8), ("Cleo", 15), ("Dia", 31)):
        mentee(mentor, name, quiet=days, skill=curriculum.python)
    client = sign_in(mentor)
    assert texts(client.get("/mentoring/"), "table.mentees th .badge") == ["15 days quiet", "31 days quiet"]
    assert {days: names(client.get(f"/mentoring/?quiet={days}")) for days in (7, 14, 30)} == {
        7: ["Ben", "Cleo", "Dia"],
        14: ["Cleo", "Dia"],
        30: ["Dia"],
    }


def test_who_has_never_done_anything_is_quiet_since_the_mentoring_began(mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:  # fmt: skip
    mentored(mentor, learner, begun_at=timezone.now() - timedelta(days=16))
    page = sign_in(mentor).get("/mentoring/")
    assert texts(page, "table.mentees th .badge") == ["16 days quiet"]
    assert texts(page, "table.mentees td[data-th='Last active']") == ["Not yet"]


def test_who_began_this_week_and_has_done_nothing_was_not_active(mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:  # fmt: skip
    mentored(mentor, learner)
    assert texts(sign_in(mentor).get("/mentoring/"), ".stat-row .big-num")[1] == "0 of 1"
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="learning")
    assert texts(sign_in(mentor).get("/mentoring/"), ".stat-row .big-num")[1] == "1 of 1"


def test_a_tick_and_a_saved_project_are_activity(mentor: User, learner: User, other_learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:  # fmt: skip
    for person in (learner, other_learner):
        mentored(mentor, person, begun_at=timezone.now() - timedelta(days=60))
    learner.ticks.create(point=curriculum.python.done_points.first())
    ProjectFactory(learner=other_learner)
    assert texts(sign_in(mentor).get("/mentoring/"), "table.mentees td[data-th='Last active']") == ["Today", "Today"]


def test_stuck_is_long_in_learning_or_waiting(mentor: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:
    mentee(mentor, "Ana", quiet=5, skill=curriculum.python)
    mentee(mentor, "Ben", quiet=25, skill=curriculum.python)
    cleo, dia = (mentee(mentor, name, quiet=1, skill=curriculum.python) for name in ("Cleo", "Dia"))
    for person, days in ((cleo, 6), (dia, 1)):
        Review.objects.create(
            project=ProjectFactory(learner=person, title="Houses"),
            reviewer=mentor,
            reviewer_name="Jonas Weber",
            asked_at=timezone.now() - timedelta(days=days),
        )
    client = sign_in(mentor)
    page = client.get("/mentoring/?stuck=yes&sort=stuck")
    assert names(page) == ["Ben", "Cleo"]
    assert texts(page, "table.mentees .held") == [
        "Title of python: learning for 25 days",
        "Houses: waits 6 days for your review",
    ]
    assert texts(page, "section[aria-labelledby=queue-title] li p") == ["Cleo, first look", "Dia, first look"]
    assert texts(page, ".stat-row li")[0] == "2reviews wait for you, the oldest for 6 days"


def test_a_review_that_waits_for_somebody_else_is_not_in_the_queue(mentor: User, other_mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:  # fmt: skip
    mentored(mentor, learner)
    Review.objects.create(project=ProjectFactory(learner=learner), reviewer=other_mentor, reviewer_name="Priya Raman")
    assert texts(sign_in(mentor).get("/mentoring/"), "section[aria-labelledby=queue-title] li") == ["No review waits for you."]


# --- Filters, order, search -----------------------------------------------------------------------------------------


def test_search_cohort_and_order_are_in_the_address(mentor: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:
    autumn = Cohort.objects.create(mentor=mentor, name="Autumn")
    ana = mentee(mentor, "Ana Silva", quiet=3, skill=curriculum.python, cohort=autumn)
    mentee(mentor, "Ben Silva", quiet=9, skill=curriculum.python)
    mentee(mentor, "Łucja Kos", quiet=1, skill=curriculum.python, cohort=autumn)
    mark_skill(climber=ana.pk, skill_id=curriculum.numpy.pk, state="done")
    past(ana, 3)
    client = sign_in(mentor)
    assert {query: names(client.get(f"/mentoring/{query}")) for query in (
        "?q=SILVA", f"?cohort={autumn.pk}", "?cohort=none", "?sort=quiet", "?sort=furthest", f"?q=silva&cohort={autumn.pk}", "?sort=made-up&quiet=x&cohort=no"
    )} == {
        "?q=SILVA": ["Ana Silva", "Ben Silva"],
        f"?cohort={autumn.pk}": ["Ana Silva", "Łucja Kos"],
        "?cohort=none": ["Ben Silva"],
        "?sort=quiet": ["Ben Silva", "Ana Silva", "Łucja Kos"],
        "?sort=furthest": ["Ana Silva", "Ben Silva", "Łucja Kos"],
        f"?q=silva&cohort={autumn.pk}": ["Ana Silva"],
        "?sort=made-up&quiet=x&cohort=no": ["Ana Silva", "Ben Silva", "Łucja Kos"],
    }  # fmt: skip


def test_filters_answer_htmx_with_the_list_and_a_clean_address(mentor: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:
    mentee(mentor, "Ana", quiet=1, skill=curriculum.python)
    answer = sign_in(mentor, htmx=True).get("/mentoring/?q=an&cohort=&quiet=&sort=")
    assert answer["HX-Push-Url"] == "/mentoring/?q=an"
    assert "<html" not in answer.content.decode()
    assert "1 of 1 mentees match." in answer.content.decode()
    assert "/mentoring/mentees.csv?q=an" in answer.content.decode()


def test_cohort_has_a_page_of_its_own(mentor: User, other_mentor: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:
    autumn = Cohort.objects.create(mentor=mentor, name="Autumn")
    mentee(mentor, "Ana", cohort=autumn)
    mentee(mentor, "Ben")
    page = sign_in(mentor).get(f"/mentoring/cohorts/{autumn.pk}/")
    assert (texts(page, "h1"), names(page)) == (["Autumn"], ["Ana"])
    for path in ("", "mentees.csv"):
        assert sign_in(other_mentor).get(f"/mentoring/cohorts/{autumn.pk}/{path}").status_code == 404
    assert [row[0] for row in rows(sign_in(mentor).get(f"/mentoring/cohorts/{autumn.pk}/mentees.csv"))[1:]] == ["Ana"]


# --- The file -------------------------------------------------------------------------------------------------------


def rows(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_file_is_what_the_screen_shows(mentor: User, sign_in: SignIn, curriculum: SimpleNamespace) -> None:
    for name, days in (("Ana", 2), ("Ben", 26), ("Cleo", 17)):
        learner = mentee(mentor, name, quiet=days, skill=curriculum.python)
    Mark.objects.create(learner=learner, skill=curriculum.git, state="skipped")
    client, query = sign_in(mentor), "?quiet=14&sort=quiet"
    page, file = client.get(f"/mentoring/{query}"), client.get(f"/mentoring/mentees.csv{query}")
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert file["Content-Disposition"] == 'attachment; filename="mentees.csv"'
    heading, *found = rows(file)
    assert heading == [
        "Mentee",
        "Cohort",
        "1 ground",
        "2 models",
        "3 work",
        "Done",
        "This week",
        "Last active",
        "Quiet for days",
        "Stuck",
        "Reviews waiting",
    ]
    assert [row[0] for row in found] == names(page) == ["Ben", "Cleo"]
    shown = texts(page, "table.mentees .cell")
    assert [cell.replace(" of ", "/") for row in found for cell in row[2:5]] == shown
    assert (found[1][2], found[1][5]) == ("0 of 4, 1 skipped", "0 of 9, 1 skipped")
    assert [row[8] for row in found] == ["26", "17"]
    assert [row[9] for row in found] == ["Title of python: learning for 26 days", ""]
    assert AccessLog.objects.filter(mentor=mentor, page="file").count() == 2


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", " =1"])
def test_a_name_is_never_a_formula(mentor: User, sign_in: SignIn, curriculum: SimpleNamespace, name: str) -> None:
    mentee(mentor, name)
    assert rows(sign_in(mentor).get("/mentoring/mentees.csv"))[1][0] == f"'{name}"


@pytest.mark.parametrize(
    ("name", "written"),
    [("Ana;=1+1", "Ana;'=1+1"), ("Ana\t@SUM(A1)", "Ana\t'@SUM(A1)"), ("Ana, -1", "Ana,' -1"), ("Ana-Lena; B", "Ana-Lena; B")],
)
def test_a_name_is_no_formula_where_cells_end_at_a_semicolon(mentor: User, sign_in: SignIn, curriculum: SimpleNamespace, name: str, written: str) -> None:  # fmt: skip
    mentee(mentor, name)
    assert rows(sign_in(mentor).get("/mentoring/mentees.csv"))[1][0] == written


@pytest.mark.parametrize("page", ["", "mentees.csv", "cohorts/autumn/", "cohorts/autumn/mentees.csv", "learners/amina-yusuf/"])
def test_what_a_mentor_saw_is_kept_by_no_browser(mentor: User, learner: User, sign_in: SignIn, curriculum: SimpleNamespace, page: str) -> None:  # fmt: skip
    mentored(mentor, learner, cohort=Cohort.objects.create(id="autumn", mentor=mentor, name="Autumn"))
    answer = sign_in(mentor).get(f"/mentoring/{page}")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")


# --- Statements -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [5, 50, 500])
def test_home_takes_as_many_statements_for_five_as_for_five_hundred(mentor: User, sign_in: SignIn, statements: Callable[..., Any], real_curriculum: Any, count: int) -> None:  # fmt: skip
    people(mentor, count, list(real_curriculum)[:90])
    client = sign_in(mentor)
    with statements(exactly=STATEMENTS):
        page = client.get("/mentoring/")
    assert len(names(page)) == count
    with statements(exactly=STATEMENTS):
        client.get("/mentoring/mentees.csv")


# Session, person, cohorts, mentorships, standings, reviews, who has looked.
STATEMENTS = 7


def people(mentor: User, count: int, skills: list[Any]) -> None:
    """Mentees with a mark on each skill, made in few statements."""
    cohort = Cohort.objects.create(mentor=mentor, name="Autumn")
    made = User.objects.bulk_create(
        [User(name=f"Mentee {n}", handle=f"mentee-{n}", email=f"mentee-{n}@example.org", password="!") for n in range(count)]
    )
    Mentorship.objects.bulk_create(
        [Mentorship(mentor=mentor, learner=person, scopes=EVERYTHING, cohort=cohort if n % 2 else None) for n, person in enumerate(made)]
    )
    states = ("done", "learning", "done", "skipped")
    Mark.objects.bulk_create(
        [
            Mark(learner=person, skill_id=skill.id, state=states[(n + m) % 4])
            for n, person in enumerate(made)
            for m, skill in enumerate(skills)
        ]
    )
    MarkEvent.objects.bulk_create(
        [MarkEvent(learner=person, skill_id=skill.id, to_state="learning") for person in made for skill in skills]
    )
