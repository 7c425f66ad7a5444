"""What a web process holds, and how long a command takes to begin."""

import resource
import subprocess
import sys
from dataclasses import dataclass
from statistics import median

from .processes import ROOT, serving

WARM = 500


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident megabytes of one web process: at rest, after WARM requests, after `requests`."""

    requests: int
    idle: float
    warm: float
    after: float

    @property
    def drift(self) -> float:
        """Percent from warm to the end."""
        return (self.after - self.warm) / self.warm * 100


def measure(*, requests: int, paths: list[str], cookie: str) -> Memory:
    with serving("roadmap.wsgi:application") as site:
        worker, client = site.worker, site.client()
        client.request("GET", "/healthz")
        client.getresponse().read()

        def megabytes() -> float:
            return float(worker.memory_info().rss) / 1e6

        def send(count: int) -> None:
            for number in range(count):
                client.request("GET", paths[number % len(paths)], headers={"Cookie": cookie} if number % 2 else {})
                client.getresponse().read()

        idle = megabytes()
        send(min(WARM, requests))
        warm = megabytes()
        send(max(requests - WARM, 0))
        return Memory(requests, idle, warm, megabytes())


def start_of_a_command(times: int = 5) -> float:
    """Seconds that `manage.py check` takes, of CPU; caches are warm."""

    def once() -> float:
        before = _children()
        subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return _children() - before

    once()
    return median(once() for _ in range(times))


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
