"""项目资金 of a self-evaluation: live until it is submitted, frozen by that."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.self_evaluation_forms import FundKind, settled
from services.evaluation.queries.self_evaluation_money import LIVE_FUNDS, LIVE_KINDS
from services.evaluation.tables import (
    SelfEvaluation,
    SelfEvaluationFund,
    SelfEvaluationFundKind,
)

_FREEZE = text(f"""
    insert into self_evaluation_fund (region_code, self_evaluation_id, fund_level, budget_initial,
                                      budget_full_year, executed)
    select s.region_code, s.id, live.* from self_evaluation s, lateral ({LIVE_FUNDS}) live
    where s.region_code = :region_code and s.id = :id
    returning fund_level, budget_initial, budget_full_year, executed
""")

_LIVE_KINDS = text(f"""
    select live.* from self_evaluation s, lateral ({LIVE_KINDS}) live
    where s.region_code = :region_code and s.id = :id
""")


async def live_kinds(session: AsyncSession, form: SelfEvaluation) -> list[FundKind]:
    """The kinds of the approved budget, with what the unit said was paid of each."""
    rows = await session.execute(_LIVE_KINDS, {"region_code": form.region_code, "id": form.id})
    return [FundKind(*row) for row in rows]


async def freeze_money(session: AsyncSession, form: SelfEvaluation) -> Sequence[FundKind]:
    """Keep budget and execution as they stand now, by fund level and by kind."""
    frozen = await session.execute(_FREEZE, {"region_code": form.region_code, "id": form.id})
    funds = frozen.all()
    initial = [fund.budget_initial for fund in funds]
    form.budget_initial = None if None in initial else sum(initial, Decimal(0))
    form.budget_full_year = sum((fund.budget_full_year for fund in funds), Decimal(0))
    form.executed = sum((fund.executed for fund in funds), Decimal(0))
    county = (fund.budget_full_year for fund in funds if fund.fund_level == "county")
    form.amount = next(county, Decimal(0))
    kinds = settled(await live_kinds(session, form), form.executed)
    for kind in kinds:
        await session.merge(_stored(form, kind))
    return kinds


async def thaw_money(session: AsyncSession, form: SelfEvaluation) -> None:
    """Let the money follow budget and payments again; what the unit typed stays."""
    await session.execute(
        delete(SelfEvaluationFund).where(
            SelfEvaluationFund.region_code == form.region_code,
            SelfEvaluationFund.self_evaluation_id == form.id,
        )
    )
    form.budget_initial = form.budget_full_year = form.executed = form.amount = None


def _stored(form: SelfEvaluation, kind: FundKind) -> SelfEvaluationFundKind:
    return SelfEvaluationFundKind(
        region_code=form.region_code,
        self_evaluation_id=form.id,
        kind=kind.kind,
        budget_initial=kind.budget_initial,
        budget_full_year=kind.budget_full_year,
        executed=kind.executed,
    )
