"""Tags and filters that every template has."""

from collections.abc import Hashable, Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from roadmap.web import markdown as _markdown
from roadmap.web.offline import person_of

register = template.Library()

register.filter("markdown", _markdown.render)
register.filter("markdown_line", _markdown.render_line)


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """A drawing of the sprite, hidden from screen readers: the word stands beside it. The class "i--s" makes it as high as the text."""
    return _icon(static("img/icons.svg"), name, classes)


@lru_cache(maxsize=256)
def _icon(sprite: str, name: str, classes: str) -> SafeString:
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', f"i {classes}".strip(), sprite, name)


@register.simple_tag
def origin() -> str:
    """The public address of the site, without a slash at its end."""
    return settings.SITE_ORIGIN


@register.simple_tag(takes_context=True)
def device(context: Context) -> SafeString:
    """What the scripts of a page know about whose it is, and the service worker to register, if there is one."""
    person = person_of(context.request) if hasattr(context, "request") else ""
    return format_html(' data-person="{}" data-worker="{}"', person, reverse("web:worker") if settings.SERVICE_WORKER else "")


@register.simple_tag(takes_context=True)
def current(context: Context, page: str, *below: str) -> SafeString:
    """`aria-current` for a link to `page`, where `here` in the context is that page or one `below` it (all by URL name)."""
    here = context.get("here")
    return mark_safe(' aria-current="page"' if here == page else ' aria-current="true"' if here in below else "")


@register.simple_tag
def in_english() -> SafeString:
    """`lang="en"` for the element that holds a text of the curriculum, on a page in another language."""
    return mark_safe("" if get_language() == "en" else ' lang="en"')


@register.filter
def translated(text: str) -> str:
    """A sentence of the interface that is kept in English, in the reader's language; any other text as it is."""
    return _(text) if text else ""


@register.filter
def hours(value: Decimal | int) -> str:
    """A number of hours without needless zeros, as the language writes it: 1.5 or 1,5, and 12."""
    return f"{Decimal(value).normalize():f}".replace(".", get_format("DECIMAL_SEPARATOR"))


@register.filter
def initials(name: str) -> str:
    """The first letters of the first and the last word of a name: AY."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def titles(things: Iterable[Any], joined: str = "and") -> str:
    """Titles as a sentence has them: NumPy, pandas and Matplotlib; or, with "or": NumPy, pandas or Matplotlib."""
    return _series([thing.title for thing in things], joined)


@register.filter
def numbers(skills: Iterable[Any]) -> str:
    """The numbers of skills as a sentence has them: 3.1, 3.2 and 3.4."""
    return _series([skill.number for skill in skills], "and")


def _series(words: list[str], joined: str) -> str:
    *others, last = words
    series = _("%(others)s or %(last)s") if joined == "or" else _("%(others)s and %(last)s")
    return series % {"others": ", ".join(others), "last": last} if others else last


@register.filter
def opening(text: str) -> str:
    """The first paragraph of a text."""
    return text.strip().partition("\n\n")[0]


@register.filter
def undo(message: Message) -> dict[str, str] | None:
    """What a message says about taking its action back (see `roadmap.web.htmx.say`); None where it cannot be."""
    facts = (message.extra_tags or "").split(" ")
    return dict(zip(("action", "state", "target"), facts, strict=True)) if len(facts) == 3 else None


@register.tag
def once(parser: Parser, token: Token) -> "OnceNode":
    """`{% once %}…{% endonce %}` renders a region once in a process, for each language and value of what it names (`{% once a=x %}`).

    Inside, only those names exist: what is about one person or one request cannot be in it. `in=` names a mapping to keep it in,
    which goes when what was rendered does: `{% once in=curriculum.memo stage=stage %}`.
    """
    _tag, *names = token.split_contents()
    known = token_kwargs(names, parser)
    kept_in = known.pop("in", None)
    if names:
        raise template.TemplateSyntaxError("once takes name=value and nothing else")
    nodes = parser.parse(("endonce",))
    parser.delete_first_token()
    return OnceNode(known, kept_in, nodes)


class OnceNode(template.Node):
    # Values that may come from an address, such as names of views, are few; this is for those that are not.
    MOST = 100

    def __init__(self, names: dict[str, FilterExpression], kept_in: FilterExpression | None, nodelist: NodeList) -> None:
        self.names = names
        self.kept_in = kept_in
        self.nodelist = nodelist
        self._made: dict[tuple[Hashable, ...], str] = {}

    def render(self, context: Context) -> str:
        values = {name: value.resolve(context) for name, value in self.names.items()}
        key = (self, get_language(), *values.values())
        kept = self.kept_in.resolve(context) if self.kept_in else self._made
        if (made := kept.get(key)) is None:
            if len(self._made) >= self.MOST:
                self._made.clear()
            made = kept[key] = self.nodelist.render(context.new(values))
        return made


@register.tag
def capture(parser: Parser, token: Token) -> "CaptureNode":
    """`{% capture name %}…{% endcapture %}` keeps what it renders under a name, for text that a page has in two places."""
    _tag, name = token.split_contents()
    nodes = parser.parse(("endcapture",))
    parser.delete_first_token()
    return CaptureNode(name, nodes)


class CaptureNode(template.Node):
    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> str:
        context[self.name] = self.nodelist.render(context)
        return ""
