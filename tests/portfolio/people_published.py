"""Portfolios as values, for the exports: somebody ordinary, somebody who shares little, somebody who has just begun, and mischief."""

from dataclasses import replace
from datetime import UTC, datetime

from roadmap.portfolio.published import Portfolio, ShownEvidence, ShownProject, ShownSkill, StepProgress
from roadmap.progress.levels import Level

WHEN = datetime(2026, 11, 19, 8, 30, tzinfo=UTC)

STEPS = [
    ("Understand the ML engineer’s role", "The role", "dddddddddd", 1),
    ("Math and statistics foundation", "Math & statistics", "ddsddddddddd", 1),
    ("Programming in Python", "Python", "ddddldddd" + "lnn", 3),
    ("Data handling and preprocessing", "Data handling", "dlnlndnnnnnd", 1),
    ("Core machine learning algorithms", "Algorithms", "n" * 13, 0),
    ("Real projects, end to end", "Projects", "n" * 14, 0),
    ("A portfolio that people can find and trust", "Portfolio", "d" + "n" * 11, 1),
    ("Jobs, internships and lasting growth", "Jobs & growth", "n" * 7 + "dnn", 0),
]
_STATES = {"d": "done", "s": "skipped", "l": "learning", "n": "none"}


def skill(title: str, step: int, level: Level, by: str = "", projects: tuple[str, ...] = ()) -> ShownSkill:
    slug = "-".join(title.lower().split())[:60]
    credential = f"https://staircase.example/credentials/of/amina/{slug}/" if level == "confirmed" else ""
    return ShownSkill(slug, title, f"{step}.1", step, STEPS[step - 1][1], level, WHEN, by, projects, credential)


def steps() -> tuple[StepProgress, ...]:
    return tuple(
        StepProgress(
            number,
            title,
            short,
            states.count("d"),
            len(states),
            confirmed,
            tuple(_STATES[state] for state in states),
            set(states) <= {"d", "s"},
        )
        for number, (title, short, states, confirmed) in enumerate(STEPS, start=1)
    )


def evidence(title: str, seen: str, path: str, line: int, cell: int = 0, level: Level = "shown") -> ShownEvidence:
    plain = "?plain=1" if path.endswith(".ipynb") else ""
    url = f"https://github.com/amina-yusuf/mombasa-house-prices/blob/{'4f' * 20}/{path}{plain}#L{line}"
    return ShownEvidence("-".join(title.lower().split()), title, level, seen, path, line, cell, url)


