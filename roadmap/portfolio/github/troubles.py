"""What can be the matter when GitHub is asked, each with a `code` for the sentence that a page shows."""

from datetime import datetime
from typing import ClassVar, Literal

# What was wrong with an answer, or with the way to it.
Reason = Literal["timeout", "connection", "server", "broken", "not-json", "wrong-shape", "too-large", "redirect", "refused", "status"]
# These pass by themselves: asking again later is worth it.
_PASSING: frozenset[Reason] = frozenset({"timeout", "connection", "server", "broken"})


class Trouble(Exception):
    """GitHub did not answer the question. `until` is when it said to ask again, if it did (UTC)."""

    code: ClassVar[str]
    is_retryable = False

    def __init__(self, until: datetime | None = None) -> None:
        super().__init__(self.code)
        self.until = until


class NotFound(Trouble):
    """There is no such repository, or none that the public may see: GitHub answers both alike."""

    code = "not-found"


class Private(Trouble):
    """The repository exists and is not public: our token may read it, or GitHub said that it may not."""

    code = "private"


class Blocked(Trouble):
    """GitHub has closed the repository: a copyright claim, or a breach of its terms."""

    code = "blocked"


class Empty(Trouble):
    """The repository has no commit."""

    code = "empty"


class TooLarge(Trouble):
    """The archive has more bytes than are read."""

    code = "too-large"


class RateLimited(Trouble):
    """GitHub answers no more questions before `until` (UTC)."""

    code = "rate-limited"
    is_retryable = True
    until: datetime

    def __init__(self, until: datetime) -> None:
        super().__init__(until)


class Unreachable(Trouble):
    """GitHub did not answer, or with something that is no answer; `reason` says which. The site's own trouble, never the learner's."""

    code = "unreachable"

    def __init__(self, reason: Reason, until: datetime | None = None) -> None:
        super().__init__(until)
        self.args = (self.code, reason)
        self.reason = reason
        self.is_retryable = reason in _PASSING
