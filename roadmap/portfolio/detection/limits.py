"""How much of a repository is read. Over a limit of one file, the file is skipped with a remark; over one of the whole, `Unreadable`."""

from dataclasses import dataclass

KB, MB = 1024, 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, time in seconds."""

    packed: int = 64 * MB
    unpacked: int = 400 * MB
    entries: int = 20_000
    depth: int = 24
    code: int = 256 * KB  # of one file; of a notebook its code, not its outputs
    notebook: int = 30 * MB
    code_files: int = 2_000
    seconds: int = 60
    file_seconds: float = 5  # of processor time, for one file
    memory: int = 1024 * MB  # of address space, for the child process


LIMITS = Limits()
