"""A page as its reader finds it: parsed, never as text."""

from typing import Any

from lxml import html


def document(answer: Any) -> html.HtmlElement:
    return html.fromstring(answer.content.decode())


def words(element: html.HtmlElement) -> str:
    """What it says, with single spaces."""
    return " ".join(element.text_content().split())


def texts(answer: Any, selector: str) -> list[str]:
    """What the elements say that a CSS selector finds."""
    return [words(element) for element in document(answer).cssselect(selector)]
