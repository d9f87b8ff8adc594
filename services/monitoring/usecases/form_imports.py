"""监控表的导入: a workbook edited by hand, sheet by sheet held against the forms it came from;
what is sound is stored in one go, the rest comes back with its cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.domain.forms import FormAction, FormStatus, allowed_form_actions
from services.monitoring.domain.rounds import RoundStatus
from services.monitoring.schemas.forms import FormPatch
from services.monitoring.tables import FormRow, MonitoringForm, MonitoringRound
from services.monitoring.usecases.form_sheets import PatchRead, patch_of
from services.monitoring.usecases.forms import apply_patch, content, rows_of
from shared.auth import Caller
from shared.db import within
from shared.form_routes import reading_of
from shared.handlers import field_errors
from shared.workbooks.imported import Imported, SheetResult
from shared.workbooks.layout import Layout
from shared.workbooks.values import CellError, FormRead


@dataclass(frozen=True)
class Known:
    """A form the caller reaches, locked, with its round and rows."""

    form: MonitoringForm
    monitoring: MonitoringRound
    rows: Sequence[FormRow]


@dataclass
class FormSheetResult(SheetResult):
    """What became of a form's sheet; `patch` is what to store."""

    patch: FormPatch | None = None


async def import_forms(
    session: AsyncSession,
    layout: Layout,
    data: bytes,
    *,
    store: bool,
    atomic: str = "row",
    by: Caller,
    at: datetime,
) -> Imported:
    """Read a workbook and, if told to, store its sound sheets (`row`) or nothing unless all are
    sound (`all`). Raises WorkbookUnusable."""
    reading = await reading_of(layout, data)
    known = await _known(session, [form.form_id for form in reading.forms], by)
    sheets = [_held_against(read, known.get(read.form_id)) for read in reading.forms]
    found = Imported(sheets, reading.errors, reading.notes)
    if store and not (atomic == "all" and found.cell_errors()):
        for sheet in sheets:
            if sheet.patch is not None:
                one = known[sheet.form_id]
                apply_patch(
                    session, one.form, one.monitoring, one.rows, sheet.patch,
                    by=by, at=at, reason="导入监控表",
                )  # fmt: skip
    return found


async def _known(session: AsyncSession, ids: Sequence[UUID], by: Caller) -> dict[UUID, Known]:
    forms = (
        await session.scalars(
            within(select(MonitoringForm), MonitoringForm, by)
            .where(MonitoringForm.id.in_(ids))
            .order_by(MonitoringForm.id)
            .with_for_update()
        )
    ).all()
    if not forms:
        return {}
    rounds = await session.scalars(
        select(MonitoringRound).where(
            MonitoringRound.region_code == by.region_code,
            MonitoringRound.id.in_({form.round_id for form in forms}),
        )
    )
    by_id = {one.id: one for one in rounds}
    rows = {
        form_id: list(group)
        for form_id, group in groupby(await rows_of(session, forms), lambda row: row.form_id)
    }
    return {form.id: Known(form, by_id[form.round_id], rows.get(form.id, [])) for form in forms}


def _held_against(read: FormRead, known: Known | None) -> FormSheetResult:
    result = FormSheetResult(read.sheet, read.form_id, "failed", notes=read.notes)
    if known is None:
        result.errors.append(_whole(read, "form_unknown", "没有这张监控表，或不属于本单位",
                                    "请从本单位重新导出"))  # fmt: skip
        return result
    stored = [content(row) for row in known.rows]
    patch = patch_of(read, executed_forecast=known.form.executed_forecast, rows=stored)
    result.errors += patch.errors
    if not result.errors and patch.is_empty():
        result.status = "unchanged"
        return result
    refusal = _refusal(read, known)
    if refusal is not None:
        result.errors.append(refusal)
    validated = _validated(read, patch, result.errors)
    if not result.errors:
        result.status, result.patch = "updated", validated
    return result


def _refusal(read: FormRead, known: Known) -> CellError | None:
    status = FormStatus(known.form.status)
    if known.monitoring.status != RoundStatus.OPEN:
        return _whole(read, "round_closed", "这次监控已经结束", "无需修改的表请从文件中删去")
    if FormAction.EDIT not in allowed_form_actions(status):
        return _whole(
            read,
            "form_not_editable",
            f"监控表{status.label}，不能再改",
            "无需修改的表请从文件中删去",
        )
    if read.version != known.form.row_version:
        return _whole(read, "form_outdated", "导出以后监控表已被修改",
                      "请重新导出，在新的表上填写")  # fmt: skip
    return None


def _validated(read: FormRead, patch: PatchRead, errors: list[CellError]) -> FormPatch | None:
    document: Mapping[str, object] = patch.document()
    try:
        return FormPatch.model_validate(document)
    except ValidationError as error:
        errors += [
            CellError(read.sheet, patch.cells.get(one.pointer, "A1"), one.pointer, one.code,
                      one.detail, one.mend or "请核对后重填")
            for one in field_errors(error.errors())
        ]  # fmt: skip
        return None


def _whole(read: FormRead, code: str, message: str, mend: str) -> CellError:
    return CellError(read.sheet, "B1", "", code, message, mend)
