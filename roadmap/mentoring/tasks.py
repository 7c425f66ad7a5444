"""Work on mentorships that no page waits for."""

from procrastinate.contrib.django import app

from . import relations


@app.periodic(cron="11 0 * * *")
@app.task(queueing_lock="end_what_ran_out")
def end_what_ran_out(timestamp: int) -> None:
    """Ends mentorships that are past their last day: they show nothing since midnight, and now both people are told."""
    relations.end_what_ran_out()
