"""The relation as it lives: the learner decides what is seen, reads who has looked, and either of the two ends it at once."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from accounts.models import Mail
from roadmap.mentoring import access
from roadmap.mentoring.models import AccessLog, Invitation, MentorProfile, Mentorship, PrivateNote, Review, Scope, SignOff
from roadmap.mentoring.relation import access_log, invitations, standing
from roadmap.mentoring.relation import services as relations
from roadmap.mentoring.tasks import end_what_ran_out
from tests.factories import CohortFactory, InvitationFactory, MentorshipFactory, ProjectFactory, SignOffFactory
from tests.mailbox import deliver
from tests.parsed import document, words

pytestmark = pytest.mark.django_db

MENTORS, MENTEES = "/settings/mentors/", "/settings/mentees/"


@pytest.fixture
def pair(learner, mentor) -> Mentorship:
    return MentorshipFactory(learner=learner, mentor=mentor, scopes=["progress", "projects"])


def end(mentorship: Mentorship) -> str:
    return f"/settings/mentorships/{mentorship.pk}/end/"


# --- The door -------------------------------------------------------------------------------------------------------


def test_mentor_sees_what_is_in_scope_and_nothing_else(learner, mentor, pair):
    assert [scope for scope in Scope if access.may_see(mentor, learner.pk, scope)] == [Scope.PROGRESS, Scope.PROJECTS]
    assert access.active_mentorship(mentor, learner.handle, "projects") == pair
    with pytest.raises(Http404):
        access.active_mentorship(mentor, learner.handle, "plan")


@pytest.mark.parametrize("who", ["learner", "other_learner", "other_mentor", "admin_user"])
def test_to_everybody_else_the_learner_does_not_exist(who, learner, pair, request):
    person = request.getfixturevalue(who)
    assert not access.may_see(person, learner.pk, "progress")
    with pytest.raises(Http404):
        access.active_mentorship(person, learner.handle, None)


def test_closed_account_of_a_learner_is_seen_by_nobody(learner, mentor, pair):
    learner.is_active = False
    learner.save()
    assert not access.may_see(mentor, learner.pk, "progress")


def test_learner_is_found_under_a_handle_of_before_and_keeps_what_is_being_written(
    learner, mentor, other_mentor, curriculum, pair, sign_in
):
    browser = sign_in(mentor)
    learner.handle = "amina-builds"
    learner.save()
    assert browser.post("/mentoring/learners/amina-yusuf/notes/", {"text": "Strong on data."}).status_code == 302
    assert PrivateNote.objects.get().text == "Strong on data."
    assert browser.get("/mentoring/learners/amina-yusuf/").status_code == 200
    assert sign_in(other_mentor).get("/mentoring/learners/amina-yusuf/").status_code == 404


def test_last_day_still_counts_and_the_next_does_not(learner, mentor, pair):
    today = timezone.now().date()
    for last_day, seen in ((today, True), (today - timedelta(days=1), False)):
        Mentorship.objects.update(ends_on=last_day)
        assert access.may_see(mentor, learner.pk, "progress") is seen


def test_what_is_written_in_its_name_needs_it_to_stand(mentor, pair):
    assert access.hold(pair, "projects") == pair
    with pytest.raises(access.Ended):
        access.hold(pair, "plan")
    relations.end_mentorship(mentorship=pair, by=mentor)
    with pytest.raises(access.Ended):
        access.hold(pair, None)


# --- What the learner shows -----------------------------------------------------------------------------------------


def test_learner_changes_what_is_seen_at_once(learner, mentor, pair, sign_in):
    browser = sign_in(learner)
    address = f"/settings/mentors/{pair.pk}/scopes/"
    answer = browser.post(address, {"scopes": ["plan", "progress"]})
    assert (answer.status_code, answer["Location"]) == (302, MENTORS)
    assert not access.may_see(mentor, learner.pk, "projects")
    card = document(browser.get(MENTORS)).get_element_by_id(f"mentor-{pair.pk}")
    assert card.xpath(".//input[@name='scopes' and @checked]/@value") == ["progress", "plan"]
    browser.post(address, {})
    assert not access.may_see(mentor, learner.pk, "progress")
    # The mentorship goes on: the learner may show something again.
    browser.post(address, {"scopes": ["projects"]})
    assert access.may_see(mentor, learner.pk, "projects")


@pytest.mark.parametrize("who", ["mentor", "other_learner"])
def test_only_the_learner_says_what_is_seen(who, pair, request, sign_in):
    browser = sign_in(request.getfixturevalue(who))
    assert browser.post(f"/settings/mentors/{pair.pk}/scopes/", {"scopes": ["career"]}).status_code == 404
    pair.refresh_from_db()
    assert pair.scopes == ["progress", "projects"]


def test_page_says_who_mentors_since_when_and_what_was_confirmed(learner, mentor, other_mentor, curriculum, pair, sign_in):
    SignOffFactory(learner=learner, skill=curriculum.numpy, mentor=mentor)
    SignOffFactory(learner=learner, skill=curriculum.pandas, mentor=other_mentor)
    SignOffFactory(
        learner=learner, skill=curriculum.git, mentor=mentor, withdrawn_at=timezone.now(), withdrawn_because="Copied.", withdrawn_by="J"
    )
    assert SignOff.objects.count() == 3
    relations.save_mentor_profile(mentor=mentor, line="I read on Sundays.", paused_until=timezone.now().date() + timedelta(days=3))
    card = words(document(sign_in(learner).get(MENTORS)).get_element_by_id(f"mentor-{pair.pk}"))
    assert "Jonas Weber Since " in card
    assert "Confirmed 1 of your skills." in card
    assert "“I read on Sundays.” Jonas takes no reviews until" in card


def test_on_the_day_itself_a_mentor_takes_reviews_again(learner, mentor, pair, sign_in):
    today = timezone.now().date()
    for day, is_said in ((today, False), (today + timedelta(days=1), True)):
        MentorProfile.objects.update_or_create(mentor=mentor, defaults={"paused_until": day})
        card = words(document(sign_in(learner).get(MENTORS)).get_element_by_id(f"mentor-{pair.pk}"))
        assert ("takes no reviews until" in card) is is_said


# --- The end --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["learner", "mentor"])
def test_either_ends_it_and_an_open_tab_gets_404_on_its_next_request(who, learner, mentor, pair, curriculum, sign_in, request):
    tab = sign_in(mentor)
    assert tab.get("/mentoring/learners/amina-yusuf/").status_code == 200
    browser = sign_in(request.getfixturevalue(who))
    assert browser.get(end(pair)).status_code == 200
    assert access.may_see(mentor, learner.pk, "progress")
    answer = browser.post(end(pair))
    assert (answer.status_code, answer["Location"]) == (302, MENTORS if who == "learner" else MENTEES)
    assert tab.get("/mentoring/learners/amina-yusuf/").status_code == 404
    assert tab.get("/mentoring/learners/amina-yusuf/skills/git/confirm/").status_code == 404
    assert "Amina" not in tab.get("/mentoring/").content.decode()
    assert "Amina" not in tab.get("/mentoring/mentees.csv").content.decode()
    # Twice is once, and ends nothing else.
    assert browser.post(end(pair)).status_code == 404
    (message,) = deliver()
    other = mentor if who == "learner" else learner
    assert (message.to, message.subject) == ([other.email], "Mentoring has ended")
    assert "ended it" not in message.body


@pytest.mark.parametrize("who", ["other_learner", "other_mentor", "editor"])
def test_nobody_else_ends_it(who, pair, request, sign_in):
    browser = sign_in(request.getfixturevalue(who))
    assert (browser.get(end(pair)).status_code, browser.post(end(pair)).status_code) == (404, 404)
    pair.refresh_from_db()
    assert pair.ended_at is None


def test_asking_whether_to_end_it_ends_nothing(learner, pair, sign_in):
    sign_in(learner).get(end(pair))
    pair.refresh_from_db()
    assert pair.ended_at is None
    assert not Mail.objects.exists()


def test_both_end_it_at_once_and_one_mail_goes_out(learner, mentor, pair, together):
    pair = Mentorship.objects.select_related("mentor", "learner").get(pk=pair.pk)
    ended = together(2, lambda number: relations.end_mentorship(mentorship=pair, by=(learner, mentor)[number]))
    assert sorted(ended) == [False, True]
    assert Mail.objects.count() == 1


def test_news_of_the_end_is_not_sent_when_the_two_are_together_again(learner, mentor, pair):
    relations.end_mentorship(mentorship=pair, by=learner)
    MentorshipFactory(learner=learner, mentor=mentor)
    assert deliver() == []


def test_open_review_is_closed_with_the_relation_and_its_words_stay(learner, mentor, other_mentor, pair):
    project, other = ProjectFactory(learner=learner), ProjectFactory(learner=learner)
    review = Review.objects.create(project=project, reviewer=mentor, reviewer_name=mentor.name, question="Is the split right?")
    foreign = Review.objects.create(project=other, reviewer=other_mentor, reviewer_name=other_mentor.name)
    relations.end_mentorship(mentorship=pair, by=learner)
    review.refresh_from_db()
    foreign.refresh_from_db()
    assert (review.state, review.question, foreign.state) == ("closed", "Is the split right?", "asked")


def test_what_ran_out_is_ended_by_the_worker_and_both_are_told_once(learner, mentor, other_learner, pair):
    going_on = MentorshipFactory(learner=other_learner, mentor=mentor, ends_on=timezone.now().date())
    Mentorship.objects.filter(pk=pair.pk).update(ends_on=timezone.now().date() - timedelta(days=1))
    for _ in range(2):
        end_what_ran_out(timestamp=0)
    assert {message.to[0] for message in deliver()} == {learner.email, mentor.email}
    assert set(Mentorship.objects.filter(ended_at=None)) == {going_on}


# --- Who has looked -------------------------------------------------------------------------------------------------


def test_learner_reads_who_looked_at_what_and_when(learner, mentor, pair, sign_in):
    project = ProjectFactory(learner=learner, title="House prices")
    access.look(pair, access.Page.PROJECT, project.pk)
    access.look(pair, access.Page.LEARNER)
    access.look(pair, access.Page.LEARNER)
    lines = document(sign_in(learner).get(MENTORS)).xpath("//section[@aria-labelledby='looks']//li")
    assert [words(line.xpath("./span")[0]) for line in lines] == ["Jonas Weber: Your climb", "Jonas Weber: A project, “House prices”"]
    assert [words(line.xpath("./time")[0]) for line in lines] == [
        f"{timezone.now():%-d %B %Y}, between {timezone.now():%H}:00 and {timezone.now():%H}:59 UTC"
    ] * 2


def test_log_is_the_learners_own(learner, mentor, other_learner, pair, sign_in):
    access.look(pair, access.Page.LEARNER)
    for person in (other_learner, mentor):
        assert document(sign_in(person).get(MENTORS)).xpath("//section[@aria-labelledby='looks']//li") == []
        assert "Jonas Weber:" not in sign_in(person).get("/settings/mentors/looks/").content.decode()


def test_log_outlives_the_mentorship(learner, pair, sign_in):
    access.look(pair, access.Page.LEARNER)
    relations.end_mentorship(mentorship=pair, by=learner)
    assert "Jonas Weber" in sign_in(learner).get("/settings/mentors/looks/").content.decode()


def test_log_outlives_the_mentors_account(learner, mentor, pair, sign_in):
    access.look(pair, access.Page.LEARNER)
    mentor.delete()
    for page in (MENTORS, "/settings/mentors/looks/"):
        assert "Jonas Weber: Your climb" in words(document(sign_in(learner).get(page)))


def test_what_a_mentor_has_begun_does_not_hold_up_a_learner_when_the_account_goes(learner, mentor, other_mentor, pair, sign_in):
    project = ProjectFactory(learner=learner)
    Review.objects.create(project=project, reviewer=mentor, reviewer_name=mentor.name)
    MentorshipFactory(learner=learner, mentor=other_mentor)
    mentor.delete()
    browser = sign_in(learner)
    assert browser.get(f"/projects/{project.pk}/").status_code == 200
    browser.post(f"/projects/{project.pk}/request-review/", {"mentor": other_mentor.handle})
    assert Review.objects.filter(state="asked", reviewer=other_mentor).count() == 1


def test_nothing_about_a_learner_stays_with_a_mentor_when_the_account_goes(learner, mentor, pair, sign_in):
    PrivateNote.objects.create(author=mentor, learner=learner, text="Works nights.")
    invitations.hand_over(mentorship=pair, successor="priya@example.org", line="")
    learner.delete()
    assert not PrivateNote.objects.exists()
    assert not Invitation.objects.exists()
    browser = sign_in(mentor)
    for page in (MENTEES, "/mentoring/", "/mentoring/mentees.csv"):
        answer = browser.get(page)
        assert (answer.status_code, "Amina" in answer.content.decode()) == (200, False)


def test_whole_log_has_pages_and_the_same_number_of_statements(learner, mentor, sign_in, statements):
    browser = sign_in(learner)
    now = timezone.now().replace(minute=0, second=0, microsecond=0)

    def log(count: int) -> None:
        AccessLog.objects.all().delete()
        AccessLog.objects.bulk_create(
            AccessLog(learner=learner, mentor=mentor, page="learner", hour=now - timedelta(hours=number)) for number in range(count)
        )

    counted = []
    for count in (1, 120):
        log(count)
        with statements(at_most=8) as seen:
            page = document(browser.get("/settings/mentors/looks/"))
        counted.append(len(seen))
        assert len(page.xpath("//main//time")) == min(count, 50)
    assert counted[0] == counted[1]
    assert page.xpath("//a[@rel='next']/@href") == ["?page=2"]
    assert len(document(browser.get("/settings/mentors/")).xpath("//section[@aria-labelledby='looks']//time")) == access_log.LATEST


# --- The mentor's side ----------------------------------------------------------------------------------------------


def test_mentor_says_a_line_and_pauses(mentor, sign_in):
    browser = sign_in(mentor)
    until = timezone.now().date() + timedelta(days=30)
    answer = browser.post("/settings/mentees/profile/", {"line": "I read on Sundays.", "paused_until": until.isoformat()})
    assert (answer.status_code, answer["Location"]) == (302, MENTEES)
    page = document(browser.get(MENTEES))
    assert page.xpath("//form[contains(@action, 'profile')]//input[@class='input']/@value") == ["I read on Sundays.", until.isoformat()]
    browser.post("/settings/mentees/profile/", {"line": "", "paused_until": ""})
    assert (standing.profile_of(mentor).line, standing.profile_of(mentor).paused_until) == ("", None)
    over = browser.post("/settings/mentees/profile/", {"paused_until": "2020-01-01"})
    assert over.status_code == 422
    assert "This day is over" in over.content.decode()


def test_mentor_makes_a_cohort(mentor, sign_in):
    browser = sign_in(mentor)
    browser.post("/settings/mentees/cohorts/", {"name": "Riga, autumn 2026"})
    (row,) = document(browser.get(MENTEES)).xpath("//li[starts-with(@id, 'cohort-')]")
    assert words(row.xpath(".//h3")[0]) == "Riga, autumn 2026"
    assert row.xpath(".//input[@readonly]/@value")[0].endswith(f"/mentoring/join/{mentor.cohorts.get().link}/")
    assert browser.post("/settings/mentees/cohorts/", {"name": ""}).status_code == 422
    assert mentor.cohorts.count() == 1


@pytest.mark.parametrize("page", [MENTORS, MENTEES])
def test_page_costs_as_many_statements_for_one_as_for_thirty(page, learner, mentor, sign_in, statements):
    who = {MENTORS: "learner", MENTEES: "mentor"}[page]
    person = {"learner": learner, "mentor": mentor}[who]
    browser = sign_in(person)

    def more(count: int) -> None:
        for _ in range(count):
            MentorshipFactory(**{who: person}, cohort=CohortFactory(mentor=mentor) if page == MENTEES else None)
            InvitationFactory(sender=person, role="mentor" if page == MENTORS else "learner")

    counted = []
    for count in (1, 29):
        more(count)
        with statements(at_most=13) as seen:
            assert browser.get(page).status_code == 200
        counted.append(len(seen))
    assert counted[0] == counted[1]


@pytest.mark.parametrize("page", [MENTORS, MENTEES])
def test_page_has_each_id_once_and_every_reference_leads_somewhere(page, learner, mentor, pair, sign_in):
    MentorshipFactory(learner=learner)
    CohortFactory(mentor=mentor)
    InvitationFactory(sender=learner)
    InvitationFactory(sender=mentor, role="learner")
    for person in (learner, mentor):
        found = document(sign_in(person).get(page))
        ids = found.xpath("//@id")
        assert [id for id in ids if ids.count(id) > 1] == []
        references = [
            word for name in ("for", "aria-labelledby", "aria-describedby") for value in found.xpath(f"//@{name}") for word in value.split()
        ]
        assert [reference for reference in references if reference not in ids] == []
