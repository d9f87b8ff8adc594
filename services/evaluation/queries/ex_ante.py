"""Ex-ante results."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any
from uuid import UUID

import orjson

from services.evaluation.access import allowed
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.states import EX_ANTE
from services.evaluation.queries.reach import reach
from services.evaluation.schemas.ex_ante import ExAnteOut
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest

#: Rows the caller reaches: $1 the region, $2 the units or null (they see what was confirmed), $3
#: the agency's open contracts or null.
_RESULTS = """
    select r.id, r.project_code, r.project_name, r.unit_code, r.unit_name, r.fiscal_year,
           r.revision, r.conclusion, r.report_no, r.concluded_on, r.engagement_id,
           a.name as agency_name, r.status, r.recorded_by, r.confirmed_by, r.confirmed_at,
           r.row_version as version, r.updated_at,
           (select json_agg(json_build_object('dimension', o.dimension, 'opinion', o.opinion,
                'score', o.score::text) order by o.position)::text
            from ex_ante_opinion o
            where o.region_code = r.region_code and o.ex_ante_result_id = r.id) as dimensions
    from ex_ante_result r
    left join engagement n on n.region_code = r.region_code and n.id = r.engagement_id
    left join agency a on a.region_code = n.region_code and a.id = n.agency_id
    where r.region_code = $1
      and ($2::text[] is null or (r.unit_code = any ($2) and r.confirmed_by is not null))
      and ($3::uuid[] is null or n.id = any ($3))
"""

_LIST = f"""{_RESULTS}
      and ($4::int is null or r.fiscal_year = $4)
      and ($5::text is null or r.unit_code = $5)
      and ($6::text is null or r.project_code = $6)
      and ($7::text is null or r.status = $7)
      and ($8::text is null or r.conclusion = $8)
      and ($9::uuid is null or r.id > $9)
    order by r.id limit $10
"""

_ONE = f"{_RESULTS} and r.id = $4"


@dataclass(frozen=True)
class ExAnteFilter:
    """What a list is limited to; None is no limit. The order is that of the statement."""

    fiscal_year: int | None = None
    unit_code: str | None = None
    project_code: str | None = None
    status: str | None = None
    conclusion: str | None = None


async def list_ex_ante_results(
    reads: Reads, caller: Caller, paging: PageRequest, rules: Rules, chosen: ExAnteFilter
) -> Page[ExAnteOut]:
    """Ex-ante results, oldest first."""
    rows = await reads.all(
        _LIST, *await reach(reads, caller), *astuple(chosen), *paging.after(UUID), paging.limit + 1
    )
    return paging.page(rows, lambda row: _result(row, caller, rules), lambda row: [row["id"]])


async def ex_ante_result(reads: Reads, caller: Caller, result_id: UUID, rules: Rules) -> ExAnteOut:
    """One ex-ante result, whole. Raises NotFound."""
    return _result(await reads.one(_ONE, *await reach(reads, caller), result_id), caller, rules)


def _result(row: Mapping[str, Any], caller: Caller, rules: Rules) -> ExAnteOut:
    rule = rules.ex_ante(row["concluded_on"])
    opinions = orjson.loads(row["dimensions"])
    return ExAnteOut.model_validate(
        {
            **row,
            "dimensions": [
                {**each, "dimension_label": rule.dimensions[each["dimension"]]} for each in opinions
            ],
            "conclusion_label": rule.conclusions[row["conclusion"]],
            "status_label": EX_ANTE.labels[row["status"]],
            "rule": f"{rule.citation.rule_id}@{rule.citation.effective_from.isoformat()}",
            "allowed_actions": allowed(caller.principal, EX_ANTE, row["status"]),
        }
    )
