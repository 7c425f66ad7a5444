from django.dispatch import Signal

# A skill has left the roadmap for others: `skill_id`, `replaced_by` (ids of the skills that now stand for it). Sent inside the transaction.
skill_replaced = Signal()
