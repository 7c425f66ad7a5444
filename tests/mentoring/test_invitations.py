"""How a mentorship begins: whom one may ask, who may answer, and that an answer counts once."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.models import Mail
from roadmap.mentoring.models import Invitation, Mentorship
from roadmap.mentoring.relation import invitations, standing
from roadmap.mentoring.relation import services as relations
from tests.factories import CohortFactory, InvitationFactory, MentorshipFactory, UserFactory
from tests.mailbox import deliver
from tests.parsed import document

pytestmark = pytest.mark.django_db

MENTORS, MENTEES = "/settings/mentors/", "/settings/mentees/"


def page_of(invitation: Invitation) -> str:
    return f"/mentoring/invitations/{invitation.token}/"


def pairs() -> set[tuple[int, int, tuple[str, ...]]]:
    return {(row.mentor_id, row.learner_id, tuple(row.scopes)) for row in Mentorship.objects.active()}


def errors(answer) -> list[str]:
    return [" ".join(item.text_content().split()) for item in document(answer).xpath("//*[@id='errors']//li")]


# --- Asking ---------------------------------------------------------------------------------------------------------


def test_learner_invites_a_mentor_who_accepts(learner, mentor, sign_in):
    values = {"email": "Jonas-Weber@Example.org", "line": "Would you look at my projects?", "scopes": ["projects", "progress"]}
    answer = sign_in(learner).post(MENTORS, values)
    assert (answer.status_code, answer["Location"]) == (302, MENTORS)
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.scopes) == (mentor.email, "mentor", ["progress", "projects"])
    assert pairs() == set()
    (message,) = deliver()
    assert message.to == [mentor.email]
    assert page_of(invitation) in message.body
    assert "Would you look" not in message.body
    browser = sign_in(mentor)
    page = document(browser.get(page_of(invitation)))
    assert page.xpath("//h1")[0].text_content() == "Amina asks you to be a mentor."
    assert page.xpath("//*[@class='lede']")[0].text_content() == "“Would you look at my projects?”"
    assert pairs() == set()
    answer = browser.post(page_of(invitation), {"answer": "accept", "scopes": ["career"]})
    assert (answer.status_code, answer["Location"]) == (302, MENTEES)
    assert pairs() == {(mentor.pk, learner.pk, ("progress", "projects"))}
    (message,) = deliver()
    assert (message.to, message.subject) == ([learner.email], "You have a mentor")


def test_mentor_invites_a_learner_who_chooses_what_is_seen(learner, mentor, sign_in):
    cohort = CohortFactory(mentor=mentor)
    sign_in(mentor).post(MENTEES, {"email": learner.email, "cohort": cohort.pk})
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.scopes, invitation.cohort) == ("learner", [], cohort)
    browser = sign_in(learner)
    assert document(browser.get(page_of(invitation))).xpath("//input[@name='scopes' and @checked]/@value") == ["progress", "projects"]
    nothing = browser.post(page_of(invitation), {"answer": "accept"})
    assert (nothing.status_code, errors(nothing)) == (422, ["Tick one thing at least: a mentor who sees nothing can’t help."])
    assert pairs() == set()
    browser.post(page_of(invitation), {"answer": "accept", "scopes": ["plan", "progress"]})
    assert pairs() == {(mentor.pk, learner.pk, ("progress", "plan"))}
    assert Mentorship.objects.get().cohort == cohort


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"email": "jonas"}, "This isn’t a whole address. Write it as jonas@example.org."),
        ({"email": ""}, "Whom do you want to invite? Write an address such as jonas@example.org."),
        ({"scopes": []}, "Tick one thing at least: a mentor who sees nothing can’t help."),
        ({"ends_on": "2020-01-01"}, "This day is over. Choose one to come, or leave it empty."),
        ({"line": "a\u202eb"}, "Use letters, digits and ordinary punctuation."),
        ({"email": "amina-yusuf@example.org"}, "That’s one of you two already. Name somebody else."),
    ],
)
def test_invitation_that_cannot_be_sent_says_why_and_keeps_what_was_typed(values, says, learner, sign_in):
    typed = {"email": "jonas@example.org", "line": "Hello", "scopes": ["progress"], **values}
    answer = sign_in(learner).post(MENTORS, typed)
    assert (answer.status_code, errors(answer)) == (422, [says])
    assert document(answer).xpath("//input[@name='line']/@value") == [typed["line"]]
    assert not Invitation.objects.exists()
    assert not Mail.objects.exists()


def test_two_invitations_to_one_address_are_one(learner, sign_in):
    browser = sign_in(learner)
    values = {"email": "jonas@example.org", "scopes": ["progress"]}
    browser.post(MENTORS, values)
    again = browser.post(MENTORS, values)
    assert errors(again) == ["This address has an invitation that is still open. Withdraw it first, if you want to send another."]
    assert Mail.objects.count() == 1


def test_ten_invitations_a_day_and_not_one_more(learner, sign_in):
    browser = sign_in(learner)
    for number in range(invitations.MOST_A_DAY):
        assert browser.post(MENTORS, {"email": f"mentor-{number}@example.org", "scopes": ["progress"]}).status_code == 302
    # Taking some back does not make room: their mails are out.
    for invitation in Invitation.objects.all()[:3]:
        invitations.withdraw_invitation(invitation=invitation)
    values = {"email": "eleventh@example.org", "scopes": ["progress"]}
    assert errors(browser.post(MENTORS, values)) == ["That’s 10 invitations in a day, which is the most. Send this one tomorrow."]
    Invitation.objects.update(sent_at=timezone.now() - timedelta(hours=25))
    assert browser.post(MENTORS, values).status_code == 302


def test_nobodys_mailbox_is_filled(learner):
    for _ in range(invitations.MOST_TO_ONE):
        sent = invitations.invite_mentor(learner=learner, email="x@example.org", line="", scopes=["progress"], ends_on=None)
        invitations.withdraw_invitation(invitation=sent)
    with pytest.raises(invitations.TooManyToOne):
        invitations.invite_mentor(learner=learner, email="x@example.org", line="", scopes=["progress"], ends_on=None)


def test_whoever_is_ones_mentor_already_is_not_asked_again(learner, mentor):
    invitations.accept_invitation(invitation=InvitationFactory(sender=learner, email=mentor.email), person=mentor)
    with pytest.raises(invitations.IsThere):
        invitations.invite_mentor(learner=learner, email=mentor.email, line="", scopes=["progress"], ends_on=None)
    # The other way round is another relation: two people can mentor each other.
    invitations.invite_learner(mentor=learner, email=mentor.email, line="", ends_on=None, cohort=None)


@pytest.mark.parametrize("guess", ["amina-yusuf@example.org", "jonas-weber@example.org", "nobody@example.org"])
def test_nobody_learns_by_trying_which_address_a_mentor_or_mentee_has(guess, learner, mentor, sign_in):
    # Neither of the two knows the other's address: they met by a cohort's link.
    mentorship = MentorshipFactory(learner=learner, mentor=mentor)
    if guess != learner.email:
        answer = sign_in(learner).post(MENTORS, {"email": guess, "scopes": ["progress"]})
        assert answer.status_code == 302
    if guess != mentor.email:
        browser = sign_in(mentor)
        assert browser.post(MENTEES, {"email": guess}).status_code == 302
        assert browser.post(f"/settings/mentees/{mentorship.pk}/hand-over/", {"successor": guess}).status_code == 302


def test_mentor_who_hands_over_does_not_learn_the_address_of_the_mentee(learner, mentor, sign_in):
    mentorship = MentorshipFactory(learner=learner, mentor=mentor)
    asked = invitations.hand_over(mentorship=mentorship, successor="priya@example.org", line="")
    # An invitation to the same address has nothing to do with it, and tells nothing.
    invitations.invite_learner(mentor=mentor, email=learner.email, line="", ends_on=None, cohort=None).delete()
    browser = sign_in(mentor)
    (row,) = document(browser.get(MENTEES)).xpath("//section[@aria-labelledby='open']//li")
    assert row.xpath(".//h3")[0].text_content() == "Amina Yusuf"
    deliver()
    invitations.decline_invitation(invitation=asked, reason="I’d rather stay.")
    (message,) = deliver()
    assert "Amina Yusuf can’t accept" in message.body
    for said in (message.body, browser.get(MENTEES).content.decode()):
        assert learner.email not in said


def test_mentee_is_asked_once_at_a_time_whether_to_go_on_with_another_mentor(learner, mentor):
    mentorship = MentorshipFactory(learner=learner, mentor=mentor)
    for _ in range(invitations.MOST_TO_ONE):
        asked = invitations.hand_over(mentorship=mentorship, successor="priya@example.org", line="")
        with pytest.raises(invitations.IsOpen):
            invitations.hand_over(mentorship=mentorship, successor="quentin@example.org", line="")
        invitations.decline_invitation(invitation=asked, reason="")
    with pytest.raises(invitations.TooManyToOne):
        invitations.hand_over(mentorship=mentorship, successor="priya@example.org", line="")


def test_cohort_of_somebody_else_is_no_choice(learner, mentor, other_mentor, sign_in):
    answer = sign_in(mentor).post(MENTEES, {"email": learner.email, "cohort": CohortFactory(mentor=other_mentor).pk})
    assert answer.status_code == 422
    assert not Invitation.objects.exists()


def test_two_tabs_at_once_send_one(learner, together):
    def send(number):
        try:
            invitations.invite_mentor(learner=learner, email="jonas@example.org", line="", scopes=["progress"], ends_on=None)
        except invitations.IsOpen:
            return "refused"
        return "sent"

    assert sorted(together(4, send)) == ["refused", "refused", "refused", "sent"]
    assert Invitation.objects.count() == 1


# --- Before the answer ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["other_learner", "learner", "editor", "admin_user"])
def test_only_the_invited_person_sees_it_or_answers(who, learner, mentor, request, sign_in):
    invitation = InvitationFactory(sender=learner, email=mentor.email)
    browser = sign_in(request.getfixturevalue(who))
    assert browser.get(page_of(invitation)).status_code == 404
    assert browser.post(page_of(invitation), {"answer": "accept"}).status_code == 404
    assert browser.post(page_of(invitation), {"answer": "decline"}).status_code == 404
    invitation.refresh_from_db()
    assert invitation.answered_at is None


def test_address_that_is_not_verified_opens_nothing(learner, sign_in):
    stranger = UserFactory(email="claimed@example.org", verified=False)
    EmailAddress.objects.create(user=stranger, email="own@example.org", verified=True)
    invitation = InvitationFactory(sender=learner, email="claimed@example.org")
    assert sign_in(stranger).get(page_of(invitation)).status_code == 404


def test_signed_out_visitor_is_asked_to_sign_in_and_is_back_on_the_invitation():
    answer = Client().get("/mentoring/invitations/made-up/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/mentoring/invitations/made-up/")


def test_reading_an_invitation_accepts_nothing(learner, mentor, sign_in):
    invitation = InvitationFactory(sender=learner, email=mentor.email)
    browser = sign_in(mentor)
    browser.get(page_of(invitation))
    browser.get(f"{page_of(invitation)}?answer=accept")
    assert browser.post(page_of(invitation), {}).status_code == 422
    assert pairs() == set()


def test_invitation_waits_on_the_settings_page_of_the_invited(learner, mentor, sign_in):
    invitation = InvitationFactory(sender=learner, email=mentor.email)
    hrefs = document(sign_in(mentor).get(MENTORS)).xpath("//section[@aria-labelledby='invited']//a/@href")
    assert hrefs == [page_of(invitation)]


# --- Answering ------------------------------------------------------------------------------------------------------


def test_mentor_declines_with_a_reason_that_the_learner_reads(learner, mentor, sign_in):
    invitation = InvitationFactory(sender=learner, email=mentor.email)
    answer = sign_in(mentor).post(page_of(invitation), {"answer": "decline", "reason": "No time before January, ask me then."})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert pairs() == set()
    (message,) = deliver()
    assert (message.to, message.subject) == ([learner.email], "Your invitation was declined")
    page = document(sign_in(learner).get(MENTORS))
    (row,) = page.xpath("//section[@aria-labelledby='open']//li")
    assert "“No time before January, ask me then.”" in row.text_content()
    (again,) = row.xpath(".//a/@href")
    form = document(sign_in(learner).get(again))
    assert form.xpath("//input[@name='email']/@value") == [mentor.email]
    # Somebody else's invitation fills in nothing.
    assert document(sign_in(mentor).get(again)).xpath("//input[@name='email']/@value") == []


def test_accepting_twice_is_once(learner, mentor, sign_in):
    invitation = InvitationFactory(sender=learner, email=mentor.email)
    browser = sign_in(mentor)
    first, second = (browser.post(page_of(invitation), {"answer": "accept"}) for _ in range(2))
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"]) == (302, MENTEES)
    assert Mentorship.objects.count() == 1
    assert Mail.objects.count() == 1
    assert browser.get(page_of(invitation)).status_code == 410
    # Another answer comes too late.
    assert browser.post(page_of(invitation), {"answer": "decline"}).status_code == 410
    assert len(pairs()) == 1


@pytest.mark.parametrize("end", ["withdrawn", "expired", "declined"])
def test_invitation_that_is_over_cannot_be_accepted(end, learner, mentor, sign_in):
    invitation = InvitationFactory(sender=learner, email=mentor.email)
    if end == "withdrawn":
        sign_in(learner).post(f"/settings/invitations/{invitation.token}/withdraw/")
    elif end == "expired":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        invitations.decline_invitation(invitation=invitation, reason="")
    browser = sign_in(mentor)
    assert browser.get(page_of(invitation)).status_code == 410
    assert browser.post(page_of(invitation), {"answer": "accept"}).status_code == 410
    assert pairs() == set()


def test_invitation_is_open_for_14_days(learner):
    invitation = InvitationFactory(sender=learner)
    assert timedelta(days=13, hours=23) < invitation.expires_at - timezone.now() <= timedelta(days=14)


def test_of_two_answers_at_once_one_counts(learner, mentor, together):
    invitation = InvitationFactory(sender=learner, email=mentor.email)

    def answer(number):
        try:
            if number % 2:
                invitations.decline_invitation(invitation=invitation, reason="")
                return "declined"
            invitations.accept_invitation(invitation=invitation, person=mentor)
        except invitations.Over:
            return "over"
        return "accepted"

    answers = together(4, answer)
    assert answers.count("over") == 3
    assert Mentorship.objects.count() == answers.count("accepted")
    assert Mail.objects.count() == 1


def test_withdrawing_and_accepting_at_once_is_one_of_the_two(learner, mentor, together):
    invitation = InvitationFactory(sender=learner, email=mentor.email)

    def act(number):
        if number:
            return invitations.withdraw_invitation(invitation=invitation)
        try:
            return bool(invitations.accept_invitation(invitation=invitation, person=mentor))
        except invitations.Over:
            return False

    assert sorted(together(2, act)) == [False, True]
    invitation.refresh_from_db()
    assert Mentorship.objects.exists() is (invitation.withdrawn_at is None)


def test_sender_is_not_told_that_it_is_withdrawn_when_it_was_accepted_a_moment_ago(learner, mentor, sign_in, monkeypatch):
    invitation = InvitationFactory(sender=learner, email=mentor.email)
    withdraw = invitations.withdraw_invitation

    def late(**values):
        invitations.accept_invitation(invitation=Invitation.objects.get(), person=mentor)
        return withdraw(**values)

    monkeypatch.setattr(invitations, "withdraw_invitation", late)
    answer = sign_in(learner).post(f"/settings/invitations/{invitation.token}/withdraw/")
    assert (answer.status_code, len(pairs())) == (422, 1)
    assert "It was answered a moment ago." in answer.content.decode()


def test_learner_who_says_yes_once_more_finds_ticked_what_is_shown_now(learner, mentor, sign_in):
    MentorshipFactory(learner=learner, mentor=mentor, scopes=["plan"])
    cohort, invitation = CohortFactory(mentor=mentor), InvitationFactory(sender=mentor, role="learner", email=learner.email)
    browser = sign_in(learner)
    for address in (page_of(invitation), join(cohort.link)):
        assert document(browser.get(address)).xpath("//input[@name='scopes' and @checked]/@value") == ["plan"]


def test_learner_who_agrees_to_a_last_day_has_it_also_where_a_mentorship_stands(learner, mentor):
    last_day = timezone.now().date() + timedelta(days=9)
    MentorshipFactory(learner=learner, mentor=mentor, scopes=["plan"])
    invitation = InvitationFactory(sender=mentor, role="learner", email=learner.email, ends_on=last_day)
    invitations.accept_invitation(invitation=invitation, person=learner, scopes=["progress"])
    assert Mentorship.objects.get().ends_on == last_day


def test_invitations_of_the_two_that_cross_are_one_mentorship(learner, mentor, together):
    asked = InvitationFactory(sender=learner, email=mentor.email)
    offered = InvitationFactory(sender=mentor, role="learner", email=learner.email)
    answers = ((asked, mentor), (offered, learner))

    def accept(number):
        invitation, person = answers[number]
        return invitations.accept_invitation(invitation=invitation, person=person, scopes=["progress", "projects"]).pk

    first, second = together(2, accept)
    assert first == second
    assert pairs() == {(mentor.pk, learner.pk, ("progress", "projects"))}


@pytest.mark.parametrize("who", ["learner", "mentor"])
@pytest.mark.parametrize("sent_by", ["learner", "mentor"])
def test_invitation_from_before_does_not_open_again_what_was_ended(who, sent_by, learner, mentor, request, sign_in):
    sender, other = (learner, mentor) if sent_by == "learner" else (mentor, learner)
    old = InvitationFactory(sender=sender, role="mentor" if sent_by == "learner" else "learner", email=other.email)
    # The other way round is another relation, and somebody else has nothing to do with it.
    others = InvitationFactory(sender=mentor, role="mentor", email=learner.email), InvitationFactory(sender=learner)
    mentorship = invitations.join_cohort(cohort=CohortFactory(mentor=mentor), learner=learner, scopes=["progress"])
    relations.end_mentorship(mentorship=mentorship, by=request.getfixturevalue(who))
    assert sign_in(other).post(page_of(old), {"answer": "accept", "scopes": ["progress"]}).status_code == 410
    assert pairs() == set()
    assert set(Invitation.objects.open()) == set(others)


def test_accepted_invitation_that_comes_late_does_not_widen_what_the_learner_chose_since(learner, mentor):
    late = InvitationFactory(sender=learner, email=mentor.email, scopes=["progress", "projects", "career"])
    MentorshipFactory(learner=learner, mentor=mentor, scopes=["progress"])
    invitations.accept_invitation(invitation=late, person=mentor)
    assert pairs() == {(mentor.pk, learner.pk, ("progress",))}


def test_closed_account_invites_nobody_any_more(learner, mentor, sign_in):
    invitation = InvitationFactory(sender=learner, email=mentor.email)
    learner.is_active = False
    learner.save()
    assert sign_in(mentor).get(page_of(invitation)).status_code == 404


# --- Mail -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["withdrawn", "expired", "accepted", "declined", "account closed"])
def test_queued_invitation_that_no_longer_holds_is_not_sent(end, learner, mentor):
    invitation = invitations.invite_mentor(learner=learner, email=mentor.email, line="", scopes=["progress"], ends_on=None)
    Mail.objects.exclude(kind="invitation").delete()
    if end == "withdrawn":
        invitations.withdraw_invitation(invitation=invitation)
    elif end == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    elif end == "accepted":
        invitations.accept_invitation(invitation=invitation, person=mentor)
    elif end == "declined":
        invitations.decline_invitation(invitation=invitation, reason="")
    else:
        learner.is_active = False
        learner.save()
    Mail.objects.exclude(kind="invitation").delete()
    assert deliver() == []
    assert not Mail.objects.exists()


def test_news_of_an_acceptance_is_not_sent_when_it_has_ended_meanwhile(learner, mentor):
    invitation = InvitationFactory(sender=learner, email=mentor.email)
    mentorship = invitations.accept_invitation(invitation=invitation, person=mentor)
    relations.end_mentorship(mentorship=mentorship, by=mentor)
    assert [message.subject for message in deliver()] == ["Mentoring has ended"]


@pytest.mark.parametrize("role", ["mentor", "learner"])
def test_mail_of_an_invitation_has_words_and_one_link(role, learner):
    learner.name = "Amina <b>Yusuf</b>"
    learner.save()
    if role == "mentor":
        invitations.invite_mentor(learner=learner, email="x@example.org", line="", scopes=["progress"], ends_on=None)
    else:
        invitations.invite_learner(mentor=learner, email="x@example.org", line="", ends_on=None, cohort=None)
    (message,) = deliver()
    ((dressed, _),) = message.alternatives
    assert [line for line in message.body.splitlines() if line.startswith("http")] != []
    assert "<b>" not in dressed
    assert "x@example.org" in message.body


@pytest.mark.parametrize(
    ("name", "signed"),
    [
        ("Win 900 at casino.example", "amina-yusuf"),
        ("See https://x.io/a", "amina-yusuf"),
        ("a@b", "amina-yusuf"),
        ("J. R.R. Yusuf", "J. R.R. Yusuf"),
    ],
)
def test_name_that_is_an_address_is_not_sent_to_people_who_did_not_ask(name, signed, learner):
    learner.name = name
    learner.save()
    invitations.invite_mentor(learner=learner, email="x@example.org", line="", scopes=["progress"], ends_on=None)
    (message,) = deliver()
    assert message.subject == f"{signed} asks you to be a mentor"
    assert name == signed or name not in message.body


# --- Cohorts --------------------------------------------------------------------------------------------------------


def join(link: str) -> str:
    return f"/mentoring/join/{link}/"


def test_learner_joins_a_cohort_by_its_link_and_chooses_what_is_seen(learner, mentor, sign_in):
    sign_in(mentor).post("/settings/mentees/cohorts/", {"name": "Riga, autumn 2026"})
    cohort = mentor.cohorts.get()
    browser = sign_in(learner)
    assert document(browser.get(join(cohort.link))).xpath("//h1")[0].text_content() == "Join “Riga, autumn 2026”"
    assert pairs() == set()
    for _ in range(2):
        answer = browser.post(join(cohort.link), {"scopes": ["progress"]})
        assert (answer.status_code, answer["Location"]) == (302, MENTORS)
    assert pairs() == {(mentor.pk, learner.pk, ("progress",))}
    assert [row.size for row in standing.cohorts_of(mentor)] == [1]


def test_joining_twice_at_once_is_once(learner, mentor, together):
    cohort = CohortFactory(mentor=mentor)
    together(4, lambda number: invitations.join_cohort(cohort=cohort, learner=learner, scopes=["progress"]).pk)
    assert Mentorship.objects.count() == 1


@pytest.mark.parametrize("change", ["closed", "renewed"])
def test_link_that_was_closed_or_renewed_opens_nothing(change, learner, mentor, sign_in):
    cohort = CohortFactory(mentor=mentor)
    old = cohort.link
    browser = sign_in(mentor)
    if change == "closed":
        browser.post(f"/settings/mentees/cohorts/{cohort.pk}/close/", {"state": "closed"})
    else:
        browser.post(f"/settings/mentees/cohorts/{cohort.pk}/renew/")
    assert sign_in(learner).get(join(old)).status_code == 404
    assert sign_in(learner).post(join(old), {"scopes": ["progress"]}).status_code == 404
    with pytest.raises(invitations.Over):
        invitations.join_cohort(cohort=cohort, learner=learner, scopes=["progress"])
    browser.post(f"/settings/mentees/cohorts/{cohort.pk}/close/", {"state": "open"})
    cohort.refresh_from_db()
    assert (cohort.closed_at, cohort.link != old) == (None, True)
    assert sign_in(learner).get(join(cohort.link)).status_code == 200


def test_mentor_does_not_join_the_own_cohort(mentor, sign_in):
    assert sign_in(mentor).get(join(CohortFactory(mentor=mentor).link)).status_code == 404


def test_whom_the_mentor_has_let_go_does_not_come_back_by_the_link(learner, mentor, sign_in):
    cohort = CohortFactory(mentor=mentor)
    mentorship = invitations.join_cohort(cohort=cohort, learner=learner, scopes=["progress"])
    relations.end_mentorship(mentorship=mentorship, by=mentor)
    assert sign_in(learner).post(join(cohort.link), {"scopes": ["progress"]}).status_code == 422
    assert pairs() == set()


def test_learner_who_left_may_come_back(learner, mentor):
    cohort = CohortFactory(mentor=mentor)
    mentorship = invitations.join_cohort(cohort=cohort, learner=learner, scopes=["progress"])
    relations.end_mentorship(mentorship=mentorship, by=learner)
    invitations.join_cohort(cohort=cohort, learner=learner, scopes=["plan"])
    assert pairs() == {(mentor.pk, learner.pk, ("plan",))}


def test_nobody_manages_the_cohort_of_somebody_else(mentor, other_mentor, sign_in):
    cohort = CohortFactory(mentor=mentor)
    browser = sign_in(other_mentor)
    assert browser.post(f"/settings/mentees/cohorts/{cohort.pk}/close/", {"state": "closed"}).status_code == 404
    assert browser.post(f"/settings/mentees/cohorts/{cohort.pk}/renew/").status_code == 404


# --- Handing over ---------------------------------------------------------------------------------------------------


def test_mentee_goes_to_another_mentor_once_both_have_said_yes(learner, mentor, other_mentor, sign_in):
    mentorship = MentorshipFactory(learner=learner, mentor=mentor, scopes=["progress"])
    address = f"/settings/mentees/{mentorship.pk}/hand-over/"
    answer = sign_in(mentor).post(address, {"successor": other_mentor.email, "line": "I move to another town."})
    assert (answer.status_code, answer["Location"]) == (302, MENTEES)
    assert pairs() == {(mentor.pk, learner.pk, ("progress",))}
    (to_learner,) = deliver()
    assert (to_learner.to, to_learner.subject) == ([learner.email], "Jonas Weber suggests another mentor")
    asked = Invitation.objects.get()
    assert sign_in(other_mentor).get(page_of(asked)).status_code == 404
    assert other_mentor.email in document(sign_in(learner).get(page_of(asked))).xpath("//h1")[0].text_content()
    sign_in(learner).post(page_of(asked), {"answer": "accept", "scopes": ["progress", "projects"]})
    assert pairs() == {(mentor.pk, learner.pk, ("progress",))}
    second = Invitation.objects.get(sender=learner)
    assert (second.email, second.role, second.scopes) == (other_mentor.email, "mentor", ["progress", "projects"])
    sign_in(other_mentor).post(page_of(second), {"answer": "accept"})
    assert pairs() == {(other_mentor.pk, learner.pk, ("progress", "projects"))}


@pytest.mark.parametrize("who", ["learner", "successor"])
def test_hand_over_that_one_of_them_declines_changes_nothing(who, learner, mentor, other_mentor):
    mentorship = MentorshipFactory(learner=learner, mentor=mentor)
    asked = invitations.hand_over(mentorship=mentorship, successor=other_mentor.email, line="")
    if who == "learner":
        invitations.decline_invitation(invitation=asked, reason="")
    else:
        second = invitations.accept_invitation(invitation=asked, person=learner, scopes=["progress"])
        invitations.decline_invitation(invitation=second, reason="")
    assert {(mentor_id, learner_id) for mentor_id, learner_id, _ in pairs()} == {(mentor.pk, learner.pk)}


def test_hand_over_of_a_mentorship_that_ended_is_over(learner, mentor, other_mentor, sign_in):
    mentorship = MentorshipFactory(learner=learner, mentor=mentor)
    asked = invitations.hand_over(mentorship=mentorship, successor=other_mentor.email, line="")
    relations.end_mentorship(mentorship=mentorship, by=learner)
    answer = sign_in(learner).post(page_of(asked), {"answer": "accept", "scopes": ["progress"]})
    assert (answer.status_code, document(answer).xpath("//h1")[0].text_content()) == (410, "This invitation is over")
    assert Invitation.objects.count() == 1


def test_only_the_mentor_hands_over(learner, mentor, other_mentor, sign_in):
    mentorship = MentorshipFactory(learner=learner, mentor=mentor)
    for person in (learner, other_mentor):
        assert sign_in(person).post(f"/settings/mentees/{mentorship.pk}/hand-over/", {"successor": "x@example.org"}).status_code == 404
    assert not Invitation.objects.exists()


def test_mentee_is_not_handed_over_to_one_of_the_two(learner, mentor, sign_in):
    mentorship = MentorshipFactory(learner=learner, mentor=mentor)
    address = f"/settings/mentees/{mentorship.pk}/hand-over/"
    assert sign_in(mentor).post(address, {"successor": mentor.email}).status_code == 422
    InvitationFactory(sender=mentor, role="learner", email=learner.email, answered_at=timezone.now(), is_accepted=True)
    assert sign_in(mentor).post(address, {"successor": learner.email}).status_code == 422


def test_mentee_whose_own_address_was_named_is_told_so(learner, mentor, sign_in):
    asked = invitations.hand_over(mentorship=MentorshipFactory(learner=learner, mentor=mentor), successor=learner.email, line="")
    answer = sign_in(learner).post(page_of(asked), {"answer": "accept", "scopes": ["progress"]})
    assert (answer.status_code, Invitation.objects.filter(answered_at=None).count()) == (422, 1)


def test_mentee_is_handed_over_to_somebody_who_mentors_her_already(learner, mentor, other_mentor):
    invitations.accept_invitation(invitation=InvitationFactory(sender=learner, email=other_mentor.email), person=other_mentor)
    mentorship = MentorshipFactory(learner=learner, mentor=mentor)
    asked = invitations.hand_over(mentorship=mentorship, successor=other_mentor.email, line="")
    second = invitations.accept_invitation(invitation=asked, person=learner, scopes=["progress"])
    invitations.accept_invitation(invitation=second, person=other_mentor)
    assert {(mentor_id, learner_id) for mentor_id, learner_id, _ in pairs()} == {(other_mentor.pk, learner.pk)}
