"""Self-evaluations in lists; `self_evaluation_forms` has one of them whole."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any
from uuid import UUID

from services.evaluation.access import allowed
from services.evaluation.domain.states import SELF_EVALUATION
from services.evaluation.domain.vocabulary import GRADES
from services.evaluation.queries.labels import label
from services.evaluation.queries.reach import TO_RECHECK, reach
from services.evaluation.schemas.self_evaluations import (
    BatchOut,
    SelfEvaluationSummary,
)
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest

#: Rows the caller reaches: $1 the region, $2 the units or null, $3 the agency's open
#: contracts or null.
REACHED = f"""
    s.region_code = $1 and ($2::text[] is null or s.unit_code = any ($2))
    and ($3::uuid[] is null or {TO_RECHECK})
"""

SUMMARY = """
    s.id, s.project_code, s.project_name, s.unit_code, s.unit_name, s.fiscal_year, s.status,
    s.due_on, s.amount, s.total, s.grade, c.review_total, c.rectification_advised,
    s.row_version as version, s.updated_at
"""

FROM = f"""
    from self_evaluation s
    left join recheck c on c.region_code = s.region_code and c.self_evaluation_id = s.id
    where {REACHED}
"""

#: 复审建议整改, no request sent yet.
_WAITS_FOR_LETTER = """
    (coalesce(c.rectification_advised, false) and not exists (
        select from rectification_source r
        where r.region_code = s.region_code and r.self_evaluation_id = s.id))
"""

_LIST = f"""
    select {SUMMARY} {FROM}
      and ($4::int is null or s.fiscal_year = $4)
      and ($5::text is null or s.unit_code = $5)
      and ($6::text[] is null or s.status = any ($6))
      and ($7::text is null or s.grade = $7)
      and ($8::boolean is null or {_WAITS_FOR_LETTER} = $8)
      and ($9::uuid is null or s.id > $9)
    order by s.id limit $10
"""

_OF_PROJECT = f"select {SUMMARY} {FROM} and s.project_code = $4 and s.fiscal_year = $5"

_BATCH = """
    select id, fiscal_year, due_on, created from self_evaluation_batch
    where region_code = $1 and id = $2
"""


@dataclass(frozen=True)
class Filter:
    """What a list is limited to; None is no limit. The order is that of the statement."""

    fiscal_year: int | None = None
    unit_code: str | None = None
    statuses: Sequence[str] | None = None
    grade: str | None = None
    waits_for_letter: bool | None = None


async def list_self_evaluations(
    reads: Reads, caller: Caller, paging: PageRequest, chosen: Filter
) -> Page[SelfEvaluationSummary]:
    """Self-evaluations, oldest first."""
    rows = await reads.all(
        _LIST, *await reach(reads, caller), *astuple(chosen), *paging.after(UUID), paging.limit + 1
    )
    return paging.page(rows, lambda row: _summary(row, caller), lambda row: [row["id"]])


async def of_project(
    reads: Reads, caller: Caller, *, project_code: str, fiscal_year: int
) -> SelfEvaluationSummary | None:
    """The self-evaluation of a project's year, if the caller reaches one."""
    row = await reads.maybe(_OF_PROJECT, *await reach(reads, caller), project_code, fiscal_year)
    return None if row is None else _summary(row, caller)


async def batch(reads: Reads, caller: Caller, batch_id: UUID) -> BatchOut:
    """One batch. Raises NotFound."""
    row = await reads.one(_BATCH, caller.region_code, batch_id)
    return BatchOut.model_validate({**row, "allowed_actions": []})


def _summary(row: Mapping[str, Any], caller: Caller) -> SelfEvaluationSummary:
    return SelfEvaluationSummary.model_validate({**row, **described(row, caller)})


def described(row: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """The labels and actions of a form in its state."""
    return {
        "status_label": SELF_EVALUATION.labels[row["status"]],
        "grade_label": label(row["grade"], GRADES),
        "allowed_actions": allowed(caller.principal, SELF_EVALUATION, row["status"]),
    }
