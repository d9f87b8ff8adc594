"""预算年度: the form of a year's goals and the deadlines of each step."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.errors import FormInUse, FormUnknown
from services.goals.schemas.budget import BudgetCycleIn
from services.goals.tables import BudgetCycle
from shared.auth import Caller
from shared.etags import PutExpected
from shared.problems import FieldError, InvalidPayload
from shared.rulebook import NoRuleInForce, Rule

_FORM = "goal-form"

_SUBMITTED = text("""
    select exists (select from goal where region_code = :region_code
                   and fiscal_year = :fiscal_year and status <> 'draft')
""")


async def put_cycle(
    session: AsyncSession,
    fiscal_year: int,
    order: BudgetCycleIn,
    *,
    expected: PutExpected,
    rules: Mapping[str, Rule],
    by: Caller,
    at: datetime,
) -> bool:
    """Open a budget year or change its form and deadlines; says whether it is new."""
    _require_known(order, rules)
    _require_in_order(order)
    cycle = await session.scalar(
        select(BudgetCycle)
        .where(BudgetCycle.region_code == by.region_code, BudgetCycle.fiscal_year == fiscal_year)
        .with_for_update()
    )
    expected.check(None if cycle is None else cycle.row_version)
    values = order.model_dump()
    if cycle is None:
        session.add(
            BudgetCycle(
                region_code=by.region_code,
                fiscal_year=fiscal_year,
                **values,
                row_version=1,
                updated_at=at,
            )
        )
        return True
    if order.form != cycle.form:
        await _require_unused(session, by.region_code, fiscal_year, cycle.form)
    for name, value in values.items():
        setattr(cycle, name, value)
    cycle.row_version += 1
    cycle.updated_at = at
    return False


async def _require_unused(
    session: AsyncSession, region_code: str, fiscal_year: int, form: str
) -> None:
    values = {"region_code": region_code, "fiscal_year": fiscal_year}
    if await session.scalar(_SUBMITTED, values):
        raise FormInUse(f"{fiscal_year} 年已有目标按 {form} 报送；可只改各步截止日期")


def _require_known(order: BudgetCycleIn, rules: Mapping[str, Rule]) -> None:
    known = sorted(rule for rule in rules if rule == _FORM or rule.startswith(f"{_FORM}-"))
    mend = f"可用：{'、'.join(known)}"
    if order.form not in known:
        raise FormUnknown(
            order.form, errors=[_wrong("/form", "unknown_form", f"没有 {order.form}", mend)]
        )
    try:
        rules[order.form].on(order.submit_by)
    except NoRuleInForce as error:
        detail = f"{order.form} 在 {order.submit_by} 尚未施行或已废止"
        raise FormUnknown(
            detail, errors=[_wrong("/form", "form_not_in_force", detail, mend)]
        ) from error


def _require_in_order(order: BudgetCycleIn) -> None:
    wrong = []
    if order.review_by < order.submit_by:
        wrong.append(("/review_by", f"审核截止 {order.review_by} 早于报送截止 {order.submit_by}"))
    if order.approve_by < order.review_by:
        wrong.append(("/approve_by", f"批复截止 {order.approve_by} 早于审核截止 {order.review_by}"))
    if wrong:
        mend = "应依次为报送、审核、批复"
        raise InvalidPayload(
            "各步截止日期的先后有误",
            errors=[
                _wrong(pointer, "steps_out_of_order", detail, mend) for pointer, detail in wrong
            ],
        )


def _wrong(pointer: str, code: str, detail: str, mend: str) -> FieldError:
    return FieldError(pointer=pointer, code=code, detail=detail, mend=mend)
