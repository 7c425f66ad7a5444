"""Tags and filters that every template has."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from roadmap.web import markdown as _markdown

register = template.Library()

register.filter("markdown", _markdown.render)
register.filter("markdown_line", _markdown.render_line)


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """An icon of the sprite, hidden from screen readers: the word stands beside it."""
    return format_html('<svg class="i {}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, static("img/icons.svg"), name)


@register.filter
def hours(value: Decimal | int | float) -> str:
    """A number of hours without needless zeros: 1.5, 12."""
    return f"{Decimal(value).normalize():f}"


@register.filter
def undo(message: Message) -> dict[str, str] | None:
    """What a message says about taking its action back (see `roadmap.web.htmx.say`); None where it cannot be."""
    parts = (message.extra_tags or "").split(" ")
    return dict(zip(("action", "state", "target"), parts, strict=True)) if len(parts) == 3 else None


@register.simple_tag
def origin() -> str:
    """The public address of the site, without a slash at its end."""
    return settings.SITE_ORIGIN


@register.filter
def titles(things: Iterable[Any]) -> str:
    """Titles in a row, as a sentence has them: NumPy, pandas."""
    return ", ".join(thing.title for thing in things)


@register.filter
def lookup(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The value that a mapping holds under a variable key."""
    return mapping[key]
