"""自评表的导入: a workbook edited by hand, sheet by sheet held against the forms it came from;
what is sound is stored in one go, the rest comes back with its cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.rules import Rules
from services.evaluation.domain.states import SELF_EVALUATION, ActionRefused
from services.evaluation.queries.self_evaluation_forms import self_evaluations_of
from services.evaluation.schemas.self_evaluations import SelfEvaluationOut, SelfEvaluationPatch
from services.evaluation.tables import SelfEvaluation
from services.evaluation.usecases.form_exports import bands_of
from services.evaluation.usecases.form_sheets import PatchRead, patch_of
from services.evaluation.usecases.self_evaluations import apply_patch
from shared.auth import Caller
from shared.db import TransactionReads, within
from shared.form_routes import reading_of
from shared.handlers import field_errors
from shared.workbooks.imported import Imported, SheetResult
from shared.workbooks.layout import Layout
from shared.workbooks.values import CellError, FormRead


@dataclass
class FormSheetResult(SheetResult):
    """What became of a form's sheet; `patch` is what to store."""

    patch: SelfEvaluationPatch | None = None


async def import_forms(
    session: AsyncSession,
    layout: Layout,
    data: bytes,
    *,
    store: bool,
    rules: Rules,
    atomic: str = "row",
    by: Caller,
    at: datetime,
) -> Imported:
    """Read a workbook and, if told to, store its sound sheets (`row`) or nothing unless all are
    sound (`all`). Raises WorkbookUnusable."""
    reading = await reading_of(layout, data)
    ids = [form.form_id for form in reading.forms]
    locked = await _locked(session, ids, by)
    whole = await self_evaluations_of(TransactionReads(session), by, list(locked), rules)
    known = {form.id: form for form in whole}
    sheets = [_held_against(read, known.get(read.form_id), rules, by) for read in reading.forms]
    found = Imported(sheets, reading.errors, reading.notes)
    if store and not (atomic == "all" and found.cell_errors()):
        for sheet in sheets:
            if sheet.patch is not None:
                await apply_patch(session, locked[sheet.form_id], sheet.patch, by=by, at=at)
    return found


async def _locked(
    session: AsyncSession, ids: Sequence[UUID], by: Caller
) -> dict[UUID, SelfEvaluation]:
    rows = await session.scalars(
        within(select(SelfEvaluation), SelfEvaluation, by)
        .where(SelfEvaluation.id.in_(ids))
        .order_by(SelfEvaluation.id)
        .with_for_update()
    )
    return {form.id: form for form in rows}


def _held_against(
    read: FormRead, known: SelfEvaluationOut | None, rules: Rules, by: Caller
) -> FormSheetResult:
    result = FormSheetResult(read.sheet, read.form_id, "failed", notes=read.notes)
    if known is None:
        result.errors.append(_whole(read, "form_unknown", "没有这张自评表，或不属于本单位",
                                    "请从本单位重新导出"))  # fmt: skip
        return result
    patch = patch_of(read, known, bands_of(rules, by, known.fiscal_year))
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


def _refusal(read: FormRead, known: SelfEvaluationOut) -> CellError | None:
    try:
        SELF_EVALUATION.require(known.status, "self_evaluation.fill")
    except ActionRefused as error:
        return _whole(read, "form_not_editable", str(error), "无需修改的表请从文件中删去")
    if read.version != known.version:
        return _whole(read, "form_outdated", "导出以后自评表已被修改",
                      "请重新导出，在新的表上填写")  # fmt: skip
    return None


def _validated(
    read: FormRead, patch: PatchRead, errors: list[CellError]
) -> SelfEvaluationPatch | None:
    try:
        return SelfEvaluationPatch.model_validate(patch.document())
    except ValidationError as error:
        errors += [
            CellError(read.sheet, patch.cells.get(one.pointer, "A1"), one.pointer, one.code,
                      one.detail, one.mend or "请核对后重填")
            for one in field_errors(error.errors())
        ]  # fmt: skip
        return None


def _whole(read: FormRead, code: str, message: str, mend: str) -> CellError:
    return CellError(read.sheet, "B1", "", code, message, mend)
