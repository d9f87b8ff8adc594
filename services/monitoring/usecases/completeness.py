"""What a monitoring form has to say before it may be submitted."""

from collections.abc import Iterator, Sequence

from services.monitoring.domain.facts import Likelihood, Operator
from services.monitoring.tables import FormRow
from shared.problems import FieldError


def gaps(rows: Sequence[FormRow]) -> list[FieldError]:
    """What is missing; each pointer leads into the form's `rows`."""
    return [
        FieldError(pointer=f"/rows/{index}/{field}", code="missing", detail=detail, mend=mend)
        for index, row in enumerate(rows)
        for field, detail, mend in (*_achievement(row), *_outlook(row))
    ]


def _achievement(row: FormRow) -> Iterator[tuple[str, str, str]]:
    if row.operator == Operator.QUALITATIVE:
        if row.band is None:
            yield "band", f"「{row.name}」没有填完成情况", "请选择达成、部分达成或未达成"
        return
    if row.actual_to_date is None:
        yield "actual_to_date", f"「{row.name}」没有填执行情况", "请填写截至期末的实际值"
    if row.actual_forecast is None:
        yield "actual_forecast", f"「{row.name}」没有填全年预计", "请填写预计全年完成值"


def _outlook(row: FormRow) -> Iterator[tuple[str, str, str]]:
    if row.likelihood is None:
        yield (
            "likelihood",
            f"「{row.name}」没有填完成目标可能性",
            "请选择确定能、有可能或完全不可能",
        )
        return
    if row.likelihood == Likelihood.CERTAIN:
        return
    if not row.deviation_causes:
        yield "deviation_causes", f"「{row.name}」没有选偏差原因", "请至少选一项原因"
    if not row.deviation_text:
        yield "deviation_text", f"「{row.name}」没有说明偏差原因", "请写明卡在哪里、如何补上"
