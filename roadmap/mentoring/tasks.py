"""Work on mentorships and reviews that no page waits for."""

from procrastinate.contrib.django import app

from .relation import services as relation
from .reviews import services as reviews


@app.periodic(cron="11 0 * * *")
@app.task(queueing_lock="end_what_ran_out")
def end_what_ran_out(timestamp: int) -> None:
    """Ends mentorships that are past their last day: they show nothing since midnight, and now both people are told."""
    relation.end_what_ran_out()


@app.periodic(cron="23 7 * * *")
@app.task(queueing_lock="follow_up_reviews")
def follow_up_reviews(timestamp: int) -> None:
    """Closes what has waited too long, then reminds mentors of the rest."""
    reviews.close_unanswered()
    reviews.remind_reviewers()
