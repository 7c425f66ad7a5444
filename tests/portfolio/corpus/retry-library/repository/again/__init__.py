"""Try again, politely."""

from .core import Policy, again

__all__ = ["Policy", "again"]
