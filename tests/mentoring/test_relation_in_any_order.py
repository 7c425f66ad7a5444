"""Whatever two learners and two mentors do, in any order: one sees exactly while it was accepted, has not ended, and is within scope."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import User
from roadmap.mentoring import access
from roadmap.mentoring.models import Cohort, Invitation, Mentorship, Scope
from tests.factories import CohortFactory, UserFactory

pytestmark = pytest.mark.django_db

numbers = st.integers(0, 1)
scopes = st.lists(st.sampled_from(Scope.values), min_size=1, unique=True)
any_scopes = st.lists(st.sampled_from(Scope.values), unique=True)
picks = st.integers(0, 30)


class TwoAndTwo(RuleBasedStateMachine):
    """Everything goes through the pages, in sessions that stay open. `shown` is what each learner shows each mentor; absent is nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.learners: list[User] = [UserFactory(), UserFactory()]
        self.mentors: list[User] = [UserFactory(), UserFactory()]
        self.tabs = {person.pk: Client() for person in (*self.learners, *self.mentors)}
        for person in (*self.learners, *self.mentors):
            self.tabs[person.pk].force_login(person)
        self.cohorts: list[Cohort] = [CohortFactory(mentor=mentor) for mentor in self.mentors]
        self.shown: dict[tuple[int, int], set[str]] = {}
        self.open: dict[str, tuple[User, User, set[str]]] = {}
        self.put_out: set[tuple[int, int]] = set()

    def post(self, person: User, address: str, **values: object) -> int:
        return self.tabs[person.pk].post(address, values).status_code

    def noted(self, sender: User, mentor: User, learner: User, chosen: set[str]) -> None:
        """Remembers an invitation that was sent; the limits are of another test."""
        for token in Invitation.objects.filter(sender=sender).exclude(pk__in=self.open).values_list("pk", flat=True):
            if Invitation.objects.open().filter(pk=token).exists():
                self.open[token] = (mentor, learner, chosen)
        Invitation.objects.update(sent_at=timezone.now() - timedelta(days=40))

    def picked(self, number: int) -> str | None:
        return sorted(self.open)[number % len(self.open)] if self.open else None

    @rule(learner=numbers, mentor=numbers, chosen=scopes)
    def learner_invites(self, learner: int, mentor: int, chosen: list[str]) -> None:
        person, other = self.learners[learner], self.mentors[mentor]
        self.post(person, "/settings/mentors/", email=other.email, scopes=chosen)
        self.noted(person, other, person, set(chosen))

    @rule(learner=numbers, mentor=numbers)
    def mentor_invites(self, learner: int, mentor: int) -> None:
        person, other = self.mentors[mentor], self.learners[learner]
        self.post(person, "/settings/mentees/", email=other.email)
        self.noted(person, person, other, set())

    @rule(number=picks, chosen=scopes)
    def invited_person_accepts(self, number: int, chosen: list[str]) -> None:
        if (token := self.picked(number)) is None:
            return
        mentor, learner, offered = self.open.pop(token)
        pair = (mentor.pk, learner.pk)
        if offered:
            assert self.post(mentor, f"/mentoring/invitations/{token}/", answer="accept") == 302
            # What was chosen since stands.
            self.shown.setdefault(pair, offered)
        else:
            assert self.post(learner, f"/mentoring/invitations/{token}/", answer="accept", scopes=chosen) == 302
            self.shown[pair] = set(chosen)

    @rule(number=picks)
    def somebody_else_tries_to_accept(self, number: int) -> None:
        if (token := self.picked(number)) is None:
            return
        mentor, learner, offered = self.open[token]
        invited = mentor if offered else learner
        for person in (*self.learners, *self.mentors):
            if person != invited:
                assert self.post(person, f"/mentoring/invitations/{token}/", answer="accept", scopes=["career"]) == 404

    @rule(number=picks)
    def invited_person_declines(self, number: int) -> None:
        if (token := self.picked(number)) is None:
            return
        mentor, learner, offered = self.open.pop(token)
        assert self.post(mentor if offered else learner, f"/mentoring/invitations/{token}/", answer="decline") == 302

    @rule(number=picks)
    def sender_withdraws(self, number: int) -> None:
        if (token := self.picked(number)) is None:
            return
        mentor, learner, offered = self.open.pop(token)
        assert self.post(learner if offered else mentor, f"/settings/invitations/{token}/withdraw/") == 302

    @rule(number=picks)
    def fourteen_days_go_by(self, number: int) -> None:
        if (token := self.picked(number)) is not None:
            del self.open[token]
            Invitation.objects.filter(pk=token).update(expires_at=timezone.now() - timedelta(seconds=1))

    @rule(number=picks)
    def old_invitation_is_used_again(self, number: int) -> None:
        used = sorted(Invitation.objects.exclude(pk__in=self.open).filter(sender__in=self.tabs).values_list("pk", flat=True))
        if used:
            for person in (*self.learners, *self.mentors):
                self.post(person, f"/mentoring/invitations/{used[number % len(used)]}/", answer="accept", scopes=["career"])

    @rule(learner=numbers, mentor=numbers, chosen=scopes)
    def learner_joins_the_cohort(self, learner: int, mentor: int, chosen: list[str]) -> None:
        person, cohort = self.learners[learner], self.cohorts[mentor]
        pair = (self.mentors[mentor].pk, person.pk)
        answer = self.post(person, f"/mentoring/join/{cohort.link}/", scopes=chosen)
        assert answer == (422 if pair in self.put_out else 302)
        if answer == 302:
            self.shown[pair] = set(chosen)

    @rule(learner=numbers, mentor=numbers, chosen=any_scopes)
    def learner_changes_what_is_shown(self, learner: int, mentor: int, chosen: list[str]) -> None:
        person, other = self.learners[learner], self.mentors[mentor]
        for row in Mentorship.objects.filter(learner=person, mentor=other):
            self.post(person, f"/settings/mentors/{row.pk}/scopes/", scopes=chosen)
        if (other.pk, person.pk) in self.shown:
            self.shown[other.pk, person.pk] = set(chosen)

    @rule(learner=numbers, mentor=numbers, by_learner=st.booleans())
    def one_of_the_two_ends_it(self, learner: int, mentor: int, by_learner: bool) -> None:
        person, other = self.learners[learner], self.mentors[mentor]
        row = Mentorship.objects.active().filter(learner=person, mentor=other).first()
        if row is None:
            return
        assert self.post(person if by_learner else other, f"/settings/mentorships/{row.pk}/end/") == 302
        # What one has sent the other before does not open it again.
        self.open = {token: sent for token, sent in self.open.items() if sent[:2] != (other, person)}
        self.has_ended(row, by_mentor=not by_learner)

    @rule(learner=numbers, mentor=numbers)
    def the_last_day_goes_by(self, learner: int, mentor: int) -> None:
        row = Mentorship.objects.active().filter(learner=self.learners[learner], mentor=self.mentors[mentor]).first()
        if row is not None:
            Mentorship.objects.filter(pk=row.pk).update(ends_on=timezone.now().date() - timedelta(days=1))
            self.has_ended(row, by_mentor=False)

    def has_ended(self, row: Mentorship, *, by_mentor: bool) -> None:
        pair = (row.mentor_id, row.learner_id)
        del self.shown[pair]
        # The last one in the cohort decides whether its link still opens.
        if row.cohort_id:
            (self.put_out.add if by_mentor else self.put_out.discard)(pair)

    @invariant()
    def one_sees_what_is_accepted_not_ended_and_within_scope(self) -> None:
        for mentor in self.mentors:
            for learner in self.learners:
                shown = self.shown.get((mentor.pk, learner.pk))
                assert {scope for scope in Scope.values if access.may_see(mentor, learner.pk, scope)} == (shown or set())
                status = self.tabs[mentor.pk].get(f"/mentoring/learners/{learner.handle}/").status_code
                assert status == (404 if shown is None else 200)
                assert self.tabs[learner.pk].get(f"/mentoring/learners/{learner.handle}/").status_code == 404


def test_access_is_accepted_and_not_ended_and_within_scope(curriculum: SimpleNamespace) -> None:
    run_state_machine_as_test(
        TwoAndTwo, settings=settings(max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    )
