"""A handle comes from the name, in plain letters, and nobody gets a word of the site."""

import re
from itertools import islice

import pytest
from django.urls import get_resolver
from hypothesis import given
from hypothesis import strategies as st

from accounts.handles import candidates, reserved
from accounts.models import HANDLE, User
from accounts.services import AddressTaken, create_account
from tests.factories import UserFactory


def person(name: str, email: str) -> User:
    return User(name=name, email=email, password="!")


def first(name: str) -> str:
    return next(candidates(name))


@pytest.mark.parametrize(
    ("name", "handle"),
    [
        ("Amina Yusuf", "amina-yusuf"),
        ("  O’Brien-Smith, Jr. ", "obrien-smith-jr"),
        ("Łukasz Żółć", "lukasz-zolc"),
        ("Øystein Ærø Groß", "oystein-aero-gross"),
        ("Юлия Йович", "yuliya-yovich"),
        ("Γιώργος", "giorgos"),
        ("İstanbul", "istanbul"),
        ("Ana María Muñoz", "ana-maria-munoz"),
        ("Ｆｕｌｌ ｗｉｄｔｈ", "full-width"),
    ],
)
def test_name_becomes_plain_letters(name: str, handle: str) -> None:
    assert first(name) == handle


@pytest.mark.parametrize(
    ("name", "handle"),
    [("Al", "al-2"), ("Admin", "admin-2"), ("API", "api-2"), ("李小龙", "climber-2"), ("👩‍🔬", "climber-2"), ("Sіgn In", "sign-in-2")],
)
def test_short_reserved_and_unwritable_names_get_a_number(name: str, handle: str) -> None:
    assert first(name) == handle


@given(st.text(max_size=80))
def test_every_suggestion_for_every_name_is_a_sound_handle(name: str) -> None:
    for handle in islice(candidates(name), 40):
        assert re.fullmatch(HANDLE, handle)
        assert handle.isascii()
        assert handle not in reserved()


def test_first_part_of_every_address_is_reserved() -> None:
    words = {re.match(r"\^?([\w.-]*)", str(pattern.pattern))[1] for pattern in get_resolver().url_patterns}
    assert {word for word in words if word and re.fullmatch(HANDLE, word)} <= reserved()


def test_same_name_gets_the_next_number(db: None) -> None:
    people = [create_account(user=person("Amina Yusuf", f"{number}@example.org")) for number in range(12)]
    handles = [somebody.handle for somebody in people]
    assert handles[:9] == ["amina-yusuf", *(f"amina-yusuf-{number}" for number in range(2, 10))]
    assert len(set(handles)) == 12


def test_handle_says_nothing_of_the_address(db: None) -> None:
    somebody = create_account(user=person("李小龙", "secret.person@example.org"))
    assert somebody.handle == "climber-2"


def test_taken_address_is_told_apart_from_a_taken_handle(db: None) -> None:
    UserFactory(email="amina@example.org", handle="amina")
    with pytest.raises(AddressTaken):
        create_account(user=person("Somebody Else", "amina@example.org"))


@pytest.mark.django_db(transaction=True)
def test_people_of_one_name_at_the_same_moment_all_get_a_handle(together) -> None:
    people = together(6, lambda number: create_account(user=person("Amina Yusuf", f"{number}@example.org")))
    assert len({somebody.handle for somebody in people}) == 6 == User.objects.count()
