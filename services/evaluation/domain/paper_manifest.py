"""归档清单: the papers of an evaluation under one digest that anybody with the files can recompute.

A line is what `sha256sum` writes for a file: its digest, two blanks, its name. Saved under these
names, the files are checked by `sha256sum -c`; the digest of the lines is the manifest's.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One paper; withdrawn ones lie in a folder of their own."""

    number: int
    name: str
    sha256: str
    withdrawn: bool

    @property
    def saved_as(self) -> str:
        """The name that no other paper of the evaluation has."""
        return f"{'已撤回/' if self.withdrawn else ''}{self.number:04d}-{self.name}"


def digest_of(entries: Sequence[Entry]) -> str:
    """SHA-256 over the lines of all papers, in their order."""
    lines = "".join(f"{entry.sha256}  {entry.saved_as}\n" for entry in entries)
    return hashlib.sha256(lines.encode()).hexdigest()
