"""名录变更: every entry of a register keeps who changed what, and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.evaluation.tables import RegisterChange
from shared.auth import Caller
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload


def change_of(
    entry: Mapping[str, UUID],
    kind: str,
    entries: Mapping[str, Any],
    *,
    reason: str | None,
    by: Caller,
    at: datetime,
) -> RegisterChange:
    """The line of the history; `entry` is the key of the agency or person by its column."""
    return RegisterChange(
        region_code=by.region_code,
        id=new_id(),
        **{"agency_id": None, "staff_id": None, **entry},
        kind=kind,
        entries=dict(entries),
        reason=reason,
        changed_by=by.subject,
        changed_at=at,
    )


def require_change(entries: Mapping[str, Any]) -> None:
    """Raise InvalidPayload when a change changes nothing."""
    if not entries:
        error = FieldError(
            pointer="",
            code="nothing_changed",
            detail="所填内容与名录现有内容相同",
            mend="请只填写需要变更的内容",
        )
        raise InvalidPayload(errors=[error])
