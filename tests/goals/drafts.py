"""Drafts as plain data, the way a form holds them: read from TOML, edited by pointer, checked."""

import tomllib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

from services.goals.domain import rules_in_force
from services.goals.domain.coach import Context, Finding, LibraryRange, PastRow, check
from services.goals.domain.goal_content import GoalContent, Indicator, Task

Draft: TypeAlias = dict[str, Any]
DAY = date(2023, 1, 1)
RULES = rules_in_force.load()
COACH = RULES["drafting-coach"].on(DAY)
_NUMBERS = {"target_value", "weight", "fiscal_amount", "other_amount", "actual_value",
            "target_low", "target_high", "annual_amount"}  # fmt: skip


def cases(name: str) -> dict[str, Any]:
    """A table of cases."""
    return tomllib.loads((Path(__file__).parent / "cases" / name).read_text("utf-8"))


def content_of(draft: Draft) -> GoalContent:
    """The draft as the domain sees it; an empty string is a field left blank."""
    return GoalContent(
        draft.get("annual_goal") or None,
        draft.get("midterm_goal") or None,
        [Indicator(**_typed(row)) for row in draft.get("indicators", [])],
        [Task(**{"name": ""} | _typed(row)) for row in draft.get("tasks", [])],
    )


def context_of(known: Mapping[str, Any]) -> Context:
    """The context of a case."""
    fields = _typed(known)
    fields["last_year"] = [PastRow(**_typed(row)) for row in known.get("last_year", [])]
    fields["library"] = {
        key: LibraryRange(**_typed(row)) for key, row in known.get("library", {}).items()
    }
    return Context(**fields)


def checked(draft: Draft, known: Mapping[str, Any], form: str = "goal-form") -> list[Finding]:
    """The coach's findings."""
    return check(content_of(draft), context_of(known), form=RULES[form].on(DAY), coach=COACH)


def edited(draft: Draft, edits: Mapping[str, Any]) -> Draft:
    """A copy with the value at each pointer replaced; "/indicators/-" appends a row."""
    copy = deepcopy(draft)
    for pointer, value in edits.items():
        *path, last = pointer.lstrip("/").split("/")
        at: Any = copy
        for part in path:
            at = at[int(part)] if part.isdigit() else at.setdefault(part, [])
        if last == "-":
            at.append(dict(value))
        else:
            at[last] = value
    return copy


def without(draft: Draft, rows: Sequence[int]) -> Draft:
    """A copy without some of its indicators."""
    kept = [row for index, row in enumerate(draft["indicators"]) if index not in rows]
    return deepcopy(draft) | {"indicators": deepcopy(kept)}


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _value(key, value) for key, value in row.items() if value not in ("", None)}


def _value(key: str, value: Any) -> Any:
    if key == "library_id":
        return UUID(value)
    return Decimal(value) if key in _NUMBERS else value
