"""项目资金 of self-evaluations: live until they are submitted, frozen by that."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.self_evaluation_forms import FundKind, settled
from services.evaluation.queries.self_evaluation_money import LIVE_FUNDS, LIVE_KINDS
from services.evaluation.tables import (
    SelfEvaluation,
    SelfEvaluationFund,
    SelfEvaluationFundKind,
)

_FUNDS = text(f"""
    select s.id, live.* from self_evaluation s, lateral ({LIVE_FUNDS}) live
    where s.region_code = :region_code and s.id = any (:ids)
""")
_KINDS = text(f"""
    select s.id, live.* from self_evaluation s, lateral ({LIVE_KINDS}) live
    where s.region_code = :region_code and s.id = any (:ids)
""")
_NOTHING = Decimal(0)


@dataclass(frozen=True)
class FundLevel:
    """Budget and execution of one fund level."""

    fund_level: str
    budget_initial: Decimal | None
    budget_full_year: Decimal
    executed: Decimal


@dataclass
class Money:
    """项目资金 of one form by fund level and by kind."""

    levels: list[FundLevel] = field(default_factory=list)
    kinds: list[FundKind] = field(default_factory=list)

    @property
    def budget_initial(self) -> Decimal | None:
        """Null where it is not known of some level."""
        known = [level.budget_initial for level in self.levels if level.budget_initial is not None]
        return sum(known, _NOTHING) if len(known) == len(self.levels) else None

    @property
    def budget_full_year(self) -> Decimal:
        """Of all fund levels."""
        return sum((level.budget_full_year for level in self.levels), _NOTHING)

    @property
    def executed(self) -> Decimal:
        """Of all fund levels."""
        return sum((level.executed for level in self.levels), _NOTHING)

    @property
    def amount(self) -> Decimal:
        """The county's own (本级) share of the full-year budget."""
        return sum(
            (each.budget_full_year for each in self.levels if each.fund_level == "county"), _NOTHING
        )


async def live_money(
    session: AsyncSession, region_code: str, form_ids: Sequence[UUID]
) -> dict[UUID, Money]:
    """Budget and execution of each form as they stand now, with what the unit said of each kind."""
    found = {form_id: Money() for form_id in form_ids}
    values = {"region_code": region_code, "ids": list(form_ids)}
    for form_id, *level in await session.execute(_FUNDS, values):
        found[form_id].levels.append(FundLevel(*level))
    for form_id, *kind in await session.execute(_KINDS, values):
        found[form_id].kinds.append(FundKind(*kind))
    for money in found.values():
        money.kinds = list(settled(money.kinds, money.executed))
    return found


async def freeze_money(
    session: AsyncSession, forms: Sequence[SelfEvaluation], money: dict[UUID, Money]
) -> None:
    """Keep budget and execution as they were read."""
    levels: list[dict[str, Any]] = []
    kinds: list[dict[str, Any]] = []
    for form in forms:
        own = money[form.id]
        form.budget_initial, form.budget_full_year = own.budget_initial, own.budget_full_year
        form.executed, form.amount = own.executed, own.amount
        key = {"region_code": form.region_code, "self_evaluation_id": form.id}
        levels += [{**key, **vars(level)} for level in own.levels]
        kinds += [{**key, **vars(kind)} for kind in own.kinds]
    if levels:
        await session.execute(insert(SelfEvaluationFund), levels)
    if kinds:
        row = insert(SelfEvaluationFundKind)
        changed = ("budget_initial", "budget_full_year", "executed")
        await session.execute(
            row.on_conflict_do_update(
                index_elements=["region_code", "self_evaluation_id", "kind"],
                set_={name: row.excluded[name] for name in changed},
            ),
            kinds,
        )


async def thaw_money(session: AsyncSession, form: SelfEvaluation) -> None:
    """Let the money follow budget and payments again; what the unit typed stays."""
    await session.execute(
        delete(SelfEvaluationFund).where(
            SelfEvaluationFund.region_code == form.region_code,
            SelfEvaluationFund.self_evaluation_id == form.id,
        )
    )
    form.budget_initial = form.budget_full_year = form.executed = form.amount = None
