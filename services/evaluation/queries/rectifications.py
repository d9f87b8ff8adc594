"""Rectification requests with the state monitoring reports back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.evaluation.domain.vocabulary import LATENESS, ORIGINS, RECTIFICATION_STATES
from services.evaluation.queries.labels import label
from services.evaluation.schemas.rectifications import RectificationRequestOut
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest

#: The problems of request `q`, each with the finding it names.
_PROBLEMS = """
    (select json_agg(json_build_object('project_code', x.one->>'project_code',
                'text', x.one->>'text', 'finding',
                case when f.number is not null then json_build_object(
                    'self_evaluation_id', f.self_evaluation_id, 'number', f.number,
                    'code', f.code, 'label', f.label) end) order by x.place)::text
     from jsonb_array_elements(q.problems) with ordinality as x(one, place)
     left join recheck_finding f on f.region_code = q.region_code
        and f.self_evaluation_id = (x.one->'finding'->>'self_evaluation_id')::uuid
        and f.number = (x.one->'finding'->>'number')::int)
"""

_REQUESTS = f"""
    select q.id, q.origin, q.letter_no, q.unit_code, u.name as unit_name, q.fiscal_year, q.due_on,
           {_PROBLEMS} as problems, q.requested_by, q.requested_at,
           array(select self_evaluation_id from rectification_source s
                 where s.region_code = q.region_code and s.request_id = q.id
                 order by self_evaluation_id) as self_evaluation_ids,
           r.rectification_id, r.lateness, f.reason as refused_reason,
           coalesce(r.status, case when f.request_id is not null then 'refused' end) as status
    from rectification_request q
    left join unit u on u.region_code = q.region_code and u.code = q.unit_code
    left join rectification_state r on r.region_code = q.region_code and r.request_id = q.id
    left join rectification_refusal f on f.region_code = q.region_code and f.request_id = q.id
    where q.region_code = $1 and ($2::text[] is null or q.unit_code = any ($2))
      and ($3::uuid is null or q.id = $3)
      and ($4::int is null or q.fiscal_year = $4)
      and ($5::text is null or q.unit_code = $5)
      and ($6::text is null or $6 = 'refused' and f.request_id is not null or r.status = $6)
      and ($7::uuid is null or q.id > $7)
    order by q.id limit $8
"""


async def list_requests(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    *,
    fiscal_year: int | None,
    unit_code: str | None,
    status: str | None,
) -> Page[RectificationRequestOut]:
    """Requests, oldest first."""
    rows = await reads.all(
        _REQUESTS,
        caller.region_code,
        caller.units,
        None,
        fiscal_year,
        unit_code,
        status,
        *paging.after(UUID),
        paging.limit + 1,
    )
    return paging.page(rows, _request, lambda row: [row["id"]])


async def request(reads: Reads, caller: Caller, request_id: UUID) -> RectificationRequestOut:
    """One request. Raises NotFound."""
    row = await reads.one(
        _REQUESTS, caller.region_code, caller.units, request_id, None, None, None, None, 1
    )
    return _request(row)


def _request(row: Mapping[str, Any]) -> RectificationRequestOut:
    opened = row["rectification_id"]
    return RectificationRequestOut.model_validate(
        {
            **row,
            "origin_label": ORIGINS[row["origin"]],
            "status_label": label(row["status"], RECTIFICATION_STATES) or "待开具整改函",
            "lateness_label": label(row["lateness"], LATENESS),
            "rectification_href": opened and f"/api/v1/monitoring/rectifications/{opened}",
            "allowed_actions": [],
        }
    )
