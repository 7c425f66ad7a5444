"""A mark that was made without a connection: taken once, in the state that it began from, or refused with what stands."""

import random
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from roadmap.curriculum import snapshot
from roadmap.progress.models import Guest, GuestMark, Mark, MarkEvent
from roadmap.progress.services import WANTED, LeftTheRoadmap, MarkedElsewhere, Waiting, mark_skill, read_climb
from roadmap.stages.services import rename, retire_skill
from roadmap.web.offline import person_of

pytestmark = pytest.mark.django_db

EARLIER = timezone.now() - timedelta(hours=5)


@pytest.fixture(params=["learner", "guest"])
def climber(request, learner):
    return learner.pk if request.param == "learner" else uuid4()


def mark(climber, skill, state):
    return mark_skill(climber=climber, skill_id=skill.pk, state=state)


def send(climber, skill, state, *, began="none", key=None, at=EARLIER):
    return mark_skill(climber=climber, skill_id=skill.pk, state=state, waiting=Waiting(key or uuid4(), began, at))


def state_of(climber, skill):
    return read_climb(climber).state(skill.pk)


def events(skill):
    return list(MarkEvent.objects.filter(skill=skill).order_by("id").values_list("from_state", "to_state", "source"))


# --- Without a page -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["learning", "done", "skipped"])
def test_mark_that_waited_is_set(climber, curriculum, state):
    change = send(climber, curriculum.numpy, state)
    assert (change.before, change.after, change.climb.states) == ("none", state, {curriculum.numpy.pk: state})
    assert state_of(climber, curriculum.numpy) == state


def test_mark_that_waited_takes_a_mark_back(climber, curriculum):
    mark(climber, curriculum.numpy, "done")
    change = send(climber, curriculum.numpy, "none", began="done")
    assert (change.before, change.after, change.climb.states) == ("done", "none", {})
    assert state_of(climber, curriculum.numpy) == "none"


def test_mark_sent_twice_is_taken_once(climber, curriculum):
    key = uuid4()
    for _ in range(3):
        assert send(climber, curriculum.numpy, "done", key=key).after == "done"
    assert state_of(climber, curriculum.numpy) == "done"
    assert MarkEvent.objects.count() == (1 if isinstance(climber, int) else 0)


@pytest.mark.parametrize("since", ["none", "learning", "skipped"])
def test_mark_sent_again_does_not_undo_what_the_learner_marked_since(learner, curriculum, since):
    key = uuid4()
    send(learner.pk, curriculum.numpy, "done", key=key)
    mark(learner.pk, curriculum.numpy, since)
    again = send(learner.pk, curriculum.numpy, "done", key=key)
    assert (again.before, again.after, again.climb.state(curriculum.numpy.pk)) == (since, since, since)
    assert state_of(learner.pk, curriculum.numpy) == since


def test_mark_that_changed_nothing_leaves_its_key_as_well(learner, curriculum):
    key = uuid4()
    mark(learner.pk, curriculum.numpy, "done")
    send(learner.pk, curriculum.numpy, "done", key=key)
    mark(learner.pk, curriculum.numpy, "none")
    assert send(learner.pk, curriculum.numpy, "done", key=key).after == "none"
    assert events(curriculum.numpy) == [("", "done", "page"), ("done", "done", "offline"), ("done", "", "page")]


def test_guest_who_marked_elsewhere_since_is_asked_when_it_is_sent_again(curriculum):
    guest, key = uuid4(), uuid4()
    send(guest, curriculum.numpy, "done", key=key)
    mark(guest, curriculum.numpy, "learning")
    with pytest.raises(MarkedElsewhere) as refused:
        send(guest, curriculum.numpy, "done", key=key)
    assert (refused.value.stands, state_of(guest, curriculum.numpy)) == ("learning", "learning")


@pytest.mark.parametrize("stands", WANTED)
@pytest.mark.parametrize("began", WANTED)
def test_mark_is_refused_exactly_where_a_third_state_stands(climber, curriculum, began, stands):
    if stands != "none":
        mark(climber, curriculum.numpy, stands)
    told = MarkEvent.objects.count()
    if stands in (began, "done"):
        assert send(climber, curriculum.numpy, "done", began=began).after == state_of(climber, curriculum.numpy) == "done"
    else:
        with pytest.raises(MarkedElsewhere) as refused:
            send(climber, curriculum.numpy, "done", began=began)
        assert refused.value.stands == state_of(climber, curriculum.numpy) == stands
        assert MarkEvent.objects.count() == told


def test_refused_key_may_be_sent_once_the_person_has_chosen(learner, curriculum):
    key = uuid4()
    mark(learner.pk, curriculum.numpy, "skipped")
    with pytest.raises(MarkedElsewhere):
        send(learner.pk, curriculum.numpy, "done", key=key)
    assert send(learner.pk, curriculum.numpy, "done", began="skipped", key=key).after == "done"


