"""The picture that other sites show when somebody shares the address of a portfolio: 1200 × 630, as Open Graph asks."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

from roadmap.portfolio.drawing import RISE, Drawing, staircase
from roadmap.portfolio.published import Portfolio

from . import palette
from .letters import Letters, body_letters
from .palette import colour
from .words import LEVELS, count_of, name_of, shorten, stand

WIDTH, HEIGHT = 1200, 630
_MARGIN = 72
# The staircase stands in the corner; words keep off it.
_ART = 620
_COLUMN = 640
_GENERIC = 8


def picture(portfolio: Portfolio) -> bytes:
    """A PNG of less than 100 KB; the same portfolio gives the same bytes."""
    image = Image.new("RGB", (WIDTH, HEIGHT), colour("wall"))
    draw = ImageDraw.Draw(image)
    if portfolio.steps:
        _own_staircase(draw, staircase(portfolio.steps))
    else:
        _plain_staircase(draw)
    _brand(draw)
    _words(draw, portfolio)
    data = BytesIO()
    # The drawing has few colours; what is between them is the edges of letters.
    image.quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(data, "PNG", optimize=True)
    return data.getvalue()


def _words(draw: ImageDraw.ImageDraw, portfolio: Portfolio) -> None:
    letters = body_letters()
    name = Letters(palette.DISPLAY).name(shorten(name_of(portfolio), 70), otherwise=portfolio.handle)
    # On two lines it would meet the staircase in the larger sizes.
    fits = {size: 1 if size > 60 else 2 for size in (92, 80, 70, 60, 50)}
    lines, font = _set(name, palette.DISPLAY, fits, width=WIDTH - 2 * _MARGIN)
    y = 158
    for line in lines:
        draw.text((_MARGIN, y + font.size * 0.72), line, font=font, fill=colour("ink"), anchor="ls")
        y += int(font.size * 1.08)
    y += 6
    if headline := letters(shorten(portfolio.headline, 160)):
        lines, font = _set(headline, palette.BODY, {34: 3, 30: 3}, width=_COLUMN)
        for line in lines:
            draw.text((_MARGIN, y + font.size * 0.8), line, font=font, fill=colour("ink"), anchor="ls")
            y += int(font.size * 1.34)
    y = HEIGHT - 56
    strong = ImageFont.truetype(palette.STRONG, 28)
    said = [count_of(level, number) for level in LEVELS[:2] if (number := portfolio.count(level))]
    for line in reversed([stand(portfolio), *said] if said or portfolio.steps else [_("A portfolio in machine learning")]):
        if line:
            draw.text((_MARGIN, y), line, font=strong, fill=colour("ink-2"), anchor="ls")
            y -= 40


def _set(text: str, path: Path, fits: Mapping[int, int], *, width: int) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """`text` in the first size in which it takes no more lines than `fits` allows; in the last it is cut."""
    for size, most in fits.items():
        font = ImageFont.truetype(path, size)
        if len(lines := _lines(text, font, width)) <= most:
            return lines, font
    kept = lines[:most]
    while kept[-1] and font.getlength(f"{kept[-1]}…") > width:
        kept[-1] = kept[-1][:-1]
    kept[-1] += "…"
    return kept, font


def _lines(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """`text` broken between words, and within one that is longer than a line."""
    lines = [""]
    for word in text.split(" "):
        if font.getlength(f"{lines[-1]} {word}".strip()) <= width:
            lines[-1] = f"{lines[-1]} {word}".strip()
            continue
        if lines[-1]:
            lines.append("")
        for sign in word:
            if font.getlength(lines[-1] + sign) > width:
                lines.append("")
            lines[-1] += sign
    return lines


def _brand(draw: ImageDraw.ImageDraw) -> None:
    x, y = _MARGIN, 62
    for step in range(3):
        draw.rectangle((x + 15 * step, y + 28 - 12 * step, x + 15 * step + 15, y + 40), fill=colour("ink"))
    draw.text((x + 62, y + 40), "Staircase", font=ImageFont.truetype(palette.DISPLAY, 34), fill=colour("ink"), anchor="ls")


def _own_staircase(draw: ImageDraw.ImageDraw, drawing: Drawing) -> None:
    """The staircase of the portfolio's page, larger."""
    scale, top = _ART / drawing.width, HEIGHT - drawing.height * _ART / drawing.width
    left = WIDTH - _ART
    now = next((step for step in drawing.steps if not step.is_done), None)
    for step in drawing.steps:
        face = "done" if step.is_done else "sun-tint" if step is now else "wall-2"
        y = round(top + step.y * scale)
        draw.rectangle((round(left + step.x * scale), y, WIDTH, round(y + RISE * scale)), fill=colour(face))
        for block in step.blocks:
            x, wide, high = left + float(block.x) * scale, float(block.width) * scale, 8 * scale
            box = (round(x), y + 1, round(x + wide), round(y + high))
            is_done = block.state == "done"
            fill = "done-lit" if is_done and step.is_done else "done" if is_done else "surface"
            edge = "done-lit" if step.is_done else "done" if is_done else "line-strong"
            draw.rectangle(box, fill=colour(fill), outline=colour(edge), width=2)
            if block.state == "learning":
                draw.rectangle((box[0] + 2, (box[1] + box[3]) // 2, box[2] - 2, box[3] - 2), fill=colour("sun"))
            elif block.state == "skipped":
                third = (box[2] - box[0]) // 3
                draw.line((box[0] + third, box[3] - 2, box[2] - third, box[1] + 2), fill=colour("line-strong"), width=2)


def _plain_staircase(draw: ImageDraw.ImageDraw) -> None:
    """A staircase that measures nothing."""
    rise, run = 42, 39
    for step in range(_GENERIC):
        x, y = WIDTH - _ART + 8 + run * step, HEIGHT - rise * (step + 1)
        draw.rectangle((x, y, WIDTH, y + rise), fill=colour("wall-2" if step % 2 else "plaster"))
        draw.rectangle((x - 7, y, WIDTH, y + 8), fill=colour("wall-3"))
