import pytest

from again import Policy


@pytest.fixture
def policy():
    return Policy(tries=2, first=0)