def test_marks_of_one_skill_are_taken_in_the_order_of_the_queue(climber, curriculum):
    for began, state in [("none", "learning"), ("learning", "done"), ("done", "none"), ("none", "skipped")]:
        assert send(climber, curriculum.numpy, state, began=began).before == began
    assert state_of(climber, curriculum.numpy) == "skipped"


def test_event_and_claim_have_the_moment_of_the_mark(climber, curriculum):
    send(climber, curriculum.numpy, "done")
    table = Mark if isinstance(climber, int) else GuestMark
    assert table.objects.get().claimed_at == EARLIER
    assert set(MarkEvent.objects.values_list("source", "at")) <= {("offline", EARLIER)}


@pytest.mark.parametrize("at", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)])
def test_moment_of_a_wrong_clock_is_moved_into_the_last_90_days(learner, curriculum, at):
    before = timezone.now() - timedelta(minutes=1)
    send(learner.pk, curriculum.numpy, "done", at=at)
    moment = MarkEvent.objects.get().at
    assert before - timedelta(days=90) <= moment <= timezone.now()


def test_key_is_one_persons_own(learner, other_learner, curriculum):
    key = uuid4()
    send(learner.pk, curriculum.numpy, "done", key=key)
    assert send(other_learner.pk, curriculum.numpy, "learning", key=key).after == "learning"


def test_key_that_another_skill_used_sets_nothing(learner, curriculum):
    key = uuid4()
    send(learner.pk, curriculum.numpy, "done", key=key)
    assert send(learner.pk, curriculum.pandas, "done", key=key).after == "none"
    assert read_climb(learner.pk).states == {curriculum.numpy.pk: "done"}


def test_mark_that_waited_is_two_statements(climber, curriculum, statements):
    with statements(exactly=2):
        send(climber, curriculum.numpy, "done")


def test_mark_on_a_skill_that_is_gone_by_now_is_refused_and_changes_nothing(climber, curriculum):
    mark(climber, curriculum.numpy, "learning")
    stood = read_climb(climber)
    retire_skill(skill=curriculum.numpy, replaced_by=[curriculum.pandas])
    for act in (mark, send):
        for state in WANTED:
            with pytest.raises(LeftTheRoadmap):
                act(climber, curriculum.numpy, state)
    now = read_climb(climber)
    assert (now.states, now.state(curriculum.pandas.pk)) == ({**stood.states, curriculum.pandas.pk: "learning"}, "learning")


# --- At the same time -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_same_mark_sent_by_two_tabs_at_once_is_taken_once(climber, curriculum, together):
    key = uuid4()
    changes = together(4, lambda number: send(climber, curriculum.numpy, "done", key=key))
    assert {change.after for change in changes} == {"done"}
    assert [change.before for change in changes].count("none") == 1
    assert MarkEvent.objects.count() == (1 if isinstance(climber, int) else 0)


@pytest.mark.django_db(transaction=True)
def test_one_key_for_different_skills_at_once_sets_one(learner, curriculum, together):
    key = uuid4()
    together(4, lambda number: send(learner.pk, curriculum.skills[number], "done", key=key))
    assert MarkEvent.objects.count() == Mark.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_marks_of_two_devices_at_once_leave_one_and_ask_about_the_other(climber, curriculum, together):
    def sent(number):
        try:
            return send(climber, curriculum.numpy, ["done", "learning"][number]).after
        except MarkedElsewhere as refused:
            return f"refused: {refused.stands}"

    assert sorted(together(2, sent)) in (["done", "refused: done"], ["learning", "refused: learning"])


@pytest.mark.django_db(transaction=True)
def test_queue_sent_again_and_again_by_two_tabs_ends_as_it_was_made(learner, curriculum, together):
    chance = random.Random(7)
    queue, stands = [], "none"
    for _ in range(12):
        state = chance.choice([one for one in WANTED if one != stands])
        queue.append((uuid4(), stands, state))
        stands = state

    def tab(number):
        for key, began, state in queue:
            for _ in range(2):
                send(learner.pk, curriculum.numpy, state, began=began, key=key)

    together(1, tab)
    together(3, tab)
    assert state_of(learner.pk, curriculum.numpy) == stands
    keys = list(MarkEvent.objects.order_by("id").values_list("key", flat=True))
    assert keys == [key for key, _, _ in queue]


@pytest.mark.django_db(transaction=True)
def test_mark_made_while_its_skill_is_replaced_is_on_the_replacement_or_refused(climber, curriculum, together):
    def act(number):
        if number == 0:
            return retire_skill(skill=curriculum.numpy, replaced_by=[curriculum.pandas])
        try:
            return send(climber, curriculum.numpy, "done").after
        except LeftTheRoadmap:
            return "refused"

    said = together(2, act)[1]
    states = read_climb(climber).states
    assert states == ({curriculum.numpy.pk: "done", curriculum.pandas.pk: "done"} if said == "done" else {})


