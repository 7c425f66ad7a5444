"""Sentences for the report."""


def sentence(error: float, median: float) -> str:
    return f"Off by {error:,.0f}, which is {error / median:.0%} of the median price."
