"""Warnings and what is asked of them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.monitoring.access import allowed_on_warning
from services.monitoring.domain.answers import Answer, answer_overdue
from services.monitoring.domain.execution import execution_rate, shown_rate
from services.monitoring.domain.verdicts import Colour
from services.monitoring.queries.warning_texts import (
    TEXT_COLUMNS,
    TEXT_JOIN,
    warning_of,
    wording_of,
)
from services.monitoring.schemas.rule_packs import RuleStatistics, WarningStatistics
from services.monitoring.schemas.warnings import WarningOut, WarningSummary
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

STATUSES = {"open": "未解除", "closed": "已解除"}

_SUMMARY = f"""
    w.id, w.round_id, w.project_code, w.project_name, w.unit_code, w.unit_name, w.fiscal_year,
    w.rule_id, w.position, w.level, w.status, w.answer, w.answer_due_on, w.false_alarm,
    w.opened_at, w.closed_at, w.row_version as version, w.updated_at, {TEXT_COLUMNS}
    from warning w {TEXT_JOIN}
"""

_REACHED = "where w.region_code = $1 and ($2::text[] is null or w.unit_code = any ($2))"

#: What the unit last said, and how far the bureau is with a claim that the warning is false.
ANSWER_STATE = """
    (case when w.answer is null then 'none' when w.answer <> 'false_alarm' then w.answer
          when w.false_alarm then 'false_alarm_accepted' else 'false_alarm_claimed' end)
"""

_OVERDUE = "(w.status = 'open' and w.answer is null and w.answer_due_on < {})"

_OF_OFFICE = """
    w.unit_code in (select u.code from unit u where u.region_code = $1 and u.office = {})
"""

_OF_PROJECT = f"""
    select {_SUMMARY} {_REACHED} and w.project_code = $3 and w.fiscal_year = $4 order by w.id
"""

_WARNING = f"""
    select w.run_id,
           array(select x.rectification_id from rectification_warning x
                 where x.region_code = w.region_code and x.warning_id = w.id
                 order by x.rectification_id) as rectification_ids,
           (select u.office from unit u
            where u.region_code = w.region_code and u.code = w.unit_code) as office,
           (select coalesce(json_agg(json_build_object('answer', a.answer, 'text', a.text,
                'answered_by', a.answered_by, 'answered_at', a.answered_at,
                'decision', a.decision, 'decision_reason', a.decision_reason,
                'decided_by', a.decided_by, 'decided_at', a.decided_at) order by a.id),
                '[]')::text
            from warning_answer a
            where a.region_code = w.region_code and a.warning_id = w.id) as answers,
           {_SUMMARY} {_REACHED} and w.id = $3
"""

_BY_RULE = f"""
    select w.rule_id, max(t.wording ->> 'title') as title, count(*) as total,
           count(*) filter (where w.status = 'open') as open,
           count(*) filter (where {_OVERDUE.format("$4")}) as overdue,
           count(*) filter (where a.answered) as answered,
           count(*) filter (where a.claimed) as claimed_false,
           count(*) filter (where a.confirmed) as confirmed_false
    from warning w {TEXT_JOIN}
    left join (
        select warning_id, true as answered, bool_or(answer = 'false_alarm') as claimed,
               bool_or(decision is not distinct from 'accepted') as confirmed
        from warning_answer where region_code = $1 group by warning_id) a on a.warning_id = w.id
    {_REACHED} and w.fiscal_year = $3
    group by w.rule_id order by w.rule_id
"""


async def list_warnings(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    *,
    round_id: UUID | None,
    fiscal_year: int | None,
    status: str | None,
    level: str | None,
    unit_code: str | None,
    office: str | None,
    rule_id: str | None,
    answer: str | None,
    overdue: bool,
    today: date,
) -> Page[WarningSummary]:
    """Warnings, oldest first."""
    where = (
        Where(caller.region_code, caller.units)
        .add("w.round_id = {}", round_id)
        .add("w.fiscal_year = {}", fiscal_year)
        .add("w.status = {}", status)
        .add("w.level = {}", level)
        .add("w.unit_code = {}", unit_code)
        .add(_OF_OFFICE, office)
        .add("w.rule_id = {}", rule_id)
        .add(f"{ANSWER_STATE} = {{}}", answer)
        .add(_OVERDUE, today if overdue else None)
        .add_after("w.id > {}", paging.after(UUID))
    )
    sql = f"select {_SUMMARY} {_REACHED}{where} order by w.id{where.limit(paging.limit + 1)}"
    rows = await reads.all(sql, *where.arguments)
    return paging.page(rows, lambda row: _summary(row, caller, today), lambda row: [row["id"]])


async def warnings_of_project(
    reads: Reads, caller: Caller, project_code: str, fiscal_year: int, *, today: date
) -> list[WarningSummary]:
    """A project's warnings of the year, oldest first."""
    rows = await reads.all(_OF_PROJECT, caller.region_code, caller.units, project_code, fiscal_year)
    return [_summary(row, caller, today) for row in rows]


async def warning(reads: Reads, caller: Caller, warning_id: UUID, *, today: date) -> WarningOut:
    """One warning with its receipt, written now from what it stands on. Raises NotFound."""
    row = await reads.one(_WARNING, caller.region_code, caller.units, warning_id)
    terms = wording_of(row["wording"]).answering
    return WarningOut.model_validate(
        {
            **_described(row, caller, today),
            "receipt": warning_of(row).receipt.as_dict(),
            "must_act": dict(row),
            "allowed_answers": [{"answer": a.value, "label": a.label} for a in terms.allowed],
            "on_silence": terms.on_silence,
        }
    )


async def statistics_by_rule(
    reads: Reads, caller: Caller, *, fiscal_year: int, today: date
) -> WarningStatistics:
    """The year's warnings rule by rule, of the rows the caller reaches."""
    rows = await reads.all(_BY_RULE, caller.region_code, caller.units, fiscal_year, today)
    return WarningStatistics(
        fiscal_year=fiscal_year, by="rule", items=[_of_rule(row) for row in rows]
    )


def _of_rule(row: Mapping[str, Any]) -> RuleStatistics:
    confirmed, answered = row["confirmed_false"], row["answered"]
    rate = shown_rate(execution_rate(Decimal(answered), Decimal(confirmed)))
    return RuleStatistics.model_validate(
        {**row, "false_alarm_rate": rate, "numerator": confirmed, "denominator": answered}
    )


def _summary(row: Mapping[str, Any], caller: Caller, today: date) -> WarningSummary:
    return WarningSummary.model_validate(_described(row, caller, today))


def _described(row: Mapping[str, Any], caller: Caller, today: date) -> dict[str, Any]:
    status, answer = row["status"], row["answer"]
    return {
        **row,
        "reason": warning_of(row).reason,
        "level_label": Colour(row["level"]).label,
        "status_label": STATUSES[status],
        "answer_label": Answer(answer).label if answer else None,
        "overdue": answer_overdue(
            is_open=status == "open", answer=answer, due_on=row["answer_due_on"], today=today
        ),
        "allowed_actions": allowed_on_warning(
            caller.principal, status, answer=answer, false_alarm=row["false_alarm"]
        ),
    }
