"""What one viewer may see of one portfolio: the one function that everything public is made of."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import FormerHandle, Profile, User
from accounts.services import save_profile
from roadmap.curriculum import snapshot
from roadmap.portfolio.models import HiddenSkill, Inspection, Project
from roadmap.portfolio.published import Portfolio, moved_to, portfolio_of, published_handles
from roadmap.progress.models import Mark
from tests.factories import EvidenceFactory, ListedProjectFactory, ProfileFactory, UserFactory

WHEN = datetime(2026, 10, 1, 9, tzinfo=UTC)
NOBODY = AnonymousUser()
ANSWERS = dict.fromkeys(Project.QUESTIONS, "An answer.")


def seen(person: User, viewer: User | AnonymousUser = NOBODY) -> Portfolio:
    found = portfolio_of(person.handle, viewer=viewer)
    assert found is not None
    return found


def mark(person: User, skill, state: str = "done", **levels) -> Mark:
    return Mark.objects.create(learner=person, skill=skill, state=state, claimed_at=WHEN if state == "done" else None, **levels)


@pytest.fixture
def published(learner: User) -> Profile:
    return ProfileFactory(person=learner, visibility="public")


# --- Who may see it -------------------------------------------------------------------------------------------------


@pytest.fixture
def viewers(learner, other_learner, mentor, editor, admin_user) -> dict[str, User | AnonymousUser]:
    return {
        "anonymous": NOBODY, "owner": learner, "other_learner": other_learner, "mentor": mentor, "editor": editor, "admin_user": admin_user,
    }  # fmt: skip


@pytest.mark.parametrize("visibility", ["missing", "off", "unlisted", "public"])
def test_each_viewer_sees_a_portfolio_that_is_on_and_only_its_owner_and_superusers_one_that_is_off(
    visibility, curriculum, learner, viewers
):
    if visibility != "missing":
        ProfileFactory(person=learner, visibility=visibility)
    is_on = visibility in ("unlisted", "public")
    expected = set(viewers) if is_on else {"owner", "admin_user"}
    found = {who: portfolio_of(learner.handle, viewer=viewer) for who, viewer in viewers.items()}
    assert {who for who, portfolio in found.items() if portfolio} == expected
    assert {portfolio.is_preview for portfolio in found.values() if portfolio} == {not is_on}
    assert {portfolio.is_public for portfolio in found.values() if portfolio} == {visibility == "public"}


def test_closed_account_has_no_portfolio_for_anybody(curriculum, learner, published, viewers):
    User.objects.filter(pk=learner.pk).update(is_active=False)
    assert [portfolio_of(learner.handle, viewer=viewer) for viewer in viewers.values()] == [None] * len(viewers)


def test_nobody_is_at_a_handle_that_nobody_has(curriculum, admin_user):
    assert portfolio_of("no-such-person", viewer=admin_user) is None


def test_two_viewers_of_a_portfolio_that_is_on_see_the_same(curriculum, learner, published, viewers):
    ListedProjectFactory(learner=learner, shows=[curriculum.numpy])
    mark(learner, curriculum.numpy, shown_at=WHEN)
    assert len({seen(learner, viewer) for viewer in viewers.values()}) == 1


# --- What is seen ---------------------------------------------------------------------------------------------------


def test_each_skill_has_the_level_that_backs_it(curriculum, learner, mentor, published):
    mark(learner, curriculum.python)
    mark(learner, curriculum.numpy, shown_at=WHEN + timedelta(days=1))
    mark(learner, curriculum.pandas, shown_at=WHEN, confirmed_at=WHEN + timedelta(days=2), confirmed_by=mentor.name)
    mark(learner, curriculum.git, "learning", shown_at=WHEN)
    mark(learner, curriculum.statistics, "learning")
    mark(learner, curriculum.trees, "skipped")
    assert [(skill.slug, skill.number, skill.level, skill.since, skill.confirmed_by) for skill in seen(learner).skills] == [
        ("python", "1.1", "claimed", WHEN, ""),
        ("numpy", "1.2", "shown", WHEN + timedelta(days=1), ""),
        ("pandas", "1.3", "confirmed", WHEN + timedelta(days=2), "Jonas Weber"),
        ("git", "1.4", "shown", WHEN, ""),
    ]


def test_skill_that_is_no_longer_done_is_no_longer_confirmed(curriculum, learner, mentor, published):
    mark(learner, curriculum.pandas, "learning", confirmed_at=WHEN, confirmed_by=mentor.name)
    assert seen(learner).skills == ()


def test_skill_that_is_skipped_is_not_shown_on_any_page(curriculum, learner, published, sign_in):
    mark(learner, curriculum.numpy, "skipped", shown_at=WHEN)
    assert seen(learner).skills == ()
    assert "Shown" not in sign_in(learner).get("/stages/ground/").content.decode()


def test_skill_of_a_mentor_whose_account_is_gone_stays_confirmed(curriculum, learner, published):
    mark(learner, curriculum.pandas, confirmed_at=WHEN)
    assert [(skill.level, skill.confirmed_by) for skill in seen(learner).skills] == [("confirmed", "")]


def test_retired_and_unpublished_skills_are_not_spoken_of(curriculum, learner, published):
    mark(learner, curriculum.old_tool)
    mark(learner, curriculum.hidden)
    assert seen(learner).skills == ()


@pytest.mark.parametrize(
    ("choice", "slugs"), [("all", ["python", "numpy", "pandas"]), ("shown", ["numpy", "pandas"]), ("confirmed", ["pandas"])]
)
def test_learner_chooses_which_levels_are_shown(choice, slugs, curriculum, learner):
    ProfileFactory(person=learner, visibility="public", skills=choice)
    mark(learner, curriculum.python)
    mark(learner, curriculum.numpy, shown_at=WHEN)
    mark(learner, curriculum.pandas, confirmed_at=WHEN)
    project = ListedProjectFactory(learner=learner, shows=[curriculum.numpy, curriculum.pandas])
    portfolio = seen(learner)
    assert [skill.slug for skill in portfolio.skills] == slugs
    assert [found.skill for found in portfolio.projects[0].evidence] == [slug for slug in slugs if slug != "python"]
    assert {skill.projects for skill in portfolio.skills if skill.slug != "python"} == {(project.slug,)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(
    states=st.lists(st.sampled_from(["none", "learning", "done", "shown", "confirmed", "skipped"]), min_size=9, max_size=9),
    hidden=st.sets(st.integers(0, 8)),
)
def test_skill_that_is_left_out_is_as_if_it_had_never_been_marked(states, hidden, curriculum, learner, published):
    Project.objects.all().delete()
    Mark.objects.all().delete()
    HiddenSkill.objects.all().delete()
    project = ListedProjectFactory(learner=learner)
    for skill, state in zip(curriculum.skills, states, strict=True):
        if state != "none":
            levels = {"shown_at": WHEN} if state == "shown" else {"confirmed_at": WHEN} if state == "confirmed" else {}
            mark(learner, skill, "done" if levels else state, **levels)
        if state == "shown":
            EvidenceFactory(project=project, skill=skill, confirmed_at=WHEN)
    for place in hidden:
        HiddenSkill.objects.create(learner=learner, skill=curriculum.skills[place])
    left_out = seen(learner)
    Mark.objects.filter(skill__in=[curriculum.skills[place] for place in hidden]).delete()
    assert left_out == seen(learner)


def test_only_chosen_projects_are_listed_the_finished_ones_first(curriculum, learner, other_learner, published):
    ListedProjectFactory(learner=learner, slug="old", created_at=WHEN, finished_at=WHEN, **ANSWERS)
    ListedProjectFactory(learner=learner, slug="new", created_at=WHEN + timedelta(days=9))
    ListedProjectFactory(learner=learner, slug="newer", created_at=WHEN + timedelta(days=10))
    ListedProjectFactory(learner=learner, visibility="private")
    ListedProjectFactory(learner=learner, archived_at=WHEN)
    ListedProjectFactory(learner=learner, deleted_at=WHEN)
    ListedProjectFactory(learner=other_learner)
    assert [project.slug for project in seen(learner).projects] == ["old", "newer", "new"]


def test_only_what_its_learner_confirmed_is_evidence(curriculum, learner, published):
    for skill in (curriculum.python, curriculum.numpy, curriculum.pandas, curriculum.git):
        mark(learner, skill, shown_at=WHEN)
    project = ListedProjectFactory(learner=learner, repository="amina/houses")
    EvidenceFactory(project=project, skill=curriculum.python)
    EvidenceFactory(project=project, skill=curriculum.numpy, declined_at=WHEN)
    EvidenceFactory(project=project, skill=curriculum.pandas, confirmed_at=WHEN, gone_at=WHEN, path="a b/é.ipynb", line=3, cell=2)
    EvidenceFactory(skill=curriculum.git, confirmed_at=WHEN)
    [found] = seen(learner).projects[0].evidence
    assert (found.skill, found.level, found.path, found.line, found.cell) == ("pandas", "shown", "a b/é.ipynb", 3, 2)
    assert found.url == f"https://github.com/amina/houses/blob/{'a' * 40}/a%20b/%C3%A9.ipynb?plain=1#L3"


def test_project_that_is_not_listed_is_not_named_by_what_it_shows(curriculum, learner, published):
    mark(learner, curriculum.numpy, shown_at=WHEN)
    ListedProjectFactory(learner=learner, visibility="private", shows=[curriculum.numpy])
    portfolio = seen(learner)
    assert [(skill.level, skill.projects) for skill in portfolio.skills] == [("shown", ())]
    assert portfolio.projects == ()


def test_answers_are_seen_once_the_project_is_finished(curriculum, learner, published):
    ListedProjectFactory(learner=learner, slug="done", finished_at=WHEN, **ANSWERS)
    ListedProjectFactory(learner=learner, slug="draft", **ANSWERS)
    done, draft = seen(learner).projects
    assert [question for question, _answer in done.answers] == [
        "How was the data split?", "What is the baseline?", "Where could it leak?", "Where does it fail?", "What would you do next?",
    ]  # fmt: skip
    assert draft.answers == ()


def test_facts_of_the_code_are_those_of_the_last_reading(curriculum, learner, published):
    languages = {"Shell": 5, "Python": 900, "SQL": 90}
    project = ListedProjectFactory(learner=learner)
    Inspection.objects.filter(project=project).update(languages=languages, licence="MIT", committed_at=WHEN)
    [project] = seen(learner).projects
    assert (project.languages, project.licence, project.committed_at) == (("Python", "SQL", "Shell"), "MIT", WHEN)


def test_link_to_anywhere_is_a_project_too(curriculum, learner, published):
    project = ListedProjectFactory(
        learner=learner, repository="", url="https://gitlab.com/amina/houses", key="https://gitlab.com/amina/houses"
    )
    project.inspection.delete()
    [shown] = seen(learner).projects
    assert (shown.url, shown.languages, shown.licence, shown.evidence) == ("https://gitlab.com/amina/houses", (), "", ())


@pytest.mark.parametrize("shares", [True, False])
def test_e_mail_and_progress_are_seen_only_when_shared(shares, curriculum, learner):
    ProfileFactory(person=learner, visibility="public", shows_email=shares, shows_progress=shares)
    mark(learner, curriculum.python, confirmed_at=WHEN)
    mark(learner, curriculum.git, "skipped")
    portfolio = seen(learner)
    assert portfolio.email == (learner.email if shares else "")
    assert [(step.done, step.total, step.confirmed, step.states) for step in portfolio.steps] == (
        [
            (1, 4, 1, ("done", "none", "none", "skipped")),
            (0, 4, 0, ("none", "none", "none", "none")),
            (0, 1, 0, ("none",)),
        ]
        if shares
        else []
    )


def test_last_change_tells_nothing_of_what_is_not_shown(curriculum, learner, published):
    User.objects.filter(pk=learner.pk).update(date_joined=WHEN - timedelta(days=30))
    mark(learner, curriculum.python)
    mark(learner, curriculum.statistics, "learning")
    ListedProjectFactory(learner=learner, visibility="private")
    assert seen(learner).changed_at == WHEN


# --- Former handles -------------------------------------------------------------------------------------------------


def renamed(person: User, handle: str) -> None:
    said = dict.fromkeys(("headline", "about", "place", "open_to", "github", "linkedin_url", "website_url"), "")
    save_profile(person=person, name=person.name, handle=handle, **said)


@pytest.mark.parametrize(("visibility", "expected"), [("off", None), ("unlisted", "amina"), ("public", "amina")])
def test_former_handle_leads_to_the_present_one_for_who_may_see_it(visibility, expected, curriculum, learner, other_learner):
    ProfileFactory(person=learner, visibility=visibility)
    renamed(learner, "amina-y")
    renamed(learner, "amina")
    for former in ("amina-yusuf", "amina-y", "Amina-Y", "AMINA"):
        assert (former, moved_to(former, viewer=other_learner)) == (former, expected)
        assert (former, moved_to(former, viewer=learner)) == (former, "amina")
    assert moved_to("amina", viewer=learner) is None
    assert moved_to("nobody-yet", viewer=learner) is None


def test_former_handle_of_a_closed_account_leads_nowhere(curriculum, learner, published, admin_user):
    renamed(learner, "amina")
    User.objects.filter(pk=learner.pk).update(is_active=False)
    assert FormerHandle.objects.filter(handle="amina-yusuf").exists()
    assert moved_to("amina-yusuf", viewer=admin_user) is None


# --- Many -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 30])
def test_portfolio_is_read_in_five_statements_however_large_it_is(
    count, curriculum: SimpleNamespace, learner, mentor, published, statements
):
    for skill in curriculum.skills:
        mark(learner, skill, shown_at=WHEN, confirmed_at=WHEN, confirmed_by=mentor.name)
    ListedProjectFactory.create_batch(count, learner=learner, idea=curriculum.idea, shows=curriculum.skills)
    snapshot.current()
    with statements(exactly=5):
        portfolio = seen(learner)
    assert len(portfolio.projects) == count
    assert len(portfolio.skills[0].projects) == count


def test_search_engines_are_told_of_public_portfolios_alone(curriculum):
    for visibility in ("off", "unlisted", "public"):
        ProfileFactory(person=UserFactory(handle=visibility), visibility=visibility, published_at=WHEN)
    ProfileFactory(person=UserFactory(is_active=False), visibility="public", published_at=WHEN)
    assert published_handles(10) == [("public", WHEN)]
