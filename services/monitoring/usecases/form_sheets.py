"""监控表 as the official form: a form's content into the values of a sheet, and back into a patch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from services.monitoring.domain.facts import Band
from services.monitoring.domain.form_rows import ACTUAL, FORECAST, RowContent
from services.monitoring.domain.vocabulary import DEVIATION_CAUSES, LEVEL1, LEVEL2
from shared.workbooks.cells import BadCell
from shared.workbooks.measures import measured
from shared.workbooks.text import squeezed
from shared.workbooks.values import CellError, Form, FormRead, Row, RowRead, Value

FUNDS = "funds"
INDICATORS = "indicators"

_BAND_WORDS = {Band.ACHIEVED: "达成", Band.PARTIAL: "部分达成", Band.FAILED: "未达成"}
_BANDS = {squeezed(word): band for band, word in _BAND_WORDS.items()}
_BANDS |= {squeezed(band.label): band for band in Band}
_TEXTS = ("deviation_text", "likelihood", "remark")


@dataclass(frozen=True)
class SheetRow:
    """An indicator row to print."""

    level1: str
    target_text: str | None
    content: RowContent


@dataclass(frozen=True)
class FormSheet:
    """One form to print. `facts` are the grey cells by field, `funds` the rows of money."""

    form_id: UUID
    version: int
    facts: Mapping[str, Value]
    funds: Sequence[Mapping[str, Value]]
    rows: Sequence[SheetRow]


@dataclass
class PatchRead:
    """What a sheet says differently from the stored form; `cells`: pointer into the patch → cell."""

    executed_forecast: dict[str, Any] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)
    errors: list[CellError] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The patch as the API takes it."""
        return {**self.executed_forecast, "rows": self.rows}

    def is_empty(self) -> bool:
        return not self.executed_forecast and not self.rows


def form_of(sheet: FormSheet) -> Form:
    """The sheet to fill."""
    return Form(
        form_id=sheet.form_id,
        version=sheet.version,
        values=sheet.facts,
        rows={
            FUNDS: [Row(None, fund) for fund in sheet.funds],
            INDICATORS: [_row(sheet.form_id, row) for row in sheet.rows],
        },
    )


def patch_of(
    read: FormRead, *, executed_forecast: Decimal | None, rows: Sequence[RowContent]
) -> PatchRead:
    """What to change in the stored form so that it says what the sheet does."""
    patch = PatchRead(errors=[_moved(one, read, rows) for one in read.errors])
    wrong = {one.pointer for one in read.errors}
    forecast = read.values.get("executed_forecast")
    if forecast != executed_forecast and "/executed_forecast" not in wrong:
        patch.executed_forecast["executed_forecast"] = _plain(forecast)
        patch.cells["/executed_forecast"] = read.cells["executed_forecast"]
    by_id = {row_id(read.form_id, row.position): row for row in rows}
    for one in read.rows.get(INDICATORS, ()):
        stored = by_id.pop(one.row_id, None) if one.row_id is not None else None
        if stored is None:
            patch.errors.append(_unknown_row(read, one))
        else:
            _row_patch(read, one, stored, patch)
    patch.errors += [_lost_row(read, row) for row in by_id.values()]
    return patch


def row_id(form_id: UUID, position: int) -> UUID:
    """The hidden name of a row."""
    return uuid5(form_id, str(position))


def _row(form_id: UUID, row: SheetRow) -> Row:
    one = row.content
    values: dict[str, Value] = {
        "level1": LEVEL1[row.level1],
        "level2": LEVEL2[one.level2],
        "name": one.name,
        "operator": one.operator.label,
        "target": row.target_text if one.target_value is None else one.target_value,
        "unit_of_measure": one.unit_of_measure,
        ACTUAL: one.actual_to_date,
        FORECAST: one.actual_forecast,
    }
    if one.is_qualitative:
        values[ACTUAL] = None if one.band is None else _BAND_WORDS[one.band]
    values |= {name: getattr(one, name) for name in _TEXTS}
    values |= {f"cause_{code}": "yes" for code in one.deviation_causes}
    return Row(row_id(form_id, one.position), values)


