"""What a learner's own pages say of mentors: the last word, whose turn it is, what was agreed."""

from dataclasses import dataclass

from accounts.models import Person
from roadmap.mentoring.models import Comment, Mentorship, Review
from roadmap.mentoring.reviews.showing import Turn, turn


@dataclass(frozen=True, slots=True)
class Word:
    """What mentors last said to a learner, where the reviews of the projects stand (by id of the project), and what was agreed."""

    said: Comment | None
    turns: dict[str, tuple[Review, Turn]]
    agreed: list[Mentorship]


def word_for(learner: Person) -> Word:
    """Three statements, however much was said."""
    reviews = Review.objects.asked_by(learner).filter(project__deleted_at=None).select_related("project__learner").order_by("asked_at")
    # The last one of a project is the one that is open, if any is.
    turns = {review.project_id: (review, turn(review, is_learner=True)) for review in reviews}
    said = Comment.objects.filter(review__project__learner_id=learner.pk, review__project__deleted_at=None, is_draft=False)
    agreed = Mentorship.objects.active().of_learner(learner).exclude(next_step="").select_related("mentor").order_by("next_step_on", "pk")
    return Word(
        said.exclude(author_id=learner.pk).select_related("review__project").order_by("-written_at", "-pk").first(),
        turns,
        list(agreed),
    )
