"""Whom a year's data propose to name in a circular, and the circulars issued."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from services.evaluation.domain.circulars import (
    CircularRule,
    FinalResult,
    LateForm,
    Letter,
    UnitYear,
)
from services.evaluation.domain.receipts import Citation
from services.evaluation.domain.vocabulary import CIRCULARS, STANDINGS
from services.evaluation.schemas.circulars import (
    CircularOut,
    CircularSummary,
    CriteriaOut,
    Departure,
    Departures,
    ProposedUnit,
    ProposedUnits,
)
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

#: Every unit of which the year has a result, form or letter; a score counts once for a unit,
#: however many of its projects share it. Units named in a circular of this kind are settled.
_FACTS = """
    with score as (
        select distinct x.unit_code, e.id, e.title, g.group_no, g.label, g.score, g.grade
        from evaluation e
        join evaluation_group g on g.region_code = e.region_code and g.evaluation_id = e.id
                               and g.grade is not null
        join evaluation_subject x on x.region_code = e.region_code and x.evaluation_id = e.id
                                 and x.group_no = g.group_no
        where e.region_code = $1 and e.fiscal_year = $2 and e.finalized_by is not null
    ), result as (
        select unit_code, json_agg(json_build_object('title', title, 'label', label,
               'score', score::text, 'grade', grade) order by id, group_no) as results
        from score group by unit_code
    ), sent as (
        select id, unit_code, project_name, due_on,
               (submitted_at at time zone 'Asia/Shanghai')::date as submitted_on
        from self_evaluation where region_code = $1 and fiscal_year = $2
    ), form as (
        select unit_code, count(*) as form_count,
               json_agg(json_build_object('project_name', project_name, 'due_on', due_on,
                   'submitted_on', submitted_on) order by id)
                   filter (where coalesce(submitted_on, $3) > due_on) as late_forms
        from sent group by unit_code
    ), letter as (
        select unit_code, json_agg(json_build_object('letter_no', letter_no, 'due_on', due_on,
               'lateness', lateness) order by letter_no) as letters
        from rectification_state where region_code = $1 and fiscal_year = $2 group by unit_code
    ), named as (
        select n.unit_code from circular c
        join circular_unit n on n.region_code = c.region_code and n.circular_id = c.id
        where c.region_code = $1 and c.fiscal_year = $2 and c.kind = $4
          and n.standing <> 'left_out'
    )
    select unit_code, u.name as unit_name, coalesce(results, '[]')::text as results,
           coalesce(form_count, 0) as form_count, coalesce(late_forms, '[]')::text as late_forms,
           coalesce(letters, '[]')::text as letters
    from result full join form using (unit_code) full join letter using (unit_code)
    left join unit u on u.region_code = $1 and u.code = unit_code
    where unit_code not in (select n.unit_code from named n)
    order by unit_code
"""

_SUMMARY = """
    select c.id, c.fiscal_year, c.kind, c.document_no, c.title, c.issued_on,
           (select count(*) from circular_unit n where n.region_code = c.region_code
              and n.circular_id = c.id and n.standing <> 'left_out') as unit_count
"""

_ONE = f"""
    {_SUMMARY}, c.rule::text as criteria, c.issued_by, c.issued_at,
           (select json_agg(json_build_object('unit_code', n.unit_code, 'unit_name', n.unit_name,
                'grounds', n.grounds, 'reason', n.reason) order by n.unit_code)
            from circular_unit n where n.region_code = c.region_code and n.circular_id = c.id
              and n.standing <> 'left_out')::text as units
    from circular c where c.region_code = $1 and c.id = $2
"""

_DEPARTURES = """
    select n.unit_code, n.unit_name, n.standing, n.grounds::text as grounds, n.reason
    from circular_unit n
    where n.region_code = $1 and n.circular_id = $2 and n.standing <> 'proposed'
    order by n.unit_code
"""


async def proposed_units(
    reads: Reads, caller: Caller, rule: CircularRule, *, fiscal_year: int, kind: str, today: date
) -> ProposedUnits:
    """The units that meet the criteria today and are not yet named, by code."""
    rows = await reads.all(_FACTS, caller.region_code, fiscal_year, today, kind)
    units = [
        ProposedUnit(unit_code=row["unit_code"], unit_name=row["unit_name"], grounds=grounds)
        for row in rows
        if (grounds := rule.criteria[kind].reasons(_year(row)))
    ]
    return ProposedUnits(
        fiscal_year=fiscal_year,
        kind=kind,
        kind_label=CIRCULARS[kind],
        criteria=criteria(rule.citation),
        units=units,
    )


def criteria(cited: Citation) -> CriteriaOut:
    """The rule version by which units are proposed."""
    return CriteriaOut(
        rule_id=cited.rule_id,
        version=cited.effective_from,
        title=cited.source.title,
        article=cited.source.article,
        verified=cited.source.verified,
    )


async def list_circulars(
    reads: Reads, caller: Caller, paging: PageRequest, *, fiscal_year: int | None, kind: str | None
) -> Page[CircularSummary]:
    """Circulars, first issued first."""
    where = (
        Where(caller.region_code)
        .add("c.fiscal_year = {}", fiscal_year)
        .add("c.kind = {}", kind)
        .add_after("c.id > {}", paging.after(UUID))
    )
    order = f"order by c.id{where.limit(paging.limit + 1)}"
    sql = f"{_SUMMARY} from circular c where c.region_code = $1{where} {order}"
    rows = await reads.all(sql, *where.arguments)
    return paging.page(rows, lambda row: CircularSummary(**_labelled(row)), lambda row: [row["id"]])


async def circular(reads: Reads, caller: Caller, circular_id: UUID) -> CircularOut:
    """One circular as issued. Raises NotFound."""
    row = await reads.one(_ONE, caller.region_code, circular_id)
    return CircularOut.model_validate(_labelled(row) | {"criteria": orjson.loads(row["criteria"])})


async def departures(reads: Reads, caller: Caller, circular_id: UUID) -> Departures:
    """Units added and left out. Raises NotFound."""
    issued = await circular(reads, caller, circular_id)
    rows = await reads.all(_DEPARTURES, caller.region_code, issued.id)
    units = [
        Departure.model_validate({**row, "standing_label": STANDINGS[row["standing"]]})
        for row in rows
    ]
    return Departures(circular_id=issued.id, units=units)


def _labelled(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "kind_label": CIRCULARS[row["kind"]]}


def _year(row: Mapping[str, Any]) -> UnitYear:
    results, late_forms, letters = (
        orjson.loads(row[field]) for field in ("results", "late_forms", "letters")
    )
    return UnitYear(
        results=[FinalResult(**one | {"score": Decimal(one["score"])}) for one in results],
        form_count=row["form_count"],
        late_forms=[
            LateForm(one["project_name"], _day(one["due_on"]), sent and _day(sent))
            for one in late_forms
            for sent in [one["submitted_on"]]
        ],
        letters=[Letter(**one | {"due_on": _day(one["due_on"])}) for one in letters],
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)
