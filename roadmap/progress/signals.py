from django.dispatch import Signal

# A learner's mark has changed: `learner_id`, `skill_id`, `before`, `after` (a state or "none"). Sent inside the transaction.
skill_marked = Signal()

# A skill's marks have been copied to its replacements: `skill_id`, `targets` (ids). Sent inside the transaction.
marks_carried_over = Signal()
