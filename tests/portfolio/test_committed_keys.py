"""Committed keys are told to their owner by place and kind; their values never leave the reading. (Values here are put together, so that nobody's scanner takes them for real ones.)"""

import time

import pytest

from roadmap.portfolio import words
from roadmap.portfolio.detection import keys
from roadmap.portfolio.detection.report import Key, Rule
from roadmap.portfolio.detection.wire import as_json
from tests.portfolio.repositories import notebook, read

LETTERS = "kQ7vT2mZx9Rw4LpB8sNc3HdJ6fGy1UoE5iAaVtXqMnYrWbKzCj0DhSgFuPlOeIT"
KEYS = {
    "github": "gh" + "p_" + LETTERS[:36],
    "aws": "AK" + "IA" + "Q7VT2MZX9RW4LPB8",
    "google": "AI" + "za" + LETTERS[:35],
    "slack": "xo" + "xb-" + "9182736450-" + LETTERS[:24],
    "openai": "s" + "k-proj-" + LETTERS[:48],
    "anthropic": "s" + "k-ant-api03-" + LETTERS[:48],
    "hugging-face": "h" + "f_" + LETTERS[:34],
    "stripe": "s" + "k_live_" + LETTERS[:24],
    "gitlab": "gl" + "pat-" + LETTERS[:20],
    "telegram": "912837465" + ":AA" + LETTERS[:33],
    "private-key": "-----BEGIN RSA PRIV" + "ATE KEY-----\n" + LETTERS + "\n" + LETTERS[::-1] + "\n-----END RSA PRIV" + "ATE KEY-----",
}


@pytest.mark.parametrize("kind", KEYS)
def test_each_kind_is_found_where_it_stands(kind: str) -> None:
    text = f"import os\n\nclient = make({KEYS[kind]!r})\n" if kind != "private-key" else f"\n\n{KEYS[kind]}\n"
    assert read({"config.py" if kind != "private-key" else "deploy.pem": text}).keys == (
        Key("config.py" if kind != "private-key" else "deploy.pem", 3, kind),
    )
    assert words.KEYS[kind]


@pytest.mark.parametrize("path", ["app.py", "a.ipynb", ".env", "config/settings.yaml", "README.md", "run.sh", "key.json"])
def test_they_are_looked_for_in_all_texts(path: str) -> None:
    text = notebook(f"x = '{KEYS['github']}'") if path.endswith("ipynb") else f"x: {KEYS['github']}\n"
    (key,) = read({path: text}).keys
    assert (key.path, key.kind) == (path, "github")


def test_the_lines_of_a_settings_file_count() -> None:
    text = "DEBUG=1\nexport SECRET_KEY='k2#8fhs(-1mz'\nDB_PASSWORD=correct-horse-battery\nOPENAI_API_KEY=\nTOKEN=your-token-here\n"
    assert read({".env": text}).keys == (Key(".env", 2, "setting"), Key(".env", 3, "setting"))
    assert read({"api/.env.production": text}).keys[0] == Key("api/.env.production", 2, "setting")
    assert read({".env.example": text, ".env.sample": text, "env.py": text.replace("export ", "")}).keys == ()


@pytest.mark.parametrize(
    "text",
    [
        "gh" + "p_" + "x" * 36,
        "gh" + "p_" + "your" + LETTERS[:32],
        "AK" + "IAIOSFODNN7EXAMPLE",
        "s" + "k-" + "your-key-here-your-key-here-your-key-here-your-key",
        "s" + "k-" + "..." * 16,
        "AI" + "za" + "SyEXAMPLE" + LETTERS[:26],
        "-----BEGIN PRIV" + "ATE KEY-----\nyour key\n-----END PRIV" + "ATE KEY-----",
        "the header is -----BEGIN PRIV" + "ATE KEY----- and the footer ends",
        "prefix" + "gh" + "p_" + LETTERS[:36],
        "gh" + "p_" + LETTERS[:20],
        "risk-" + LETTERS[:48].lower() + "word",
    ],
)
def test_placeholders_and_lookalikes_do_not_count(text: str) -> None:
    assert read({"a.md": f"{text}\n"}).keys == ()


def test_vendored_code_and_environments_are_not_searched() -> None:
    assert read({"node_modules/x/a.js": KEYS["github"], "env/pyvenv.cfg": "x", "env/a.py": f"x = '{KEYS['github']}'"}).keys == ()


def test_no_value_is_anywhere_in_the_report() -> None:
    files = {f"{kind}.py": f'{name} = "{value}"\n' for name, (kind, value) in zip("abcdefghijk", KEYS.items(), strict=True)}
    files |= {
        "README.md": f"# {KEYS['github']}\n\nAccuracy 0.9 with {KEYS['openai']} and so on for everybody who reads.\n",
        ".env": f"TOKEN={LETTERS}\n",
    }
    report = str(as_json(read(files, Rule("skill", files=("*.py",), readme=1))))
    for value in (*KEYS.values(), LETTERS):
        assert value not in report
        assert value[8:24] not in report


def test_many_keys_are_told_up_to_a_number() -> None:
    text = "\n".join("gh" + f"p_{LETTERS[number:36]}{LETTERS[:number]}" for number in range(30))
    assert len(read({"a.txt": text}).keys) == keys.MOST


@pytest.mark.parametrize("piece", ["sk-", "ghp_", "AKIA", "xoxb-", "-----BEGIN PRIVATE KEY-----", "1:AA", "PASSWORD=", "A" * 50 + "_"])
def test_time_grows_with_the_text(piece: str) -> None:
    """All patterns are bounded: a text of a megabyte that nearly matches everywhere is done at once."""
    data = (piece * (1_000_000 // len(piece))).encode()
    start = time.process_time()
    keys.found_in(".env", data)
    assert time.process_time() - start < 5
