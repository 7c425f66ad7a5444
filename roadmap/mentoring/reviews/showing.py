"""How pages tell a review: whose turn it is, what was said and where, what has changed since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.mentoring.models import Comment, Review, RubricMark
from roadmap.portfolio.models import Evidence, Project
from roadmap.portfolio.showing import line_url

from .rubric import Line
from .standing import Wait


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is, as a badge of a few words and a sentence of what happens next."""

    icon: str
    state: str
    word: str
    sentence: str


def turn(review: Review, *, is_learner: bool) -> Turn:
    """Whose turn it is, told to the learner or to the mentor."""
    names = {"mentor": review.reviewer_name, "name": review.project.learner.get_short_name()}
    states = Review.State
    if review.state == states.ASKED:
        days = (timezone.now() - review.asked_at).days
        word = ngettext("Waiting %(days)s day", "Waiting %(days)s days", days) % {"days": days} if days else _("Waiting since today")
        if not is_learner:
            return Turn("clock", "learning", word, _("It’s your turn: %(name)s waits for your look.") % names)
        if review.reviewer_id is None:
            return Turn("alert", "bad", _("Nobody there"), _("The account of %(mentor)s is gone. You can ask another mentor.") % names)
        return Turn("clock", "learning", word, _("It’s %(mentor)s’s turn. You’ll get a mail when there’s an answer.") % names)
    if review.state == states.CHANGES:
        if is_learner:
            return Turn(
                "learning", "learning", _("Changes asked"), _("It’s your turn. When the changes are on GitHub, ask for another look.")
            )
        return Turn(
            "learning", "learning", _("Changes asked"), _("It’s %(name)s’s turn. You’ll get a mail when there’s something new.") % names
        )
    if review.state == states.APPROVED:
        return Turn("done", "done", _("Approved"), _("%(mentor)s has approved it.") % names)
    if review.state == states.WITHDRAWN:
        return Turn(
            "skipped",
            "",
            _("Withdrawn"),
            _("You’ve withdrawn the request.") if is_learner else _("%(name)s has withdrawn the request.") % names,
        )
    return Turn(
        "info", "", _("Closed for now"), _("It was closed. You can ask again, or ask somebody else.") if is_learner else _("It was closed.")
    )


def wait_words(wait: Wait) -> str:
    """How long a mentor’s answers usually take, and what that rests on."""
    if wait.days is None:
        return _("Usual wait: not enough reviews yet to say")
    names = {"days": wait.days, "answers": wait.answers}
    return ngettext(
        "Usually answers within %(days)s day (half of the last %(answers)s answers)",
        "Usually answers within %(days)s days (half of the last %(answers)s answers)",
        wait.days,
    ) % names  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said: by whom, when, about what; `seen` is what the reading found in that line, if it did."""

    id: int
    author: str
    is_mentor: bool
    at: datetime
    text: str
    kind: str
    word: str
    look: int
    about: str
    place: str
    url: str
    seen: str


def told(review: Review, comments: Iterable[Comment], rubric: Sequence[Line], marks: Iterable[RubricMark]) -> list[Said]:
    """Comments as they are read. A line of the rubric keeps the name that it had when it was graded."""
    named = {(mark.look, mark.place): mark.title for mark in marks}
    now = {line.place: line.title for line in rubric}
    comments = list(comments)
    seen = _seen(review.project) if any(comment.line for comment in comments) else {}
    return [_said(review, comment, named, now, seen) for comment in comments]


def _seen(project: Project) -> dict[tuple[str, int, str], str]:
    """What the reading found, by file, line and commit. The lines themselves are not kept."""
    return {(row.path, row.line, row.commit): row.seen for row in project.evidence.all() if not row.gone_at}


def _said(
    review: Review, comment: Comment, named: dict[tuple[int, int], str], now: dict[int, str], seen: dict[tuple[str, int, str], str]
) -> Said:
    place = comment.rubric_place
    about = "" if place is None else named.get((comment.look, place), now.get(place, ""))
    where = f"{comment.path}:{comment.line}" if comment.line else comment.path
    return Said(
        id=comment.pk,
        author=comment.author_name,
        is_mentor=comment.author_id != review.project.learner_id,
        at=comment.written_at,
        text=comment.text,
        kind=comment.kind,
        word=str(Comment.Kind(comment.kind).label),
        look=comment.look,
        about=_(about) if about else "",
        place=where,
        url=file_url(review.project, comment.commit, comment.path, comment.line) if where else "",
        seen=seen.get((comment.path, comment.line or 0, comment.commit), ""),
    )


def file_url(project: Project, commit: str, path: str, line: int | None) -> str:
    """A file or line on GitHub at a commit; nothing where there is no repository or commit."""
    if not (project.repository and commit):
        return ""
    if line:
        return line_url(project.repository, commit, path, line)
    return f"{settings.GITHUB_URL}/{project.repository}/blob/{commit}/{quote(path)}"


def commit_url(project: Project, commit: str) -> str:
    """The project as it was at a commit."""
    return f"{settings.GITHUB_URL}/{project.repository}/tree/{commit}" if project.repository and commit else ""


@dataclass(frozen=True, slots=True)
class Change:
    """The commits of the look before and of this one, and what lies between them on GitHub; `is_none` where they are the same."""

    before: str
    after: str
    url: str

    @property
    def is_none(self) -> bool:
        return self.before == self.after


def changed(review: Review) -> Change | None:
    """What changed since the look before; None at a first look, or where a commit isn't known."""
    before, after = review.commit_before, review.commit
    if review.looks < 2 or not (before and after and review.project.repository):
        return None
    return Change(before, after, f"{settings.GITHUB_URL}/{review.project.repository}/compare/{before}...{after}")


@dataclass(frozen=True, slots=True)
class Spot:
    """A line in which the reading found something: what, and the line on GitHub as it was read."""

    place: str
    seen: str
    url: str


def places(evidence: Iterable[Evidence]) -> list[Spot]:
    """Lines that a comment may be about: where the code was found to show something, each once."""
    found = {(row.path, row.line): row for row in evidence if not row.gone_at}
    return [
        Spot(f"{path}:{line}", row.seen, line_url(row.project.repository, row.commit, path, line))
        for (path, line), row in sorted(found.items(), key=lambda item: item[0])
    ]
