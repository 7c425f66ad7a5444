import httpx
import pytest
import requests

ROWS = [{"area": 40}, {"area": 80}]


@pytest.fixture
def client():
    with httpx.Client(base_url="http://test") as client:
        yield client


@pytest.mark.parametrize("row", ROWS)
def test_a_price_is_a_number(row):
    assert requests.get("http://localhost:8000/price", params=row, timeout=5).json()["price"] > 0


def test_health(client):
    for path in ("/health", "/version"):
        assert client.get(path).json()
