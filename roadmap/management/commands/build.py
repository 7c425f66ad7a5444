"""`manage.py build`: makes what is made from sources, translation catalogues and static files, where the sources changed."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

from roadmap.web import catalogues


class Command(BaseCommand):
    help = "Compiles translation catalogues and collects, names by content and compresses static files, where they changed."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        compiled = catalogues.compile_all()
        collected = collect_static()
        self.stdout.write(f"{compiled} catalogues compiled; static files {'collected' if collected else 'unchanged'}.")


def collect_static() -> bool:
    """Collects the static files unless names, sizes, times and settings are those of the last time; says whether it did."""
    root = Path(settings.STATIC_ROOT)
    stamp = root.with_name(f"{root.name}.digest")
    digest = _digest_of_sources()
    if root.is_dir() and stamp.exists() and stamp.read_text() == digest:
        return False
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=root.is_dir(), verbosity=0)
    stamp.write_text(digest)
    return True


def _digest_of_sources() -> str:
    digest = sha256(repr((settings.STORAGES["staticfiles"], settings.STATIC_URL, settings.DEBUG)).encode())
    for finder in get_finders():
        for path, storage in finder.list(ignore_patterns=[]):
            facts = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
