"""复审方案: drawn once from what was sent in, by a method that is stated and a seed nobody chose."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.draws import ALGORITHM
from services.evaluation.domain.sampling import RECUSED, Candidate, Place, digest, sample
from services.evaluation.errors import EngagementUnsuited, NothingToRecheck, PickNotEligible
from services.evaluation.schemas.recheck_plans import RecheckPlanIn
from services.evaluation.tables import Engagement, RecheckPlan, RecheckPlanCandidate
from services.evaluation.usecases.engagements import own_engagement, require_suited
from services.evaluation.usecases.recheck_recusals import recusals_from
from shared.auth import Caller
from shared.clock import business_day
from shared.db import wait_turn
from shared.ids import new_id
from shared.problems import FieldError

#: Sent in, not reviewed, and in no plan that may still be carried out.
_FREE = text("""
    select s.id, s.row_version, s.project_code, s.unit_code,
           coalesce(s.budget_full_year, 0) as budget_full_year
    from self_evaluation s
    where s.region_code = :region_code and s.fiscal_year = :fiscal_year
      and s.status = 'submitted' and not exists (
        select from recheck_plan_candidate c
        join recheck_plan p on p.region_code = c.region_code and p.id = c.plan_id
        left join engagement e on e.region_code = p.region_code and e.id = p.engagement_id
        where c.region_code = s.region_code and c.self_evaluation_id = s.id and c.drawn
          and (e.id is null or (e.terminated_on is null and e.ends_on >= :today)))
    order by s.id
    for update of s
""")

_Form = Row[tuple[Any, ...]]


async def plan_recheck(
    session: AsyncSession, order: RecheckPlanIn, *, by: Caller, at: datetime
) -> UUID:
    """Draw and store the plan. Raises EngagementUnsuited, PickNotEligible, NothingToRecheck."""
    engagement = await _engagement(session, order, by)
    await wait_turn(session, f"recheck_plan/{by.region_code}/{order.fiscal_year}")
    forms = await _free(session, order, by=by, at=at)
    recused = await _recused(session, forms, engagement, at)
    _require_eligible(order, {str(form.id) for form in forms}, recused)
    candidates = [
        Candidate(str(form.id), form.budget_full_year)
        for form in forms
        if str(form.id) not in recused
    ]
    plan = _plan(order, candidates, by=by, at=at)
    places = _places(order, candidates, plan)
    if not any(place.drawn for place in places):
        raise NothingToRecheck(
            f"{order.fiscal_year} 年已报送、未列入有效方案的自评有 {len(candidates)} 张，"
            "按所定方式没有选出；请核对年度，或改用其他方式"
        )
    session.add(plan)
    await session.flush()
    places += [Place(form_id, False, RECUSED) for form_id in sorted(recused)]
    reasons = {**recused, **{str(p.self_evaluation_id): p.reason for p in order.picks}}
    await session.execute(insert(RecheckPlanCandidate), _rows(plan, places, forms, reasons))
    return plan.id


async def _engagement(session: AsyncSession, order: RecheckPlanIn, by: Caller) -> Engagement | None:
    if order.engagement_id is None:
        return None
    engagement = await own_engagement(session, order.engagement_id, by=by)
    require_suited(engagement, scope="result_recheck", fiscal_year=order.fiscal_year)
    if not engagement.starts_on <= order.due_on <= engagement.ends_on:
        raise EngagementUnsuited(
            f"复审期限 {order.due_on} 不在合同期内（{engagement.starts_on} 至 {engagement.ends_on}），"
            "期外机构无法办理；请调整期限或先延长合同"
        )
    return engagement


async def _free(
    session: AsyncSession, order: RecheckPlanIn, *, by: Caller, at: datetime
) -> Sequence[_Form]:
    found = await session.execute(
        _FREE,
        {
            "region_code": by.region_code,
            "fiscal_year": order.fiscal_year,
            "today": business_day(at),
        },
    )
    return found.all()


async def _recused(
    session: AsyncSession, forms: Sequence[_Form], engagement: Engagement | None, at: datetime
) -> Mapping[str, str]:
    """Why the agency keeps away, by the form."""
    if engagement is None:
        return {}
    known = await recusals_from(
        session,
        engagement,
        project_codes=[form.project_code for form in forms],
        unit_codes=sorted({form.unit_code for form in forms}),
        on=business_day(at),
    )
    return {
        str(form.id): known.get(form.project_code) or known[form.unit_code]
        for form in forms
        if known.keys() & {form.project_code, form.unit_code}
    }


def _require_eligible(order: RecheckPlanIn, free: set[str], recused: Mapping[str, str]) -> None:
    errors = [
        FieldError(
            pointer=f"/picks/{index}/self_evaluation_id",
            code="pick_not_eligible",
            detail=recused.get(str(pick.self_evaluation_id))
            or f"{pick.self_evaluation_id} 不是该年度已报送、未复审且未列入有效方案的自评",
            mend="请从已报送的自评中指定；退回单位的须待重新报送",
        )
        for index, pick in enumerate(order.picks)
        if str(pick.self_evaluation_id) not in free - recused.keys()
    ]
    if errors:
        raise PickNotEligible(f"有 {len(errors)} 张不能指定", errors=errors[:50])


def _plan(
    order: RecheckPlanIn, candidates: Sequence[Candidate], *, by: Caller, at: datetime
) -> RecheckPlan:
    drawn_by_lot = order.method == "random"
    return RecheckPlan(
        region_code=by.region_code,
        id=new_id(),
        **order.model_dump(exclude={"reviewer", "picks"}),
        algorithm=ALGORITHM if drawn_by_lot else None,
        seed=secrets.token_hex(32) if drawn_by_lot else None,
        candidates_digest=digest(candidates),
        planned_by=by.subject,
        planned_at=at,
    )


def _places(
    order: RecheckPlanIn, candidates: Sequence[Candidate], plan: RecheckPlan
) -> list[Place]:
    picks = {str(pick.self_evaluation_id) for pick in order.picks}
    how: dict[str, Any] = {"method": order.method, "seed": plan.seed or ""}
    if order.share is not None:
        how["share"] = order.share
    return sample(candidates, picks, **how)


def _rows(
    plan: RecheckPlan,
    places: Sequence[Place],
    forms: Sequence[_Form],
    reasons: Mapping[str, str],
) -> list[dict[str, Any]]:
    by_id = {str(form.id): form for form in forms}
    return [
        {
            "region_code": plan.region_code,
            "plan_id": plan.id,
            "self_evaluation_id": UUID(place.candidate_id),
            "position": position,
            "form_version": by_id[place.candidate_id].row_version,
            "budget_full_year": by_id[place.candidate_id].budget_full_year,
            "drawn": place.drawn,
            "why": place.why,
            "reason": reasons.get(place.candidate_id),
        }
        for position, place in enumerate(places, start=1)
    ]
