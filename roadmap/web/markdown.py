"""Markdown to safe HTML, for the curriculum and for people's own text alike.

markdown-it-py renders CommonMark with tables and without raw HTML; nh3 then keeps an allow-list of tags and attributes. The
sanitiser runs last, so nothing after it can add to what it let through.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

# Characters that one text may have: rendering is linear up to here, and no page needs more.
LONGEST = 20_000
_NESTING = 20
_TAGS = {
    *("p", "a", "em", "strong", "code", "pre", "ul", "ol", "li", "blockquote", "h2", "h3", "h4", "hr", "br", "del"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "code": {"class"}}
_ALIGN = {"align": {"left", "center", "right"}}


class _Renderer(RendererHTML):
    """Fits a text into a page: headings begin at the third level, and wide code and tables can be scrolled with the keyboard."""

    def renderToken(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: N802
        token = tokens[idx]
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3" if token.tag in ("h1", "h2", "h3") else "h4"
        elif token.tag == "s":
            token.tag = "del"
        elif token.type in ("th_open", "td_open") and (style := token.attrs.pop("style", None)):
            token.attrs["align"] = str(style).removeprefix("text-align:")
        elif token.type == "table_open":
            token.attrs["tabindex"] = "0"
        return super().renderToken(tokens, idx, options, env)

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return super().fence(tokens, idx, options, env).replace("<pre>", '<pre tabindex="0">', 1)

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return super().code_block(tokens, idx, options, env).replace("<pre>", '<pre tabindex="0">', 1)


def _language_only(tag: str, attribute: str, value: str) -> str | None:
    """The class of code names its language and nothing of the page's own style sheet."""
    if (tag, attribute) != ("code", "class"):
        return value
    language = value.removeprefix("language-")
    return value if language != value and language.isalnum() and language.isascii() else None


_markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": _NESTING}, renderer_cls=_Renderer)
_markdown.enable(["table", "strikethrough"]).disable("image")
_cleaner = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    attribute_filter=_language_only,
    tag_attribute_values={"pre": {"tabindex": {"0"}}, "table": {"tabindex": {"0"}}, "th": _ALIGN, "td": _ALIGN},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow ugc noopener noreferrer",
    generic_attribute_prefixes=set(),
)


@lru_cache(maxsize=4096)
def render(text: str) -> SafeString:
    """`text` as HTML of paragraphs, lists, code and tables."""
    return mark_safe(_cleaner.clean(_markdown.render(text[:LONGEST])))


@lru_cache(maxsize=4096)
def render_line(text: str) -> SafeString:
    """`text` as HTML without a paragraph of its own: for a list item or a sentence."""
    return mark_safe(_cleaner.clean(_markdown.renderInline(text[:LONGEST])))
