"""Shillings in other money, at today's rate."""

import requests

RATES = "https://open.er-api.com/v6/latest/KES"


def rate_to(currency: str) -> float:
    """How much of a currency one Kenyan shilling is today. Raises requests.RequestException when the rates cannot be had."""
    answer = requests.get(RATES, timeout=10)
    answer.raise_for_status()
    return float(answer.json()["rates"][currency])
