"""Filling in, submitting and reviewing a monitoring form (监控表的填报、报送、审核)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.domain.form_changes import content_of
from services.monitoring.domain.form_checks import Finding, gaps
from services.monitoring.domain.form_rows import TYPED, RowContent, row_of, typed_form, year_gone
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
from services.monitoring.schemas.events import MonitoredRow, MonitoringFormSubmitted
from services.monitoring.schemas.forms import FormPatch, FormReviewIn, RowPatch, RowRemark
from services.monitoring.tables import FormRow, FormStep, MonitoringForm, MonitoringRound
from services.monitoring.usecases.round_terms import require_open
from shared.auth import Caller
from shared.db import lock_one, within
from shared.etags import Expected
from shared.feed import publish
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
    """Change an open or a returned form; what follows from the typed values is filled in."""
    form, monitoring = await _lock_form(session, form_id, by=by, expected=expected)
    rows = await rows_of(session, [form])
    apply_patch(session, form, monitoring, rows, patch, by=by, at=at)


def apply_patch(
    session: AsyncSession,
    form: MonitoringForm,
    monitoring: MonitoringRound,
    rows: Sequence[FormRow],
    patch: FormPatch,
    *,
    by: Caller,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Change a locked form. Raises FormStateForbids, RoundClosed, InvalidPayload."""
    require_open(monitoring)
    _step(session, form, FormAction.EDIT, by=by, at=at, reason=reason)
    if "executed_forecast" in patch.model_fields_set:
        form.executed_forecast = patch.executed_forecast
    gone = year_gone(monitoring.period_to)
    after = typed_form([content(row) for row in rows], changes_of(rows, patch.rows), gone=gone)
    for row, content_after in zip(rows, after, strict=True):
        _store(row, content_after)
    form.filled_by, form.submitted_by = by.subject, None


async def submit_form(
    session: AsyncSession, form_id: UUID, *, expected: Expected, by: Caller, at: datetime
) -> None:
    """The unit's approver sends the form to the bureau; gaps stop it."""
    form, monitoring = await _lock_form(session, form_id, by=by, expected=expected)
    require_open(monitoring)
    stored = await rows_of(session, [form])
    rows = [content(row) for row in stored]
    handed_in = content_of(form.executed_forecast, rows)
    _step(session, form, FormAction.SUBMIT, by=by, at=at, content=handed_in)
    if form.filled_by == by.subject:
        raise FourEyes("填报人不能自己审核报送")
    missing = gaps(rows)
    if missing:
        raise FormIncomplete(
            f"有 {len(missing)} 处须先填写", errors=[_as_error(one) for one in missing]
        )
    form.submitted_by, form.returned_reason = by.subject, None
    fact = _submitted(form, stored, period_to=monitoring.period_to)
    await publish(session, form.region_code, fact, at=at)


async def review_form(
    session: AsyncSession,
    form_id: UUID,
    review: FormReviewIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """The business office accepts the form, or returns it with the reason and remarks on rows."""
    form, monitoring = await _lock_form(session, form_id, by=by, expected=expected)
    require_open(monitoring)
    action = FormAction(review.decision)
    if action is FormAction.RETURN and review.reason is None:
        raise ReasonRequired(errors=[_REASON_MISSING])
    await _refuse_unknown_rows(session, form, review.row_remarks)
    remarks = [one.model_dump() for one in review.row_remarks] or None
    _step(session, form, action, by=by, at=at, reason=review.reason, remarks=remarks)
    form.reviewed_by = by.subject
    if action is FormAction.RETURN:
        form.returned_reason = review.reason


def _submitted(
    form: MonitoringForm, rows: Sequence[FormRow], *, period_to: date
) -> MonitoringFormSubmitted:
    return MonitoringFormSubmitted(
        form_id=form.id,
        version=form.row_version,
        project_code=form.project_code,
        unit_code=form.unit_code,
        fiscal_year=form.fiscal_year,
        period_to=period_to,
        rows=[MonitoredRow.model_validate(row) for row in rows],
    )


_REASON_MISSING = FieldError(
    pointer="/reason", code="missing", detail="须写明退回理由", mend="请说明哪里要改、怎么改"
)


async def _lock_form(
    session: AsyncSession, form_id: UUID, *, by: Caller, expected: Expected
) -> tuple[MonitoringForm, MonitoringRound]:
    form = await lock_one(
        session,
        within(select(MonitoringForm), MonitoringForm, by).where(MonitoringForm.id == form_id),
    )
    expected.check(form.row_version)
    monitoring = await session.get_one(MonitoringRound, (form.region_code, form.round_id))
    return form, monitoring


def _step(
    session: AsyncSession,
    form: MonitoringForm,
    action: FormAction,
    *,
    by: Caller,
    at: datetime,
    reason: str | None = None,
    remarks: list[dict[str, Any]] | None = None,
    content: dict[str, Any] | None = None,
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
            remarks=remarks,
            content=content,
        )
    )


async def rows_of(session: AsyncSession, forms: Sequence[MonitoringForm]) -> Sequence[FormRow]:
    """The rows of forms of one region, form by form in the order of the sheet."""
    rows = await session.scalars(
        select(FormRow)
        .where(
            FormRow.region_code == forms[0].region_code,
            FormRow.form_id.in_([form.id for form in forms]),
        )
        .order_by(FormRow.form_id, FormRow.position)
    )
    return rows.all()


def content(row: FormRow) -> RowContent:
    """The stored row as the rules read it."""
    return row_of({column.key: getattr(row, column.key) for column in FormRow.__table__.columns})


def changes_of(
    rows: Sequence[FormRow | RowContent], patches: Sequence[RowPatch]
) -> list[Mapping[str, Any]]:
    """What the patch says of each row. Raises InvalidPayload for rows the form does not have."""
    by_position: dict[int, Mapping[str, Any]] = {row.position: {} for row in rows}
    seen: set[int] = set()
    errors = []
    for index, patch in enumerate(patches):
        if patch.position not in by_position or patch.position in seen:
            errors.append(_no_such_row(f"/rows/{index}/position"))
            continue
        seen.add(patch.position)
        by_position[patch.position] = patch.model_dump(exclude_unset=True, exclude={"position"})
    if errors:
        raise InvalidPayload(errors=errors)
    return list(by_position.values())


def _store(row: FormRow, after: RowContent) -> None:
    for name in TYPED:
        value = getattr(after, name)
        setattr(row, name, list(value) if isinstance(value, tuple) else value)
    row.defaulted = sorted(after.defaulted)


async def _refuse_unknown_rows(
    session: AsyncSession, form: MonitoringForm, remarks: Sequence[RowRemark]
) -> None:
    if not remarks:
        return
    positions = {row.position for row in await rows_of(session, [form])}
    errors = [
        _no_such_row(f"/row_remarks/{index}/position")
        for index, one in enumerate(remarks)
        if one.position not in positions
        or one.position in {earlier.position for earlier in remarks[:index]}
    ]
    if errors:
        raise InvalidPayload(errors=errors)


def _no_such_row(pointer: str) -> FieldError:
    return FieldError(
        pointer=pointer,
        code="unknown_row",
        detail="监控表没有这一行，或此行出现两次",
        mend="请按监控表中的行次填写，每行一次",
    )


def _as_error(found: Finding) -> FieldError:
    return FieldError(pointer=found.pointer, code=found.code, detail=found.detail, mend=found.mend)
