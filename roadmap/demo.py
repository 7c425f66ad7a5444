"""The demo people: one for each role, at different heights of the climb, with a history that looks lived.

Everything but the dates is the same each time; the dates are counted back from today, so that the last mark is of yesterday.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Profile, User
from accounts.services import create_account
from roadmap.curriculum.snapshot import SkillView, Snapshot, StageView
from roadmap.mentoring.access import Page
from roadmap.mentoring.models import AccessLog, Cohort, Comment, MentorProfile, Mentorship, Review, RubricMark, SignOff
from roadmap.mentoring.reviews.rubric import rubric_of
from roadmap.mentoring.reviews.services import Words
from roadmap.mentoring.reviews.standing import read_commit
from roadmap.mentoring.sign_offs.services import follow_sign_offs
from roadmap.portfolio.evidence import confirm_evidence, follow_evidence
from roadmap.portfolio.models import Evidence, Project
from roadmap.portfolio.services import attach_project, finish_project, save_words
from roadmap.progress.models import Aim, Mark, MarkEvent, State, Tick
from roadmap.stages.editors import EDITORS

PASSWORD = "one stair after the other"  # noqa: S105  (public on purpose: production refuses these people)


@dataclass(frozen=True, slots=True)
class Height:
    """How many skills of a stage, by its number, are done, being learnt and skipped."""

    stage: int
    done: int = 0
    learning: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """`months`: how long ago the climb began. `hours`: how many a week are planned. `is_editor` may edit content; `is_admin` everything."""

    role: str
    name: str
    email: str
    months: int = 1
    heights: tuple[Height, ...] = field(default_factory=tuple)
    hours: int | None = None
    time_zone: str = ""
    is_editor: bool = False
    is_admin: bool = False


def _all(*sizes: int) -> tuple[Height, ...]:
    return tuple(Height(number, done=done) for number, done in enumerate(sizes, start=1))


CAST = (
    DemoPerson(
        "learner",
        "Amina Yusuf",
        "amina@demo.staircase.example",
        months=7,
        heights=(Height(1, 10), Height(2, 11, skipped=1), Height(3, 8, learning=2), Height(4, 3, learning=2), Height(7, 1), Height(8, 1)),
        hours=8,
        time_zone="Africa/Nairobi",
    ),
    DemoPerson(
        "other_learner",
        "Mateo Rojas",
        "mateo@demo.staircase.example",
        months=14,
        heights=(
            *_all(10, 12, 12, 11),
            Height(5, 10, learning=1, skipped=2),
            Height(6, 4, learning=3),
            Height(7, 2),
            Height(8, 3, learning=1),
        ),
        hours=5,
        time_zone="America/Bogota",
    ),
    DemoPerson("new_learner", "Linh Tran", "linh@demo.staircase.example"),
    DemoPerson("mentor", "Jonas Lindqvist", "jonas@demo.staircase.example", months=30, heights=_all(10, 12, 12, 12, 13, 14, 12, 10)),
    DemoPerson("other_mentor", "Priya Raman", "priya@demo.staircase.example", months=26, heights=_all(10, 12, 12, 12, 13, 9, 6, 7)),
    DemoPerson("former_mentor", "Luis Ortega", "luis@demo.staircase.example", months=20, heights=_all(10, 12, 12, 10, 8, 5, 1, 4)),
    DemoPerson("editor", "Edda Moreau", "edda@demo.staircase.example", is_editor=True),
    DemoPerson("admin", "Sam Okafor", "sam@demo.staircase.example", is_admin=True),
)


@dataclass(frozen=True, slots=True)
class DemoLook:
    """A look at a project: asked and answered so many days ago, with a level for each line of the rubric. No verdict: it waits."""

    asked: int
    question: str
    verdict: str = ""
    answered: int = 0
    reason: str = ""
    levels: tuple[int, ...] = ()
    comments: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoReview:
    """What became of a sample repository: one look after the other, and the skill that the mentor confirmed at the end, with a note."""

    repository: str
    looks: tuple[DemoLook, ...]
    skill: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class DemoMentorship:
    """Who mentors whom, by role. `months`: how long ago it began; `ended`: how many days ago it ended. `looks`: pages, by days ago."""

    mentor: str
    learner: str
    months: int
    scopes: tuple[str, ...] = ("progress", "projects")
    cohort: str = ""
    ended: int | None = None
    looks: tuple[int, ...] = ()
    reviews: tuple[DemoReview, ...] = ()
    # What the two agreed on, and in how many days.
    next_step: str = ""
    next_step_in: int = 0


MENTORSHIPS = (
    DemoMentorship(
        "mentor",
        "learner",
        3,
        ("progress", "projects", "plan"),
        cohort="Evening climbers",
        looks=(2, 9, 16),
        reviews=(
            DemoReview(
                "amina-yusuf/expense-predictor",
                (
                    DemoLook(
                        asked=34,
                        question="Is it all right that my forest loses against a plain mean? I’d rather say so than hide it.",
                        verdict="changes",
                        answered=31,
                        reason="Two simple guesses beside the model, and the last weeks held back: that is a fair race, and you report who lost it. Next: say in the README which of the three you use yourself, and why.",
                        levels=(2, 2, 2, 0, 1, 1),
                        comments=(
                            Words(
                                "The last 20 weeks, and not 20 at random: right. In life you only know the past.",
                                path="predict.py",
                                line=13,
                            ),
                            Words("From the table alone I can’t tell which guess you would trust next Monday.", rubric_place=5),
                        ),
                    ),
                    DemoLook(
                        asked=24,
                        question="I’ve written down which one I keep. Does it read like a decision now?",
                        verdict="approved",
                        answered=22,
                        reason="It does: “no better than a plain mean, so I keep the mean” is what many teams never manage to write. Next time: how to run it, in two lines.",
                        levels=(3, 2, 2, 1, 1, 2),
                    ),
                ),
                skill="pandas-dataframes",
                note="Rebuilt the weekly table in front of me, and explained why a category without a line is a zero and not a gap.",
            ),
            DemoReview(
                "amina-yusuf/mombasa-house-prices",
                (
                    DemoLook(
                        asked=2,
                        question="Is a split by time fair when there is only one year of adverts? And can you follow the README without having seen the data?",
                    ),
                ),
            ),
        ),
        next_step="Draw the error of each price band, and write one sentence about the worst one",
        next_step_in=5,
    ),
    DemoMentorship("former_mentor", "learner", 6, ended=95, looks=(110,)),
    DemoMentorship("other_mentor", "other_learner", 10, looks=(4,)),
)

LINES = {
    "mentor": "Data engineer in Gothenburg. I read projects on Sunday mornings.",
    "other_mentor": "ML engineer for crop forecasts. Short questions get quick answers.",
}


@dataclass(frozen=True, slots=True)
class DemoProject:
    """A sample repository that a demo person has attached, so many `days` ago. `confirms`: whether the person has said yes to what was found."""

    owner: str
    repository: str
    title: str
    summary: str
    days: int
    idea: str = ""
    confirms: bool = False
    answers: tuple[str, ...] = ()


PROJECTS = (
    DemoProject(
        "amina@demo.staircase.example",
        "amina-yusuf/matatu-reviews",
        "What matatu riders say",
        "Counts and charts the words that riders use about minibus routes, so that a route owner sees what to fix first.",
        days=4,
    ),
    DemoProject(
        "amina@demo.staircase.example",
        "amina-yusuf/expense-predictor",
        "Household expense predictor",
        "Reads a bank export and predicts next month’s spending by category.",
        days=41,
        confirms=True,
    ),
    DemoProject(
        "amina@demo.staircase.example",
        "amina-yusuf/mombasa-house-prices",
        "Mombasa house prices",
        "Estimates the asking price of a flat from size, ward and distance to the ferry, for people who are about to rent out a first home.",
        days=12,
        confirms=True,
        answers=(
            "By listing: all months of one flat stand on one side. A fifth of the flats, 640 listings, were never seen in training.",
            "The median price of the ward. It’s off by 21%; the model by 11%.",
            "Relistings. The same flat appears under two numbers, so I join by address and size before the split, and checked 50 pairs by hand.",
            "Under 3 million shillings the error is 19%: cheap listings leave out most facts. Dropping them made the score better and the tool useless for those who need it most.",
            "Ask agents for the floor and the year. Both explain the largest errors that I looked at.",
        ),
    ),
)


PROFILE = {
    "visibility": Profile.Visibility.PUBLIC,
    "headline": "ML engineer in training. Six years of planning freight at a port taught me to distrust tidy numbers.",
    "place": "Mombasa, Kenya",
    "open_to": "Junior roles and internships, remote or on site",
    "github": "amina-yusuf",
}


def load(curriculum: Snapshot) -> int:
    """Makes the demo people that do not exist yet, with their climbs; says how many. Those who exist are left as they are."""
    with transaction.atomic():
        _wait_for_others()
        there = set(User.objects.filter(email__in=[person.email for person in CAST]).values_list("email", flat=True))
        missing = [person for person in CAST if person.email not in there]
        password = make_password(PASSWORD) if missing else ""
        for person in missing:
            _make(person, password, curriculum)
    return len(missing)


def attach_samples(curriculum: Snapshot) -> int:
    """Attaches the sample repositories to the demo people who have them, and reads them from a GitHub on this machine; says how many.

    What is attached already, or was deleted, is left as it is.
    """
    from roadmap.portfolio import inspecting
    from roadmap.portfolio.github.client import Client
    from roadmap.portfolio.github.loopback import Loopback, samples

    with transaction.atomic(), Loopback(samples()) as github:
        _wait_for_others()
        owners = {user.email: user for user in User.objects.filter(email__in={sample.owner for sample in PROJECTS})}
        there = set(Project.objects.filter(learner__in=owners.values()).values_list("key", flat=True))
        missing = [sample for sample in PROJECTS if sample.owner in owners and f"github:{sample.repository}" not in there]
        for sample in missing:
            project = _attach(sample, owners[sample.owner], curriculum)
            inspecting.inspect_project(project.pk, ask=lambda: Client(github.api_url, archive_hosts=[github.archive_host]))
            if sample.confirms:
                _confirm(sample, project)
            _backdate(project, timezone.now() - timedelta(days=sample.days))
        for owner in owners.values():
            Profile.objects.get_or_create(person=owner, defaults={**PROFILE, "published_at": timezone.now()})
    return len(missing)


def introduce(curriculum: Snapshot) -> int:
    """Makes the demo people each other's mentors, with what they said and agreed on; says how many pairs are new.

    Two who have been a pair already are left as they are.
    """
    with transaction.atomic():
        _wait_for_others()
        users = User.objects.in_bulk([person.email for person in CAST], field_name="email")
        by_role = {person.role: users[person.email] for person in CAST if person.email in users}
        missing = [
            pair
            for pair in MENTORSHIPS
            if {pair.mentor, pair.learner} <= by_role.keys()
            and not Mentorship.objects.filter(mentor=by_role[pair.mentor], learner=by_role[pair.learner]).exists()
        ]
        for pair in missing:
            _pair(pair, by_role[pair.mentor], by_role[pair.learner], curriculum)
    return len(missing)


def people() -> list[dict[str, str]]:
    """The demo people that exist, in the order of the cast, and how to sign in as them."""
    handles = dict(User.objects.filter(email__in=[person.email for person in CAST]).values_list("email", "handle"))
    return [
        {"role": person.role, "name": person.name, "handle": handles[person.email], "email": person.email, "password": PASSWORD}
        for person in CAST
        if person.email in handles
    ]


def _make(person: DemoPerson, password: str, curriculum: Snapshot) -> None:
    now = timezone.now()
    began = now - timedelta(days=30 * person.months)
    user = create_account(
        user=User(
            name=person.name,
            email=person.email,
            password=password,
            date_joined=began,
            time_zone=person.time_zone,
            is_staff=person.is_editor or person.is_admin,
            is_superuser=person.is_admin,
        )
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    if person.hours:
        Aim.objects.create(learner=user, hours_a_week=person.hours, known=["code"], draw=Aim.Draw.CAREER, answered_at=began)
    if person.is_editor:
        user.groups.add(Group.objects.get(name=EDITORS))
    _climb(user, _plan(person, curriculum), began=began, until=now - timedelta(days=1))


def _pair(pair: DemoMentorship, mentor: User, learner: User, curriculum: Snapshot) -> None:
    now = timezone.now()
    if pair.mentor in LINES:
        MentorProfile.objects.get_or_create(mentor=mentor, defaults={"line": LINES[pair.mentor]})
    ended = None if pair.ended is None else now - timedelta(days=pair.ended)
    looks = [(str(Page.LEARNER), _morning(days)) for days in pair.looks]
    Mentorship.objects.create(
        mentor=mentor,
        learner=learner,
        scopes=list(pair.scopes),
        cohort=Cohort.objects.get_or_create(mentor=mentor, name=pair.cohort)[0] if pair.cohort else None,
        begun_at=now - timedelta(days=30 * pair.months),
        ended_at=ended,
        ended_by=learner if ended else None,
        looked_at=max((hour for _, hour in looks), default=None),
        next_step=pair.next_step,
        next_step_on=now.date() + timedelta(days=pair.next_step_in) if pair.next_step else None,
    )
    for sample in pair.reviews:
        project = Project.objects.kept().filter(learner=learner, key=f"github:{sample.repository}").select_related("idea").first()
        if project:
            review = _review(sample, project, mentor, curriculum)
            looks += [(f"{Page.REVIEW}:{review.pk}", _morning(look.answered)) for look in sample.looks if look.verdict]
    entries = [AccessLog(learner=learner, mentor=mentor, page=page, hour=hour) for page, hour in looks]
    AccessLog.objects.bulk_create(entries, ignore_conflicts=True)


def _review(sample: DemoReview, project: Project, mentor: User, curriculum: Snapshot) -> Review:
    """A review as it would stand after these looks. Without the mails: nobody reads them."""
    commit, last = read_commit(project), sample.looks[-1]
    review: Review = Review.objects.create(
        project=project,
        reviewer=mentor,
        reviewer_name=mentor.name,
        state=last.verdict or Review.State.ASKED,
        question=last.question,
        asked_at=_morning(last.asked),
        commit=commit,
        looks=len(sample.looks),
        reason=last.reason,
        answered_at=_morning(last.answered) if last.verdict else None,
    )
    for number, look in enumerate(sample.looks, start=1):
        _look(look, review, mentor, number, curriculum)
    if skill := curriculum.skills.get(sample.skill):
        SignOff.objects.create(
            learner=project.learner,
            skill_id=skill.id,
            mentor=mentor,
            mentor_name=mentor.name,
            project=project,
            commit=commit,
            note=sample.note,
            signed_at=_morning(last.answered),
        )
        follow_sign_offs(learner=project.learner_id, skills=[skill.id])
    return review


def _look(look: DemoLook, review: Review, mentor: User, number: int, curriculum: Snapshot) -> None:
    """What was asked, remarked and answered in one look, in this order."""
    said = [(review.project.learner, Comment.Kind.REQUEST, Words(look.question), look.asked)]
    said += [(mentor, Comment.Kind.COMMENT, words, look.answered) for words in look.comments]
    if look.verdict:
        said.append((mentor, Comment.Kind(look.verdict), Words(look.reason), look.answered))
    for author, kind, words, days in said:
        Comment.objects.create(
            review=review,
            kind=kind,
            author=author,
            author_name=author.name,
            text=words.text,
            rubric_place=words.rubric_place,
            path=words.path,
            line=words.line,
            commit=review.commit,
            look=number,
            written_at=_morning(days),
        )
    RubricMark.objects.bulk_create(
        RubricMark(review=review, place=line.place, title=line.title, level=level, says=line.levels[level], look=number)
        for line, level in zip(rubric_of(review.project, curriculum), look.levels, strict=False)
    )


def _morning(days: int) -> datetime:
    """When mentors read: at nine, so many days ago."""
    return (timezone.now() - timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)


def _wait_for_others() -> None:
    """Until the transaction ends, nobody else makes demo people or attaches their projects."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('demo', 0))")


