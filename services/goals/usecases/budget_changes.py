"""预算批复与预算调整: the budget as first approved is kept; a change takes effect with the approval
of the goal's adjustment, not before.

Whoever writes a project's budget holds the project's row first, in order of code, so that imports,
changes and approvals of one project take turns.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.domain.budget import named
from services.goals.domain.vocabulary import BUDGET_CHANGE_STATUSES
from services.goals.errors import BudgetBelowZero, BudgetChangeInUse, BudgetChangeNotPending
from services.goals.schemas.budget import WithdrawalIn
from services.goals.schemas.directory import ProjectRow
from services.goals.tables import BudgetChange
from shared.auth import Caller
from shared.bulk import as_jsonb
from shared.db import lock_one
from shared.etags import Expected
from shared.problems import FieldError

_LOCK_PROJECTS = text("""
    select code from project
    where region_code = :region_code and code = any (:codes) order by code for no key update
""")

_LOCK_CHANGED_PROJECTS = text("""
    select code from project
    where region_code = :region_code and code in (
        select project_code from budget_change
        where region_code = :region_code and id = any (:ids))
    order by code for no key update
""")

_LOCK_CHANGES = text("""
    select id, document_no, project_code, status from budget_change
    where region_code = :region_code and id = any (:ids) order by id for update
""")

_TOUCH_PROJECTS = text("""
    update project set row_version = row_version + 1, updated_at = :at
    where region_code = :region_code and code = any (:codes)
""")

_TIED = text("""
    select exists (select from goal
                   where region_code = :region_code and budget_change_id = :change_id)
""")

_MOVED = """
    with moved as (
        select c.project_code, c.fiscal_year, l.fund_level, l.source, sum(l.amount) as amount
        from budget_change c
        join budget_change_line l on l.region_code = c.region_code and l.change_id = c.id
        where c.region_code = :region_code and c.id = any (:ids)
        group by 1, 2, 3, 4)
"""

_BELOW_ZERO = text(f"""{_MOVED}
    select m.project_code, m.fund_level, m.source, coalesce(f.amount, 0) + m.amount as amount
    from moved m
    left join project_fund f on f.region_code = :region_code and f.project_code = m.project_code
         and f.fiscal_year = m.fiscal_year and f.fund_level = m.fund_level and f.source = m.source
    where coalesce(f.amount, 0) + m.amount < 0
    order by 1, 2, 3 limit 50
""")

#: An upsert would not do: a negative amount is refused before the conflict is looked for.
_MOVE = text(f"""{_MOVED},
    updated as (
        update project_fund f set amount = f.amount + m.amount from moved m
        where f.region_code = :region_code and f.project_code = m.project_code
          and f.fiscal_year = m.fiscal_year and f.fund_level = m.fund_level
          and f.source = m.source
        returning f.project_code, f.fiscal_year, f.fund_level, f.source)
    insert into project_fund (region_code, project_code, fiscal_year, fund_level, source, amount)
    select :region_code, project_code, fiscal_year, fund_level, source, amount from moved
    where amount > 0 and (project_code, fiscal_year, fund_level, source) not in
          (select project_code, fiscal_year, fund_level, source from updated)
""")

_APPROVE = text("""
    update budget_change set status = 'approved', batch_id = :batch_id,
                             row_version = row_version + 1, updated_at = :at
    where region_code = :region_code and id = any (:ids)
""")

_KEEP = text("""
    with kept as (
        insert into approved_budget (region_code, project_code, fiscal_year, batch_id, amount, funds)
        select region_code, project_code, fiscal_year, :batch_id, sum(amount),
               jsonb_agg(jsonb_build_object('fund_level', fund_level, 'source', source,
                         'amount', amount::text) order by fund_level, source)
        from project_fund
        where region_code = :region_code and fiscal_year = :fiscal_year
          and project_code = any (:codes)
        group by region_code, project_code, fiscal_year
        on conflict (region_code, project_code, fiscal_year) do nothing
        returning project_code)
    update project p set row_version = p.row_version + 1, updated_at = b.created_at
    from kept k, approval_batch b
    where p.region_code = :region_code and p.code = k.project_code
      and b.region_code = :region_code and b.id = :batch_id
""")

_CHANGED_AFTER_APPROVAL = text("""
    with rows as materialized (
        select r.code as project_code, r.fiscal_year, r.funds
        from jsonb_to_recordset(cast(:rows as jsonb)) as r(code text, fiscal_year int, funds jsonb)
        join approved_budget b on b.region_code = :region_code and b.project_code = r.code
                              and b.fiscal_year = r.fiscal_year),
    sent as (
        select r.project_code, f.fund_level, f.source, f.amount from rows r,
             jsonb_to_recordset(r.funds) as f(fund_level text, source text, amount numeric)
        where f.amount <> 0),
    held as (
        select f.project_code, f.fund_level, f.source, f.amount
        from rows r
        join project_fund f on f.region_code = :region_code and f.project_code = r.project_code
                           and f.fiscal_year = r.fiscal_year
        where f.amount <> 0)
    select distinct project_code
    from sent full join held using (project_code, fund_level, source)
    where sent.amount is distinct from held.amount
