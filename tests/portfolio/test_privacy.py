"""Who sees what: the page of settings that decides it, and the button that ends it."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from lxml import html

from accounts.models import Profile, User
from roadmap.portfolio.models import HiddenSkill, Project
from roadmap.portfolio.privacy import save_privacy
from roadmap.portfolio.services import Outdated, save_words
from roadmap.progress.models import Mark
from tests.factories import ListedProjectFactory, ProfileFactory, ProjectFactory
from tests.parsed import document

PAGE, OFF = "/settings/privacy/", "/settings/privacy/off/"
WHEN = datetime(2026, 10, 1, 9, tzinfo=UTC)
CHOSEN = {"visibility": "unlisted", "skills": "all"}


def mark(person: User, *skills, **levels) -> None:
    Mark.objects.bulk_create(Mark(learner=person, skill=skill, state="done", claimed_at=WHEN, **levels) for skill in skills)


def hidden(person: User) -> list[str]:
    return sorted(HiddenSkill.objects.filter(learner=person).values_list("skill__slug", flat=True))


def listed(person: User) -> set[str]:
    return set(Project.objects.of(person).filter(visibility="public").values_list("title", flat=True))


def test_nothing_is_public_before_somebody_says_so(curriculum, learner, sign_in):
    page = document(sign_in(learner).get(PAGE))
    assert page.xpath("//input[@name='visibility' and @checked]/@value") == ["off"]
    assert page.xpath("//input[@name='shows_email' and @checked]") == []
    assert page.xpath("//form[contains(@action, 'off')]") == []
    assert Client().get("/u/amina-yusuf/").status_code == 404


@pytest.mark.parametrize("visibility", ["unlisted", "public", "off"])
def test_learner_decides_who_sees_the_portfolio(visibility, curriculum, learner, sign_in):
    answer = sign_in(learner).post(PAGE, {**CHOSEN, "visibility": visibility})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    profile = Profile.objects.get(person=learner)
    assert (profile.visibility, profile.published_at is not None) == (visibility, visibility != "off")
    assert Client().get("/u/amina-yusuf/").status_code == (404 if visibility == "off" else 200)


def test_learner_leaves_single_skills_out_and_takes_them_in_again(curriculum, learner, sign_in):
    mark(learner, curriculum.numpy, curriculum.pandas, curriculum.git)
    browser = sign_in(learner)
    browser.post(PAGE, {**CHOSEN, "hide": ["numpy", "git"]})
    assert hidden(learner) == ["git", "numpy"]
    page = document(browser.get(PAGE))
    assert page.xpath("//input[@name='hide']/@value") == ["numpy", "pandas", "git"]
    assert page.xpath("//input[@name='hide' and @checked]/@value") == ["numpy", "git"]
    seen = Client().get("/u/amina-yusuf/").content.decode()
    assert ("Title of pandas" in seen, "Title of numpy" in seen) == (True, False)
    browser.post(PAGE, {**CHOSEN, "hide": ["git"], "asked": page.xpath("//input[@name='asked']/@value")})
    assert hidden(learner) == ["git"]


def test_skill_that_was_not_asked_about_stays_left_out(curriculum, learner, sign_in):
    mark(learner, curriculum.numpy)
    HiddenSkill.objects.create(learner=learner, skill=curriculum.python)
    sign_in(learner).post(PAGE, {**CHOSEN, "hide": ["python", "no-such-skill", "numpy"]})
    assert hidden(learner) == ["numpy", "python"]


def test_skill_that_has_come_on_offer_since_the_form_was_shown_stays_left_out(curriculum, learner, sign_in):
    HiddenSkill.objects.create(learner=learner, skill=curriculum.python)
    mark(learner, curriculum.numpy)
    asked = document(sign_in(learner).get(PAGE)).xpath("//input[@name='asked']/@value")
    mark(learner, curriculum.python)  # in another tab
    sign_in(learner).post(PAGE, {**CHOSEN, "asked": asked})
    assert (asked, hidden(learner)) == (["numpy"], ["python"])


@pytest.mark.parametrize("field", ["hide", "asked", "project", "visibility", "skills"])
def test_no_field_breaks_on_a_character_that_the_database_has_not(curriculum, learner, sign_in, field):
    answer = sign_in(learner).post(PAGE, {**CHOSEN, field: ["a\0b"]})
    assert answer.status_code == 422


def test_learner_chooses_projects_and_never_somebody_elses(curriculum, learner, other_learner, sign_in):
    shown, private = (ListedProjectFactory(learner=learner, title=title) for title in ("Shown", "Private"))
    archived = ProjectFactory(learner=learner, title="Archived", archived_at=WHEN)
    foreign = ProjectFactory(learner=other_learner, title="Foreign")
    kept = ListedProjectFactory(learner=other_learner, title="Kept")
    browser = sign_in(learner)
    assert set(document(browser.get(PAGE)).xpath("//input[@name='project']/@value")) == {shown.pk, private.pk}
    browser.post(PAGE, {**CHOSEN, "project": [shown.pk, archived.pk, foreign.pk, "no-such-id"]})
    assert listed(learner) == {"Shown"}
    assert listed(other_learner) == {kept.title}


def test_form_of_a_project_that_was_opened_before_cannot_publish_it_again(curriculum, learner, sign_in):
    project = ListedProjectFactory(learner=learner)
    sign_in(learner).post(PAGE, CHOSEN)
    with pytest.raises(Outdated):
        save_words(project=project, version=project.version, values={"visibility": "public"})
    assert listed(learner) == set()


def test_projects_that_stay_as_they_were_are_not_touched(curriculum, learner, sign_in):
    before = Project.objects.get(pk=ListedProjectFactory(learner=learner).pk)
    sign_in(learner).post(PAGE, {**CHOSEN, "project": [before.pk]})
    after = Project.objects.get(pk=before.pk)
    assert (after.version, after.updated_at) == (before.version, before.updated_at)


def test_e_mail_and_progress_are_shared_only_by_ticking_them(curriculum, learner, sign_in):
    browser = sign_in(learner)
    for ticked in ({}, {"shows_email": "on", "shows_progress": "on"}, {}):
        browser.post(PAGE, {**CHOSEN, **ticked})
        profile = Profile.objects.get(person=learner)
        assert (profile.shows_email, profile.shows_progress) == (bool(ticked), bool(ticked))


@pytest.mark.parametrize("is_htmx", [True, False])
@pytest.mark.parametrize("values", [{}, {"visibility": "everybody", "skills": "all"}, {"visibility": "public", "skills": "none"}])
def test_choice_that_is_none_changes_nothing_and_says_so(values, is_htmx, curriculum, learner, sign_in):
    mark(learner, curriculum.numpy)
    answer = sign_in(learner, htmx=is_htmx).post(PAGE, {**values, "hide": ["numpy"], "shows_email": "on"})
    assert answer.status_code == 422
    page = document(answer)
    assert "Choose one of these." in page.xpath("string(//div[@id='errors'])")
    # What was ticked stays ticked.
    assert page.xpath("//input[@name='hide' and @checked]/@value") == ["numpy"]
    assert page.xpath("//input[@name='shows_email']/@checked") == ["checked"]
    assert hidden(learner) == []
    assert not Profile.objects.filter(person=learner).exists()


def test_htmx_gets_the_form_and_the_message(curriculum, learner, sign_in):
    answer = sign_in(learner, htmx=True).post(PAGE, CHOSEN)
    fragment = html.fragment_fromstring(answer.content.decode(), create_parent=True)
    assert (answer.status_code, fragment.xpath("./div/@id")[0]) == (200, "privacy-form")
    assert fragment.xpath("string(//*[@hx-swap-oob='innerHTML:#status'])").strip() == "Privacy saved."
    # The way out is there as soon as there is something to leave.
    assert fragment.xpath("//form/@action") == [OFF, PAGE]


def test_portfolio_is_switched_off_by_one_button_and_keeps_what_was_chosen(curriculum, learner, sign_in):
    project = ListedProjectFactory(learner=learner)
    ProfileFactory(person=learner, visibility="public", skills="shown", shows_email=True, published_at=WHEN, headline="Hello")
    browser = sign_in(learner)
    for _ in range(2):
        answer = browser.post(OFF)
        assert (answer.status_code, answer["Location"]) == (302, PAGE)
    profile = Profile.objects.get(person=learner)
    assert (profile.visibility, profile.published_at, profile.skills, profile.shows_email, profile.headline) == (
        "off",
        None,
        "shown",
        True,
        "Hello",
    )
    assert listed(learner) == {project.title}
    assert Client().get("/u/amina-yusuf/").status_code == 404


def test_only_what_the_form_asks_for_is_saved(curriculum, learner, other_learner, sign_in):
    more = {
        "person": other_learner.pk,
        "person_id": other_learner.pk,
        "headline": "Evil",
        "published_at": "2020-01-01",
        "name": "Evil",
        "is_staff": "on",
    }
    sign_in(learner).post(PAGE, {**CHOSEN, **more})
    profile = Profile.objects.select_related("person").get()
    assert (profile.person, profile.headline, profile.person.name, profile.person.is_staff) == (learner, "", "Amina Yusuf", False)
    assert profile.published_at.year > 2020


def test_signed_out_visitor_is_asked_to_sign_in(client, db):
    for answer in (client.get(PAGE), client.post(PAGE, CHOSEN), client.post(OFF)):
        assert answer["Location"].startswith("/accounts/login/?next=")


def test_page_is_kept_by_no_cache_and_no_search_engine(curriculum, learner, sign_in):
    answer = sign_in(learner).get(PAGE)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert document(answer).xpath("//meta[@name='robots']/@content") == ["noindex"]


@pytest.mark.parametrize("count", [1, 30])
def test_page_takes_as_many_statements_for_one_project_as_for_thirty(count, curriculum, learner, sign_in, statements):
    mark(learner, *curriculum.skills)
    ListedProjectFactory.create_batch(count, learner=learner)
    browser = sign_in(learner)
    browser.get(PAGE)
    with statements(at_most=7):
        browser.get(PAGE)


@pytest.mark.django_db(transaction=True)
def test_saves_at_the_same_moment_wait_for_each_other_and_one_of_them_stands(curriculum, learner, together):
    mark(learner, curriculum.numpy, curriculum.pandas)
    both = [curriculum.numpy.pk, curriculum.pandas.pk]

    def save(number: int) -> None:
        save_privacy(
            person=learner, visibility="public", skills="all", shows_email=False, shows_progress=True, offered=both, hidden=[both[number % 2]], listed=[],
        )  # fmt: skip

    together(6, save)
    assert hidden(learner) in (["numpy"], ["pandas"])
    assert Profile.objects.filter(person=learner).count() == 1
