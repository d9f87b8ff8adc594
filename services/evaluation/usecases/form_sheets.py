"""自评表 as the official form: a form into the values of a sheet, and a sheet back into a patch."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID, uuid5

from services.evaluation.domain.vocabulary import OPERATORS
from services.evaluation.schemas.self_evaluations import FundKindOut, RowOut, SelfEvaluationOut
from shared.workbooks.cells import BadCell
from shared.workbooks.measures import measured
from shared.workbooks.text import squeezed
from shared.workbooks.values import CellError, Form, FormRead, Row, RowRead, Value

LEVELS, KINDS, INDICATORS = "fund_levels", "fund_kinds", "indicators"
#: What the unit types outside the blocks.
TEXTS = (
    "goal_actual", "exec_reason", "weights_reason", "conclusion", "problems", "measures",
    "project_lead", "finance_lead", "other_notes",
)  # fmt: skip
_FACTS = ("due_on", "project_name", "project_code", "unit_name", "unit_code", "annual_goal")
_QUALITATIVE = "qualitative"
#: 达成年度指标 may be written 达成.
_SHORT = re.compile("(年度|预期)指标.*")


@dataclass
class PatchRead:
    """What a sheet says differently from the stored form; `cells`: pointer into the patch → cell."""

    fields: dict[str, Any] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    kinds: list[dict[str, Any]] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)
    errors: list[CellError] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The patch as the API takes it."""
        return {**self.fields, "rows": self.rows, "fund_kinds": self.kinds}

    def is_empty(self) -> bool:
        return not (self.fields or self.rows or self.kinds)


def form_of(form: SelfEvaluationOut, *, department_code: str, bands: Mapping[str, str]) -> Form:
    """The sheet to fill; `bands` are the words of qualitative results by code."""
    values: dict[str, Value] = {name: getattr(form, name) for name in (*_FACTS, *TEXTS)}
    values |= {
        "fiscal_year": str(form.fiscal_year),
        "department_code": department_code,
        "total": _shown(form.total if form.preview_total is None else form.preview_total),
    }
    values |= {name: _shown(getattr(form, name)) for name in ("exec_weight", "exec_rate")}
    values["exec_score"] = _shown(form.exec_score)
    return Form(
        form_id=form.id,
        version=form.version,
        values=values,
        rows={
            LEVELS: [
                Row(
                    None,
                    {
                        "level": fund.fund_level_label,
                        "budget_initial": fund.budget_initial,
                        "budget_full_year": fund.budget_full_year,
                        "executed": fund.executed,
                        "rate": _rate(fund.executed, fund.budget_full_year),
                    },
                )
                for fund in form.funds
            ],
            KINDS: [_kind(form.id, kind) for kind in form.fund_kinds],
            INDICATORS: [_row(form.id, row, bands) for row in form.rows],
        },
    )


def patch_of(read: FormRead, stored: SelfEvaluationOut, bands: Mapping[str, str]) -> PatchRead:
    """What to change in the stored form so that it says what the sheet does."""
    patch = PatchRead(errors=[_moved(one, read, stored) for one in read.errors])
    wrong = {one.cell for one in read.errors}
    for name in TEXTS:
        said = read.values.get(name)
        if read.cells[name] not in wrong and said != getattr(stored, name):
            patch.fields[name], patch.cells[f"/{name}"] = said, read.cells[name]
    _kinds(read, stored, wrong, patch)
    by_id = {row_id(read.form_id, str(row.position)): row for row in stored.rows}
    for one in read.rows.get(INDICATORS, ()):
        found = by_id.pop(one.row_id, None) if one.row_id is not None else None
        if found is None:
            patch.errors.append(_unknown(read, one))
        else:
            _row_patch(read, one, found, bands, patch)
    patch.errors += [_lost(read, row.name) for row in by_id.values()]
    return patch


def row_id(form_id: UUID, name: str) -> UUID:
    """The hidden name of a row."""
    return uuid5(form_id, name)


def _kind(form_id: UUID, kind: FundKindOut) -> Row:
    return Row(
        row_id(form_id, kind.kind),
        {
            "kind": kind.kind_label,
            "budget_initial": kind.budget_initial,
            "budget_full_year": kind.budget_full_year,
            "executed": kind.executed,
        },
    )


def _row(form_id: UUID, row: RowOut, bands: Mapping[str, str]) -> Row:
    qualitative = row.operator == _QUALITATIVE
    target = row.target_text if row.target_value is None else row.target_value
    values: dict[str, Value] = {
        "level1": row.level1_label,
        "level2": row.level2_label,
        "name": row.name,
        "operator": OPERATORS[row.operator],
        "target": target,
        "unit_of_measure": row.unit_of_measure,
        "actual_value": bands.get(row.band or "") if qualitative else row.actual_value,
        "weight": _shown(row.weight),
        "rule_score": _shown(row.rule_score),
        "self_score": row.self_score,
        "reason": row.reason,
        "improvement": row.improvement,
    }
    return Row(row_id(form_id, str(row.position)), values)


