"""What happens to mentorships and reviews while nobody does anything."""

from procrastinate.contrib.django import app

from . import relations, reviews


@app.periodic(cron="11 0 * * *")
@app.task(queueing_lock="end_mentorships")
def end_mentorships(timestamp: int) -> None:
    """Ends what is past its agreed last day."""
    relations.end_what_ran_out()


@app.periodic(cron="23 7 * * *")
@app.task(queueing_lock="follow_up_reviews")
def follow_up_reviews(timestamp: int) -> None:
    """Closes what has waited too long, then reminds mentors of the rest."""
    reviews.close_unanswered()
    reviews.remind_reviewers()
