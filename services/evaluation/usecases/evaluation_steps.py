"""评价步骤: notice, scheme with its framework, fieldwork, draft, and sending a step back."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.procedure import RETURNS
from services.evaluation.domain.rules import Rules
from services.evaluation.errors import EvaluationStateForbids, FrameworkNotApproved
from services.evaluation.schemas.evaluation_steps import (
    DraftIn,
    FieldworkIn,
    FrameworkIn,
    NoticeIn,
    ReturnIn,
    SchemeIn,
)
from services.evaluation.tables import Evaluation, EvaluationGroup, FrameworkRow, SheetRow
from services.evaluation.usecases.frameworks import laid_out, require_sound
from services.evaluation.usecases.steps import lock_evaluation, record, take_back, take_step
from shared.auth import Caller
from shared.etags import Expected
from shared.problems import InvalidPayload


async def notify(
    session: AsyncSession,
    evaluation_id: UUID,
    notice: NoticeIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """下达评价通知."""
    action = "evaluation.notify"
    evaluation = await lock_evaluation(
        session, evaluation_id, action=action, expected=expected, by=by
    )
    details = notice.model_dump(mode="json")
    await take_step(session, evaluation, action, "notified", by=by, at=at, details=details)


async def propose_scheme(
    session: AsyncSession,
    evaluation_id: UUID,
    scheme: SchemeIn,
    *,
    expected: Expected,
    rules: Rules,
    by: Caller,
    at: datetime,
) -> None:
    """Keep the scheme and the framework of every group. Raises FrameworkNotSound."""
    action = "evaluation.propose_scheme"
    evaluation = await lock_evaluation(
        session, evaluation_id, action=action, expected=expected, by=by
    )
    groups = await groups_of(session, evaluation)
    _require_each_group_once(scheme, groups)
    frameworks = laid_out(evaluation, scheme.frameworks, rules)
    require_sound(evaluation, frameworks, rules)
    for each in frameworks:
        _lay_down(session, groups, each.framework)
    origins = [each.origin for each in frameworks if len(each.origin) > 1]
    details = {"text": scheme.text, **({"origins": origins} if origins else {})}
    await take_step(session, evaluation, action, "scheme", by=by, at=at, details=details)


async def approve_framework(
    session: AsyncSession, evaluation_id: UUID, *, expected: Expected, by: Caller, at: datetime
) -> None:
    """From now on the sheets are held against this framework."""
    action = "evaluation.approve_framework"
    evaluation = await lock_evaluation(
        session, evaluation_id, action=action, expected=expected, by=by
    )
    if evaluation.framework_approved_by is not None:
        raise EvaluationStateForbids("指标体系已经审定")
    evaluation.framework_approved_by = by.subject
    record(session, evaluation, action, by=by, at=at, details={})


async def begin_fieldwork(
    session: AsyncSession,
    evaluation_id: UUID,
    fieldwork: FieldworkIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Fieldwork begins when the bureau has approved the framework. Raises FrameworkNotApproved."""
    action = "evaluation.begin_fieldwork"
    evaluation = await lock_evaluation(
        session, evaluation_id, action=action, expected=expected, by=by
    )
    if evaluation.framework_approved_by is None:
        raise FrameworkNotApproved("请等财政业务室审定指标体系后再开始现场评价")
    details = fieldwork.model_dump(mode="json")
    await take_step(session, evaluation, action, "fieldwork", by=by, at=at, details=details)


