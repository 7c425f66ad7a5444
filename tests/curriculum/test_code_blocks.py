"""Every fenced block in the written stages is sound: Python runs and prints what its comments claim, the rest parses.

What a comment behind a `print(...)` claims:

1. If what is printed opens the comment, word for word (spaces aside), the claim holds: `# [12 34 56], shape (3,)`.
2. Otherwise the claim is the run of values at the start of the comment: numbers, True, False, None, nan, inf. Between
   them may stand commas, brackets, an aside such as "(rounded)" and the words about, near, both, and. Each value must
   be among what is printed, in that order. A number holds if the printed one rounds to it at the decimals written;
   after "about" or "near" it may be off by one in the last digit. `# about 0.79, 0.89`, `# 20.5 and 24.5`.
3. A comment that starts with another word is prose and claims nothing: `# below 1: too low for later years`.

In a loop, the claim is made about each round.
"""

import ast
import io
import json
import os
import re
import subprocess
import sys
import tokenize
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from ruamel.yaml import YAML

STAGES = Path(__file__).parents[2] / "roadmap" / "curriculum" / "content" / "stages"
WORKER = Path(__file__).with_name("run_code_blocks.py")
UNCHECKED = {"text", "markdown", "dockerfile"}

VALUE = re.compile(r"[-−]?\d[\d,]*(?:\.\d*)?(?:e[-+]?\d+)?|True|False|None|nan|-?inf")
NUMBER = re.compile(r"(?<![\w.])-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|\b(?:True|False|None|nan|inf)\b")


@dataclass(frozen=True)
class Text:
    """A Markdown text of a stage file that holds code, with where it stands."""

    path: str
    blocks: tuple[tuple[str, str], ...]  # language, code

    def in_language(self, language):
        return [code for info, code in self.blocks if info == language]


def strings(value, path):
    if isinstance(value, dict):
        for key, child in value.items():
            yield from strings(child, [*path, key])
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from strings(child, [*path, child.get("slug", number) if isinstance(child, dict) else number])
    elif isinstance(value, str):
        yield "/".join(str(part) for part in path), value


def texts_with_code():
    markdown = MarkdownIt()
    for file in sorted(STAGES.glob("*.yaml")):
        for path, value in strings(YAML(typ="safe").load(file), [file.stem]):
            tokens = [token for token in markdown.parse(value) if token.type in ("fence", "code_block")]
            if tokens:
                yield Text(path, tuple((token.info.strip(), token.content) for token in tokens))


TEXTS = list(texts_with_code())


def with_language(language):
    texts = [text for text in TEXTS if text.in_language(language)]
    return pytest.mark.parametrize("text", texts, ids=[text.path for text in texts])


def claims(code):
    """Pairs of the lines of a `print(...)` statement and the comment behind it."""
    comments = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(code).readline)
        if token.type == tokenize.COMMENT
    }
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            is_print = isinstance(node.value.func, ast.Name) and node.value.func.id == "print"
            if is_print and node.end_lineno in comments:
                yield range(node.lineno, node.end_lineno + 1), comments[node.end_lineno]


def claimed_values(comment):
    """The values at the start of a comment, each with how far a printed number may lie from it."""
    rest = re.sub(r"\([a-z ]+\)", "", comment)
    found, slack = [], 0.5
    while rest:
        if word := re.match(r"(about|near|both|and)\b|[\s,\[\]()≈~]+", rest):
            if word[0] in ("about", "near", "≈", "~"):
                slack = 1.0
        elif word := re.match(rf"(?:{VALUE.pattern})(?![\w])", rest):
            value = word[0].replace("−", "-").rstrip(",.")
            decimals = len(value.partition(".")[2])
            found.append((value.replace(",", ""), slack * 10**-decimals))
        else:
            break
        rest = rest[word.end() :]
    return found


def agrees(printed, value, tolerance):
    try:
        return abs(float(printed) - float(value)) <= tolerance * (1 + 1e-9)
    except ValueError:
        return printed == value


