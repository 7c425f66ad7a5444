import pytest
from pydantic import ValidationError

from invoices.schema import Invoice


def test_a_total_below_zero_is_refused():
    with pytest.raises(ValidationError):
        Invoice(number="7", day="2024-01-31", total=-1)
