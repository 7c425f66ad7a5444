"""Secrets that were committed: where and of what kind. No value leaves this module, not in an answer, an exception or a log."""

import re

from .paths import name_of

# Kinds of keys by how they begin. All patterns are bounded and begin with a literal, so that time grows with the text.
_KINDS: dict[str, re.Pattern[bytes]] = {
    "github": re.compile(rb"(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})(?![A-Za-z0-9])"),
    "aws": re.compile(rb"(?<![A-Za-z0-9/+])(?:AKIA|ASIA)[0-9A-Z]{16}(?![A-Za-z0-9/+])"),
    "private-key": re.compile(rb"-----BEGIN (?:RSA |EC |DSA |OPENSSH |PGP |ENCRYPTED )?PRIVATE KEY(?: BLOCK)?-----"),
    "google": re.compile(rb"(?<![A-Za-z0-9_-])AIza[0-9A-Za-z_-]{35}(?![A-Za-z0-9_-])"),
    "slack": re.compile(
        rb"(?<![A-Za-z0-9])xox[abprs]-[0-9A-Za-z-]{20,200}|hooks\.slack\.com/services/T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/[A-Za-z0-9]{24}"
    ),
    "openai": re.compile(
        rb"(?<![A-Za-z0-9_-])sk-(?!ant-)(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{40,200}(?![A-Za-z0-9_-])|(?<![A-Za-z0-9_-])sk-[A-Za-z0-9]{32,64}(?![A-Za-z0-9_-])"
    ),
    "anthropic": re.compile(rb"(?<![A-Za-z0-9_-])sk-ant-[A-Za-z0-9_-]{40,200}"),
    "hugging-face": re.compile(rb"(?<![A-Za-z0-9_])hf_[A-Za-z0-9]{34}(?![A-Za-z0-9])"),
    "stripe": re.compile(rb"(?<![A-Za-z0-9_])[sr]k_live_[A-Za-z0-9]{24,99}(?![A-Za-z0-9])"),
    "gitlab": re.compile(rb"(?<![A-Za-z0-9_])glpat-[A-Za-z0-9_-]{20}(?![A-Za-z0-9_-])"),
    "telegram": re.compile(rb"(?<![A-Za-z0-9])[0-9]{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
}
# Something of these stands in any text that a pattern can match: most files are done after looking for them.
_BEGINNINGS = re.compile(rb"gh[pousr]_|github_pat_|AKIA|ASIA|PRIVATE KEY|AIza|xox[abprs]-|hooks\.slack|sk-|hf_|k_live_|glpat-|:AA")
_SETTING = re.compile(
    rb"(?im)^[ \t]*(?:export[ \t]+)?[A-Za-z0-9_]{0,60}(?:PASSWORD|PASSWD|SECRET|SECRET_KEY|API_?KEY|TOKEN|PRIVATE_KEY)[ \t]*=[ \t]*([^\r\n]{1,500})"
)
_PLACEHOLDER = re.compile(
    rb"(?i)your|example|change.?me|placeholder|replace|insert|dummy|fake|sample|todo|xxxx|\*\*\*|\.\.\.|<[^>]*>|\$\{|\{\{|^\$|^(?:secret|password|postgres|admin|root|user|test|none|null|true|false|changethis|development|dev|local)$|1234567|abcdef"
)
MOST = 20


def is_environment(path: str) -> bool:
    """Whether the file is a `.env` with values, not the example of one."""
    name = name_of(path).lower()
    is_example = any(word in name for word in ("example", "sample", "template", "dist", "default"))
    return (name == ".env" or name.startswith(".env.") or name.endswith(".env")) and not is_example


def found_in(path: str, data: bytes) -> list[tuple[int, str]]:
    """Lines and kinds of the keys that a file holds, at most MOST of them."""
    found: dict[tuple[int, str], None] = {}
    offset, line = 0, 1
    if _BEGINNINGS.search(data):
        for kind, pattern in _KINDS.items():
            for match in pattern.finditer(data):
                if kind == "private-key" and not _has_body(data, match.end()):
                    continue
                if not _is_placeholder(match[0], kind) and len(found) < MOST:
                    found[data.count(b"\n", 0, match.start()) + 1, kind] = None
                if len(found) >= MOST:
                    break
    if is_environment(path):
        for match in _SETTING.finditer(data):
            line += data.count(b"\n", offset, match.start())
            offset = match.start()
            value = match[1].split(b" #")[0].strip().strip(b"\"'")
            if len(value) >= 6 and not _PLACEHOLDER.search(value) and not any(place == line for place, _ in found) and len(found) < MOST:
                found[line, "setting"] = None
    return sorted(found)


def _is_placeholder(value: bytes, kind: str) -> bool:
    """Whether a value only shows what a key looks like: AWS's own examples end in EXAMPLE, others repeat one letter or count."""
    if kind == "private-key":
        return False
    body = re.sub(rb"^(?:gh[pousr]_|github_pat_|AKIA|ASIA|AIza|xox[abprs]-|sk-ant-|sk-proj-|sk-|hf_|[sr]k_live_|glpat-)", b"", value)
    return bool(_PLACEHOLDER.search(body)) or len(set(body)) < 8


def _has_body(data: bytes, start: int) -> bool:
    """A private key is more than its first line."""
    body = data[start : start + 400].replace(b"\\n", b"\n").split(b"-----END")[0]
    letters = re.sub(rb"[^A-Za-z0-9+/=]", b"", body)
    return len(letters) >= 60 and not re.search(rb"(?i)your|example|placeholder|x{8}", letters) and len(set(letters)) >= 16
