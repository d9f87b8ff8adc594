"""工作底稿: laid to an evaluation while it is worked on, and withdrawn rather than deleted."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.errors import PaperOfAnother, PapersFull, PaperWithdrawn
from services.evaluation.queries.working_papers import working_paper
from services.evaluation.schemas.working_papers import WithdrawalIn
from services.evaluation.tables import (
    Evaluation,
    EvaluationGroup,
    FrameworkRow,
    WorkingPaper,
    WorkingPaperWithdrawal,
)
from services.evaluation.usecases.blind_scoring import impartial_evaluator
from services.evaluation.usecases.evaluation_steps import groups_of
from services.evaluation.usecases.steps import lock_reached, require_open
from shared.auth import Caller
from shared.db import TransactionReads
from shared.file_kinds import FileLimits
from shared.files import Arrived, ChunkStore
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload

STORE = ChunkStore("working_paper_chunk")

_ACTION = "working_paper.lay"


@dataclass(frozen=True)
class Place:
    """What a paper is laid to: the whole evaluation, a group, or an indicator of a group."""

    evaluation_id: UUID
    group_no: int | None
    position: int | None


async def lay_paper(
    session: AsyncSession,
    place: Place,
    arrived: Arrived,
    limits: FileLimits,
    *,
    by: Caller,
    at: datetime,
) -> UUID:
    """Add the file. The evaluation stays the version it was, so that nobody learns of it by that.

    Raises NotFound, RecusalNotDeclared, EvaluatorRecused, EvaluationStateForbids, PapersFull.
    """
    evaluation = await lock_reached(session, place.evaluation_id, by)
    evaluator = await impartial_evaluator(session, evaluation, by)
    require_open(evaluation, _ACTION)
    groups = await groups_of(session, evaluation)
    indicator = await _indicator(session, evaluation, groups, place)
    await _require_room(session, evaluation, arrived.size, limits, by)
    is_blind = evaluator is not None and _is_being_scored(evaluation, groups)
    paper = _paper(place, arrived, indicator=indicator, is_blind=is_blind, by=by, at=at)
    session.add(paper)
    await session.flush()
    await STORE.keep(session, paper.region_code, paper.id, arrived.content)
    return paper.id


async def withdraw_paper(
    session: AsyncSession,
    evaluation_id: UUID,
    paper_id: UUID,
    said: WithdrawalIn,
    *,
    by: Caller,
    at: datetime,
) -> None:
    """Mark the paper; what others laid unseen is not found. Raises PaperOfAnother, PaperWithdrawn."""
    evaluation = await lock_reached(session, evaluation_id, by)
    paper = await working_paper(TransactionReads(session), by, evaluation_id, paper_id)
    require_open(evaluation, _ACTION)
    if paper.uploaded_by != by.subject:
        raise PaperOfAnother(f"这份底稿由 {paper.uploaded_by} 报送，请由其本人撤回")
    if paper.withdrawn_at is not None:
        raise PaperWithdrawn("撤回只作一次；需要更正的请另行报送")
    session.add(
        WorkingPaperWithdrawal(
            region_code=by.region_code,
            paper_id=paper.id,
            reason=said.reason,
            withdrawn_by=by.subject,
            withdrawn_at=at,
        )
    )


def _paper(
    place: Place,
    arrived: Arrived,
    *,
    indicator: str | None,
    is_blind: bool,
    by: Caller,
    at: datetime,
) -> WorkingPaper:
    return WorkingPaper(
        region_code=by.region_code,
        id=new_id(),
        **asdict(place),
        indicator=indicator,
        name=arrived.name,
        media_type=arrived.media_type,
        size_bytes=arrived.size,
        sha256=arrived.sha256,
        is_blind=is_blind,
        uploaded_by=by.subject,
        uploaded_at=at,
    )


def _is_being_scored(evaluation: Evaluation, groups: Mapping[int, EvaluationGroup]) -> bool:
    unscored = any(group.score is None for group in groups.values())
    return evaluation.status == "fieldwork" and unscored


async def _indicator(
    session: AsyncSession,
    evaluation: Evaluation,
    groups: Mapping[int, EvaluationGroup],
    place: Place,
) -> str | None:
    """The name of the framework row; None for a paper of a whole group or evaluation."""
    if place.group_no is not None and place.group_no not in groups:
        raise _unknown("group_no", "评价没有这个组号", "请使用评价中列出的 group_no")
    if place.position is None:
        return None
    key = (evaluation.region_code, evaluation.id, place.group_no, place.position)
    row = None if place.group_no is None else await session.get(FrameworkRow, key)
    if row is None:
        raise _unknown(
            "position", "该组的指标体系没有这一行", "请连同 group_no 使用指标体系中的 position"
        )
    return row.name


def _unknown(field: str, detail: str, mend: str) -> InvalidPayload:
    error = FieldError(pointer=f"query/{field}", code=f"{field}_unknown", detail=detail, mend=mend)
    return InvalidPayload(errors=[error])


async def _require_room(
    session: AsyncSession, evaluation: Evaluation, size: int, limits: FileLimits, by: Caller
) -> None:
    """Only one's own papers count, withdrawn ones too: a limit reached tells nothing of others."""
    count, total = (
        await session.execute(
            select(func.count(), func.coalesce(func.sum(WorkingPaper.size_bytes), 0)).filter_by(
                region_code=evaluation.region_code,
                evaluation_id=evaluation.id,
                uploaded_by=by.subject,
            )
        )
    ).one()
    if exceeded := limits.exceeded(count, total, size):
        raise PapersFull(f"每人在一项评价中{exceeded}（含已撤回的）")
