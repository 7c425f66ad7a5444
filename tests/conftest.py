"""What every test may ask for: the cast, two curricula, a counter of statements, real threads.

`curriculum` is small and made by hand; `real_curriculum` is the product's own, loaded once per process. A test that asks for
neither begins with no content. Tests marked `django_db(transaction=True)` commit for real, and leave nothing behind.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection, connections
from django.test import Client, TransactionTestCase

from accounts.models import User
from roadmap.curriculum import snapshot
from roadmap.stages.editors import EDITORS
from roadmap.stages.models import Skill
from roadmap.web import catalogues, limits
from tests.databases import Databases
from tests.factories import PUBLISHED, AdviceFactory, IdeaFactory, ResourceFactory, SkillFactory, StageFactory, UserFactory

HTMX = {"HX-Request": "true"}


def pytest_configure() -> None:
    catalogues.compile_all()


# --- Databases ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def databases(django_db_setup: None, django_db_blocker: Any) -> Iterator[Databases]:
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        # A copy of the template takes the place of truncating.
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: None)
        databases = Databases()
        with django_db_blocker.block():
            yield databases
        databases.drop()


@pytest.fixture
def _database_of_the_test(request: pytest.FixtureRequest, databases: Databases, django_db_blocker: Any) -> Iterator[None]:
    """Connects to the database that the test asks for, before its transaction begins."""
    marker = request.node.get_closest_marker("django_db")
    asked = set(request.fixturenames)
    committed = bool(marker and marker.kwargs.get("transaction")) or bool(asked & {"transactional_db", "live_server"})
    with django_db_blocker.unblock():
        databases.use("curriculum" if "real_curriculum" in asked else "empty")
    yield
    databases.leave(committed=committed)


@pytest.fixture
def _django_db_helper(_database_of_the_test: None, _django_db_helper: None) -> None:
    """pytest-django's own, on the right database."""


