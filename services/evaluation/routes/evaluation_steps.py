"""评价步骤：通知、方案与指标体系、现场评价、初步结论、交换意见、反馈、公开、归档."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.evaluation.queries import evaluation_steps as queries
from services.evaluation.routes.evaluations import EvaluationReader, answer
from services.evaluation.schemas.evaluation_steps import (
    ArchiveIn,
    DisclosureIn,
    DraftIn,
    ExchangeIn,
    FeedbackIn,
    FieldworkIn,
    FrameworksOut,
    HistoryOut,
    NoticeIn,
    ReassignmentIn,
    ReturnIn,
    SchemeIn,
)
from services.evaluation.schemas.evaluations import EvaluationOut
from services.evaluation.schemas.self_evaluations import Empty
from services.evaluation.usecases import evaluation_ends as ends
from services.evaluation.usecases import evaluation_steps as steps
from services.evaluation.usecases import reassignments
from services.evaluation.usecases import view_exchanges as views
from shared.auth import Caller, allow
from shared.clock import Now
from shared.db import Reader, Session
from shared.etags import IfMatch
from shared.idempotency import Once
from shared.requests import StrictRoute

router = APIRouter(tags=["evaluations"], route_class=StrictRoute)


@router.post("/evaluations/{evaluation_id}/notices", status_code=201, response_model=EvaluationOut)
async def notify_evaluation(
    evaluation_id: UUID,
    body: NoticeIn,
    by: Annotated[Caller, allow("evaluation.notify")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """下达评价通知。"""
    await steps.notify(session, evaluation_id, body, expected=if_match, by=by, at=now)
    return await answer(session, once, by, evaluation_id)


@router.post("/evaluations/{evaluation_id}/schemes", status_code=201, response_model=EvaluationOut)
async def propose_scheme(
    request: Request,
    evaluation_id: UUID,
    body: SchemeIn,
    by: Annotated[Caller, allow("evaluation.propose_scheme")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """报送评价工作方案，每一组附一套指标体系。"""
    await steps.propose_scheme(
        session,
        evaluation_id,
        body,
        expected=if_match,
        rules=request.app.state.rules,
        by=by,
        at=now,
    )
    return await answer(session, once, by, evaluation_id)


@router.post(
    "/evaluations/{evaluation_id}/framework-approvals",
    status_code=201,
    response_model=EvaluationOut,
)
async def approve_framework(
    evaluation_id: UUID,
    body: Empty,
    by: Annotated[Caller, allow("evaluation.approve_framework")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """审定指标体系；此后评分表按它逐行评分。"""
    await steps.approve_framework(session, evaluation_id, expected=if_match, by=by, at=now)
    return await answer(session, once, by, evaluation_id)


@router.post(
    "/evaluations/{evaluation_id}/fieldwork-records", status_code=201, response_model=EvaluationOut
)
async def begin_fieldwork(
    evaluation_id: UUID,
    body: FieldworkIn,
    by: Annotated[Caller, allow("evaluation.begin_fieldwork")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """开始现场评价；指标体系须已审定。"""
    await steps.begin_fieldwork(session, evaluation_id, body, expected=if_match, by=by, at=now)
    return await answer(session, once, by, evaluation_id)


@router.post("/evaluations/{evaluation_id}/drafts", status_code=201, response_model=EvaluationOut)
async def draft_conclusion(
    evaluation_id: UUID,
    body: DraftIn,
    by: Annotated[Caller, allow("evaluation.draft")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """形成初步结论；每一组须已有得分。"""
    await steps.draft(session, evaluation_id, body, expected=if_match, by=by, at=now)
    return await answer(session, once, by, evaluation_id)


@router.post("/evaluations/{evaluation_id}/returns", status_code=201, response_model=EvaluationOut)
async def return_evaluation(
    evaluation_id: UUID,
    body: ReturnIn,
    by: Annotated[Caller, allow("evaluation.return")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """退回上一步骤并说明理由；撤回的得分和指标体系留在经过里。"""
    await steps.send_back(session, evaluation_id, body, expected=if_match, by=by, at=now)
    return await answer(session, once, by, evaluation_id)


@router.post(
    "/evaluations/{evaluation_id}/view-exchanges", status_code=201, response_model=EvaluationOut
)
async def exchange_views(
    evaluation_id: UUID,
    body: ExchangeIn,
    by: Annotated[Caller, allow("evaluation.exchange_views")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """就初步结论征求各被评价单位的意见。"""
    await views.exchange_views(session, evaluation_id, body, expected=if_match, by=by, at=now)
    return await answer(session, once, by, evaluation_id)


@router.post(
    "/evaluations/{evaluation_id}/feedbacks", status_code=201, response_model=EvaluationOut
)
async def feed_back_result(
    evaluation_id: UUID,
    body: FeedbackIn,
    by: Annotated[Caller, allow("evaluation.feed_back")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """反馈结果；整改要求由监控服务开具整改函并跟踪。"""
    await ends.feed_back(session, evaluation_id, body, expected=if_match, by=by, at=now)
    return await answer(session, once, by, evaluation_id)


@router.post(
    "/evaluations/{evaluation_id}/disclosures", status_code=201, response_model=EvaluationOut
)
async def disclose_evaluation(
    evaluation_id: UUID,
    body: DisclosureIn,
    by: Annotated[Caller, allow("evaluation.disclose")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """公开评价结果，或说明不公开的理由。"""
    await ends.disclose(session, evaluation_id, body, expected=if_match, by=by, at=now)
    return await answer(session, once, by, evaluation_id)


@router.post("/evaluations/{evaluation_id}/archives", status_code=201, response_model=EvaluationOut)
async def archive_evaluation(
    evaluation_id: UUID,
    body: ArchiveIn,
    by: Annotated[Caller, allow("evaluation.archive")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """归档。"""
    await ends.archive(session, evaluation_id, body, expected=if_match, by=by, at=now)
    return await answer(session, once, by, evaluation_id)


@router.post(
    "/evaluations/{evaluation_id}/reassignments", status_code=201, response_model=EvaluationOut
)
async def reassign_evaluation(
    evaluation_id: UUID,
    body: ReassignmentIn,
    by: Annotated[Caller, allow("evaluation.reassign")],
    session: Session,
    if_match: IfMatch,
    once: Once,
    now: Now,
) -> Response:
    """机构退出后，改由另一份委托合同的机构接续；已做的工作和原机构留在经过里。"""
    await reassignments.reassign(session, evaluation_id, body, expected=if_match, by=by, at=now)
    return await answer(session, once, by, evaluation_id)


@router.get("/evaluations/{evaluation_id}/frameworks")
async def get_frameworks(
    request: Request, evaluation_id: UUID, by: EvaluationReader, reads: Reader
) -> FrameworksOut:
    """各组的指标体系：指标、分值、评价要点、取证方式、评价标准。"""
    return await queries.frameworks(reads, by, evaluation_id, request.app.state.rules)


@router.get("/evaluations/{evaluation_id}/history")
async def get_evaluation_history(
    evaluation_id: UUID, by: EvaluationReader, reads: Reader
) -> HistoryOut:
    """经过：每一步由谁在何时办理，退回的理由，撤回的内容。"""
    return await queries.history(reads, by, evaluation_id)