def _attach(sample: DemoProject, owner: User, curriculum: Snapshot) -> Project:
    idea = curriculum.ideas.get(sample.idea)
    values = {"title": sample.title, "summary": sample.summary, "idea_id": idea and idea.id}
    url = f"https://github.com/{sample.repository}"
    return attach_project(learner=owner.pk, url=url, repository=sample.repository, values=values).project


def _confirm(sample: DemoProject, project: Project) -> None:
    # Only what the person had marked anyway, so that the climb stays what it is.
    marked = Evidence.objects.filter(project=project, skill__marks__learner=project.learner_id)
    confirm_evidence(project=project, skills=list(marked.values_list("skill_id", flat=True)))
    answers = dict(zip(Project.QUESTIONS, sample.answers, strict=False))
    save_words(project=project, version=project.version, values={"visibility": "public", **answers})
    if answers:
        finish_project(project=project, is_finished=True)


def _backdate(project: Project, at: datetime) -> None:
    """As if it had been attached, read and confirmed at this moment."""
    own = Project.objects.filter(pk=project.pk)
    own.update(created_at=at, updated_at=at)
    own.exclude(finished_at=None).update(finished_at=at)
    evidence = Evidence.objects.filter(project=project)
    evidence.update(found_at=at)
    evidence.exclude(confirmed_at=None).update(confirmed_at=at)
    follow_evidence(learner=project.learner_id, skills=list(evidence.values_list("skill_id", flat=True)))


