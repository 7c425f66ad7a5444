import pytest
from fastapi.testclient import TestClient

from app.main import app


@pytest.fixture
def client():
    return TestClient(app)


def test_health(client):
    assert client.get("/health").json() == {"status": "ok"}


def test_a_negative_length_is_refused(client):
    row = {"sepal_length": -1, "sepal_width": 1, "petal_length": 1, "petal_width": 1}
    assert client.post("/predict", json=row).status_code == 422
