from django.dispatch import Signal

# A learner's mark has changed: `learner_id`, `skill_id`, `before`, `after` (a state or "none"). Sent inside the transaction.
skill_marked = Signal()
