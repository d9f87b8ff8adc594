"""What is wrong with a sheet, in words its author can act on."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from services.evaluation.domain.numbers import plain


class Severity(StrEnum):
    """A blocking finding stops submission; a hint only informs."""

    BLOCKING = "blocking"
    HINT = "hint"


@dataclass(frozen=True)
class Finding:
    """One thing to look at; `pointer` is a JSON pointer, `mend` says what to do."""

    code: str
    pointer: str
    message: str
    mend: str
    severity: Severity = Severity.BLOCKING

    def under(self, prefix: str) -> "Finding":
        """The same finding seen from the sheet, whose line stands at `prefix`."""
        return replace(self, pointer=f"{prefix}{self.pointer}")


_CELLS = {
    "target_value": "年度指标值",
    "target_text": "年度指标值",
    "actual_value": "实际完成值",
    "band": "完成档次",
    "self_score": "得分",
    "score": "得分",
    "points_met": "符合的评价要点数",
    "points_total": "评价要点总数",
    "basis": "评分依据",
    "operator": "定量比较符（≥ > = < ≤）",
    "weight": "分值",
    "goal_actual": "年度总体目标的实际完成情况",
    "actual_text": "实际完成情况",
    "budget_initial": "年初预算数",
    "budget_full_year": "全年预算数",
    "executed": "全年执行数",
}


def cell_missing(cell: str) -> Finding:
    return Finding(
        code="cell_missing",
        pointer=f"/{cell}",
        message=f"{_CELLS[cell]}未填写",
        mend=f"请填写{_CELLS[cell]}",
    )


def not_a_number(cell: str, text: str) -> Finding:
    return Finding(
        code="cell_missing",
        pointer=f"/{cell}",
        message=f"{_CELLS[cell]}“{text}”不是数字，无法计分",
        mend="请只填写数字，比较符与计量单位另填；确属定性指标的，指标性质改为定性",
    )


def out_of_range(cell: str, value: Decimal | int, bounds: str) -> Finding:
    return Finding(
        code="score_out_of_range",
        pointer=f"/{cell}",
        message=f"{_CELLS[cell]} {plain(value)} 超出范围：{bounds}",
        mend=f"请填写范围内的{_CELLS[cell]}：{bounds}",
    )


def deviation_reason_missing(label: str) -> Finding:
    return Finding(
        code="deviation_reason_missing",
        pointer="/reason",
        message=f"“{label}”未达到年度指标值或未得满分，没有说明偏差原因",
        mend="请填写偏差原因分析及改进措施",
    )


def blank(text: str | None) -> bool:
    return text is None or not text.strip()