async def draft(
    session: AsyncSession,
    evaluation_id: UUID,
    sent: DraftIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """初步结论, once every group has its score."""
    action = "evaluation.draft"
    evaluation = await lock_evaluation(
        session, evaluation_id, action=action, expected=expected, by=by
    )
    groups = await groups_of(session, evaluation)
    waiting = [no for no, group in groups.items() if group.score is None]
    if waiting:
        named = "、".join(map(str, waiting[:20]))
        raise EvaluationStateForbids(f"还有 {len(waiting)} 组没有得分：{named}")
    details = sent.model_dump(mode="json")
    await take_step(session, evaluation, action, "draft", by=by, at=at, details=details)


async def send_back(
    session: AsyncSession,
    evaluation_id: UUID,
    order: ReturnIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Back to the step RETURNS names; what is undone by it is kept in the history."""
    action = "evaluation.return"
    evaluation = await lock_evaluation(
        session, evaluation_id, action=action, expected=expected, by=by
    )
    left, to = evaluation.status, RETURNS[evaluation.status]
    undone: dict[str, Any] = {}
    if left in ("draft", "fieldwork"):
        undone["scores"] = await _scores_undone(session, evaluation)
        evaluation.scoring_round += 1
    if to == "notified":
        undone["frameworks"] = await _frameworks_undone(session, evaluation)
    record(session, evaluation, action, by=by, at=at, to=to, reason=order.reason, details=undone)
    await take_back(session, evaluation, left, *(["scheme"] if to == "notified" else []))
    evaluation.status = to


async def groups_of(session: AsyncSession, evaluation: Evaluation) -> dict[int, EvaluationGroup]:
    """The groups of an evaluation by number."""
    groups = await session.scalars(
        select(EvaluationGroup).filter_by(**_key(evaluation)).order_by(EvaluationGroup.group_no)
    )
    return {group.group_no: group for group in groups}


def _key(evaluation: Evaluation) -> dict[str, Any]:
    return {"region_code": evaluation.region_code, "evaluation_id": evaluation.id}


def _require_each_group_once(scheme: SchemeIn, groups: Mapping[int, EvaluationGroup]) -> None:
    named = Counter(no for framework in scheme.frameworks for no in framework.group_nos)
    if named != Counter(groups.keys()):
        raise InvalidPayload("每一组应有一套指标体系：group_nos 须列出评价的每个组号，各一次")


def _lay_down(
    session: AsyncSession, groups: Mapping[int, EvaluationGroup], framework: FrameworkIn
) -> None:
    for number in framework.group_nos:
        group = groups[number]
        group.weight_reason = framework.weight_reason
        session.add_all(
            FrameworkRow(
                region_code=group.region_code,
                evaluation_id=group.evaluation_id,
                group_no=number,
                position=position,
                **row.model_dump(exclude={"points_total"}),
                points_total=row.points_total or len(row.points) or None,
            )
            for position, row in enumerate(framework.rows, start=1)
        )


async def _scores_undone(session: AsyncSession, evaluation: Evaluation) -> list[dict[str, Any]]:
    """Every score taken back, and what it was."""
    rows = await session.scalars(select(SheetRow).filter_by(**_key(evaluation)))
    kept: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        told = {"position": row.position, "score": str(row.score), "receipt": row.receipt}
        kept.setdefault(row.group_no, []).append({**told, "basis": row.basis})
    await session.execute(delete(SheetRow).filter_by(**_key(evaluation)))
    undone = []
    for number, group in (await groups_of(session, evaluation)).items():
        if group.score is None:
            continue
        said = {"score": str(group.score), "grade": group.grade, "scored_by": group.scored_by}
        undone.append({"group_no": number, **said, "rows": kept.get(number, [])})
        group.score = group.score_arithmetic = group.grade = group.grade_receipt = None
        group.scored_by = group.scored_at = None
    return undone


async def _frameworks_undone(session: AsyncSession, evaluation: Evaluation) -> list[dict[str, Any]]:
    """Every framework taken back, and what it was."""
    rows = await session.scalars(
        select(FrameworkRow)
        .filter_by(**_key(evaluation))
        .order_by(FrameworkRow.group_no, FrameworkRow.position)
    )
    undone = [
        {
            "group_no": row.group_no,
            "position": row.position,
            "level1": row.level1,
            "name": row.name,
            "weight": str(row.weight),
            "method": row.method,
            "target_value": None if row.target_value is None else str(row.target_value),
            "points_total": row.points_total,
            "ratio_code": row.ratio_code,
        }
        for row in rows
    ]
    await session.execute(delete(FrameworkRow).filter_by(**_key(evaluation)))
    for group in (await groups_of(session, evaluation)).values():
        group.weight_reason = None
    evaluation.framework_approved_by = None
    return undone
