"""What a batch may approve: goals that passed review, as the approver read them, each with a budget
and, where one is due, an ex-ante conclusion."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.errors import BudgetMissing, ExAnteMissing, FourEyes, NothingToApprove
from services.goals.schemas.approvals import BatchIn
from shared.auth import Caller
from shared.problems import FieldError, PreconditionFailed, RuleCited
from shared.rulebook import Rule, Version

_READY = text("""
    select g.id, g.project_code, g.unit_code, g.reviewed_by, g.budget_change_id,
           g.approved_version is not null as adjusts
    from goal g
    where g.region_code = :region_code and g.fiscal_year = :fiscal_year and g.status = 'reviewed'
      and (cast(:ids as uuid[]) is null or g.id = any (:ids))
    order by g.id for update
""")

_AS_THEY_ARE = text("""
    select id, row_version from goal
    where region_code = :region_code and id = any (:ids) order by id for update
""")

_UNFUNDED = text("""
    select p.code, p.name from project p
    where p.region_code = :region_code and p.code = any (:codes)
      and not exists (select from project_fund f
                      where f.region_code = p.region_code and f.project_code = p.code
                        and f.fiscal_year = :fiscal_year)
    order by p.code limit 20
""")

_WITHOUT_EX_ANTE = text("""
    select p.code, p.name from project p
    where p.region_code = :region_code and p.code = any (:codes) and p.kind = any (:kinds)
      and (p.is_key or not :key_only)
      and not exists (select from ex_ante_result e
                      where e.region_code = p.region_code and e.project_code = p.code
                        and e.fiscal_year = :fiscal_year and e.conclusion = any (:conclusions))
    order by p.code limit 20
""")


async def ready_goals(session: AsyncSession, order: BatchIn, *, by: Caller) -> Sequence[Row[Any]]:
    await _require_unchanged(session, order, by)
    read = order.goals
    wanted = order.goal_ids if read is None else [goal.id for goal in read]
    values = {"region_code": by.region_code, "fiscal_year": order.fiscal_year, "ids": wanted}
    rows = (await session.execute(_READY, values)).all()
    if wanted is not None:
        _require_all(wanted, {row.id for row in rows})
    if not rows:
        raise NothingToApprove(f"{order.fiscal_year} 年没有审核通过而待批复的目标")
    own = [row.project_code or row.unit_code for row in rows if row.reviewed_by == by.subject]
    if own:
        raise FourEyes(f"审核人不能批复自己审核的目标：{'、'.join(own[:20])} 等 {len(own)} 个")
    return rows


async def _require_unchanged(session: AsyncSession, order: BatchIn, by: Caller) -> None:
    """Of two approvers who read the same goals the slower is told that they have changed."""
    if order.goals is None:
        return
    ids = [goal.id for goal in order.goals]
    rows = await session.execute(_AS_THEY_ARE, {"region_code": by.region_code, "ids": ids})
    versions = {row.id: row.row_version for row in rows}
    changed = [
        index
        for index, goal in enumerate(order.goals)
        if versions.get(goal.id, goal.version) != goal.version
    ]
    if changed:
        raise PreconditionFailed(
            f"所列目标中有 {len(changed)} 个在您读取之后已有变动，全部未批复",
            errors=[_has_changed(index) for index in changed[:50]],
        )


def _has_changed(index: int) -> FieldError:
    return FieldError(
        pointer=f"/goals/{index}/version",
        code="version_changed",
        detail="目标在您读取之后已有变动",
        mend="请重新读取后再批复",
    )


def _require_all(wanted: Sequence[UUID], ready: set[UUID]) -> None:
    missing = [index for index, goal_id in enumerate(wanted) if goal_id not in ready]
    if missing:
        raise NothingToApprove(
            f"所列目标中有 {len(missing)} 个未通过审核或不存在，全部未批复",
            errors=[_not_ready(index) for index in missing[:50]],
        )


def _not_ready(index: int) -> FieldError:
    return FieldError(
        pointer=f"/goal_ids/{index}",
        code="not_reviewed",
        detail="目标未通过审核、不属于该年度或不存在",
        mend="请先审核，或从 goal_ids 中删去",
    )


async def require_grounds(
    session: AsyncSession, order: BatchIn, goals: Sequence[Row[Any]], ex_ante: Rule, by: Caller
) -> None:
    """Every project has a budget; every new major one an ex-ante result that supports it."""
    codes = [goal.project_code for goal in goals if goal.project_code and not goal.adjusts]
    values = {
        "region_code": by.region_code,
        "fiscal_year": order.fiscal_year,
        "codes": codes,
    }
    unfunded = (await session.execute(_UNFUNDED, values)).all()
    if unfunded:
        raise BudgetMissing("；".join(f"{row.code} {row.name}" for row in unfunded))
    rule = ex_ante.on(date(order.fiscal_year, 1, 1)) if _in_force(ex_ante, order) else None
    if rule is None:
        return
    missing = (await session.execute(_WITHOUT_EX_ANTE, {**values, **_terms(rule)})).all()
    if missing:
        raise ExAnteMissing(
            "；".join(f"{row.code} {row.name}" for row in missing),
            rule=RuleCited(rule_id=rule.label, article=rule.source.article),
        )


def _in_force(rule: Rule, order: BatchIn) -> bool:
    return rule.versions[0].effective_from <= date(order.fiscal_year, 1, 1)


def _terms(rule: Version) -> dict[str, Any]:
    return {name: (rule.values or {})[name] for name in ("kinds", "key_only", "conclusions")}
