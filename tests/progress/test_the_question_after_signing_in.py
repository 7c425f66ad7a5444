"""Marks made before signing in to an account that exists: asked about, and nothing is added or dropped before the answer."""

from types import SimpleNamespace

import pytest
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from lxml import html

from accounts.models import Mail, User
from accounts.tasks import deliver_mail
from roadmap.progress.models import Guest, Mark
from roadmap.progress.services import mark_skill, read_climb
from tests.accounts.conftest import link_in
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

MERGE = "/climb/merge/"


def mark(client: Client, slug: str, state: str = "done") -> None:
    assert client.post(f"/skills/{slug}/mark/", {"state": state}).status_code == 302


def sign_in(client: Client, person: User, **more: str):
    return client.post("/accounts/login/", {"login": person.email, "password": PASSWORD, **more})


def states(person: User, curriculum: SimpleNamespace) -> dict[str, str]:
    slugs = {skill.pk: skill.slug for skill in curriculum.skills}
    return {slugs[skill]: state for skill, state in read_climb(person.pk).states.items()}


@pytest.fixture
def asked(curriculum: SimpleNamespace, learner: User) -> Client:
    """A browser on which python and numpy were marked before its owner, who had begun python, signed in."""
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="learning")
    client = Client()
    mark(client, "python", "done")
    mark(client, "numpy", "learning")
    assert sign_in(client, learner, next="/ideas/?stage=work").headers["Location"] == f"{MERGE}?next=%2Fideas%2F%3Fstage%3Dwork"
    return client


def test_question_lists_what_would_change(asked: Client, curriculum: SimpleNamespace, learner: User) -> None:
    page = html.fromstring(asked.get(MERGE, {"next": "/ideas/?stage=work"}).content)
    assert page.xpath("//h1")[0].text == "Add 2 marks made on this device?"
    rows = [[" ".join(text.split()) for text in row.xpath(".//text()") if text.strip()] for row in page.xpath("//form//li")]
    assert rows == [
        ["Title of python", "1.1", "from", "Learning", "→", "to", "Done"],
        ["Title of numpy", "1.2", "from", "Not started", "→", "to", "Learning"],
    ]
    assert page.xpath("//form//input[@type='checkbox']/@checked") == ["checked", "checked"]
    assert page.xpath("//form//input[@name='next']/@value") == ["/ideas/?stage=work"]
    assert page.xpath("//form//a/@href") == ["/ideas/?stage=work"]
    assert states(learner, curriculum) == {"python": "learning"}, "looking changes nothing"


def test_learner_adds_the_marks_and_goes_on_to_the_page_that_was_wanted(asked: Client, curriculum: SimpleNamespace, learner: User) -> None:
    answer = asked.post(f"{MERGE}add/", {"skill": ["python", "numpy"], "next": "/ideas/?stage=work"})
    assert answer.headers["Location"] == "/ideas/?stage=work"
    assert states(learner, curriculum) == {"python": "done", "numpy": "learning"}
    assert "2 marks added. 1 of 9 done." in asked.get("/").content.decode()
    assert not Guest.objects.exists()
    assert not {"guest", "waiting_marks"} & set(asked.session.keys())
    assert asked.post(f"{MERGE}add/", {"skill": ["python"]}).headers["Location"] == "/", "twice is once"


def test_learner_adds_some_and_the_others_leave_the_device(asked: Client, curriculum: SimpleNamespace, learner: User) -> None:
    asked.post(f"{MERGE}add/", {"skill": ["numpy"]})
    assert states(learner, curriculum) == {"python": "learning", "numpy": "learning"}
    assert not Guest.objects.exists()


def test_nothing_chosen_is_asked_again(asked: Client, curriculum: SimpleNamespace, learner: User) -> None:
    answer = asked.post(f"{MERGE}add/", {"skill": ["cv", "made-up", "'; DROP TABLE"]})
    assert answer.status_code == 422
    assert html.fromstring(answer.content).xpath("//form//input[@type='checkbox']/@checked") == []
    assert states(learner, curriculum) == {"python": "learning"}
    assert Guest.objects.exists()


def test_learner_says_they_are_somebody_elses(asked: Client, curriculum: SimpleNamespace, learner: User) -> None:
    assert asked.post(f"{MERGE}drop/", {"next": "/ideas/"}).headers["Location"] == "/ideas/"
    assert states(learner, curriculum) == {"python": "learning"}
    assert not Guest.objects.exists()
    asked.post("/accounts/logout/")
    assert "guest" not in asked.session


def test_later_keeps_the_marks_for_the_device_and_for_the_next_time(
    asked: Client, curriculum: SimpleNamespace, learner: User, other_learner: User
) -> None:
    assert asked.session["waiting_marks"] == 2
    note = html.fromstring(asked.get("/").content).xpath(f"//main//a[@href='{MERGE}']")
    assert [text.text for text in note] == ["2 marks made on this device wait for your answer"]
    asked.post("/accounts/logout/")
    guest = Guest.objects.get()
    assert read_climb(guest.pk).states == {curriculum.python.pk: "done", curriculum.numpy.pk: "learning"}
    assert asked.session["guest"] == str(guest.pk)
    assert "waiting_marks" not in asked.session
    mark(asked, "cv", "skipped")
    assert sign_in(asked, other_learner).headers["Location"] == f"{MERGE}?next=%2Fclimb%2F"
    assert asked.session["waiting_marks"] == 3
    assert states(other_learner, curriculum) == {}


def test_nothing_new_is_nothing_to_ask(curriculum: SimpleNamespace, learner: User) -> None:
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    client = Client()
    mark(client, "python", "learning")
    assert sign_in(client, learner).headers["Location"] == "/climb/"
    assert states(learner, curriculum) == {"python": "done"}


