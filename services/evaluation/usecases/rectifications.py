"""整改要求: after a re-review the bureau asks monitoring to send a unit a letter."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.errors import LetterNoTaken, NotRechecked
from services.evaluation.schemas.events import Problem, RectificationRequested
from services.evaluation.schemas.rectifications import RectificationRequestIn
from services.evaluation.tables import (
    Recheck,
    RecheckFinding,
    RectificationRequest,
    RectificationSource,
    SelfEvaluation,
)
from shared.auth import Caller
from shared.clock import business_day
from shared.feed import publish
from shared.ids import new_id
from shared.problems import FieldError


async def request_rectification(
    session: AsyncSession, order: RectificationRequestIn, *, by: Caller, at: datetime
) -> UUID:
    """Store the request and publish it, in one transaction; monitoring opens the letter."""
    await _refuse_taken(session, order.letter_no, by)
    await _require_rechecked(session, order, by)
    request = RectificationRequest(
        region_code=by.region_code,
        id=new_id(),
        origin="self_evaluation",
        **order.model_dump(exclude={"self_evaluation_ids", "problems"}),
        problems=[problem.model_dump(mode="json") for problem in order.problems],
        requested_by=by.subject,
        requested_at=at,
    )
    session.add(request)
    await session.flush()
    session.add_all(
        RectificationSource(
            region_code=by.region_code, request_id=request.id, self_evaluation_id=source
        )
        for source in set(order.self_evaluation_ids)
    )
    fact = RectificationRequested(
        request_id=request.id,
        version=1,
        origin=request.origin,
        result_fixed_on=await _fixed_on(session, order, by),
        problems=[Problem.model_validate(each.model_dump()) for each in order.problems],
        **order.model_dump(exclude={"self_evaluation_ids", "problems"}),
    )
    await publish(session, by.region_code, fact, at=at)
    return request.id


async def _refuse_taken(session: AsyncSession, letter_no: str, by: Caller) -> None:
    taken = await session.scalar(
        select(RectificationRequest.id).where(
            RectificationRequest.region_code == by.region_code,
            RectificationRequest.letter_no == letter_no,
        )
    )
    if taken is not None:
        raise LetterNoTaken(letter_no)


async def _fixed_on(session: AsyncSession, order: RectificationRequestIn, by: Caller) -> date:
    last = await session.scalar(
        select(func.max(Recheck.rechecked_at)).where(
            Recheck.region_code == by.region_code,
            Recheck.self_evaluation_id.in_(order.self_evaluation_ids),
        )
    )
    assert last is not None, "a re-reviewed form has its re-review"
    return business_day(last)


async def _require_rechecked(
    session: AsyncSession, order: RectificationRequestIn, by: Caller
) -> None:
    """The unit's own re-reviewed forms of the year, and problems in their projects only."""
    found = await session.execute(
        select(SelfEvaluation.id, SelfEvaluation.project_code).where(
            SelfEvaluation.region_code == by.region_code,
            SelfEvaluation.unit_code == order.unit_code,
            SelfEvaluation.fiscal_year == order.fiscal_year,
            SelfEvaluation.status == "rechecked",
            SelfEvaluation.id.in_(order.self_evaluation_ids),
        )
    )
    projects = {row.id: row.project_code for row in found}
    errors = [
        _error(f"/self_evaluation_ids/{index}", f"{each} 不是 {order.unit_code} 已复审的自评")
        for index, each in enumerate(order.self_evaluation_ids)
        if each not in projects
    ]
    errors += [
        _error(f"/problems/{index}/project_code", f"{problem.project_code} 不在所列自评之中")
        for index, problem in enumerate(order.problems)
        if problem.project_code not in {None, *projects.values()}
    ]
    errors += await _unknown_findings(session, order, projects, by)
    if errors:
        raise NotRechecked(f"有 {len(errors)} 处不符", errors=errors[:50])


async def _unknown_findings(
    session: AsyncSession, order: RectificationRequestIn, projects: Mapping[UUID, str], by: Caller
) -> list[FieldError]:
    """Findings named that are not of the forms listed, or of another project than the problem."""
    found = await session.execute(
        select(RecheckFinding.self_evaluation_id, RecheckFinding.number).where(
            RecheckFinding.region_code == by.region_code,
            RecheckFinding.self_evaluation_id.in_(projects),
        )
    )
    known = {
        (row.self_evaluation_id, row.number): projects[row.self_evaluation_id] for row in found
    }
    return [
        _error(f"/problems/{index}/finding", "所列自评没有这个复审问题，或与问题的项目不符")
        for index, problem in enumerate(order.problems)
        if problem.finding is not None
        and known.get((problem.finding.self_evaluation_id, problem.finding.number), "")
        != problem.project_code
    ]


def _error(pointer: str, detail: str) -> FieldError:
    mend = "请列出该单位本年度已复审的自评，问题只写这些自评的项目"
    return FieldError(pointer=pointer, code="not_rechecked", detail=detail, mend=mend)
