"""措施建议 of a round's report: sentences that follow from what units and the bureau have done."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from services.monitoring.domain.answers import Answer
from services.monitoring.domain.payment_control import ControlStatus
from services.monitoring.domain.rectification import RectificationStatus
from services.monitoring.domain.rectification_rules import rectification_rules
from services.monitoring.queries import round_report_sql as sql
from services.monitoring.queries.warnings import statistics_by_rule
from services.monitoring.schemas.round_reports import Proposal
from services.monitoring.schemas.rounds import RoundOut
from shared.auth import Caller
from shared.db import Reads

_API = "/api/v1/monitoring"
_Rows = Sequence[Mapping[str, Any]]

_ANSWERED = {
    Answer.MEASURES: "{} 条预警，单位回应采取措施继续实施，建议业务室跟踪措施落实。",
    Answer.ADJUST_GOAL: "{} 条预警，单位申请调整绩效目标，建议及时审核目标调整。",
    Answer.TRANSFER: "{} 条预警，单位申请调剂资金，建议核定可调剂的数额。",
    Answer.CANCEL: "{} 条预警，单位申请取消项目，建议核实后收回未用资金。",
    "false_alarm_claimed": "{} 条预警，单位申报误报，尚待财政核定。",
    "false_alarm_accepted": "{} 条预警已核定为误报，不再要求单位回应。",
    "none": "{} 条预警，单位尚未回应，建议催办。",
}
_LATE = {
    "overdue": "{} 件整改已逾期，建议督促单位办理。",
    "escalated": "{} 件整改逾期已升级，建议由负责人督办。",
}
_CONTROLLED = {
    ControlStatus.PROPOSED: "本年度有 {} 件暂停拨付建议待决定。",
    ControlStatus.ACTIVE: "本年度有 {} 件暂停拨付正在执行，符合恢复条件的应及时恢复。",
}


async def proposals(
    reads: Reads, caller: Caller, asked: RoundOut, *, today: date
) -> list[Proposal]:
    """Answers, silence, letters, payment controls, rules to look at again; nought is not said."""
    scope = (caller.region_code, caller.units, asked.id)
    escalates_before = rectification_rules().escalates_before(today) or date.min
    answers = await reads.all(sql.ANSWERS, *scope, today)
    letters = await reads.all(sql.LETTERS, *scope, today, escalates_before)
    controls = await reads.all(sql.CONTROLS, *scope)
    return [
        *_of_answers(asked, answers),
        *_of_letters(asked, letters),
        *_of_controls(asked, controls),
        *await _of_rules(reads, caller, asked, today),
    ]


def _of_answers(asked: RoundOut, rows: _Rows) -> Iterator[Proposal]:
    href = f"{_API}/warnings?round_id={asked.id}"
    counts = {row["subject"]: row["count"] for row in rows}
    for state, text in _ANSWERED.items():
        yield from _said(
            "answer", state, counts.get(state, 0), text, f"{href}&status=open&answer={state}"
        )
    late = sum(row["overdue"] for row in rows)
    text = "其中 {} 条预警逾期未回应，建议业务室据此下达整改函。"
    yield from _said("unanswered", "overdue", late, text, f"{href}&overdue=true")


def _of_letters(asked: RoundOut, rows: _Rows) -> Iterator[Proposal]:
    href = f"{_API}/rectifications?round_id={asked.id}"
    counts = {row["subject"]: row["count"] for row in rows}
    for status in RectificationStatus:
        text = f"因本次监控下达的整改函，{{}} 件处于“{status.label}”。"
        yield from _said("letter", status, counts.get(status, 0), text, f"{href}&status={status}")
    for lateness, text in _LATE.items():
        late = sum(row[lateness] for row in rows)
        yield from _said("late_letter", lateness, late, text, f"{href}&lateness={lateness}")


def _of_controls(asked: RoundOut, rows: _Rows) -> Iterator[Proposal]:
    href = f"{_API}/payment-controls?fiscal_year={asked.fiscal_year}"
    counts = {row["subject"]: row["count"] for row in rows}
    for status, text in _CONTROLLED.items():
        yield from _said("control", status, counts.get(status, 0), text, f"{href}&status={status}")


async def _of_rules(
    reads: Reads, caller: Caller, asked: RoundOut, today: date
) -> Sequence[Proposal]:
    year = asked.fiscal_year
    found = await statistics_by_rule(reads, caller, fiscal_year=year, today=today)
    return [
        Proposal(
            kind="false_alarm_rate",
            subject=rule.rule_id,
            count=rule.numerator,
            text=f"规则“{rule.title}”本年度误报率 {rule.false_alarm_rate}%"
            f"（核定误报 {rule.numerator} 条，已回应 {rule.denominator} 条），建议核对其阈值。",
            href=f"{_API}/warning-statistics?fiscal_year={year}&by=rule",
        )
        for rule in found.items
        if rule.numerator
    ]


def _said(kind: str, subject: str, count: int, text: str, href: str) -> Iterator[Proposal]:
    if count:
        yield Proposal(kind=kind, subject=subject, count=count, text=text.format(count), href=href)