def test_next_leads_nowhere_else(asked: Client) -> None:
    targets = ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", MERGE)
    for target in targets:
        page = html.fromstring(asked.get(MERGE, {"next": target}).content)
        assert page.xpath("//form//a/@href") == ["/"]
    for target in targets:
        assert asked.post(f"{MERGE}drop/", {"next": target}).headers["Location"] == "/"
    assert html.fromstring(asked.get(MERGE).content).xpath("//h1")[0].text == "Nothing is left to add"


def test_visitor_is_sent_to_sign_in(client: Client, db: None) -> None:
    for path in (MERGE, f"{MERGE}add/", f"{MERGE}drop/"):
        answer = client.get(path) if path == MERGE else client.post(path)
        assert answer.headers["Location"].startswith("/accounts/login/?next=")


def test_answers_take_a_post(asked: Client) -> None:
    for action in ("add", "drop"):
        assert asked.get(f"{MERGE}{action}/").status_code == 405
    assert Guest.objects.exists()


def test_learner_without_marks_before_pays_one_statement_for_it(learner: User, statements) -> None:
    client = Client()
    with statements() as seen:
        sign_in(client, learner)
    assert len([sql for sql in seen.sent if "progress_" in sql]) == 1


# --- Any order of things, on two devices ------------------------------------------------------------------------------

FAR = {"none": 0, "skipped": 1, "learning": 2, "done": 3}
SLUGS = ("python", "numpy", "pandas", "git")


class TwoDevices(RuleBasedStateMachine):
    """Two browsers, two people. A model holds what each climb must be; no mark is lost, and nobody gets another's unasked."""

    def __init__(self) -> None:
        super().__init__()
        self.devices = [Client(), Client()]
        self.people: list[User] = [UserFactory(), UserFactory()]
        self.person_on: list[int | None] = [None, None]
        self.account: dict[int, dict[str, str]] = {0: {}, 1: {}}
        # What the guest of each device has marked and nobody has answered for.
        self.guest: list[dict[str, str]] = [{}, {}]

    devices_ = st.integers(0, 1)
    people_ = st.integers(0, 1)

    @rule(device=devices_, slug=st.sampled_from(SLUGS), state=st.sampled_from(["none", "skipped", "learning", "done"]))
    def mark(self, device: int, slug: str, state: str) -> None:
        mark(self.devices[device], slug, state)
        person = self.person_on[device]
        held = self.guest[device] if person is None else self.account[person]
        held.pop(slug, None)
        if state != "none":
            held[slug] = state

    @rule(device=devices_, person=people_)
    def sign_in(self, device: int, person: int) -> None:
        if self.person_on[device] is None:
            answer = sign_in(self.devices[device], self.people[person])
            self.person_on[device] = person
            adds = any(FAR[state] > FAR[self.account[person].get(slug, "none")] for slug, state in self.guest[device].items())
            assert answer.headers["Location"].startswith(MERGE) == adds

    @rule(device=devices_)
    def sign_out(self, device: int) -> None:
        self.devices[device].post("/accounts/logout/")
        self.person_on[device] = None

    @precondition(lambda self: any(person is not None for person in self.person_on))
    @rule(device=devices_, chosen=st.sets(st.sampled_from(SLUGS), min_size=1))
    def add(self, device: int, chosen: set[str]) -> None:
        person = self.person_on[device]
        if person is None:
            return
        ours, theirs = self.account[person], self.guest[device]
        waiting = {slug for slug, state in theirs.items() if FAR[state] > FAR[ours.get(slug, "none")]}
        answer = self.devices[device].post(f"{MERGE}add/", {"skill": sorted(chosen)})
        if waiting and not waiting & chosen:
            assert answer.status_code == 422
            return
        assert answer.status_code == 302
        ours.update({slug: theirs[slug] for slug in waiting & chosen})
        theirs.clear()

    @rule(device=devices_)
    def drop(self, device: int) -> None:
        if self.person_on[device] is not None:
            self.devices[device].post(f"{MERGE}drop/")
            self.guest[device].clear()

    @rule(device=devices_)
    def sign_up_and_confirm(self, device: int) -> None:
        """A third person signs up on the device, confirms there, and leaves."""
        if self.person_on[device] is not None:
            return
        client, name = self.devices[device], f"Newcomer {User.objects.count()}"
        email = f"{name.replace(' ', '.').lower()}@example.net"
        client.post("/accounts/signup/", {"name": name, "email": email, "password1": PASSWORD})
        copied = dict(self.guest[device])
        from django.core import mail as outbox

        outbox.outbox.clear()
        for waiting in Mail.objects.values_list("pk", flat=True):
            deliver_mail(mail_id=waiting)
        client.post(link_in(outbox.outbox[-1]))
        self.people.append(User.objects.get(email=email))
        self.account[len(self.people) - 1] = copied
        self.guest[device] = {}
        client.post("/accounts/logout/")

    @invariant()
    def every_climb_is_as_the_model_says(self) -> None:
        for number, person in enumerate(self.people):
            held = dict(Mark.objects.filter(learner=person).values_list("skill__slug", "state"))
            assert held == self.account[number]
        for device, client in enumerate(self.devices):
            guest = client.session.get("guest")
            held = dict(Guest.objects.filter(pk=guest).values_list("marks__skill__slug", "marks__state")) if guest else {}
            held.pop(None, None)
            assert held == self.guest[device]


def test_any_order_on_two_devices_loses_no_mark_and_shows_nobody_elses(curriculum: SimpleNamespace, settings_without_limits: None) -> None:
    run_state_machine_as_test(
        TwoDevices, settings=settings(max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    )


@pytest.fixture
def settings_without_limits(settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