""")


async def lock_projects(session: AsyncSession, region_code: str, codes: Sequence[str]) -> set[str]:
    """Take the turn for these projects' budgets; says which of them there are."""
    found = await session.scalars(_LOCK_PROJECTS, {"region_code": region_code, "codes": codes})
    return set(found)


async def touch_projects(
    session: AsyncSession, region_code: str, codes: Sequence[str], *, at: datetime
) -> None:
    """Count the projects' versions up: something shown with them has changed."""
    await session.execute(_TOUCH_PROJECTS, {"region_code": region_code, "codes": codes, "at": at})


async def changed_after_approval(
    session: AsyncSession, region_code: str, rows: Sequence[ProjectRow]
) -> set[str]:
    """The pushed projects whose budget of that year is approved and differs from what was sent.
    Holds the projects, so that no approval comes in between."""
    there = await lock_projects(session, region_code, [row.code for row in rows])
    sent = [row for row in rows if row.code in there]
    if not sent:
        return set()
    values = {"region_code": region_code, "rows": as_jsonb(sent)}
    return set(await session.scalars(_CHANGED_AFTER_APPROVAL, values))


async def withdraw_change(
    session: AsyncSession,
    change_id: UUID,
    order: WithdrawalIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Take a pending change back. Raises NotFound, 412, BudgetChangeNotPending, BudgetChangeInUse."""
    values = {"region_code": by.region_code, "ids": [change_id]}
    await session.execute(_LOCK_CHANGED_PROJECTS, values)
    mine = BudgetChange.region_code == by.region_code
    change = await lock_one(session, select(BudgetChange).where(mine, BudgetChange.id == change_id))
    expected.check(change.row_version)
    if change.status != "pending":
        label = BUDGET_CHANGE_STATUSES[change.status]
        raise BudgetChangeNotPending(f"{change.document_no} {label}，不能撤回")
    if await session.scalar(_TIED, {"region_code": by.region_code, "change_id": change_id}):
        raise BudgetChangeInUse("请先由单位放弃该目标调整，再撤回预算调整")
    change.status = "withdrawn"
    change.withdrawn_by = by.subject
    change.withdrawal_reason = order.reason
    change.row_version += 1
    change.updated_at = at
    await touch_projects(session, by.region_code, [change.project_code], at=at)


async def apply_budget_changes(
    session: AsyncSession,
    region_code: str,
    ids: Sequence[UUID],
    *,
    batch_id: UUID,
    at: datetime,
) -> None:
    """Put pending changes into force, all or none, in the transaction that approves the goals'
    adjustments. Raises BudgetChangeNotPending, or BudgetBelowZero naming the amounts."""
    values = {"region_code": region_code, "ids": list(ids)}
    codes = list(await session.scalars(_LOCK_CHANGED_PROJECTS, values))
    _require_pending((await session.execute(_LOCK_CHANGES, values)).all(), ids)
    below = (await session.execute(_BELOW_ZERO, values)).all()
    if below:
        raise BudgetBelowZero(
            "预算调整后有资金小于零，全部未批复", errors=[_below_zero(row) for row in below]
        )
    await session.execute(_MOVE, values)
    await session.execute(_APPROVE, {**values, "batch_id": batch_id, "at": at})
    await touch_projects(session, region_code, codes, at=at)


async def keep_initial_budgets(
    session: AsyncSession,
    region_code: str,
    fiscal_year: int,
    project_codes: Sequence[str],
    *,
    batch_id: UUID,
) -> None:
    """Keep the projects' budgets of the year as first approved, in the transaction that approves
    them; one kept before stays as it is. The batch has to be stored already."""
    codes = list(project_codes)
    await lock_projects(session, region_code, codes)
    values = {"region_code": region_code, "fiscal_year": fiscal_year, "codes": codes}
    await session.execute(_KEEP, {**values, "batch_id": batch_id})


def _require_pending(changes: Sequence[Row[tuple[object, ...]]], ids: Sequence[UUID]) -> None:
    if len(changes) != len(set(ids)):
        raise BudgetChangeNotPending("所列预算调整中有的不存在")
    done = [change for change in changes if change.status != "pending"]
    if done:
        raise BudgetChangeNotPending(
            "、".join(
                f"{one.document_no} {BUDGET_CHANGE_STATUSES[one.status]}" for one in done[:20]
            )
        )


def _below_zero(row: Row[tuple[object, ...]]) -> FieldError:
    return FieldError(
        pointer="",
        code="below_zero",
        detail=f"项目 {row.project_code} 的{named(row.fund_level, row.source)}将变为 {row.amount} 元",
        mend="请核对该项目的预算调整，或先批复追加",
    )
