"""A handle that is changed stays its owner's: its links go on, nobody else gets it, and it can be taken back."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.sites import site
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.handles import reserved
from accounts.models import HANDLE, FormerHandle, User
from accounts.services import HANDLE_CHANGES, HandleChangedTooOften, HandleTaken, create_account, save_profile
from roadmap.portfolio.settings_forms import ProfileForm
from tests.factories import UserFactory

PAGE = "/settings/profile/"
SILENT = dict.fromkeys(("headline", "about", "place", "open_to", "github", "linkedin_url", "website_url"), "")


def rename(person: User, handle: str) -> None:
    save_profile(person=person, name=person.name, handle=handle, **SILENT)


def handle_of(person: User) -> str:
    return User.objects.values_list("handle", flat=True).get(pk=person.pk)


def former(person: User) -> set[str]:
    return {handle.handle for handle in person.former_handles.all()}


def post(browser, person: User, handle: str):
    return browser.post(PAGE, {"name": person.name, "handle": handle, **SILENT})


# --- What a handle may be -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "handle",
    [
        "ab", "a" * 31, "Amina", "amina_yusuf", "amina yusuf", "-amina", "amina-", "amina.yusuf", "amina/..", "аmina", "аdmin", "amina\u202e", "ａｍｉｎａ",
        "amína", "amina\n", "", "ad\u200bmin",
    ],
)  # fmt: skip
def test_handle_that_is_not_plain_is_refused(handle, learner, sign_in):
    answer = post(sign_in(learner), learner, handle)
    # A line break at the end is taken off like any space.
    if handle.strip() == "amina":
        assert (answer.status_code, handle_of(learner)) == (302, "amina")
    else:
        assert (answer.status_code, handle_of(learner), former(learner)) == (422, "amina-yusuf", set())


@pytest.mark.parametrize("handle", ["admin", "api", "settings", "projects", "accounts", "sitemap", "staircase", "mentor", "static"])
def test_word_of_the_site_is_refused(handle, learner, sign_in):
    assert handle in reserved()
    answer = post(sign_in(learner), learner, handle)
    assert answer.status_code == 422
    assert "belongs to the site" in answer.content.decode()
    with pytest.raises(HandleTaken):
        rename(learner, handle)
    assert handle_of(learner) == "amina-yusuf"


def test_whoever_has_a_reserved_handle_keeps_it(sign_in, db):
    person = UserFactory(handle="admin")
    assert post(sign_in(person), person, "admin").status_code == 302
    assert handle_of(person) == "admin"


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=40), st.from_regex(HANDLE), st.sampled_from(sorted(reserved()))))
def test_form_lets_only_plain_free_words_through(handle):
    form = ProfileForm({"name": "Amina", "handle": handle, **SILENT}, handle="amina-yusuf")
    if form.is_valid():
        said = form.cleaned_data["handle"]
        assert re.fullmatch(HANDLE, said)
        assert said.isascii()
        assert said not in reserved()


# --- What becomes of the old one ------------------------------------------------------------------------------------


def test_old_handle_is_kept_and_can_be_taken_back(learner, sign_in):
    browser = sign_in(learner)
    assert post(browser, learner, "amina").status_code == 302
    assert (handle_of(learner), former(learner)) == ("amina", {"amina-yusuf"})
    assert post(browser, learner, "amina-yusuf").status_code == 302
    assert (handle_of(learner), former(learner)) == ("amina-yusuf", {"amina"})


@pytest.mark.parametrize("handle", ["bo-lindqvist", "bo-former"])
def test_handle_that_somebody_has_or_had_is_refused(handle, learner, other_learner, sign_in):
    rename(other_learner, "bo-former")
    rename(other_learner, "bo-now")
    answer = post(sign_in(learner), learner, handle)
    assert answer.status_code == 422
    assert "Somebody else has this handle, or had it before." in answer.content.decode()
    assert f'value="{handle}"' in answer.content.decode()
    assert (handle_of(learner), former(learner)) == ("amina-yusuf", set())
    assert post(sign_in(learner), learner, "bo-now").status_code == 422


def test_sign_up_never_gets_a_former_handle(learner, db):
    rename(learner, "amina")
    person = create_account(user=User(name="Amina Yusuf", email="other@example.org", password="!"))
    assert person.handle == "amina-yusuf-2"


def test_database_refuses_somebody_elses_former_handle_whatever_writes_it(learner, other_learner):
    rename(learner, "amina")
    for write in (
        lambda: User.objects.filter(pk=other_learner.pk).update(handle="amina-yusuf"),
        lambda: UserFactory(handle="amina-yusuf"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    User.objects.filter(pk=learner.pk).update(handle="amina-yusuf")
    assert former(learner) == {"amina"}


def test_handle_changed_in_the_workshop_is_kept_too_and_a_former_one_is_refused(learner, other_learner, admin_user, sign_in):
    rename(learner, "amina")
    options = site._registry[User]
    form_class = options.get_form(None, other_learner, fields=["name", "email", "handle"])
    form = form_class({"name": "Bo", "email": other_learner.email, "handle": "amina-yusuf"}, instance=other_learner)
    assert list(form.errors) == ["handle"]
    form = form_class({"name": "Bo", "email": other_learner.email, "handle": "bo-now"}, instance=User.objects.get(pk=other_learner.pk))
    form.save()
    assert former(other_learner) == {"bo-lindqvist"}


def test_account_that_is_deleted_leaves_its_handles(learner):
    rename(learner, "amina")
    learner.delete()
    assert not FormerHandle.objects.exists()
    assert UserFactory(handle="amina-yusuf").pk


def test_handle_is_changed_five_times_in_thirty_days_and_then_not_for_a_while(learner, sign_in):
    for number in range(HANDLE_CHANGES):
        rename(learner, f"amina-{number}")
    with pytest.raises(HandleChangedTooOften):
        rename(learner, "amina-more")
    answer = post(sign_in(learner), learner, "amina-more")
    assert answer.status_code == 422
    assert "5 times in 30 days" in answer.content.decode()
    # An earlier one can be had at any time: it keeps nothing from anybody.
    rename(learner, "amina-yusuf")
    FormerHandle.objects.filter(person=learner).update(until=timezone.now() - timedelta(days=31))
    rename(learner, "amina-more")
    assert handle_of(learner) == "amina-more"


def test_handle_that_cannot_be_had_keeps_everything_else_as_it_was(learner, other_learner):
    with pytest.raises(HandleTaken):
        save_profile(person=learner, name="Another", handle=other_learner.handle, **{**SILENT, "headline": "New"})
    assert User.objects.get(pk=learner.pk).name == "Amina Yusuf"
    assert not learner.former_handles.exists()


# --- At the same moment ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_ten_people_want_one_handle_and_one_gets_it(together):
    people = [UserFactory() for _ in range(10)]

    def want(number: int) -> bool:
        try:
            rename(people[number], "wanted")
        except HandleTaken:
            return False
        return True

    assert sorted(together(10, want)) == [False] * 9 + [True]
    assert User.objects.filter(handle="wanted").count() == 1
    assert FormerHandle.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(5))
def test_handle_that_is_given_up_at_this_moment_goes_to_nobody(attempt, together):
    owner, other = UserFactory(handle="given-up"), UserFactory()

    def act(number: int) -> str:
        try:
            rename(owner, "owner-now") if number == 0 else rename(other, "given-up")
        except HandleTaken:
            return "refused"
        return "changed"

    assert together(2, act) == ["changed", "refused"]
    assert FormerHandle.objects.get(handle="given-up").person == owner


@pytest.mark.django_db(transaction=True)
def test_one_person_changes_twice_at_once_and_every_handle_stays_theirs(together):
    person = UserFactory(handle="at-first")
    together(4, lambda number: rename(person, f"then-{number}"))
    assert former(person) | {handle_of(person)} == {"at-first", *(f"then-{number}" for number in range(4))}
    assert handle_of(person) not in former(person)
