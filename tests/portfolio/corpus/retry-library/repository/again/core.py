import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    def sleep(self, seconds: float) -> None: ...


@dataclass
class Policy:
    tries: int = 3
    first: float = 0.5
    errors: dict[str, int] = field(default_factory=dict)

    def waits(self) -> list[float]:
        return [self.first * 2**number for number in range(self.tries - 1)]


def again(task: Callable[[], T], policy: Policy, clock: Clock = time) -> T:
    for wait in policy.waits():
        try:
            return task()
        except OSError as error:
            name = type(error).__name__
            if name not in policy.errors:
                policy.errors[name] = 0
            policy.errors[name] += 1
            clock.sleep(wait)
    return task()
