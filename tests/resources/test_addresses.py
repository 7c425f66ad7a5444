"""Which addresses a resource may have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.resources.addresses import problem_with, sameness


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "https://www.example.org/a/b.html?page=2#part",
        "https://docs.python.org:443/3/",
        "https://arxiv.org/abs/1706.03762",
    ],
)
def test_good_addresses(address: str) -> None:
    assert problem_with(address) == ""


@pytest.mark.parametrize(
    "address",
    [
        "", "example.org", "//example.org/", "http://example.org/", "ftp://example.org/", "javascript:alert(1)", "https://", "https://localhost/", "https://example/",
        "https://example..org/", "https://example.org./", "https://user:secret@example.org/", "https://user@example.org/", "https://example.org/a b", "https://example.org/\n",
        "https://exämple.org/", "https://example.org:port/", "https://[::1", "https://bit.ly/x", "https://www.bit.ly/x", "https://T.CO/x", "https://youtu.be/x",
        "https://example.org/?utm_source=a", "https://example.org/?a=1&UTM_Medium=b", "https://example.org/?tag=me-20", "https://example.org/?ref=me", "https://example.org/?gclid",
    ],
)  # fmt: skip
def test_bad_addresses_have_a_sentence(address: str) -> None:
    assert problem_with(address).endswith(".")


@given(st.text())
def test_any_text_has_an_answer(address: str) -> None:
    assert isinstance(problem_with(address), str)


def test_two_spellings_of_one_address_are_the_same() -> None:
    assert sameness("https://www.Example.org/a/") == sameness("https://example.org/a")
    assert sameness("https://example.org/a?page=1") != sameness("https://example.org/a?page=2")
