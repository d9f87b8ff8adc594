"""通报: the officer issues a list that answers for every unit proposed. Issued, it stays as it is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.circulars import CircularRule
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.year_rules import circulars_of
from services.evaluation.errors import CircularDiffers, CircularNoTaken, RuleNotInForce
from services.evaluation.queries.circulars import proposed_units
from services.evaluation.schemas.circulars import (
    CircularIn,
    LeftOutUnitIn,
    NamedUnitIn,
    ProposedUnits,
)
from services.evaluation.tables import Circular, CircularUnit, Unit
from shared.auth import Caller
from shared.clock import business_day
from shared.db import TransactionReads
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload
from shared.rulebook import NoRuleInForce

#: What an officer gives for each unit: its place in the order and the reason.
_Places = Mapping[str, tuple[str, str | None]]
_Unit = NamedUnitIn | LeftOutUnitIn


async def issue(
    session: AsyncSession, order: CircularIn, *, rules: Rules, by: Caller, at: datetime
) -> UUID:
    """Store the circular with the grounds found now, in one transaction.

    Raises InvalidPayload, RuleNotInForce, CircularNoTaken, CircularDiffers.
    """
    _require_sound(order, at)
    await _refuse_taken(session, order.document_no, by)
    proposal = await _proposal(session, order, rules=rules, by=by, at=at)
    grounds = {unit.unit_code: unit.grounds for unit in proposal.units}
    named, left_out = _places("units", order.units), _places("left_out", order.left_out)
    names = await _names(session, [*named, *left_out], by)
    _require_answered(grounds, named, left_out, names)
    circular = Circular(
        region_code=by.region_code,
        id=new_id(),
        **order.model_dump(exclude={"units", "left_out"}),
        rule=proposal.criteria.model_dump(mode="json"),
        issued_by=by.subject,
        issued_at=at,
    )
    session.add(circular)
    await session.flush()
    session.add_all(
        CircularUnit(
            region_code=by.region_code,
            circular_id=circular.id,
            unit_code=code,
            unit_name=names[code],
            standing=_standing(code, grounds, left_out),
            grounds=grounds.get(code, []),
            reason=reason,
        )
        for code, (_, reason) in {**named, **left_out}.items()
    )
    return circular.id


def criteria_of_year(rules: Rules, fiscal_year: int) -> CircularRule:
    """By which criteria units of the year are proposed. Raises RuleNotInForce."""
    try:
        return circulars_of(rules, fiscal_year)
    except NoRuleInForce as error:
        raise RuleNotInForce(f"{fiscal_year} 年没有适用的通报名单标准") from error


async def _proposal(
    session: AsyncSession, order: CircularIn, *, rules: Rules, by: Caller, at: datetime
) -> ProposedUnits:
    return await proposed_units(
        TransactionReads(session),
        by,
        criteria_of_year(rules, order.fiscal_year),
        fiscal_year=order.fiscal_year,
        kind=order.kind,
        today=business_day(at),
    )


def _standing(code: str, grounds: Mapping[str, object], left_out: _Places) -> str:
    if code in left_out:
        return "left_out"
    return "proposed" if code in grounds else "added"


def _places(field: str, units: Sequence[_Unit]) -> _Places:
    return {unit.unit_code: (f"/{field}/{index}", unit.reason) for index, unit in enumerate(units)}


def _require_sound(order: CircularIn, at: datetime) -> None:
    errors = []
    today = business_day(at)
    if order.issued_on > today:
        errors.append(
            FieldError(
                pointer="/issued_on",
                code="day_in_the_future",
                detail=f"{order.issued_on} 晚于今日（{today}）",
                mend="请填写通报实际印发的日期",
            )
        )
    units: list[_Unit] = [*order.units, *order.left_out]
    times = Counter(unit.unit_code for unit in units)
    errors += [
        FieldError(
            pointer="/units",
            code="unit_twice",
            detail=f"单位 {code} 出现两次",
            mend="一个单位只列一次：列入名单，或不列入并说明理由",
        )
        for code, count in times.items()
        if count > 1
    ]
    if errors:
        raise InvalidPayload(errors=errors[:50])


async def _refuse_taken(session: AsyncSession, document_no: str, by: Caller) -> None:
    taken = await session.scalar(
        select(Circular.id).where(
            Circular.region_code == by.region_code, Circular.document_no == document_no
        )
    )
    if taken is not None:
        raise CircularNoTaken(document_no)


async def _names(session: AsyncSession, codes: Sequence[str], by: Caller) -> dict[str, str]:
    found = await session.execute(
        select(Unit.code, Unit.name).where(Unit.region_code == by.region_code, Unit.code.in_(codes))
    )
    return {row.code: row.name for row in found}


def _require_answered(
    grounds: Mapping[str, object], named: _Places, left_out: _Places, names: Mapping[str, str]
) -> None:
    """Nobody is named without a reason, and nobody the data propose is passed over in silence."""
    places = {**named, **left_out}
    errors = [
        _error("/units", "unit_passed_over", f"建议名单中的单位 {code} 未作处理")
        for code in grounds
        if code not in places
    ]
    errors += [
        _error(place, "unit_unknown", f"没有单位 {code}")
        for code, (place, _) in places.items()
        if code not in names
    ]
    errors += [
        _error(f"{place}/reason", "reason_missing", f"单位 {code} 不在建议名单中，须说明理由")
        for code, (place, reason) in named.items()
        if code not in grounds and reason is None
    ]
    errors += [
        _error(place, "not_proposed", f"单位 {code} 不在建议名单中，无须写明不列入")
        for code, (place, _) in left_out.items()
        if code not in grounds
    ]
    if errors:
        raise CircularDiffers(f"有 {len(errors)} 处不符", errors=errors[:50])


_MENDS = {
    "unit_passed_over": "请列入 units，或列入 left_out 并说明理由",
    "unit_unknown": "请核对单位编码；新单位须先由预算系统登记",
    "reason_missing": "请在 reason 中写明列入的理由",
    "not_proposed": "请重新读取建议名单，删去该单位",
}


def _error(pointer: str, code: str, detail: str) -> FieldError:
    return FieldError(pointer=pointer, code=code, detail=detail, mend=_MENDS[code])
