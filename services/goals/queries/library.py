"""The indicator library: searching, browsing, one entry, and the entries nearest to a text."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.goals.access import allowed_on_entry
from services.goals.domain.entry_states import ENTRY_LABELS, EntryStatus
from services.goals.domain.search_terms import asked, runs, stretches
from services.goals.domain.vocabulary import (
    EVIDENCE_METHODS,
    LEVEL1,
    LEVEL2,
    LIBRARY_SECTORS,
    OPERATOR_SIGNS,
)
from services.goals.schemas.library import (
    EntryFilter,
    EntryOut,
    EntrySummary,
    PlaceOut,
    SectorOut,
    SectorsOut,
    TreeCode,
)
from services.goals.tables import COMMON_REGION
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest

#: A suggestion looks at no more than this many (entry, term) pairs: the rarest terms first. A term
#: that stands in more entries than that tells none from another.
_LOOKED_AT = 5000

_COLUMNS = """
    e.region_code, e.id, e.code, e.sector, e.name, e.level1, e.level2, e.level1_2021, e.level2_2021,
    e.definition, e.unit, e.operator, trim_scale(e.target_low)::text as target_low,
    trim_scale(e.target_high)::text as target_high, e.source_kind, e.status, e.proposed_by,
    e.row_version as version, e.updated_at
"""

_WHOLE = f"""{_COLUMNS}, e.formula, e.evidence_method, e.evidence, e.target_note, e.scoring_rule,
    e.source::text as source, e.good::text as good, e.bad::text as bad, e.decided_by, e.retired_by,
    e.reason
"""

_USAGE = """(select count(distinct i.goal_id) from goal_indicator i
             where i.region_code = $1 and i.library_id = e.id)"""

_VISIBLE = "($2::text is null or e.status = 'confirmed' or e.proposed_by = $2)"

_WANTED = f"""
    {_VISIBLE}
    and ($3::text is null or e.status = $3) and ($4::text is null or e.sector = $4)
    and ($6::text is null
         or case $5::text when 'mof-2015' then e.level1 else e.level1_2021 end = $6)
    and ($7::text is null
         or case $5::text when 'mof-2015' then e.level2 else e.level2_2021 end = $7)
"""

#: Names that hold every word first, then what the region's goals use most, then the older entry.
#: The terms stand in a sub-select so that the plan never depends on how common they are: with them
#: in sight Postgres would rather read the whole table for 率, which takes twice as long.
_SEARCH = f"""
    with used as (
        select library_id, count(distinct goal_id) as usage_count from goal_indicator
        where region_code = $1 and library_id is not null group by library_id
    ), found as (
        select e.region_code, e.id, e.name_key like all ($10::text[]) as in_name,
               coalesce(u.usage_count, 0) as usage_count
        from indicator_entry e left join used u on u.library_id = e.id
        where e.region_code in ($1, '{COMMON_REGION}') and e.terms @> (select $9::text[])
          and {_WANTED}
    ), page as (
        select * from found
        where $11::boolean is null
           or (not in_name, -usage_count, id) > (not $11::boolean, -$12::bigint, $13::uuid)
        order by not in_name, -usage_count, id limit $8
    )
    select {_COLUMNS}, page.in_name, page.usage_count
    from page join indicator_entry e on e.region_code = page.region_code and e.id = page.id
    order by not page.in_name, -page.usage_count, page.id
"""

_SHELF = f"""(
    select * from indicator_entry e where e.region_code = {{region}} and {_WANTED}
      and ($9::text is null or (e.sector, e.code) > ($9, $10::text))
    order by e.sector, e.code limit $8)
"""

_BROWSE = f"""
    select {_COLUMNS}, {_USAGE} as usage_count
    from ({_SHELF.format(region=f"'{COMMON_REGION}'")} union all {_SHELF.format(region="$1")}) e
    order by e.sector, e.code limit $8
"""

_ENTRY = f"""
    select {_WHOLE}, {_USAGE} as usage_count from indicator_entry e
    where e.region_code in ($1, '{COMMON_REGION}') and {_VISIBLE} and e.id = $3
"""

_SECTORS = f"""
    select sector, count(*) as entry_count from indicator_entry
    where region_code in ($1, '{COMMON_REGION}') and status = 'confirmed' group by sector
"""

#: A term weighs the more the fewer entries hold it, three times as much in a name. The same sector
#: counts half as much again and one more, about as much as a common word in a name: its own entries
#: come before what merely says 采购 too. What the region's goals use comes before what nobody uses.
_NEAREST = f"""
    with known as (
        select term, sum(entry_count) as entry_count from indicator_term
        where region_code in ($1, '{COMMON_REGION}') and term = any ($2::text[])
          and entry_count > 0
        group by term
    ), rare as (
        select term, round((1 / ln(entry_count + 2))::numeric, 4) as weight
        from (select *, sum(entry_count) over (order by entry_count, term) as looked_at
              from known) ranked
        where looked_at <= {_LOOKED_AT}
    ), hit as (
        select e.region_code, e.id, coalesce(e.sector = $3, false) as same_sector,
               array_agg(r.term) as shared,
               sum(r.weight * case when strpos(e.name_key, r.term) > 0 then 3 else 1 end) as weight
        from rare r cross join lateral (
            select region_code, id, sector, name_key from indicator_entry
            where terms @> array[r.term]::text[] and region_code in ($1, '{COMMON_REGION}')
              and status = 'confirmed'
        ) e
        group by 1, 2, 3
    ), shelf as (
        select region_code, id, true, '{{}}'::text[], 0.0 from indicator_entry
        where region_code in ($1, '{COMMON_REGION}') and sector = $3 and status = 'confirmed'
        order by code limit 100
    ), candidate as (
        select distinct on (region_code, id) region_code, id, same_sector, shared, weight
        from ((select * from hit order by weight desc, id limit 200) union all table shelf) both_ways
        order by region_code, id, weight desc
    )
    select {_WHOLE}, c.shared, c.same_sector, u.usage_count,
           round(c.weight * case when c.same_sector then 1.5 else 1 end
                 + case when c.same_sector then 1 else 0 end
                 + 0.1 * ln(1 + u.usage_count::numeric), 3) as score
    from candidate c
    join indicator_entry e on e.region_code = c.region_code and e.id = c.id
    cross join lateral (select {_USAGE} as usage_count) u
    order by score desc, e.id limit $4
