"""The part of a project's page that is about reviews: whose turn it is, what was said, whom the learner may ask."""

from dataclasses import dataclass

from accounts.models import Person
from roadmap.curriculum import snapshot
from roadmap.mentoring.models import Review
from roadmap.portfolio.models import Inspection, Project

from .forms import RequestForm
from .rubric import rubric_of
from .showing import Said, Turn, told, turn, wait_words
from .standing import Choice, comments_of, last_review, may_ask_another, mentors_to_ask

# What was said last; the rest is on the review's own page.
LATEST = 3


@dataclass(frozen=True, slots=True)
class Panel:
    """The review that counts, if any, and the form to ask; no form where nobody may be asked now."""

    review: Review | None
    turn: Turn | None
    said: list[Said]
    earlier: int
    form: RequestForm | None
    asks_again: bool
    options: list[tuple[Choice, str]]
    has_mentors: bool
    # What was read last, where the learner asks for another look: it covers that commit.
    reading: Inspection | None


def review_panel(person: Person, project: Project, form: RequestForm | None = None) -> Panel:
    """What stands on the page of a project for its learner; administrators read the same, without the form."""
    is_own = person.pk == project.learner_id
    review = last_review(project)
    choices = mentors_to_ask(person) if is_own and not project.is_deleted else []
    asked = review.reviewer_id if review and review.state == Review.State.ASKED and not may_ask_another(review) else None
    if review and review.state == Review.State.CHANGES and not may_ask_another(review):
        # The one who asked for changes looks again; for another the request is withdrawn first.
        choices = [choice for choice in choices if choice.mentor.pk == review.reviewer_id]
    elif review and review.state == Review.State.ASKED:
        choices = [choice for choice in choices if choice.mentor.pk != review.reviewer_id] if asked is None else []
    comments = comments_of(review) if review else []
    said = told(review, comments, rubric_of(project, snapshot.current()), review.marks.all()) if review else []
    asks_again = review is not None and review.state == Review.State.CHANGES
    can_ask = is_own and not project.is_deleted and any(not choice.paused_until for choice in choices)
    return Panel(
        review=review,
        turn=turn(review, is_learner=is_own) if review else None,
        said=said[-LATEST:],
        earlier=max(0, len(said) - LATEST),
        form=(form or RequestForm(choices=choices)) if can_ask or form else None,
        asks_again=asks_again,
        options=[(choice, wait_words(choice.wait)) for choice in choices],
        has_mentors=bool(choices) or review is not None,
        reading=getattr(project, "inspection", None) if asks_again and project.repository else None,
    )
