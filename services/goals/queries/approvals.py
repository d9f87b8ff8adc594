"""Approval batches, the notices of them, disclosures, and what the public sees."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.goals.access import allowed_on_notice
from services.goals.queries.content import content_of
from services.goals.schemas.approvals import BatchOut, DisclosureOut, NoticeOut
from services.goals.schemas.goals import PublishedGoal
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

_BATCHES = """
    select id, document_no, fiscal_year, approved_on, approved_by, goal_count, adjustment_count,
           amount
    from approval_batch where region_code = $1
"""

_NOTICES = """
    select n.id, n.unit_code, u.name as unit_name, b.document_no, b.approved_on, n.goal_count,
           n.amount, n.sent_at, n.received_by, n.received_at
    from notice n
    join unit u on u.region_code = n.region_code and u.code = n.unit_code
    join approval_batch b on b.region_code = n.region_code and b.id = n.batch_id
    where n.region_code = $1
"""

_DISCLOSURE = """
    select id, unit_code, fiscal_year, url, disclosed_on, goal_count
    from disclosure where region_code = $1 and id = $2
"""

_PUBLISHED = """
    select g.id, coalesce(p.name, u.name) as project_name, u.name as unit_name, g.fiscal_year,
           s.content::text as content, d.disclosed_on, d.url
    from goal g
    join disclosure d on d.region_code = g.region_code and d.id = g.disclosure_id
    join goal_version v on v.region_code = g.region_code and v.goal_id = g.id
                       and v.version_no = g.disclosed_version
    join goal_submission s on s.region_code = v.region_code and s.goal_id = v.goal_id
                          and s.submission_no = v.submission_no
    left join project p on p.region_code = g.region_code and p.code = g.project_code
    join unit u on u.region_code = g.region_code and u.code = g.unit_code
    where g.region_code = $1 and g.fiscal_year = $2 and g.disclosure_exemption is null
      and ($3::uuid is null or g.id > $3)
    order by g.id limit $4
"""


async def list_batches(reads: Reads, caller: Caller, paging: PageRequest) -> Page[BatchOut]:
    """Approval batches, oldest first."""
    where = Where(caller.region_code).add_after("id > {}", paging.after(UUID))
    limit = where.limit(paging.limit + 1)
    rows = await reads.all(f"{_BATCHES}{where} order by id{limit}", *where.arguments)
    return paging.page(rows, _batch, lambda row: [row["id"]])


async def batch(reads: Reads, caller: Caller, batch_id: UUID) -> BatchOut:
    """One approval batch. Raises NotFound."""
    return _batch(await reads.one(f"{_BATCHES} and id = $2", caller.region_code, batch_id))


async def list_notices(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    *,
    batch_id: UUID | None,
    received: bool | None,
) -> Page[NoticeOut]:
    """The notices the caller may see, oldest first."""
    where = Where(caller.region_code).add("n.unit_code = any ({}::text[])", caller.units)
    where.add("n.batch_id = {}", batch_id).add("(n.received_at is not null) = {}", received)
    where.add_after("n.id > {}", paging.after(UUID))
    limit = where.limit(paging.limit + 1)
    rows = await reads.all(f"{_NOTICES}{where} order by n.id{limit}", *where.arguments)
    return paging.page(rows, lambda row: _notice(row, caller), lambda row: [row["id"]])


async def notice(reads: Reads, caller: Caller, notice_id: UUID) -> NoticeOut:
    """One notice. Raises NotFound."""
    where = Where(caller.region_code, notice_id)
    where.add("n.unit_code = any ({}::text[])", caller.units)
    row = await reads.one(f"{_NOTICES} and n.id = $2{where}", *where.arguments)
    return _notice(row, caller)


async def disclosure(reads: Reads, caller: Caller, disclosure_id: UUID) -> DisclosureOut:
    """One disclosure. Raises NotFound."""
    row = await reads.one(_DISCLOSURE, caller.region_code, disclosure_id)
    return DisclosureOut.model_validate({**row, "allowed_actions": []})


async def list_published(
    reads: Reads, caller: Caller, paging: PageRequest, *, fiscal_year: int
) -> Page[PublishedGoal]:
    """Disclosed goals as the public sees them: the version that was published."""
    rows = await reads.all(
        _PUBLISHED, caller.region_code, fiscal_year, *paging.after(UUID), paging.limit + 1
    )
    return paging.page(rows, _published, lambda row: [row["id"]])


def _batch(row: Mapping[str, Any]) -> BatchOut:
    return BatchOut.model_validate({**row, "allowed_actions": []})


def _notice(row: Mapping[str, Any], caller: Caller) -> NoticeOut:
    actions = allowed_on_notice(caller.principal, received=row["received_at"] is not None)
    return NoticeOut.model_validate({**row, "allowed_actions": actions})


def _published(row: Mapping[str, Any]) -> PublishedGoal:
    content = content_of(row["content"])
    content["indicators"] = [row for row in content["indicators"] if row["scope"] == "annual"]
    return PublishedGoal.model_validate({**row, **content})
