from house_prices.model import build


def test_penalty_is_passed_on():
    assert build(3).regressor.named_steps["ridge"].alpha == 3