def holds(comment, printed):
    said, seen = " ".join(comment.split()), " ".join(printed.split())
    if said == seen or re.match(re.escape(seen) + r"(?![\w.])", said):
        return True
    if not re.search(r"\w", said):
        return False  # empty brackets are a claim too
    values = iter(NUMBER.findall(seen))
    return all(any(value == one == "nan" or agrees(one, value, tolerance) for one in values) for value, tolerance in claimed_values(said))


@pytest.fixture(scope="module")
def run():
    """Runs the Python blocks of one text; a process for all texts, a fork of it for each."""
    environment = os.environ | {"MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen([sys.executable, WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as worker:

        def run(blocks):
            worker.stdin.write(json.dumps(blocks) + "\n")
            worker.stdin.flush()
            answer = worker.stdout.readline()
            assert answer, "the process that runs the blocks has ended, its error is above"
            return json.loads(answer)

        yield run
        worker.stdin.close()


@with_language("python")
def test_python_runs_and_prints_what_its_comments_claim(text, run):
    blocks = text.in_language("python")
    outcomes = run(blocks)
    for number, (code, outcome) in enumerate(zip(blocks, outcomes, strict=False), 1):
        assert outcome["error"] is None, f"block {number} of {text.path}:\n{outcome['error']}"
        if not outcome["ran"]:
            continue
        for lines, comment in claims(code):
            printed = [written for line, written in outcome["printed"] if line in lines]
            where = f"block {number} of {text.path}, line {lines[0]}"
            assert printed, f"{where} is never reached, its comment claims {comment!r}"
            for written in printed:
                assert holds(comment, written), f"{where} prints {written!r}, its comment claims {comment!r}"


@with_language("json")
def test_json_parses(text):
    for code in text.in_language("json"):
        json.loads(code)


@with_language("yaml")
def test_yaml_parses(text):
    for code in text.in_language("yaml"):
        YAML(typ="safe").load(code)


@with_language("bash")
def test_shell_commands_parse(text):
    for code in text.in_language("bash"):
        checked = subprocess.run(["sh", "-n"], input=code, text=True, capture_output=True, check=False)
        assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("text", TEXTS, ids=[text.path for text in TEXTS])
def test_block_is_fenced_and_names_a_language_that_is_known_here(text):
    known = {"python", "json", "yaml", "bash"} | UNCHECKED
    assert [info for info, _ in text.blocks if info not in known] == []


@pytest.mark.parametrize(
    ("comment", "printed", "verdict"),
    [
        ("[12 34 56], shape (3,)", "[12 34 56]\n", True),
        ("0.0196 [False  True  True]", "0.0196 [False  True  True]\n", True),
        ("0.0196 [False  True  True]", "0.0196 [False False  True]\n", False),
        ("keep current", "keep current\n", True),
        ("0.8 0.4", "0.8 0.4\n", True),
        ("0.8 0.4", "0.4 0.8\n", False),
        ("0.8 0.4", "0.8 0.45001\n", False),
        ("44.3 (rounded), 22.0", "44.285714 22.0\n", True),
        ("about 0.79, 0.89", "[0.785 0.89 ]\n", True),
        ("about 0.79, 0.89", "[0.79 0.91]\n", False),
        ("0.007; exact: 0.008", "0.0074\n", True),
        ("14744 in each group", "14744\n", True),
        ("14,744 in each group", "14744\n", True),
        ("2.7 and 11", "[2.7] 11.0\n", True),
        ("-0.7", "0.7\n", False),
        ("[nan, 20.0, 25.0]", "[nan, 20.0, 25.0]\n", True),
        ("[nan, 20.0, 25.0]", "[20.0, 20.0, 25.0]\n", False),
        ("[]", "[]\n", True),
        ("[]", "[(0, 0.71)]\n", False),
        ("below 1: too low", "0.9\n", True),
    ],
)
def test_claim_of_a_comment_is_read_as_documented(comment, printed, verdict):
    assert holds(comment, printed) is verdict