def amina() -> Portfolio:
    """Everything shared: confirmed, shown and claimed skills, a finished project and one under way."""
    jonas = "Jonas Lindqvist"
    prices, expenses = "mombasa-house-prices", "household-expense-predictor"
    return Portfolio(
        handle="amina",
        name="Amina Yusuf",
        headline="ML engineer in training. Six years of planning freight at a port taught me to distrust tidy numbers.",
        about=(
            "I moved **11,000 containers a month** before I wrote my first line of Python. What I look for in data is what I looked "
            "for on the quay: the thing that doesn’t add up.\n\n"
            "- I write down the baseline before the model\n- I read the errors, one by one\n\n"
            "More on [my blog](https://amina.example/notes)."
        ),
        place="Mombasa, Kenya",
        open_to="Junior roles and internships, remote or on site",
        email="amina@example.org",
        github="amina-yusuf",
        linkedin_url="https://www.linkedin.com/in/amina-yusuf/",
        website_url="https://amina.example/",
        address="https://staircase.example/u/amina/",
        is_public=True,
        is_preview=False,
        joined_at=datetime(2026, 5, 25, tzinfo=UTC),
        changed_at=WHEN,
        skills=(
            skill("Tell ML engineer, data scientist, data engineer and AI engineer apart", 1, "confirmed", jonas),
            skill("Read a job advert for what it really asks", 1, "claimed"),
            skill("Summarize data with the right statistic", 2, "confirmed", jonas),
            skill("Estimate uncertainty with the bootstrap", 2, "claimed"),
            skill("Tell correlation from cause", 2, "claimed"),
            skill("Track work with Git and GitHub", 3, "confirmed", jonas),
            skill("Compute with NumPy arrays", 3, "confirmed", jonas, (prices, expenses)),
            skill("Handle tables with pandas", 3, "confirmed", jonas, (prices, expenses)),
            skill("Plot with Matplotlib", 3, "shown", projects=(prices,)),
            skill("Write functions that can be tested", 3, "claimed"),
            skill("Collect data from web APIs", 4, "confirmed", jonas, (prices,)),
            skill("Impute missing values without leaking", 4, "shown", projects=(expenses,)),
            skill("Curate a portfolio on GitHub", 7, "confirmed", jonas),
            skill("Prepare for a technical interview", 8, "claimed"),
        ),
        projects=(
            ShownProject(
                slug=prices,
                title="Mombasa house prices",
                summary=(
                    "Estimates the asking price of a flat from size, ward and distance to the ferry, for people who are about to rent "
                    "out a first home."
                ),
                url="https://github.com/amina-yusuf/mombasa-house-prices",
                repository="amina-yusuf/mombasa-house-prices",
                demo_url="https://prices.example/",
                writeup_url="https://amina.example/notes/prices",
                post_url="",
                idea="House prices",
                languages=("Jupyter Notebook", "Python"),
                licence="MIT",
                committed_at=datetime(2026, 11, 17, tzinfo=UTC),
                created_at=datetime(2026, 9, 3, tzinfo=UTC),
                finished_at=datetime(2026, 11, 18, tzinfo=UTC),
                answers=(
                    (
                        "How was the data split?",
                        "By month: everything before **June** trains, the 640 listings from June on are for the test.",
                    ),
                    ("What is the baseline?", "The median price per square metre of the ward: 19% typical error. The model has **11%**."),
                    (
                        "Where could it leak?",
                        "Agents list one flat twice.\n\n1. Duplicates are grouped by phone number\n2. Groups never cross the split",
                    ),
                    (
                        "Where does it fail?",
                        "Cheap flats: `under 20,000 KES` the error is 23%, since the adverts leave out shared kitchens.",
                    ),
                    ("What next?", "Report the error per price band, and ask two agents what they would have said."),
                ),
                evidence=(
                    evidence("Compute with NumPy arrays", "numpy.log1p(prices)", "src/features.py", 14, level="confirmed"),
                    evidence("Handle tables with pandas", "frame.groupby(…).agg(…)", "src/clean.py", 31, level="confirmed"),
                    evidence("Plot with Matplotlib", "axes.scatter(…)", "notebooks/errors.ipynb", 2, cell=9),
                    evidence("Collect data from web APIs", "httpx.get(url, params=…)", "src/collect.py", 22, level="confirmed"),
                ),
            ),
            ShownProject(
                slug=expenses,
                title="Household expense predictor",
                summary="Reads a bank export and predicts next month’s spending by category.",
                url="https://github.com/amina-yusuf/expense-predictor",
                repository="amina-yusuf/expense-predictor",
                demo_url="",
                writeup_url="",
                post_url="https://www.linkedin.com/posts/amina-yusuf_1",
                idea="",
                languages=("Python",),
                licence="",
                committed_at=datetime(2026, 10, 2, tzinfo=UTC),
                created_at=datetime(2026, 8, 1, tzinfo=UTC),
                finished_at=None,
                answers=(),
                evidence=(evidence("Impute missing values without leaking", "SimpleImputer in a Pipeline", "model.py", 40),),
            ),
        ),
        steps=steps(),
    )


