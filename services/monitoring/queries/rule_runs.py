"""Rule runs, rule packs and the facts of single projects."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from services.monitoring.access import allowed_on_run
from services.monitoring.domain.answers import Answering
from services.monitoring.domain.facts import ProjectFacts
from services.monitoring.domain.packs import Pack, Packs
from services.monitoring.queries.facts_sql import INDICATORS, PROJECTS
from services.monitoring.queries.warning_texts import indicator_of
from services.monitoring.schemas.rule_packs import PackList, PackOut
from services.monitoring.schemas.warnings import RuleRunOut
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest
from shared.problems import NotFound
from shared.rulebook import Rule

STATES = {"queued": "排队中", "running": "进行中", "done": "已完成", "cancelled": "已取消"}
_FOR_EVER = 9999

_RUNS = """
    select id, round_id, as_of, rule_pack, state, project_count, evaluated, opened, updated,
           worsened, unchanged, closed, red, yellow, green, not_applicable, run_by, run_at,
           finished_at, cancelled_by, row_version as version
    from rule_run
    where region_code = $1 and ($2::uuid is null or id = $2)
      and ($3::uuid is null or round_id = $3) and ($4::uuid is null or id > $4)
    order by id limit $5
"""

_FACTS = f"""
    with project_fact as ({PROJECTS}), indicator as ({INDICATORS})
    select p.*, (select coalesce(json_agg(json_build_object(
                'position', i.position, 'name', i.name, 'operator', i.operator,
                'target_value', trim_scale(i.target_value)::text,
                'actual_to_date', trim_scale(i.actual_to_date)::text,
                'actual_forecast', trim_scale(i.actual_forecast)::text,
                'band', i.band, 'likelihood', i.likelihood) order by i.position), '[]')::text
            from indicator i where i.project_code = p.project_code) as rows
    from project_fact p where p.project_code = any ($7) order by p.project_code
"""


async def list_runs(
    reads: Reads, caller: Caller, paging: PageRequest, *, round_id: UUID | None
) -> Page[RuleRunOut]:
    """Rule runs, oldest first."""
    rows = await reads.all(
        _RUNS, caller.region_code, None, round_id, *paging.after(UUID), paging.limit + 1
    )
    return paging.page(rows, lambda row: _run(row, caller), lambda row: [row["id"]])


async def run(reads: Reads, caller: Caller, run_id: UUID) -> RuleRunOut:
    """One rule run. Raises NotFound."""
    return _run(await reads.one(_RUNS, caller.region_code, run_id, None, None, 1), caller)


async def facts_of(
    reads: Reads, where: tuple[str, int, UUID, date], codes: list[str]
) -> list[tuple[Mapping[str, Any], ProjectFacts]]:
    """The facts of some projects, with their names: `where` is region, year, round, day."""
    if not codes:
        return []
    rows = await reads.all(_FACTS, *where, "", max(codes), codes)
    return [(row, _facts(row, where[3])) for row in rows]


def packs_of(packs: Packs, caller: Caller, *, fiscal_year: int) -> PackList:
    """Every pack, by its id."""
    chosen = packs.chosen(caller.region_code, fiscal_year)
    items = [_pack(pack, chosen) for _, pack in sorted(packs.by_id.items())]
    return PackList.model_validate({"items": items})


def one_pack(packs: Packs, caller: Caller, pack_id: str, *, fiscal_year: int) -> PackOut:
    """One pack with its rules. Raises NotFound."""
    pack = packs.by_id.get(pack_id)
    if pack is None:
        raise NotFound("没有这个规则包")
    chosen = packs.chosen(caller.region_code, fiscal_year)
    rules = [_rule(rule) for rule in pack.rules.values()]
    return PackOut.model_validate(
        {**_pack(pack, chosen), "answer": _terms(pack.answering), "rules": rules}
    )


def _terms(terms: Answering) -> dict[str, Any]:
    return {**terms.as_dict(), "kind": terms.kind}


def _pack(pack: Pack, chosen: Pack) -> dict[str, Any]:
    return {
        "id": pack.pack_id,
        "title": pack.title,
        "regions": list(pack.regions),
        "first_year": pack.first_year,
        "last_year": None if pack.last_year == _FOR_EVER else pack.last_year,
        "rule_count": len(pack.rules),
        "in_force": pack.pack_id == chosen.pack_id,
        "allowed_actions": [],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "rule_id": rule.rule_id,
        "title": rule.title,
        "last_checked_on": rule.last_checked_on,
        "versions": [
            {
                "version": version.label,
                "effective_from": version.effective_from,
                "source": version.source,
                "values": version.values and orjson.loads(orjson.dumps(version.values, str)),
            }
            for version in rule.versions
        ],
    }


def _run(row: Mapping[str, Any], caller: Caller) -> RuleRunOut:
    return RuleRunOut.model_validate(
        {
            **row,
            "colours": dict(row),
            "state_label": STATES[row["state"]],
            "allowed_actions": allowed_on_run(caller.principal, row["state"]),
        }
    )


def _facts(row: Mapping[str, Any], as_of: date) -> ProjectFacts:
    return ProjectFacts(
        project_code=row["project_code"],
        unit_code=row["unit_code"],
        budget=row["budget"],
        paid=row["paid"],
        indicators=tuple(indicator_of(entry) for entry in orjson.loads(row["rows"])),
        as_of=as_of,
        planned_pct=row["planned_pct"],
        tender_on=row["tender_on"],
    )