# --- By the address that pages use ----------------------------------------------------------------------------------


@pytest.fixture(params=["learner", "guest"])
def browser(request, learner, sign_in):
    return sign_in(learner) if request.param == "learner" else Client()


@pytest.fixture
def learners_browser(learner, sign_in):
    return sign_in(learner)


def post(browser, *, state="done", before="none", key=None, person=None, skill="numpy", **values):
    person = browser.get("/offline/person/").json()["person"] if person is None else person
    sent = {
        "state": state,
        "key": str(uuid4() if key is None else key),
        "before": before,
        "at": EARLIER.isoformat(),
        "person": person,
        **values,
    }
    return browser.post(f"/skills/{skill}/mark/", sent)


def test_page_sends_a_mark_and_reads_what_stands(browser, curriculum):
    key = uuid4()
    for _ in range(2):
        answer = post(browser, key=key)
        assert (answer.status_code, answer.json()) == (200, {"wanted": "done", "stands": "done"})
    assert 'id="done-numpy" form="marks"' in (text := browser.get("/skills/numpy/").content.decode())
    assert "1 of" in text


def test_page_reads_both_states_of_a_conflict(browser, curriculum):
    browser.post("/skills/numpy/mark/", {"state": "learning"})
    answer = post(browser)
    assert (answer.status_code, answer.json()) == (409, {"wanted": "done", "stands": "learning"})


def test_a_guests_first_mark_may_be_one_that_waited(client, curriculum):
    assert post(client).status_code == 200
    assert GuestMark.objects.get().guest == Guest.objects.get()


@pytest.mark.parametrize("person", ["guest", "0123456789abcdef", ""])
def test_queue_is_never_sent_under_somebody_elses_sign_in(learners_browser, curriculum, person):
    assert post(learners_browser, person=person or "x").status_code == 403
    assert (Mark.objects.count(), GuestMark.objects.count()) == (0, 0)


def test_queue_of_a_learner_is_not_sent_once_signed_out(learners_browser, curriculum):
    person = learners_browser.get("/offline/person/").json()["person"]
    learners_browser.post("/accounts/logout/")
    assert post(learners_browser, person=person).status_code == 403
    assert (Mark.objects.count(), GuestMark.objects.count()) == (0, 0)


def test_name_of_a_person_stays_and_is_nobody_elses(learner, other_learner, rf):
    def name(user):
        request = rf.get("/")
        request.user = user
        return person_of(request)

    first = name(learner)
    learner.handle = "another-handle"
    assert name(learner) == first != name(other_learner)
    assert "guest" not in (first, name(other_learner))


@pytest.mark.parametrize(
    "wrong", [{"key": "1"}, {"key": ""}, {"before": "open"}, {"before": ""}, {"at": "soon"}, {"at": ""}, {"person": ""}]
)
def test_mark_that_waited_and_lacks_something_is_refused_with_a_sentence(learners_browser, curriculum, wrong):
    answer = post(learners_browser, **wrong)
    assert answer.status_code == 422
    assert "needs its key" in answer.content.decode()
    assert Mark.objects.count() == 0


def test_mark_on_a_skill_that_left_the_roadmap_is_not_found(learners_browser, curriculum):
    assert post(learners_browser, skill="no-such-skill").status_code == 404


def test_skill_that_goes_while_its_mark_is_on_the_way_is_not_found(browser, curriculum, monkeypatch):
    """The page has still found it."""
    found = snapshot.current()
    retire_skill(skill=curriculum.numpy, replaced_by=[curriculum.pandas])
    monkeypatch.setattr("roadmap.views.snapshot.current", lambda *revision: found)
    assert post(browser).status_code == 404
    assert browser.post("/skills/numpy/mark/", {"state": "done"}).status_code == 404
    assert (Mark.objects.count(), GuestMark.objects.count()) == (0, 0)


def test_mark_on_a_skill_that_has_another_address_by_now_is_set(browser, curriculum):
    rename(entry=curriculum.numpy, slug="arrays")
    assert post(browser, state="learning").json() == {"wanted": "learning", "stands": "learning"}
    assert post(browser, before="learning").json() == {"wanted": "done", "stands": "done"}
    assert browser.post("/skills/numpy/mark/", {"state": "none"}).headers["Location"] == "/skills/arrays/"


@pytest.mark.parametrize("state", ["done", "none"])
def test_statements_of_a_mark_that_waited(browser, curriculum, statements, state):
    browser.post("/skills/numpy/mark/", {"state": "learning"})
    person = browser.get("/offline/person/").json()["person"]
    with statements(at_most=6):
        assert post(browser, state=state, before="learning", person=person).status_code == 200


def test_who_is_signed_in_is_kept_nowhere(browser, curriculum):
    answer = browser.get("/offline/person/")
    assert answer["Cache-Control"] == "private, no-store"
    assert set(answer.json()) == {"person", "token"}