def reserved() -> Portfolio:
    """Shares neither address nor progress, and has nothing confirmed."""
    person = amina()
    return replace(
        person,
        handle="tomasz",
        name="Tomasz Żółć",
        headline="",
        about="",
        place="",
        open_to="",
        email="",
        github="",
        linkedin_url="",
        website_url="",
        address="https://staircase.example/u/tomasz/",
        skills=tuple(each for each in person.skills if each.level == "shown"),
        projects=person.projects[1:],
        steps=(),
    )


def beginner() -> Portfolio:
    """Has switched the portfolio on, and nothing else yet."""
    untouched = tuple(replace(step, done=0, confirmed=0, states=("none",) * step.total, is_complete=False) for step in steps())
    return replace(
        reserved(), handle="noor", name="Noor", address="https://staircase.example/u/noor/", skills=(), projects=(), steps=untouched
    )


# What people have typed into fields to see what happens, and some that is simply theirs.
MISCHIEF = [
    "</script><script>alert(1)</script>",
    "]]></text><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    '=HYPERLINK("https://evil.example","x")',
    "[x](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    "{{ 7*7 }}{% load x %}",
    "line\r\nSet-Cookie: a=b\u2028next\u2029end",
    "\u202egnp.exe\u202c \u2066isolated\u2069 a\u200bb \ufeff\u0000\u0007\x1b[31m",
    "محمد علي بن سينا",
    "王小明和他的機器學習專案",
    "Наталія Щукіна",
    "👩🏽‍💻🚀 team 🇰🇪",
    "Z̶̢̛͙̪a̷l̵g̶o̵" + "\u0301" * 40,
    "x" * 400,
    "word " * 120,
    "",
    "   ",
]


def hostile() -> Portfolio:
    """Values that no form lets through, and many of them: 200 projects, each field a different mischief."""
    bad = [f"{text}" for text in MISCHIEF]
    at = iter(range(10**9))

    def next_one() -> str:
        return bad[next(at) % len(bad)]

    person = amina()
    links = [
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "https://ok.example/a b",
        "file:///etc/passwd",
        "https://ok.example/(x)",
    ]
    return replace(
        person,
        name=MISCHIEF[0] + MISCHIEF[10] + MISCHIEF[11],
        headline=" ".join(bad)[:4000],
        about="\n\n".join(
            ["# Heading\r\n| a | b |\n|---|---|\n| 1 | 2 |", *bad, "> " * 60 + "deep", "- " * 60 + "deep", "`" * 50, "z" * 3000]
        ),
        place=MISCHIEF[9],
        open_to=MISCHIEF[2],
        email="a@example.org\r\nBcc: b@example.org",
        github="../../evil",
        linkedin_url=links[0],
        website_url=links[1],
        skills=tuple(
            ShownSkill(
                f"s{n}", next_one(), "1.1", n % 8 + 1, next_one(), ("claimed", "shown", "confirmed")[n % 3], WHEN, next_one(), (next_one(),)
            )
            for n in range(120)
        ),
        projects=tuple(
            ShownProject(
                slug=("../../etc/passwd", "same", "same", "", "ordinary", "CON", "a/b")[n % 7],
                title=next_one(),
                summary=next_one() * 2,
                url=links[n % 5],
                repository=next_one(),
                demo_url=links[(n + 1) % 5],
                writeup_url=links[(n + 2) % 5],
                post_url=links[(n + 3) % 5],
                idea=next_one(),
                languages=(next_one(), next_one()),
                licence=next_one(),
                committed_at=None,
                created_at=WHEN,
                finished_at=WHEN if n % 2 else None,
                answers=tuple((next_one(), next_one() * 20) for _ in range(5)),
                evidence=tuple(
                    ShownEvidence("s", next_one(), "shown", next_one(), next_one(), 1, n % 2, links[(n + m) % 5]) for m in range(8)
                ),
            )
            for n in range(200)
        ),
        steps=tuple(replace(step, title=next_one(), short=next_one()) for step in steps()),
    )


EVERYBODY = {person.__name__: person for person in (amina, reserved, beginner, hostile)}
