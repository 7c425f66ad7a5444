"""The README checklist: eight points that a reader of a project looks for, found over the parse of the README."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .limits import KB
from .paths import name_of
from .report import ReadmePoint

POINTS = ("problem", "data", "run", "result", "picture", "licence", "limits", "next")
LARGEST = 128 * KB

_NAMES = ("readme.md", "readme.markdown", "readme.rst", "readme.txt", "readme")
_FOLDERS = ("", ".github/", "docs/")


def rank(path: str) -> int:
    """Which README stands for the repository: the lower, the sooner; -1 for none. The root's goes first, as on GitHub's page."""
    lower = path.lower()
    ranked = [f"{folder}{name}" for folder in _FOLDERS for name in _NAMES]
    return ranked.index(lower) if lower in ranked else -1


def is_licence(path: str) -> bool:
    return "/" not in path and bool(
        re.fullmatch(r"(?i)(?:un)?licen[cs]e(?:[-.].*)?|copying(?:\..*)?|(?:mit|apache)[-_]licen[cs]e.*", name_of(path))
    )


@dataclass(slots=True)
class _Block:
    """A heading, paragraph, item, table row or fence, as text without markup."""

    kind: str
    line: int
    text: str = ""
    heading: str = ""
    #: Of a heading: 1 is the highest.
    level: int = 0
    codes: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    images: list[tuple[str, str]] = field(default_factory=list)
    #: For a table's row: the names of its columns.
    columns: list[str] = field(default_factory=list)


def checklist(path: str, data: bytes, licence: str = "") -> tuple[ReadmePoint, ...]:
    """The eight points of a README (none found where there is none). `licence` is the path of the licence file, if there is one."""
    text = data[:LARGEST].decode("utf-8-sig", "replace").replace("\0", "")
    if path.lower().endswith(".rst"):
        text = _as_markdown(text)
    blocks = _blocks(text) if path else []
    return tuple(_point(key, blocks, licence) for key in POINTS)


def _point(key: str, blocks: list[_Block], licence: str) -> ReadmePoint:
    if key == "licence" and licence:
        return ReadmePoint(key, True, 1, licence[:80])
    for block, seen in _FINDERS[key](blocks):
        return ReadmePoint(key, True, block.line, _shown(seen))
    return ReadmePoint(key, False)


def _shown(text: str) -> str:
    """A few words that can be shown: no control characters, and nothing long enough to be a key."""
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    words = re.sub(r"[^\s]{25,}", "…", words)
    return words if len(words) <= 80 else words[:79].rstrip() + "…"


# --- The parse ------------------------------------------------------------------------------------------------------


def _as_markdown(text: str) -> str:
    """reStructuredText in the words of Markdown, line for line, as far as the checklist needs it."""
    text = re.sub(r"(?m)^([~^*+#\"'`.:_])\1{2,}[ \t]*$", "---", text)
    text = re.sub(r"(?m)^[ \t]*\.\. (?:image|figure):: *(\S+)", r"![](\1)", text)
    text = re.sub(r"(?m)^\.\. (?:code|code-block|sourcecode|highlight)::.*$", "", text)
    return re.sub(r"`([^`<>\n]{1,200}?)\s*<([^<>`\s]{1,500})>`__?", r"[\1](\2)", text)


def _blocks(text: str) -> list[_Block]:
    from markdown_it import MarkdownIt

    try:
        tokens = MarkdownIt("commonmark").enable("table").parse(text)
    except (RecursionError, MemoryError, ValueError):
        return []
    blocks: list[_Block] = []
    heading, line, kind, level = "", 1, "paragraph", 1
    columns: list[str] = []
    row: list[_Block] | None = None
    is_head = False
    for token in tokens:
        if token.map:
            line = token.map[0] + 1
        if token.type == "heading_open":
            kind, level = "heading", int(token.tag[1:])
        elif token.type == "heading_close":
            kind = "paragraph"
        elif token.type in ("thead_open", "thead_close"):
            is_head = token.type == "thead_open"
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            if is_head:
                columns = [cell.text for cell in row]
            blocks.append(_row(row, line, heading, [] if is_head else columns))
            row = None
        elif token.type in ("fence", "code_block"):
            blocks.append(_Block("code", line, token.content[: 4 * KB], heading, codes=token.content.splitlines()[:100]))
        elif token.type == "html_block":
            blocks.append(_of_html(token.content, line, heading))
            if blocks[-1].kind == "heading":
                heading = blocks[-1].text
        elif token.type == "inline":
            block = _inline(token, kind, line, heading)
            if row is not None:
                row.append(block)
                continue
            if kind == "heading":
                heading, block.level = block.text, level
            blocks.append(block)
    return blocks


def _row(cells: list[_Block], line: int, heading: str, columns: list[str]) -> _Block:
    row = _Block("row", line, " | ".join(cell.text for cell in cells), heading, columns=columns)
    for cell in cells:
        row.codes += cell.codes
        row.links += cell.links
        row.images += cell.images
    return row


def _inline(token: Any, kind: str, line: int, heading: str) -> _Block:
    block = _Block(kind, line, heading=heading)
    words: list[str] = []
    for child in token.children or ():
        if child.type == "text":
            words.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            words.append("\n")
        elif child.type == "code_inline":
            block.codes.append(child.content)
            words.append(child.content)
        elif child.type == "link_open":
            block.links.append(str(child.attrGet("href") or ""))
        elif child.type == "image":
            block.images.append((str(child.attrGet("src") or ""), child.content))
        elif child.type == "html_inline":
            for source, alt in _images_of(child.content):
                block.images.append((source, alt))
    block.text = "".join(words).strip()
    block.links += re.findall(r"https?://[^\s)>\]]{4,300}", block.text)
    return block


_TAG = re.compile(r"<[^<>]{0,1000}>")
_IMAGE = re.compile(r"<img\b([^<>]{0,1000})", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(src|alt)\s*=\s*(?:\"([^\"]{0,900})\"|'([^']{0,900})'|([^\s\"'>]{1,900}))", re.IGNORECASE)


def _images_of(html: str) -> list[tuple[str, str]]:
    images = []
    for image in _IMAGE.finditer(html):
        attributes = {name.lower(): first or second or third for name, first, second, third in _ATTRIBUTE.findall(image[1])}
        images.append((attributes.get("src", ""), attributes.get("alt", "")))
    return images


def _of_html(html: str, line: int, heading: str) -> _Block:
    if html.lstrip().startswith("<!--"):
        html = re.sub(r"(?s)<!--.*?(?:-->|\Z)", "", html)
    block = _Block("paragraph", line, " ".join(_TAG.sub(" ", html).split()), heading, images=_images_of(html))
    block.links = re.findall(r"href=[\"']?(https?://[^\s\"'>]{4,300})", html)
    if re.match(r"\s*<h[1-6]\b", html, re.IGNORECASE):
        block.kind, block.level = "heading", int(html.lstrip()[2])
    return block


# --- What is looked for ---------------------------------------------------------------------------------------------

Found = Iterable[tuple[_Block, str]]


def _prose(block: _Block) -> bool:
    return block.kind in ("paragraph", "row")


def _sections(blocks: list[_Block], title: re.Pattern[str]) -> Found:
    """Headings that say it and have something below, before the next heading of their level."""
    for place, block in enumerate(blocks):
        if block.kind == "heading" and title.search(block.text):
            for following in blocks[place + 1 :]:
                if following.kind != "heading" and (following.text or following.images or following.codes):
                    yield block, block.text
                    break
                if following.kind == "heading" and following.level <= block.level:
                    break


def _sentences(blocks: list[_Block], wanted: re.Pattern[str]) -> Found:
    for block in blocks:
        if _prose(block) and (match := wanted.search(block.text)):
            yield block, _around(block.text, match)


def _around(text: str, match: re.Match[str]) -> str:
    start = max(text.rfind(mark, 0, match.start()) + 1 for mark in ".!?\n")
    return text[max(start, match.start() - 40) : match.end() + 60]


_ASIDE = re.compile(
    r"(?i)install|usage|set.?up|licen[cs]e|contribut|requirement|prerequisite|table of contents|acknowledg|author|contact|credit|reference|citation|getting started|how to run"
)


def _problem(blocks: list[_Block]) -> Found:
    for block in blocks:
        if block.kind != "paragraph" or _ASIDE.search(block.heading):
            continue
        text = " ".join(line for line in block.text.split("\n") if not line.lstrip().startswith(("http", "[!")))
        words = re.findall(r"\w+", text)
        if (len(words) >= 8 or (len(words) >= 2 and len(text) >= 40 and not text.isascii())) and len(text) >= 40 and not block.codes[3:]:
            yield block, text


_DATA_TITLE = re.compile(
    r"(?i)\b(?:data|data ?sets?|data sources?|corpus|datos|données|daten|dados)\b(?! (?:science|scientist|engineer|structure|analyst|pipeline))"
)
_DATA_WORD = re.compile(r"(?i)\b(?:data ?sets?|data|corpus|corpora|records|images|reviews)\b")
_DATA_HOST = re.compile(
    r"(?i)kaggle\.com/(?:datasets|c/|competitions|[\w-]+/[\w-]+)|archive\.ics\.uci\.edu|huggingface\.co/datasets|data\.gov|data\.[\w.-]+\.(?:gov|org|com)|openml\.org|zenodo\.org|figshare\.com|data\.world|grouplens\.org|physionet\.org|yann\.lecun\.com|cs\.toronto\.edu|image-net\.org|cocodataset\.org|registry\.opendata|insideairbnb|drivendata|opendata"
)
_DATA_NAME = re.compile(
    r"(?i)\b(?:MNIST|CIFAR-?100?|ImageNet|COCO|Titanic|Iris|Boston Housing|California Housing|Ames Housing|House Prices|IMDb?|MovieLens|20 ?Newsgroups|Adult Census|Wine Quality|Pima Indians|Breast Cancer Wisconsin|SQuAD|GLUE|WikiText|Common ?Crawl|LibriSpeech|UCI (?:Machine Learning )?Repository|Kaggle|OpenML|Hugging ?Face Hub|Palmer Penguins|Telco Customer Churn|NYC Taxi|Yelp)\b"
)


def _data(blocks: list[_Block]) -> Found:
    yield from _sections(blocks, _DATA_TITLE)
    for block in blocks:
        if not _prose(block):
            continue
        if (_DATA_WORD.search(block.text) and (_DATA_NAME.search(block.text) or any(_DATA_HOST.search(link) for link in block.links))) or (
            re.search(
                r"(?i)\b(?:data ?sets?|data|corpus)\b[^.\n]{0,80}\b(?:from|source[sd]?|provided by|collected|downloaded|available|scraped)\b",
                block.text,
            )
            and block.links
        ):
            yield block, block.text


_RUN_TITLE = re.compile(
    r"(?i)\b(?:install(?:ation|ing|ieren)?|usage|how to (?:run|use|start|reproduce)|run(?:ning)?(?: (?:it|the|locally|this|with))?|getting started|quick ?start|set.?up|reproduc(?:e|ing|ibility)|instalación|uso|deployment)\b"
)
_COMMAND = re.compile(
    r"^\s*(?:[$>%]\s+|[(\w.-]+\)\s*\$?\s*)?(?:sudo )?(?:pip3?|python3?|py|conda|mamba|poetry|pipenv|uv|uvx|pixi|docker(?:-compose)?|podman|make|streamlit|uvicorn|gunicorn|flask|fastapi|jupyter(?:-lab|-notebook)?|pytest|tox|nox|git clone|npm|npx|yarn|pnpm|bash|sh|source|\./[\w./-]+|curl|wget|Rscript|julia|mlflow|dvc|airflow|kaggle|torchrun|accelerate|gradio|just|snakemake|papermill|spark-submit|java|go run|cargo)\b(?: |$)"
)


def _run(blocks: list[_Block]) -> Found:
    for block in blocks:
        if block.kind == "code" and (command := next((code for code in block.codes if _COMMAND.match(code)), None)):
            yield block, command.strip().split("  ")[0]
    for block in blocks:
        if _prose(block) and (command := next((code for code in block.codes if " " in code.strip() and _COMMAND.match(code)), None)):
            yield block, command
    yield from _sections(blocks, _RUN_TITLE)


_METRIC = r"(?:accurac(?:y|ies)|accurate|precision|recall|sensitivity|specificity|f1(?:[- ]?(?:score|macro|micro))?|f-?score|f-measure|(?:roc[- ]?)?auc(?:[- ]roc)?|auroc|r[- ]?(?:2|²|\^2)(?:[- ]score)?|r[- ]squared|rmse|rmsle|mae|mse|mape|smape|wape|log[- ]?loss|brier(?: score)?|silhouette(?: score)?|ndcg(?:@\d+)?|map(?:@[\d.:]+)?|mrr|hit rate|bleu|rouge(?:-?[l12])?|perplexity|iou|dice(?: score)?|kappa|mcc|(?:(?:mean|absolute|squared|average|test) ){0,4}error(?: rate)?|loss|score|correlation|wer|cer)"
_SURE = r"(?:rmse|mae|mse|mape|rmsle|perplexity|bleu|rouge(?:-?[l12])?)"
_NUMBER = r"(?:[$€£]?\d{1,9}(?:[.,]\d{1,9})+\s?%?|\d{1,3}\s?(?:%|percent)|[01]?\.\d{1,6})"
_RESULT = re.compile(
    rf"(?i)(?<![\w.]){_METRIC}(?![\w.]{{2}})[^\n\d]{{0,40}}?(?<![\w.-]){_NUMBER}"
    rf"|(?<![\w.-]){_NUMBER}[ \t*_~)]{{0,4}}(?:[\w-]{{1,20}} ){{0,3}}{_METRIC}(?!\w)"
    rf"|(?<!\w){_SURE}(?!\w)[^\n\d]{{0,30}}?[$€£]?\d"
)
_METRIC_WORD = re.compile(rf"(?i)(?<!\w){_METRIC}(?!\w)")
_MEASURE = re.compile(rf"(?<![\w.-]){_NUMBER}|^\s*[$€£]?\d[\d,.]*\s*%?\s*$")


def _result(blocks: list[_Block]) -> Found:
    for block in blocks:
        if block.kind in ("paragraph", "heading") and (match := _RESULT.search(block.text)):
            yield block, match[0]
        elif block.kind == "row":
            cells = block.text.split(" | ")
            for place, cell in enumerate(cells):
                column = block.columns[place] if place < len(block.columns) else ""
                named = column if _METRIC_WORD.search(column) else cells[0] if place and _METRIC_WORD.search(cells[0]) else ""
                if named and _MEASURE.search(cell):
                    yield block, f"{named}: {cell}"


_BADGE = re.compile(
    r"(?i)badge|shields\.io|travis-ci|codecov|circleci|coveralls|badgen|mybinder|app\.netlify|star-history|visitor|contrib\.rocks|readme-stats|buymeacoffee|ko-fi|/workflows/|opencollective|(?:^|[/_.-])(?:logo|banner|icon|avatar)s?(?:[/_.-]|\d|$)|skillicons|komarev|devicon|simpleicons|linkedin|twitter"
)


def _picture(blocks: list[_Block]) -> Found:
    for block in blocks:
        for source, alt in block.images:
            if (
                source
                and not _BADGE.search(source)
                and not re.search(r"(?i)\b(?:badge|logo|licen[cs]e|build status|coverage|banner|icon)\b", alt)
            ):
                yield block, alt or source.rpartition("/")[2] or "a picture"


_LICENCE_TITLE = re.compile(r"(?i)\blicen[cs](?:e|ing)\b|\bcopying\b|\blizenz\b|\blicencia\b")
_LICENCE_SAID = re.compile(
    r"(?i)\b(?:licen[cs]ed|released|distributed|available|published)\b[^.\n]{0,40}\b(?:under|by)\b[^.\n]{0,60}\b(?:licen[cs]e|MIT|Apache|BSD|GPL|CC[- ]BY|CC0|Unlicense)\b"
)
_LIMITS_TITLE = re.compile(
    r"(?i)\b(?:limitations?|limits|known (?:issues?|bugs|problems|limitations)|caveats?|shortcomings?|weakness(?:es)?|drawbacks?|challenges?|what (?:did ?n.?t|did not|does ?n.?t|does not) work|failure (?:modes?|cases?)|where it fails|out of scope|biases?)\b"
)
_LIMITS_SAID = re.compile(
    r"(?i)\b(?:limitations?\b|caveats?\b|shortcomings?\b|drawbacks?\b|known (?:issue|bug|problem)|did(?:n['’]t| not) (?:work|help|improve)|does(?:n['’]t| not) generali[sz]e|(?:model|it|this|classifier|system|app) (?:still )?(?:fails?|struggles?|performs? (?:poorly|badly|worse))\b|is limited (?:to|by)|only works (?:for|with|on)|should not be used|not (?:suitable|intended) for)"
)
_NEXT_TITLE = re.compile(
    r"(?i)\b(?:next(?: steps?)?|future(?: (?:work|improvements?|scope|enhancements?|plans?|directions?|ideas|development|features))?|road ?map|to-?do(?:s|-list| list)?|improvements?|further (?:work|improvements?|steps|research)|what(?:['’]s| is| would i do) next|possible (?:improvements|extensions)|ideas)\b"
)
_NEXT_SAID = re.compile(
    r"(?i)\b(?:in (?:the )?future|future work|future improvements?|next steps?|next,? (?:i|we)|(?:i|we)(?:['’]d| would)(?: also)? (?:like|try|add|want)|(?:i|we)(?:['’]m| am| are)? plan(?:ning)? to|planned (?:features|improvements)|could be (?:improved|extended)|to be (?:added|done|implemented)|coming soon|remains? to be|still to do)\b"
)


def _licence(blocks: list[_Block]) -> Found:
    yield from _sections(blocks, _LICENCE_TITLE)
    yield from _sentences(blocks, _LICENCE_SAID)


def _limits(blocks: list[_Block]) -> Found:
    yield from _sections(blocks, _LIMITS_TITLE)
    yield from _sentences(blocks, _LIMITS_SAID)


def _next(blocks: list[_Block]) -> Found:
    yield from _sections(blocks, _NEXT_TITLE)
    yield from _sentences(blocks, _NEXT_SAID)
    for block in blocks:
        if block.kind == "paragraph" and block.text.startswith("[ ] "):
            yield block, block.text[4:]


_FINDERS: dict[str, Callable[[list[_Block]], Found]] = {
    "problem": _problem,
    "data": _data,
    "run": _run,
    "result": _result,
    "picture": _picture,
    "licence": _licence,
    "limits": _limits,
    "next": _next,
}
