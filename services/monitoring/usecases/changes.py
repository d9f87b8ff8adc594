"""What a run has to write: its findings held against the warnings already known."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from services.monitoring.domain.verdicts import Warning

#: (project_code, rule_id, position): what identifies a warning of a round from run to run.
Key: TypeAlias = tuple[str, str, int]


@dataclass(frozen=True)
class Known:
    """A warning of the round as an earlier run left it."""

    id: UUID
    is_open: bool
    level: str
    reason: str
    receipt: Mapping[str, Any]

    def says(self, finding: Warning) -> bool:
        """Whether the finding adds nothing to it."""
        return (self.level, self.reason, self.receipt) == (
            finding.level,
            finding.reason,
            finding.receipt.as_dict(),
        )


@dataclass(frozen=True)
class Changes:
    """Warnings by what becomes of them."""

    opened: list[Key]
    #: Still there, with another level or receipt.
    updated: list[Key]
    #: Those of `updated` whose level changed: consumers hear of them.
    recoloured: list[Key]
    unchanged: list[Key]
    closed: list[Key]


def changes_between(
    known: Mapping[Key, Known], found: Mapping[Key, Warning], judged: Collection[str]
) -> Changes:
    """Sort findings and known warnings; a project that was not judged keeps its warnings."""
    standing = {key for key in found if key in known and known[key].is_open}
    updated = [key for key in found if key in standing and not known[key].says(found[key])]
    return Changes(
        opened=[key for key in found if key not in standing],
        updated=updated,
        recoloured=[key for key in updated if known[key].level != found[key].level],
        unchanged=[key for key in found if key in standing and known[key].says(found[key])],
        closed=[
            key
            for key, warning in known.items()
            if warning.is_open and key not in found and key[0] in judged
        ],
    )
