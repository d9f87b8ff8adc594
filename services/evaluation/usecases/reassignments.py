"""机构退出: another contract takes an evaluation over, with what has been done so far."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.errors import AlreadyEntrusted
from services.evaluation.schemas.evaluation_steps import ReassignmentIn
from services.evaluation.tables import EvaluationSubject
from services.evaluation.usecases.engagements import own_engagement, require_suited
from services.evaluation.usecases.recusals import refuse_recused
from services.evaluation.usecases.steps import lock_evaluation, record
from shared.auth import Caller
from shared.etags import Expected


async def reassign(
    session: AsyncSession,
    evaluation_id: UUID,
    order: ReassignmentIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """From now on the new contract's agency reaches it, and the former one's does not.

    Raises AlreadyEntrusted, EngagementUnsuited, RecusalForbids.
    """
    action = "evaluation.reassign"
    evaluation = await lock_evaluation(
        session, evaluation_id, action=action, expected=expected, by=by
    )
    if evaluation.engagement_id == order.engagement_id:
        raise AlreadyEntrusted("请改用接续机构的委托合同")
    contract = await own_engagement(session, order.engagement_id, by=by)
    require_suited(contract, scope="evaluation", fiscal_year=evaluation.fiscal_year)
    own = {"region_code": evaluation.region_code, "evaluation_id": evaluation.id}
    subjects = (await session.scalars(select(EvaluationSubject).filter_by(**own))).all()
    await refuse_recused(session, subjects, [contract.agency_id], by=by, at=at)
    told = {
        "from_engagement_id": str(evaluation.engagement_id),
        "to_engagement_id": str(contract.id),
        "contract_no": contract.contract_no,
    }
    record(session, evaluation, action, by=by, at=at, reason=order.reason, details=told)
    evaluation.engagement_id = contract.id
