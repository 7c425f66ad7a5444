"""YAML of a stranger: no tags, no aliases that multiply, no more than a beginning."""

import re
from typing import Any

from .limits import KB

LARGEST = 64 * KB
# A few aliases serve a person; many of them, or merged mappings, make a small file large.
_ALIAS = re.compile(r"(?<![\w'\"*])\*\w")
MOST_ALIASES = 10


class NotYaml(Exception):
    """The text cannot be parsed, or not safely."""


def load_yaml(text: str) -> Any:
    """The document, as far as its first lines within LARGEST go. Raises `NotYaml`."""
    from ruamel.yaml import YAML

    if len(text) > LARGEST:
        text = text[: text.rfind("\n", 0, LARGEST) + 1]
    if "<<:" in text or len(_ALIAS.findall(text)) > MOST_ALIASES:
        raise NotYaml
    try:
        return YAML(typ="safe", pure=True).load(text)
    except Exception as error:  # ruamel raises its own kinds, and whatever odd numbers and dates lead it to
        raise NotYaml from error
