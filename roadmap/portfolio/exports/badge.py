"""A picture of an address's size for a website or a README: a fixed template, with nothing of a person in it but escaped words."""

from html import escape

from django.utils.translation import gettext as _

from roadmap.portfolio.published import Portfolio, StepProgress

from .palette import colour
from .words import LEVELS, count_of, current_step, escape_markdown, name_of, part_of, shorten, stand

# Of the micro staircase: the first column's height, and how much every next one is higher.
_LOWEST, _RISE, _PITCH = 6, 5, 10
_BASE, _LEFT = 51, 12
_GENERIC = 8

_SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="284" height="60" viewBox="0 0 284 60" role="img" aria-labelledby="t d">
<title id="t">{title}</title>
<desc id="d">{description}</desc>
<style>{style}</style>
<rect class="card" x="1" y="1" width="282" height="58" rx="3"/>
{columns}
<text class="ink" x="106" y="27">{first}</text>
<text class="ink-2" x="106" y="46">{second}</text>
</svg>
"""


def badge(portfolio: Portfolio) -> str:
    """An SVG of at most 3 KB that fits light and dark pages."""
    return _SVG.format(
        title=escape(title(portfolio)),
        description=escape(
            _("A staircase of %(number)d steps. %(says)s.") % {"number": len(portfolio.steps) or _GENERIC, "says": _says(portfolio)}
        ),
        style=_style(),
        columns=_columns(portfolio.steps),
        first=escape(" · ".join(filter(None, ("Staircase", _step(portfolio).lower())))),
        second=escape(_count(portfolio)),
    )


def title(portfolio: Portfolio) -> str:
    """What the badge says to somebody who does not see it."""
    return _("%(name)s on Staircase: %(says)s") % {"name": shorten(name_of(portfolio), 60), "says": _says(portfolio).lower()}


def markdown_snippet(portfolio: Portfolio) -> str:
    """The badge in a README, leading to the portfolio."""
    return f"[![{escape_markdown(title(portfolio))}]({part_of(portfolio, 'badge.svg')})]({portfolio.address})"


def html_snippet(portfolio: Portfolio) -> str:
    """The badge on a website, leading to the portfolio."""
    image = f'<img src="{escape(part_of(portfolio, "badge.svg"))}" alt="{escape(title(portfolio))}" width="284" height="60">'
    return f'<a href="{escape(portfolio.address)}">{image}</a>'


def _says(portfolio: Portfolio) -> str:
    return ", ".join(filter(None, (_step(portfolio), _count(portfolio))))


def _step(portfolio: Portfolio) -> str:
    """Only where no skill speaks, or nothing is left to climb: the first step with a gap says little of somebody who shows skills of later ones."""
    return "" if portfolio.skills and current_step(portfolio) else stand(portfolio)


def _count(portfolio: Portfolio) -> str:
    """Of the strongest level that there is: a badge that adds claims to confirmations would say nothing."""
    return next((count_of(level, number) for level in LEVELS if (number := portfolio.count(level))), _("Just begun"))


def _style() -> str:
    faces = "text{font:14px -apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}"
    return f"{faces}.ink{{font-weight:700}}.card{{stroke-width:2}}.o{{stroke-width:1}}{_inks(dark=False)}@media (prefers-color-scheme:dark){{{_inks(dark=True)}}}"


def _inks(*, dark: bool) -> str:
    return (
        f".card{{fill:{colour('surface', dark=dark)};stroke:{colour('ink', dark=dark)}}}"
        f".ink{{fill:{colour('ink', dark=dark)}}}.ink-2{{fill:{colour('ink-2', dark=dark)}}}"
        f".o{{fill:none;stroke:{colour('line-strong', dark=dark)}}}"
        f".d{{fill:{colour('done', dark=dark)}}}.w{{fill:{colour('wall-3', dark=dark)}}}"
    )


def _columns(steps: tuple[StepProgress, ...]) -> str:
    """One column for each step, as full as the step is; whoever does not share progress gets a staircase that measures nothing."""
    columns = []
    for place in range(len(steps) or _GENERIC):
        height, x = _LOWEST + _RISE * place, _LEFT + _PITCH * place
        if not steps:
            columns.append(f'<rect class="w" x="{x}" y="{_BASE - height}" width="{_PITCH + 0.5}" height="{height}"/>')
            continue
        columns.append(f'<rect class="o" x="{x + 0.5}" y="{_BASE - height + 0.5}" width="9" height="{height - 1}"/>')
        if filled := round(height * steps[place].done / max(steps[place].total, 1), 1):
            columns.append(f'<rect class="d" x="{x}" y="{_BASE - filled:g}" width="{_PITCH}.5" height="{filled:g}"/>')
    return "".join(columns)