def _plan(person: DemoPerson, curriculum: Snapshot) -> list[tuple[SkillView, State]]:
    """What to mark and how, in the order of the staircase."""
    stages = {stage.number: stage for stage in curriculum.stages}
    marked: dict[int, State] = {}
    for height in person.heights:
        if (stage := stages.get(height.stage)) is None:
            continue
        # A nice-to-have is what one leaves out; the last of the stage where there is none.
        for skill in sorted(stage.skills, key=lambda skill: (skill.necessity == "nice", skill.level), reverse=True)[: height.skipped]:
            marked[skill.id] = State.SKIPPED
        for state, count in ((State.DONE, height.done), (State.LEARNING, height.learning)):
            for _, skill in zip(range(count), _within_reach(stage, marked), strict=False):
                marked[skill.id] = state
    return [(skill, marked[skill.id]) for skill in curriculum if skill.id in marked]


def _within_reach(stage: StageView, marked: dict[int, State]) -> Iterator[SkillView]:
    """Unmarked skills of a stage: each time the first whose needs are done or skipped, and where there is none the first."""
    while unmarked := [skill for skill in stage.skills if skill.id not in marked]:
        yield next(
            (skill for skill in unmarked if all(marked.get(need.id) in (State.DONE, State.SKIPPED) for need in skill.needs)), unmarked[0]
        )