def _row_patch(read: FormRead, row: RowRead, stored: RowContent, patch: PatchRead) -> None:
    said, cells = dict(_said(read, row, stored, patch.errors)), _cells(row, stored)
    changed = {
        name: value for name, value in said.items() if value != _plain(getattr(stored, name))
    }
    if not changed:
        return
    at = f"/rows/{len(patch.rows)}"
    patch.rows.append({"position": stored.position, **changed})
    patch.cells |= {f"{at}/{name}": cells[name] for name in changed}


def _said(
    read: FormRead, row: RowRead, stored: RowContent, errors: list[CellError]
) -> Iterator[tuple[str, Any]]:
    """The row's typed fields as the API has them; a cell in error says nothing."""
    wrong = {one.cell for one in read.errors}
    for name in _TEXTS:
        if row.cells[name] not in wrong:
            yield name, _plain(row.values[name])
    ticks = [row.cells[f"cause_{code}"] for code in DEVIATION_CAUSES]
    if not wrong.intersection(ticks):
        yield (
            "deviation_causes",
            [code for code in DEVIATION_CAUSES if row.values[f"cause_{code}"] == "yes"],
        )
    columns = (ACTUAL,) if stored.is_qualitative else (ACTUAL, FORECAST)
    for column in columns:
        if row.cells[column] in wrong:
            continue
        try:
            yield _measured(column, row.values[column], stored)
        except BadCell as bad:
            at = f"/rows/{stored.position - 1}/{column}"
            errors.append(
                CellError(read.sheet, row.cells[column], at, bad.code, bad.message, bad.mend)
            )


def _measured(column: str, value: Value, stored: RowContent) -> tuple[str, str | None]:
    """The field and value a cell of measurements means. Raises BadCell."""
    if stored.is_qualitative:
        return "band", _band(value, stored)
    return column, _plain(measured(stored.name, stored.unit_of_measure, value))


def _band(value: Value, stored: RowContent) -> str | None:
    if value is None:
        return None
    band = _BANDS.get(squeezed(str(value)))
    if band is None:
        raise BadCell(
            "band_unknown",
            f"「{stored.name}」是定性指标，没有“{str(value)[:40]}”这一档",
            "请填达成、部分达成或未达成",
        )
    return str(band)


def _cells(row: RowRead, stored: RowContent) -> dict[str, str]:
    cells = dict(row.cells) | {"deviation_causes": row.cells["cause_funding"]}
    return cells | {"band": row.cells[ACTUAL]} if stored.is_qualitative else cells


def _moved(error: CellError, read: FormRead, rows: Sequence[RowContent]) -> CellError:
    """The same error with its pointer into the API's rows, which keep their order."""
    block, _, rest = error.pointer.removeprefix("/").partition("/")
    index, _, name = rest.partition("/")
    if block != INDICATORS or not index.isdigit():
        return error
    positions = {row_id(read.form_id, row.position): at for at, row in enumerate(rows)}
    found = positions.get(read.rows[INDICATORS][int(index)].row_id or UUID(int=0), int(index))
    field_name = "deviation_causes" if name.startswith("cause_") else name
    pointer = f"/rows/{found}/{field_name}"
    return CellError(error.sheet, error.cell, pointer, error.code, error.message, error.mend)


def _unknown_row(read: FormRead, row: RowRead) -> CellError:
    return CellError(
        read.sheet, row.cells["name"], "", "row_unknown", "这一行不是监控表原有的指标",
        "监控表不能增加指标，请删去此行；指标有变须先办理目标调整",
    )  # fmt: skip


def _lost_row(read: FormRead, row: RowContent) -> CellError:
    return CellError(
        read.sheet, "B1", "", "row_lost", f"指标「{row.name}」所在的行被删除",
        "请重新导出，保留全部指标行",
    )  # fmt: skip


def _plain(value: Any) -> Any:
    """A value as the API writes it."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, tuple):
        return list(value)
    return None if value is None else str(value)