def _kinds(read: FormRead, stored: SelfEvaluationOut, wrong: set[str], patch: PatchRead) -> None:
    by_id = {row_id(read.form_id, kind.kind): kind for kind in stored.fund_kinds}
    for one in read.rows.get(KINDS, ()):
        kind = by_id.pop(one.row_id, None) if one.row_id is not None else None
        if kind is None:
            patch.errors.append(_unknown(read, one, cell="executed"))
        elif one.cells["executed"] not in wrong and one.values["executed"] != kind.executed:
            if len(stored.fund_kinds) == 1:
                patch.errors.append(_known_already(read, one))
                continue
            patch.cells[f"/fund_kinds/{len(patch.kinds)}/executed"] = one.cells["executed"]
            patch.kinds.append({"kind": kind.kind, "executed": _plain(one.values["executed"])})
    patch.errors += [_lost(read, kind.kind_label) for kind in by_id.values()]


def _row_patch(
    read: FormRead, row: RowRead, stored: RowOut, bands: Mapping[str, str], patch: PatchRead
) -> None:
    wrong = {one.cell for one in read.errors}
    said: dict[str, Any] = {
        name: row.values[name]
        for name in ("self_score", "reason", "improvement")
        if row.cells[name] not in wrong
    }
    if row.cells["actual_value"] not in wrong:
        try:
            name, value = _measured(row.values["actual_value"], stored, bands)
            said[name] = value
        except BadCell as bad:
            at = f"/rows/{stored.position - 1}/actual_value"
            cell = row.cells["actual_value"]
            patch.errors.append(CellError(read.sheet, cell, at, bad.code, bad.message, bad.mend))
    changed = {name: value for name, value in said.items() if value != getattr(stored, name)}
    if not changed:
        return
    at = f"/rows/{len(patch.rows)}"
    patch.rows.append(
        {"position": stored.position, **{name: _plain(value) for name, value in changed.items()}}
    )
    cells = {**row.cells, "band": row.cells["actual_value"]}
    patch.cells |= {f"{at}/{name}": cells[name] for name in changed}


def _measured(value: Value, stored: RowOut, bands: Mapping[str, str]) -> tuple[str, Any]:
    """The field and value a cell of results means. Raises BadCell."""
    if stored.operator == _QUALITATIVE:
        return "band", _band(value, stored, bands)
    return "actual_value", measured(stored.name, stored.unit_of_measure, value)


def _band(value: Value, stored: RowOut, bands: Mapping[str, str]) -> str | None:
    if value is None:
        return None
    said = squeezed(str(value))
    for code, label in bands.items():
        if said in (squeezed(label), _SHORT.sub("", squeezed(label))):
            return code
    words = "、".join(bands.values())
    raise BadCell(
        "band_unknown",
        f"「{stored.name}」是定性指标，没有“{str(value)[:40]}”这一档",
        f"请填：{words}",
    )


def _moved(error: CellError, read: FormRead, stored: SelfEvaluationOut) -> CellError:
    """The same error with its pointer into the API's rows, which keep their order."""
    block, _, rest = error.pointer.removeprefix("/").partition("/")
    index, _, name = rest.partition("/")
    if block != INDICATORS or not index.isdigit():
        return error
    places = {row_id(read.form_id, str(row.position)): at for at, row in enumerate(stored.rows)}
    found = places.get(read.rows[INDICATORS][int(index)].row_id or UUID(int=0), int(index))
    pointer = f"/rows/{found}/{name}"
    return CellError(error.sheet, error.cell, pointer, error.code, error.message, error.mend)


def _unknown(read: FormRead, row: RowRead, *, cell: str = "name") -> CellError:
    return CellError(
        read.sheet, row.cells[cell], "", "row_unknown", "这一行不是自评表原有的",
        "自评表不能增加行，请删去此行；指标或资金有变须先办理目标、预算调整",
    )  # fmt: skip


def _known_already(read: FormRead, row: RowRead) -> CellError:
    return CellError(
        read.sheet, row.cells["executed"], "/fund_kinds", "filled_by_system",
        "只有一种资金，全年执行数由支付数据带出", "请恢复原数；不符的请先与国库核对",
    )  # fmt: skip


def _lost(read: FormRead, name: str) -> CellError:
    return CellError(
        read.sheet, "B1", "", "row_lost", f"「{name}」所在的行被删除",
        "请重新导出，保留全部行",
    )  # fmt: skip


def _rate(executed: Decimal, budget: Decimal) -> str | None:
    if budget <= 0:
        return None
    return str((100 * executed / budget).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _shown(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _plain(value: Any) -> Any:
    """A value as the API writes it."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
