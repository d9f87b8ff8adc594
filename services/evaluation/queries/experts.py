"""The expert pool, its draws, and the invitations of an expert."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from services.evaluation.access import permitted
from services.evaluation.domain.draws import rank_key
from services.evaluation.schemas.experts import DrawOut, ExpertOut, InvitationOut
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest

STATUSES = {"invited": "待答复", "accepted": "已接受", "declined": "已谢绝"}

_EXPERTS = """
    select x.*, x.row_version as version from expert x
    where x.region_code = $1 and ($2::text is null or $2 = any (x.fields))
      and ($3::uuid is null or x.id = $3) and ($4::uuid is null or x.id > $4)
    order by x.id limit $5
"""

_DRAWS = """
    select d.*, (
        select json_agg(json_build_object(
            'expert_id', c.expert_id, 'name', x.name, 'rank', c.rank,
            'passed_over', c.passed_over, 'status', i.status, 'reason', i.reason)
            order by c.rank, c.expert_id)::text
        from draw_candidate c
        join expert x on x.region_code = c.region_code and x.id = c.expert_id
        left join invitation i on i.region_code = c.region_code and i.draw_id = c.draw_id
                              and i.expert_id = c.expert_id
        where c.region_code = d.region_code and c.draw_id = d.id) as candidates
    from expert_draw d
    where d.region_code = $1 and ($2::uuid is null or d.id = $2)
      and ($3::uuid is null or d.id > $3)
    order by d.id limit $4
"""

#: An expert reaches what the person was asked: $2 is the login.
_INVITATIONS = """
    select i.draw_id, d.purpose, i.status, i.reason, i.invited_at, i.answered_at,
           i.row_version as version
    from invitation i
    join expert x on x.region_code = i.region_code and x.id = i.expert_id
    join expert_draw d on d.region_code = i.region_code and d.id = i.draw_id
    where i.region_code = $1 and x.subject = $2 and x.retired_at is null
      and ($3::uuid is null or i.draw_id = $3)
      and ($4::uuid is null or i.draw_id > $4)
    order by i.draw_id limit $5
"""


async def list_experts(
    reads: Reads, caller: Caller, paging: PageRequest, *, field: str | None
) -> Page[ExpertOut]:
    """Experts, oldest first."""
    after = paging.after(UUID)
    rows = await reads.all(_EXPERTS, caller.region_code, field, None, *after, paging.limit + 1)
    return paging.page(rows, lambda row: _expert(row, caller), lambda row: [row["id"]])


async def expert(reads: Reads, caller: Caller, expert_id: UUID) -> ExpertOut:
    """One expert. Raises NotFound."""
    row = await reads.one(_EXPERTS, caller.region_code, None, expert_id, None, 1)
    return _expert(row, caller)


async def list_draws(reads: Reads, caller: Caller, paging: PageRequest) -> Page[DrawOut]:
    """Draws, oldest first."""
    after = paging.after(UUID)
    rows = await reads.all(_DRAWS, caller.region_code, None, *after, paging.limit + 1)
    return paging.page(rows, _draw, lambda row: [row["id"]])


async def draw(reads: Reads, caller: Caller, draw_id: UUID) -> DrawOut:
    """One draw. Raises NotFound."""
    return _draw(await reads.one(_DRAWS, caller.region_code, draw_id, None, 1))


async def list_invitations(
    reads: Reads, caller: Caller, paging: PageRequest
) -> Page[InvitationOut]:
    """The caller's own invitations, oldest first."""
    after = paging.after(UUID)
    rows = await reads.all(
        _INVITATIONS, caller.region_code, caller.subject, None, *after, paging.limit + 1
    )
    return paging.page(rows, _invitation, lambda row: [row["draw_id"]])


async def invitation(reads: Reads, caller: Caller, draw_id: UUID) -> InvitationOut:
    """The caller's own invitation. Raises NotFound."""
    row = await reads.one(_INVITATIONS, caller.region_code, caller.subject, draw_id, None, 1)
    return _invitation(row)


def _expert(row: Mapping[str, Any], caller: Caller) -> ExpertOut:
    actions = ["expert.keep"] if row["retired_at"] is None else []
    return ExpertOut.model_validate(
        {**row, "allowed_actions": permitted(caller.principal, actions)}
    )


def _draw(row: Mapping[str, Any]) -> DrawOut:
    candidates = [
        {**each, "rank_key": None if each["rank"] is None else _key(row, each)}
        for each in orjson.loads(row["candidates"])
    ]
    return DrawOut.model_validate({**row, "candidates": candidates, "allowed_actions": []})


def _key(row: Mapping[str, Any], candidate: Mapping[str, Any]) -> str:
    return rank_key(row["seed"], candidate["expert_id"])


def _invitation(row: Mapping[str, Any]) -> InvitationOut:
    actions = ["expert_invitation.answer"] if row["status"] == "invited" else []
    return InvitationOut.model_validate(
        {**row, "status_label": STATUSES[row["status"]], "allowed_actions": actions}
    )
