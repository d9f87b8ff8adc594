"""监控报告: what a round found, gathered on one snapshot; nothing in it is written by hand."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.monitoring.domain.execution import FundLevel, execution_rate, shown_rate
from services.monitoring.domain.verdicts import Colour
from services.monitoring.domain.vocabulary import DEVIATION_CAUSES
from services.monitoring.queries import round_report_sql as sql
from services.monitoring.queries.colours import colour_statistics
from services.monitoring.queries.round_progress import round_statistics
from services.monitoring.queries.round_report_proposals import proposals
from services.monitoring.queries.rounds import one_round
from services.monitoring.queries.warning_texts import warning_of, wording_of
from services.monitoring.schemas.colours import ColourStatistics
from services.monitoring.schemas.round_reports import (
    PreviousRound,
    ReportForms,
    ReportLights,
    ReportMoney,
    ReportProblems,
    RoundReport,
)
from services.monitoring.schemas.rounds import FormCounts, RoundOut, RoundStatistics
from shared.auth import Caller
from shared.db import Reads

_API = "/api/v1/monitoring"
_FINDINGS, _WORDS = 20, 50


async def round_report(reads: Reads, caller: Caller, round_id: UUID, *, today: date) -> RoundReport:
    """The report of a round as of a day, of the rows the caller reaches. Raises NotFound."""
    async with reads.snapshot() as snapshot:
        asked = await one_round(snapshot, caller, round_id)
        counts = await round_statistics(snapshot, caller, round_id, today=today)
        return RoundReport.model_validate(
            {
                **asked.model_dump(exclude={"selection", "status"}),
                "round_id": round_id,
                "as_of": today,
                "scope": _scope(asked, caller),
                "overview": await _overview(snapshot, caller, asked, counts),
                "problems": await _problems(snapshot, caller, asked, counts),
                "proposals": await proposals(snapshot, caller, asked, today=today),
            }
        )


async def _overview(
    reads: Reads, caller: Caller, asked: RoundOut, counts: RoundStatistics
) -> dict[str, Any]:
    units = sum(len(office.units) for office in counts.offices)
    return {
        "projects": _counted(counts.total.total, _forms_href(asked)),
        "units": _counted(units, _round_href(asked, "statistics")),
        "forms": _forms(asked, counts.total),
        "money": await _money(reads, caller, asked),
        "lights": await _lights(reads, caller, asked),
        "previous": await _previous(reads, caller, asked),
    }


def _forms(asked: RoundOut, total: FormCounts) -> ReportForms:
    def share(count: int, href: str) -> dict[str, Any]:
        rate = shown_rate(execution_rate(Decimal(total.total), Decimal(count)))
        return {"numerator": count, "denominator": total.total, "rate": rate, "href": href}

    return ReportForms.model_validate(
        {
            "due": _counted(total.total, _forms_href(asked)),
            "handed_in": share(total.submitted + total.accepted, _round_href(asked, "statistics")),
            "accepted": share(total.accepted, f"{_forms_href(asked)}&status=accepted"),
            "overdue": share(total.overdue, _round_href(asked, "overdue-forms")),
        }
    )


async def _money(reads: Reads, caller: Caller, asked: RoundOut) -> ReportMoney:
    rows = {row["fund_level"]: row for row in await _of_round(reads, caller, asked, sql.MONEY)}
    total = {
        name: sum((row[name] for row in rows.values()), Decimal("0.00"))
        for name in ("budget", "executed_to_date")
    }
    return ReportMoney.model_validate(
        {
            **_rated(total),
            "scope": f"{_scope(asked, caller)}，全部资金级次；执行数为监控期间内支付净额",
            "levels": [
                {"fund_level_label": level.label, **_rated(rows[level])}
                for level in FundLevel
                if level in rows
            ],
            "href": _forms_href(asked),
        }
    )


async def _lights(reads: Reads, caller: Caller, asked: RoundOut) -> ReportLights:
    offices = await colour_statistics(reads, caller, asked.id, by="office")
    departments = await colour_statistics(reads, caller, asked.id, by="department")
    href = _round_href(asked, "project-colours")
    return ReportLights.model_validate(
        {
            "scope": offices.scope,
            "total": _counted(offices.total.project_count, href),
            "colours": [
                {
                    "colour": colour,
                    "colour_label": colour.label,
                    "count": getattr(offices.total, colour),
                    "href": f"{href}?colour={colour}",
                }
                for colour in Colour
            ],
            "offices": _groups(asked, offices),
            "departments": _groups(asked, departments),
        }
    )


def _groups(asked: RoundOut, lights: ColourStatistics) -> list[dict[str, Any]]:
    href = _round_href(asked, f"colour-statistics?by={lights.by}")
    return [{**group.model_dump(), "href": href} for group in lights.groups]


async def _previous(reads: Reads, caller: Caller, asked: RoundOut) -> PreviousRound | None:
    for row in await _of_round(reads, caller, asked, sql.PREVIOUS):
        href = f"{_API}/monitoring-rounds/{row['round_id']}/report"
        return PreviousRound.model_validate({**_rated(row), "href": href})
    return None


async def _problems(
    reads: Reads, caller: Caller, asked: RoundOut, counts: RoundStatistics
) -> ReportProblems:
    rules = await _of_round(reads, caller, asked, sql.BY_RULE)
    href = f"{_API}/warnings?round_id={asked.id}&status"
    sums = {name: sum(row[name] for row in rules) for name in ("count", "red", "yellow", "closed")}
    return ReportProblems.model_validate(
        {
            "open": _counted(sums["count"], f"{href}=open"),
            "red": _counted(sums["red"], f"{href}=open&level=red"),
            "yellow": _counted(sums["yellow"], f"{href}=open&level=yellow"),
            "closed": _counted(sums["closed"], f"{href}=closed"),
            "rules": [
                {**row, "href": f"{href}=open&rule_id={row['rule_id']}"}
                for row in rules
                if row["count"]
            ],
            "most_serious": await _most_serious(reads, caller, asked),
            "causes": await _causes(reads, caller, asked),
            "words": await _words(reads, caller, asked),
            "silent_units": _silent_units(asked, counts),
        }
    )


async def _most_serious(reads: Reads, caller: Caller, asked: RoundOut) -> list[dict[str, Any]]:
    rows = await _of_round(reads, caller, asked, sql.MOST_SERIOUS, _FINDINGS)
    return [
        {
            **row,
            "level_label": Colour(row["level"]).label,
            "rule_title": wording_of(row["wording"]).rule.title,
            "reason": warning_of(row).reason,
            "href": f"{_API}/warnings/{row['warning_id']}",
        }
        for row in rows
    ]


async def _causes(reads: Reads, caller: Caller, asked: RoundOut) -> list[dict[str, Any]]:
    found = {row["cause"]: row for row in await _of_round(reads, caller, asked, sql.CAUSES)}
    return [
        {**found[cause], "label": label, "href": f"{_forms_href(asked)}&cause={cause}"}
        for cause, label in DEVIATION_CAUSES.items()
        if cause in found
    ]


async def _words(reads: Reads, caller: Caller, asked: RoundOut) -> list[dict[str, Any]]:
    rows = await _of_round(reads, caller, asked, sql.WORDS, _WORDS)
    return [
        {
            **row,
            "causes": [DEVIATION_CAUSES[cause] for cause in row["causes"]],
            "href": f"{_API}/monitoring-forms/{row['form_id']}",
        }
        for row in rows
    ]


def _silent_units(asked: RoundOut, counts: RoundStatistics) -> list[dict[str, Any]]:
    href = _round_href(asked, "overdue-forms?unit_code")
    return [
        {**vars(unit), "count": unit.overdue, "href": f"{href}={unit.unit_code}"}
        for office in counts.offices
        for unit in office.units
        if unit.overdue
    ]


async def _of_round(
    reads: Reads, caller: Caller, asked: RoundOut, statement: str, *more: object
) -> Sequence[Mapping[str, Any]]:
    return await reads.all(statement, caller.region_code, caller.units, asked.id, *more)


def _rated(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "rate": shown_rate(execution_rate(row["budget"], row["executed_to_date"]))}


def _counted(count: int, href: str) -> dict[str, Any]:
    return {"count": count, "href": href}


def _scope(asked: RoundOut, caller: Caller) -> str:
    within = "全部" if caller.units is None else "本单位"
    return f"{asked.fiscal_year} 年度“{asked.name}”{within}监控表所列项目"


def _forms_href(asked: RoundOut) -> str:
    return f"{_API}/monitoring-forms?round_id={asked.id}"


def _round_href(asked: RoundOut, view: str) -> str:
    return f"{_API}/monitoring-rounds/{asked.id}/{view}"
