"""What a draft goal (绩效目标申报表) has to satisfy before it is submitted, and hints beyond that."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from shared.rulebook import Version

#: 一级指标 → 二级指标 of the classic tree (财预〔2015〕88号): code → 中文.
LEVELS = {
    "output": ("产出指标", {"quantity": "数量指标", "quality": "质量指标",
                          "timeliness": "时效指标", "cost": "成本指标"}),
    "benefit": ("效益指标", {"economic": "经济效益指标", "social": "社会效益指标",
                           "ecological": "生态效益指标", "sustainable": "可持续影响指标"}),
    "satisfaction": ("满意度指标", {"satisfaction": "服务对象满意度指标"}),
}  # fmt: skip
QUALITATIVE = "qualitative"
OPERATORS = (">=", ">", "=", "<", "<=", QUALITATIVE)


class Severity(StrEnum):
    """blocking keeps the goal from being submitted; a hint does not."""

    BLOCKING = "blocking"
    HINT = "hint"


@dataclass(frozen=True)
class Indicator:
    """One row of the form."""

    level1: str
    level2: str
    name: str
    operator: str
    target_value: Decimal | None
    target_text: str | None
    unit_of_measure: str | None
    weight: Decimal


@dataclass(frozen=True)
class Draft:
    """A goal as filled in so far."""

    annual_goal: str
    indicators: Sequence[Indicator]


@dataclass(frozen=True)
class Finding:
    """One thing to mend: which rule, where, why, how."""

    rule_id: str
    severity: Severity
    pointer: str
    message: str
    mend: str


def check(draft: Draft, rule: Version) -> list[Finding]:
    """Every finding on a draft, in the order of the form."""
    values = rule.values or {}
    return [finding for one in _CHECKS for finding in one(draft, values)]


def blocking(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that keep a goal from being submitted."""
    return [finding for finding in findings if finding.severity is Severity.BLOCKING]


def _weights(draft: Draft, values: Any) -> Iterator[Finding]:
    total = sum((row.weight for row in draft.indicators), Decimal(0))
    due = Decimal(values["weight_total"])
    if total != due:
        yield Finding(
            "G1", Severity.BLOCKING, "/indicators",
            f"指标权重合计为 {total}，应为 {due}（预算执行率另占 {100 - due}）",
            f"请把各指标权重调整到合计 {due}",
        )  # fmt: skip


def _groups(draft: Draft, values: Any) -> Iterator[Finding]:
    present = {row.level1 for row in draft.indicators}
    for level1 in values["required_level1"]:
        if level1 not in present:
            label = LEVELS[level1][0]
            yield Finding(
                "G2", Severity.BLOCKING, "/indicators", f"缺少{label}", f"请至少填一条{label}"
            )


def _targets(draft: Draft, _: Any) -> Iterator[Finding]:
    for index, row in enumerate(draft.indicators):
        where = f"/indicators/{index}"
        if row.operator == QUALITATIVE:
            if not row.target_text:
                yield Finding("G3", Severity.BLOCKING, f"{where}/target_text", "定性指标没有写明目标状态",
                              "请写出年底能看得见、查得到的状态")  # fmt: skip
        elif row.target_value is None:
            yield Finding("G3", Severity.BLOCKING, f"{where}/target_value", "定量指标没有指标值",
                          "请填写数值，或把指标性质改为定性")  # fmt: skip
        elif not row.unit_of_measure:
            yield Finding("G3", Severity.BLOCKING, f"{where}/unit_of_measure", "定量指标没有计量单位",
                          "请填写单位，如 户、平方米、%")  # fmt: skip


def _positive_weights(draft: Draft, _: Any) -> Iterator[Finding]:
    for index, row in enumerate(draft.indicators):
        if row.weight <= 0:
            yield Finding("G1", Severity.BLOCKING, f"/indicators/{index}/weight", "权重应大于 0",
                          "请填写权重，或删去该指标")  # fmt: skip


def _names(draft: Draft, _: Any) -> Iterator[Finding]:
    counts = Counter(row.name for row in draft.indicators)
    for index, row in enumerate(draft.indicators):
        if counts[row.name] > 1:
            yield Finding("G6", Severity.BLOCKING, f"/indicators/{index}/name",
                          f"指标“{row.name}”重复", "请合并或改名")  # fmt: skip


def _vague(draft: Draft, values: Any) -> Iterator[Finding]:
    for index, row in enumerate(draft.indicators):
        if row.target_text and row.target_text.strip("。 ") in values["vague_targets"]:
            yield Finding("G7", Severity.HINT, f"/indicators/{index}/target_text",
                          f"“{row.target_text}”说不清做到什么程度",
                          "请写成能核对的状态，如“办结率不低于上年”“验收文件齐全”")  # fmt: skip


def _quality_beside_quantity(draft: Draft, _: Any) -> Iterator[Finding]:
    kinds = {row.level2 for row in draft.indicators}
    if "quantity" in kinds and "quality" not in kinds:
        yield Finding("G9", Severity.HINT, "/indicators", "只有数量指标，没有质量指标",
                      "请补一条质量指标，如验收合格率")  # fmt: skip


_CHECKS: tuple[Callable[[Draft, Any], Iterator[Finding]], ...] = (
    _weights,
    _positive_weights,
    _groups,
    _targets,
    _names,
    _vague,
    _quality_beside_quantity,
)
