"""The staircase as one small drawing: a step for each stage, a block for each skill, in the numbers that SVG wants."""

from dataclasses import dataclass

from .published import StepProgress

# The drawing is WIDTH by RISE for each step; each step begins RUN further in than the one below it.
WIDTH, RISE, RUN = 320, 22, 20
# A block is HIGH, and GAP from the next one; the first stands out over the edge of its step.
_HIGH, _GAP, _OUT = 8, 2.5, 3.5
_EDGE = 0.5


@dataclass(frozen=True, slots=True)
class Block:
    """A skill: where it stands, as text that no language writes in its own way."""

    state: str
    x: str
    y: str
    width: str
    half: str


@dataclass(frozen=True, slots=True)
class Step:
    """A stage: its face, and its blocks on top. `is_done` when the step is complete."""

    is_done: bool
    x: int
    y: int
    width: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole staircase, the first step lowest."""

    width: int
    height: int
    steps: tuple[Step, ...]


def staircase(steps: tuple[StepProgress, ...]) -> Drawing:
    """The drawing of these steps; empty where there are none."""
    height = RISE * len(steps)
    return Drawing(WIDTH, height, tuple(_step(step, place, height) for place, step in enumerate(steps)))


def _step(step: StepProgress, place: int, height: int) -> Step:
    x, y = 4 + RUN * place, height - RISE * (place + 1)
    left, wide = x - _OUT, WIDTH - _EDGE - (x - _OUT)
    each = (wide - _GAP * (len(step.states) - 1)) / max(len(step.states), 1)
    blocks = tuple(
        Block(state, _text(left + number * (each + _GAP)), _text(y + _EDGE), _text(each), _text(y + _EDGE + _HIGH / 2))
        for number, state in enumerate(step.states)
    )
    return Step(step.is_complete, x, y, WIDTH - x, blocks)


def _text(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
