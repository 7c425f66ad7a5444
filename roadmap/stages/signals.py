from django.dispatch import Signal

# A skill that has left the roadmap is replaced by others: `skill_id`, and `replaced_by`, the ids of all its replacements. Sent
# inside the transaction, when a skill is retired in favour of others and again when a replacement is added.
skill_replaced = Signal()
