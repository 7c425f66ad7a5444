"""The colours and fonts of the product, for what is drawn without a browser."""

import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

_FONTS = Path(__file__).parent / "fonts"
DISPLAY = _FONTS / "archivo-display.ttf"
BODY = _FONTS / "atkinson-body.ttf"
STRONG = _FONTS / "atkinson-strong.ttf"

_TOKEN = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")


def colour(token: str, *, dark: bool = False) -> str:
    """A colour of `tokens.css`, as #rrggbb."""
    return _colours()[token][dark]


def static_file(path: str) -> Path:
    """A static file of the product, as it stands in the source."""
    found = finders.find(path)
    if not isinstance(found, str):
        raise FileNotFoundError(path)
    return Path(found)


@cache
def _colours() -> dict[str, tuple[str, str]]:
    return {name: (light, dark) for name, light, dark in _TOKEN.findall(static_file("css/tokens.css").read_text())}