def _climb(user: User, plan: list[tuple[SkillView, State]], *, began: datetime, until: datetime) -> None:
    """Writes marks, ticks and events: each skill is begun after the one before, learnt over some days, and then done."""
    chance = Random(int.from_bytes(sha256(user.email.encode()).digest()[:8]))  # noqa: S311  (nothing secret: the same evenings each time)
    marks, ticks, events = [], [], []
    for place, (skill, state) in enumerate(plan):
        starts = began + (until - began) * place / len(plan)
        ends = began + (until - began) * (place + 1) / len(plan)
        begun, finished = _evening(starts, chance), _evening(ends, chance)
        if state == State.SKIPPED:
            events.append(MarkEvent(learner=user, skill_id=skill.id, to_state=state, at=finished))
        else:
            events.append(MarkEvent(learner=user, skill_id=skill.id, to_state=State.LEARNING, at=begun))
        if state == State.DONE:
            events.append(MarkEvent(learner=user, skill_id=skill.id, from_state=State.LEARNING, to_state=state, at=finished))
        last = events[-1].at
        marks.append(Mark(learner=user, skill_id=skill.id, state=state, claimed_at=last if state == State.DONE else None, updated_at=last))
        reached = {State.DONE: len(skill.points), State.LEARNING: (len(skill.points) + 1) // 2, State.SKIPPED: 0}[state]
        for number, point in enumerate(skill.points[:reached], start=1):
            ticks.append(Tick(learner=user, point_id=point.id, ticked_at=begun + (finished - begun) * number / len(skill.points)))
    Mark.objects.bulk_create(marks)
    Tick.objects.bulk_create(ticks)
    # The trail is read in the order of its ids.
    MarkEvent.objects.bulk_create(sorted(events, key=lambda event: event.at))


def _evening(day: datetime, chance: Random) -> datetime:
    return day.replace(hour=17, minute=0, second=0, microsecond=0) + timedelta(minutes=chance.randrange(300))
