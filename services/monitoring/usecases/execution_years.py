"""A project's year becomes known here with whatever is imported first: payment, receipt or plan.

Budgets stay out of it: a consumer must not wait for an import that holds the row for long.
"""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_KNOW = text("""
    insert into execution (region_code, project_code, fiscal_year, version)
    select :region_code, project_code, fiscal_year, 0
    from unnest(cast(:codes as text[]), cast(:years as int[])) as y(project_code, fiscal_year)
    on conflict do nothing
""")

_HOLD = text("""
    select from execution e
    join unnest(cast(:codes as text[]), cast(:years as int[])) as y(project_code, fiscal_year)
      on y.project_code = e.project_code and y.fiscal_year = e.fiscal_year
    where e.region_code = :region_code order by e.project_code, e.fiscal_year for update of e
""")


async def know_years(
    session: AsyncSession, region_code: str, years: Iterable[tuple[str, int]]
) -> None:
    """Enter the (project_code, fiscal_year) that are not known yet."""
    await session.execute(_KNOW, _columns(region_code, years))


async def hold_years(
    session: AsyncSession, region_code: str, years: Iterable[tuple[str, int]]
) -> None:
    """Enter and lock the (project_code, fiscal_year), always in the same order."""
    values = _columns(region_code, years)
    await session.execute(_KNOW, values)
    await session.execute(_HOLD, values)


def _columns(region_code: str, years: Iterable[tuple[str, int]]) -> dict[str, object]:
    ordered = sorted(set(years))
    return {
        "region_code": region_code,
        "codes": [code for code, _ in ordered],
        "years": [year for _, year in ordered],
    }
