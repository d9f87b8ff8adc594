"""Filling in, submitting and reviewing a monitoring form (监控表的填报、报送、审核)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.domain.forms import (
    FormAction,
    FormActionRefused,
    FormStatus,
    next_form_status,
)
from services.monitoring.errors import (
    FormIncomplete,
    FormStateForbids,
    FourEyes,
    ReasonRequired,
)
from services.monitoring.schemas.forms import FormPatch, FormReviewIn, RowPatch
from services.monitoring.tables import FormRow, FormStep, MonitoringForm
from services.monitoring.usecases.completeness import gaps
from shared.auth import Caller
from shared.db import lock_one, within
from shared.etags import Expected
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload

_STEPS = {
    FormAction.EDIT: "fill",
    FormAction.SUBMIT: "submit",
    FormAction.ACCEPT: "accept",
    FormAction.RETURN: "return",
}


async def fill_form(
    session: AsyncSession,
    form_id: UUID,
    patch: FormPatch,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Change an open or a returned form."""
    form = await _lock_form(session, form_id, by=by, expected=expected)
    _step(session, form, FormAction.EDIT, by=by, at=at)
    if "executed_forecast" in patch.model_fields_set:
        form.executed_forecast = patch.executed_forecast
    _apply(await _rows_of(session, form), patch.rows)
    form.filled_by, form.submitted_by = by.subject, None


async def submit_form(
    session: AsyncSession, form_id: UUID, *, expected: Expected, by: Caller, at: datetime
) -> None:
    """The unit's approver sends the form to the bureau; gaps stop it."""
    form = await _lock_form(session, form_id, by=by, expected=expected)
    _step(session, form, FormAction.SUBMIT, by=by, at=at)
    if form.filled_by == by.subject:
        raise FourEyes("填报人不能自己审核报送")
    missing = gaps(await _rows_of(session, form))
    if missing:
        raise FormIncomplete(f"有 {len(missing)} 处须先填写", errors=missing)
    form.submitted_by, form.returned_reason = by.subject, None


async def review_form(
    session: AsyncSession,
    form_id: UUID,
    review: FormReviewIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """The business office accepts the form, or returns it with the reason."""
    form = await _lock_form(session, form_id, by=by, expected=expected)
    action = FormAction(review.decision)
    if action is FormAction.RETURN and review.reason is None:
        raise ReasonRequired(errors=[_REASON_MISSING])
    _step(session, form, action, by=by, at=at, reason=review.reason)
    form.reviewed_by = by.subject
    if action is FormAction.RETURN:
        form.returned_reason = review.reason


_REASON_MISSING = FieldError(
    pointer="/reason", code="missing", detail="须写明退回理由", mend="请说明哪里要改、怎么改"
)


async def _lock_form(
    session: AsyncSession, form_id: UUID, *, by: Caller, expected: Expected
) -> MonitoringForm:
    form = await lock_one(
        session,
        within(select(MonitoringForm), MonitoringForm, by).where(MonitoringForm.id == form_id),
    )
    expected.check(form.row_version)
    return form


def _step(
    session: AsyncSession,
    form: MonitoringForm,
    action: FormAction,
    *,
    by: Caller,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Move the form on, write the step into its history and count its version up."""
    try:
        form.status = next_form_status(FormStatus(form.status), action, reason=reason)
    except FormActionRefused as error:
        raise FormStateForbids(str(error)) from error
    form.row_version += 1
    form.updated_at = at
    session.add(
        FormStep(
            region_code=form.region_code,
            id=new_id(),
            form_id=form.id,
            step=_STEPS[action],
            by=by.subject,
            at=at,
            reason=reason,
        )
    )


async def _rows_of(session: AsyncSession, form: MonitoringForm) -> Sequence[FormRow]:
    rows = await session.scalars(
        select(FormRow)
        .where(FormRow.region_code == form.region_code, FormRow.form_id == form.id)
        .order_by(FormRow.position)
    )
    return rows.all()


def _apply(rows: Sequence[FormRow], patches: Sequence[RowPatch]) -> None:
    by_position = {row.position: row for row in rows}
    errors = []
    for index, patch in enumerate(patches):
        row = by_position.pop(patch.position, None)
        if row is None:
            errors.append(_no_such_row(index))
            continue
        for field, value in patch.model_dump(exclude_unset=True, exclude={"position"}).items():
            setattr(row, field, value)
    if errors:
        raise InvalidPayload(errors=errors)


def _no_such_row(index: int) -> FieldError:
    return FieldError(
        pointer=f"/rows/{index}/position",
        code="unknown_row",
        detail="监控表没有这一行，或此行出现两次",
        mend="请按监控表中的行次填写，每行一次",
    )
