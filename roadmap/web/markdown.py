"""Markdown to safe HTML, for the curriculum and for people's own text alike.

markdown-it-py renders CommonMark with tables and without raw HTML; nh3 then keeps an allow-list of tags and attributes. The
sanitiser runs last, so nothing after it can add to what it let through.
"""

from functools import lru_cache

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
_ATTRIBUTES = {"a": {"href", "title"}, "th": {"align"}, "td": {"align"}, "ol": {"start"}}


class _Renderer(RendererHTML):
    """Headings begin at the third level: a page has its own first and second."""

    def renderToken(self, tokens: list[Token], idx: int, options: object, env: object) -> str:  # noqa: N802
        token = tokens[idx]
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3" if token.tag in ("h1", "h2") else "h4"
        return super().renderToken(tokens, idx, options, env)  # type: ignore[arg-type]


_markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": _NESTING}, renderer_cls=_Renderer).enable(["table", "strikethrough"]).disable("image")
_cleaner = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
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
