"""What a monitoring form says wrong or leaves out: field by field, with the reason and the remedy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.monitoring.domain.facts import Likelihood
from services.monitoring.domain.form_rows import ACTUAL, FORECAST, RATE_UNITS, RowContent

BLOCKING = "blocking"
ADVICE = "advice"

#: field → (what is missing, how to mend it)
_MISSING = {
    "band": ("没有填完成情况", "请选择达成、部分达成或未达成"),
    ACTUAL: ("没有填执行情况", "请填写截至期末的实际值"),
    FORECAST: ("没有填全年预计", "请填写预计全年完成值"),
    "likelihood": ("没有填完成目标可能性", "请选择确定能、有可能或完全不可能"),
    "deviation_causes": ("没有选偏差原因", "请至少选一项原因"),
    "deviation_text": ("没有说明偏差原因", "请写明卡在哪里、如何补上"),
}


@dataclass(frozen=True)
class Finding:
    """One thing to mend (`blocking`) or to look at again (`advice`)."""

    pointer: str
    code: str
    severity: str
    detail: str
    mend: str


@dataclass(frozen=True)
class FormContent:
    """A form as it is checked; money in yuan, of all fund levels."""

    budget: Decimal
    executed_to_date: Decimal
    executed_forecast: Decimal | None
    rows: Sequence[RowContent]
    #: The share of the year that is over.
    gone: Decimal


def findings(form: FormContent) -> list[Finding]:
    """All there is to say, in the order of the form; pointers lead into its `rows`."""
    return [
        *_money(form),
        *(
            found
            for index, row in enumerate(form.rows)
            for found in (*_gaps(index, row), *_doubts(index, row, form.gone))
        ),
    ]


def gaps(rows: Sequence[RowContent]) -> list[Finding]:
    """What stops a submission."""
    return [found for index, row in enumerate(rows) for found in _gaps(index, row)]


def to_type_count(form: FormContent) -> int:
    """How many fields of the form are still to be typed."""
    return sum(len(row.to_type()) for row in form.rows) + (form.executed_forecast is None)


def _money(form: FormContent) -> Iterator[Finding]:
    forecast = form.executed_forecast
    if forecast is None:
        yield _advice("/executed_forecast", "missing", "没有填全年预计执行数",
                      "请按合同和支付计划估算到年底的支付数")  # fmt: skip
    elif forecast < form.executed_to_date:
        yield _advice("/executed_forecast", "below_executed",
                      f"全年预计执行数 {forecast:f} 元小于已执行的 {form.executed_to_date:f} 元",
                      "请核对单位（元）；如有退款请在备注说明")  # fmt: skip
    elif forecast > form.budget:
        yield _advice("/executed_forecast", "above_budget",
                      f"全年预计执行数 {forecast:f} 元超过预算 {form.budget:f} 元",
                      "请核对，或先办理预算调剂")  # fmt: skip


def _gaps(index: int, row: RowContent) -> Iterator[Finding]:
    for name in row.to_type():
        what, mend = _MISSING[name]
        yield Finding(f"/rows/{index}/{name}", "missing", BLOCKING, f"「{row.name}」{what}", mend)


def _doubts(index: int, row: RowContent, gone: Decimal) -> Iterator[Finding]:
    at = f"/rows/{index}"
    if row.forecast_is_short() and row.likelihood is Likelihood.CERTAIN:
        yield _advice(f"{at}/likelihood", "contradiction",
                      f"「{row.name}」全年预计达不到目标，可能性却是“确定能”",
                      "请改为有可能或完全不可能，或核对全年预计")  # fmt: skip
    if row.asks_deviation(gone) and not row.must_explain() and not row.deviation_text:
        yield _advice(f"{at}/deviation_text", "behind_schedule",
                      f"「{row.name}」目前落后于目标或时间进度", "建议写明原因和赶上的办法")  # fmt: skip
    actual, before = row.actual_to_date, row.previous_actual
    if row.is_cumulative and actual is not None and before is not None and actual < before:
        yield _advice(f"{at}/{ACTUAL}", "below_last_round",
                      f"「{row.name}」为累计数，现报 {actual:f}，上次已报 {before:f}",
                      "请填年初至今的累计数；上次多报的请在备注说明")  # fmt: skip
    if row.unit_of_measure in RATE_UNITS[:2] and actual is not None and actual > 100:
        yield _advice(f"{at}/{ACTUAL}", "above_hundred", f"「{row.name}」超过 100 %",
                      "请核对分子分母；百分之九十五填 95")  # fmt: skip


def _advice(pointer: str, code: str, detail: str, mend: str) -> Finding:
    return Finding(pointer, code, ADVICE, detail, mend)