@pytest.fixture(autouse=True)
def _fresh_process(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a process remembers is forgotten between tests."""
    limits.forget()
    yield
    limits.forget()


# --- Curricula ------------------------------------------------------------------------------------------------------


@pytest.fixture
def real_curriculum(db: None, databases: Databases) -> snapshot.Snapshot:
    """The product's curriculum, as pages read it; its rows are in the database."""
    databases.keep_snapshot()
    return snapshot.current()


@pytest.fixture
def curriculum(db: None) -> SimpleNamespace:
    """A small curriculum: three stages, nine skills (one retired), needs, a group of two, two resources, an idea, a draft stage.

    ground: python → numpy → pandas        git (nice to have)
    models: statistics, then one of trees or forests (needs pandas); boosting (needs the group); old-tool, replaced by trees
    work:   cv (needs git)
    """
    ground, models, work = (
        StageFactory(slug=slug, position=position) for position, slug in enumerate(("ground", "models", "work"), start=1)
    )
    draft = StageFactory(slug="draft", position=4, published_at=None)
    AdviceFactory(slug="slow-down", stage=ground)
    python = SkillFactory(slug="python", stage=ground, position=1, hours=10, points=["script", "function"])
    numpy = SkillFactory(slug="numpy", stage=ground, position=2, hours=6, needs=[python], points=["array"])
    pandas = SkillFactory(slug="pandas", stage=ground, position=3, hours=8, needs=[numpy], points=["frame", "join"])
    git = SkillFactory(slug="git", stage=ground, position=4, hours=3, necessity=Skill.Necessity.NICE)
    statistics = SkillFactory(slug="statistics", stage=models, position=1, hours=12)
    either = {"stage": models, "group": "tree-models", "necessity": Skill.Necessity.ALTERNATIVE, "level": 2}
    trees = SkillFactory(slug="trees", position=2, needs=[pandas], **either)
    forests = SkillFactory(slug="forests", position=3, needs=[pandas], **either)
    boosting = SkillFactory(slug="boosting", stage=models, position=4, level=3, needs=[trees, statistics])
    old_tool = SkillFactory(slug="old-tool", stage=models, position=5, retired_at=PUBLISHED)
    old_tool.replaced_by.add(trees)
    cv = SkillFactory(slug="cv", stage=work, position=1, hours=2, needs=[git])
    hidden = SkillFactory(slug="hidden", stage=draft, position=1)
    book = ResourceFactory(slug="book", kind="book", cost="paid", skills=[python, numpy])
    course = ResourceFactory(slug="course", kind="course", hours=20, skills=[pandas])
    idea = IdeaFactory(slug="house-prices", stage=models, skills=[pandas, trees])
    return SimpleNamespace(
        stages=[ground, models, work],
        skills=[python, numpy, pandas, git, statistics, trees, forests, boosting, cv],
        ground=ground, models=models, work=work, draft=draft,
        python=python, numpy=numpy, pandas=pandas, git=git, statistics=statistics,
        trees=trees, forests=forests, boosting=boosting, old_tool=old_tool, cv=cv, hidden=hidden,
        book=book, course=course, idea=idea,
    )  # fmt: skip


# --- The cast -------------------------------------------------------------------------------------------------------


@pytest.fixture
def learner(db: None) -> User:
    return UserFactory(name="Amina Yusuf", handle="amina-yusuf")


@pytest.fixture
def other_learner(db: None) -> User:
    return UserFactory(name="Bo Lindqvist", handle="bo-lindqvist")


@pytest.fixture
def new_learner(db: None) -> User:
    return UserFactory(name="Chi Nguyen", handle="chi-nguyen")


@pytest.fixture
def mentor(db: None) -> User:
    return UserFactory(name="Jonas Weber", handle="jonas-weber")


@pytest.fixture
def other_mentor(db: None) -> User:
    return UserFactory(name="Priya Raman", handle="priya-raman")


@pytest.fixture
def former_mentor(db: None) -> User:
    return UserFactory(name="Luis Ortega", handle="luis-ortega")


@pytest.fixture
def editor(db: None) -> User:
    """May sign in to the workshop and edit content, and nothing else."""
    person = UserFactory(name="Edda Moreau", handle="edda-moreau", is_staff=True)
    person.groups.add(Group.objects.get(name=EDITORS))
    return person


@pytest.fixture
def admin_user(db: None) -> User:
    return UserFactory(name="Sam Root", handle="sam-root", is_staff=True, is_superuser=True)


# --- Clients --------------------------------------------------------------------------------------------------------


@pytest.fixture
def htmx_client() -> Client:
    """A visitor whose requests come from htmx."""
    return Client(headers=HTMX)


@pytest.fixture
def sign_in() -> Callable[..., Client]:
    """`sign_in(learner)` is a browser with that person's session; `htmx=True` makes its requests htmx's."""

    def signed_in(person: User, *, htmx: bool = False) -> Client:
        client = Client(headers=HTMX if htmx else {})
        client.force_login(person)
        return client

    return signed_in


# --- Statements -----------------------------------------------------------------------------------------------------


@dataclass
class Statements:
    """What was sent to the database, BEGIN, COMMIT and SAVEPOINT left out."""

    sent: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sent)

    def __str__(self) -> str:
        return "\n".join(f"{number}. {sql}" for number, sql in enumerate(self.sent, start=1)) or "no statement"

    def note(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.lstrip().upper().startswith(("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")):
            self.sent.append(" ".join(sql.split()))
        return execute(sql, params, many, context)


@pytest.fixture
def statements() -> Callable[..., Any]:
    """Counts what a block sends to the database, session and user included: `with statements(at_most=4): client.get("/")`."""

    @contextmanager
    def counted(*, at_most: int | None = None, exactly: int | None = None) -> Iterator[Statements]:
        seen = Statements()
        with connection.execute_wrapper(seen.note):
            yield seen
        if at_most is not None and len(seen) > at_most:
            pytest.fail(f"{len(seen)} statements, and at most {at_most} are allowed:\n{seen}")
        if exactly is not None and len(seen) != exactly:
            pytest.fail(f"{len(seen)} statements instead of {exactly}:\n{seen}")

    return counted


# --- Races ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def together(transactional_db: None) -> Callable[..., list[Any]]:
    """`together(10, lambda number: …)` runs ten threads that start at the same moment, and returns what they returned.

    Each has a connection of its own. The first exception is raised here.
    """

    def run(count: int, act: Callable[[int], Any]) -> list[Any]:
        barrier = threading.Barrier(count)

        def one(number: int) -> Any:
            try:
                barrier.wait(timeout=30)
                return act(number)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(count) as pool:
            return [running.result(timeout=60) for running in [pool.submit(one, number) for number in range(count)]]

    return run
