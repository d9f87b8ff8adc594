"""Filling in self-evaluations (自评表的填报)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.states import SELF_EVALUATION, ActionRefused
from services.evaluation.domain.vocabulary import FUND_KINDS
from services.evaluation.errors import SelfEvaluationStateForbids
from services.evaluation.schemas.self_evaluations import (
    FundKindPatch,
    RowPatch,
    SelfEvaluationPatch,
)
from services.evaluation.tables import (
    SelfEvaluation,
    SelfEvaluationFundKind,
    SelfEvaluationRow,
)
from services.evaluation.usecases.engagements import engaged_to_recheck
from services.evaluation.usecases.self_evaluation_money import live_money
from shared.auth import Caller
from shared.db import lock_one, within
from shared.etags import Expected
from shared.problems import FieldError, InvalidPayload


async def fill(
    session: AsyncSession,
    self_evaluation_id: UUID,
    patch: SelfEvaluationPatch,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Change an open form."""
    form = await lock_form(
        session, self_evaluation_id, action="self_evaluation.fill", expected=expected, by=by
    )
    await apply_patch(session, form, patch, by=by, at=at)


async def apply_patch(
    session: AsyncSession,
    form: SelfEvaluation,
    patch: SelfEvaluationPatch,
    *,
    by: Caller,
    at: datetime,
) -> None:
    """Change a locked open form. Raises InvalidPayload for what the form does not have."""
    for field in patch.model_fields_set - {"rows", "fund_kinds"}:
        setattr(form, field, getattr(patch, field))
    _fill_rows(await rows_of(session, form), patch.rows)
    await _fill_kinds(session, form, patch.fund_kinds)
    form.filled_by = by.subject
    touch(form, at)


async def lock_form(
    session: AsyncSession, self_evaluation_id: UUID, *, action: str, expected: Expected, by: Caller
) -> SelfEvaluation:
    """The form, locked; NotFound, 412 or SelfEvaluationStateForbids."""
    statement = within(select(SelfEvaluation), SelfEvaluation, by)
    if by.agency is not None:
        statement = statement.where(engaged_to_recheck(by.agency))
    form = await lock_one(session, statement.where(SelfEvaluation.id == self_evaluation_id))
    expected.check(form.row_version)
    try:
        SELF_EVALUATION.require(form.status, action)
    except ActionRefused as error:
        raise SelfEvaluationStateForbids(str(error)) from error
    return form


async def rows_of(session: AsyncSession, form: SelfEvaluation) -> Sequence[SelfEvaluationRow]:
    """The form's rows in their order."""
    rows = await session.scalars(
        select(SelfEvaluationRow)
        .where(
            SelfEvaluationRow.region_code == form.region_code,
            SelfEvaluationRow.self_evaluation_id == form.id,
        )
        .order_by(SelfEvaluationRow.position)
    )
    return rows.all()


def touch(form: SelfEvaluation, at: datetime) -> None:
    """Count the form's version up."""
    form.row_version += 1
    form.updated_at = at


def unknown_row(index: int, position: int) -> FieldError:
    """The error for a row sent that the form does not have."""
    return FieldError(
        pointer=f"/rows/{index}/position",
        code="row_unknown",
        detail=f"自评表没有第 {position} 行",
        mend="请使用自评表中的 position",
    )


def _fill_rows(rows: Sequence[SelfEvaluationRow], patches: Sequence[RowPatch]) -> None:
    by_position = {row.position: row for row in rows}
    for index, sent in enumerate(patches):
        if sent.position not in by_position:
            raise InvalidPayload(errors=[unknown_row(index, sent.position)])
        for field in sent.model_fields_set - {"position"}:
            setattr(by_position[sent.position], field, getattr(sent, field))


async def _fill_kinds(
    session: AsyncSession, form: SelfEvaluation, patches: Sequence[FundKindPatch]
) -> None:
    if not patches:
        return
    money = await live_money(session, form.region_code, [form.id])
    known = {kind.kind for kind in money[form.id].kinds}
    for index, sent in enumerate(patches):
        if sent.kind not in known:
            raise InvalidPayload(errors=[_unknown_kind(index, sent.kind)])
        await session.merge(
            SelfEvaluationFundKind(
                region_code=form.region_code,
                self_evaluation_id=form.id,
                kind=sent.kind,
                executed=sent.executed,
            )
        )


def _unknown_kind(index: int, kind: str) -> FieldError:
    return FieldError(
        pointer=f"/fund_kinds/{index}/kind",
        code="fund_kind_unknown",
        detail=f"批复的预算中没有{FUND_KINDS[kind]}",
        mend="请只填自评表列出的资金；预算有变的，须先办理预算调整",
    )