"""


@dataclass(frozen=True)
class Nearest:
    """A suggestion and its reason: the words it shares with the text, the sector, the usage."""

    row: Mapping[str, Any]
    words: list[str]
    same_sector: bool
    usage_count: int
    score: Decimal


async def list_entries(
    reads: Reads, caller: Caller, paging: PageRequest, wanted: EntryFilter
) -> Page[EntrySummary]:
    """With words: what holds them all, best first. Without: the whole library by sector and code."""
    narrowed = (
        caller.region_code,
        _mine(caller),
        wanted.status,
        wanted.sector,
        wanted.tree,
        wanted.level1,
        wanted.level2,
        paging.limit + 1,
    )
    if wanted.q is None:
        rows = await reads.all(_BROWSE, *narrowed, *paging.after(str, str))
        return paging.page(
            rows,
            lambda row: EntrySummary.model_validate(_described(row, caller, wanted.tree)),
            lambda row: [row["sector"], row["code"]],
        )
    words = [f"%{run}%" for run in runs(wanted.q)]
    after = paging.after(bool, int, UUID)
    rows = await reads.all(_SEARCH, *narrowed, sorted(asked(wanted.q)), words, *after)
    return paging.page(
        rows if words else [],
        lambda row: EntrySummary.model_validate(_described(row, caller, wanted.tree)),
        lambda row: [row["in_name"], row["usage_count"], row["id"]],
    )


async def entry(reads: Reads, caller: Caller, entry_id: UUID, tree: TreeCode) -> EntryOut:
    """One entry, whole. Raises NotFound."""
    row = await reads.one(_ENTRY, caller.region_code, _mine(caller), entry_id)
    method = EVIDENCE_METHODS[row["evidence_method"]]
    places = [_place(row, "mof-2015"), _place(row, "mof-2021")]
    return EntryOut.model_validate(
        {**_described(row, caller, tree), "places": places, "evidence_method_label": method}
    )


async def sectors(reads: Reads, caller: Caller) -> SectorsOut:
    """Every sector with the number of its entries in use."""
    rows = await reads.all(_SECTORS, caller.region_code)
    counts = {row["sector"]: row["entry_count"] for row in rows}
    return SectorsOut(
        items=[
            SectorOut(sector=sector, label=label, entry_count=counts.get(sector, 0))
            for sector, label in LIBRARY_SECTORS.items()
        ]
    )


async def nearest(
    reads: Reads, caller: Caller, terms: Collection[str], *, sector: str | None, limit: int
) -> list[Nearest]:
    """The entries in use that are nearest to a text, best first; `terms` is `asked(text)`.

    Numbers are left out: that both say 12 makes no two indicators alike.
    """
    telling = sorted(term for term in terms if not term.isdigit())
    rows = await reads.all(_NEAREST, caller.region_code, telling, sector, limit)
    return [
        Nearest(
            row=row,
            words=stretches(f"{row['name']} {row['definition']}", row["shared"]),
            same_sector=row["same_sector"],
            usage_count=row["usage_count"],
            score=row["score"],
        )
        for row in rows
    ]


def _mine(caller: Caller) -> str | None:
    """Units see what is in use and what they proposed themselves; the bureau sees all."""
    return None if caller.units is None else caller.subject


def _described(row: Mapping[str, Any], caller: Caller, tree: TreeCode) -> dict[str, Any]:
    common = row["region_code"] == COMMON_REGION
    actions = allowed_on_entry(caller.principal, row["status"], row["proposed_by"])
    return {
        **row,
        "scope": "common" if common else "region",
        "sector_label": LIBRARY_SECTORS[row["sector"]],
        "place": _place(row, tree),
        "operator_sign": OPERATOR_SIGNS[row["operator"]],
        "status_label": ENTRY_LABELS[EntryStatus(row["status"])],
        "allowed_actions": [] if common else actions,
    }


def _place(row: Mapping[str, Any], tree: TreeCode) -> PlaceOut:
    suffix = "" if tree == "mof-2015" else "_2021"
    level1, level2 = row[f"level1{suffix}"], row[f"level2{suffix}"]
    return PlaceOut(
        tree=tree,
        level1=level1,
        level1_label=LEVEL1[level1],
        level2=level2,
        level2_label=LEVEL2[level2],
    )
