"""What the evaluation service reads of the other services: their facts and their statistics."""

import asyncio
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

from services.evaluation.domain.training_effect import Drafts, Period, UnitDrafts, around
from services.evaluation.domain.vocabulary import (
    KIND_OF_SOURCE,
    ORIGINS,
    OTHER_KIND,
    UNSPECIFIED,
)
from services.evaluation.schemas.summaries import FigureOut, TraceOut
from shared.auth import Caller
from shared.http import Peers
from shared.problems import BadGateway

_V = TypeVar("_V", bound=BaseModel)

#: Units asked for at once: the longest page there is.
_PAGE = 200

FundLevel = Literal["central", "provincial", "municipal", "county"]


class Money(BaseModel):
    """An amount of one fund level, in yuan."""

    fund_level: FundLevel
    amount: Decimal


class SourceMoney(Money):
    """An amount of one fund level and source (资金来源)."""

    source: str


class RegisteredUnit(BaseModel):
    """预算单位 as goals registered it."""

    code: str
    version: int
    name: str
    department_code: str


class Indicator(BaseModel):
    """绩效指标 as approved."""

    position: int
    level1: str
    level2: str
    name: str
    operator: str
    target_value: Decimal | None
    target_text: str | None
    unit_of_measure: str | None
    weight: Decimal


class ApprovedGoalFact(BaseModel):
    """批复的绩效目标 as goals published it."""

    goal_id: UUID
    version: int
    version_no: int = 1
    project_code: str
    project_name: str
    unit_code: str
    unit_name: str
    fiscal_year: int
    annual_goal: str
    funds: list[Money]
    #: Absent in facts of the years before sources were told apart.
    fund_sources: list[SourceMoney] | None = None
    indicators: list[Indicator]

    def budget(self) -> dict[tuple[str, str], Decimal]:
        """The budget by fund level and kind (资金构成), as far as the fact tells sources apart."""
        if self.fund_sources is None:
            return {(fund.fund_level, UNSPECIFIED): fund.amount for fund in self.funds}
        found: dict[tuple[str, str], Decimal] = {}
        for fund in self.fund_sources:
            key = fund.fund_level, KIND_OF_SOURCE.get(fund.source, OTHER_KIND)
            found[key] = found.get(key, Decimal(0)) + fund.amount
        return found


class ChangedExecution(BaseModel):
    """预算执行 as monitoring published it."""

    project_code: str
    fiscal_year: int
    version: int
    paid: list[Money]
    last_paid_on: date | None


class MonitoredRow(BaseModel):
    """How far an indicator had come by the end of a monitoring period."""

    name: str
    level2: str
    unit_of_measure: str | None
    actual_to_date: Decimal | None
    band: str | None


class SubmittedMonitoringForm(BaseModel):
    """监控表 as its unit sent it to the bureau."""

    form_id: UUID
    version: int
    project_code: str
    fiscal_year: int
    period_to: date
    rows: list[MonitoredRow]


class ChangedRectification(BaseModel):
    """整改 as monitoring published it."""

    rectification_id: UUID
    version: int
    request_id: UUID | None
    letter_no: str
    unit_code: str
    fiscal_year: int
    origin: str
    status: str
    due_on: date
    lateness: str = "on_time"


class RefusedRectification(BaseModel):
    """整改要求 for which monitoring wrote no letter, and why."""

    request_id: UUID
    version: int
    letter_no: str
    reason_code: str
    reason: str


class Rate(BaseModel):
    """A rate as goals computed it, with the list behind it."""

    numerator: int
    denominator: int
    rate: Decimal | None
    numerator_href: str


class YearCoverage(BaseModel):
    """目标覆盖率与公开率 as goals answers them."""

    scope: str
    goal_coverage: Rate
    disclosure: Rate


class Warnings(BaseModel):
    """预警 of a year."""

    total: int


class Letters(BaseModel):
    """整改函 of a year."""

    sent: int
    verified: int
    by_origin: dict[str, int]


class Statistics(BaseModel):
    """What monitoring counts in a year."""

    warnings: Warnings
    letters: Letters


class UnitReviews(BaseModel):
    """初审情况 of a unit as goals counts it."""

    unit_code: str
    unit_name: str
    submitted_count: int
    reviewed_count: int
    passed_at_first_count: int
    returned_goal_count: int
    return_count: int


class UnitReviewsPage(BaseModel):
    """One page of 初审情况."""

    items: list[UnitReviews]
    next_cursor: str | None


async def first_drafts(peers: Peers, caller: Caller, period: Period) -> list[UnitDrafts]:
    """How the goals first submitted in a period fared, unit by unit, asked as the caller."""
    asked: dict[str, str | int] = {
        "submitted_from": str(period.first_on),
        "submitted_to": str(period.last_on),
        "limit": _PAGE,
    }
    found: list[UnitDrafts] = []
    while True:
        page = await _ask(peers, caller, "goals", "/review-statistics", UnitReviewsPage, asked)
        found += [_unit_drafts(row) for row in page.items]
        if page.next_cursor is None:
            return found
        asked["cursor"] = page.next_cursor


async def drafts_around(
    peers: Peers, caller: Caller, held_on: date, days: int
) -> tuple[list[UnitDrafts], list[UnitDrafts]]:
    """The first drafts of the days before a training and of those after it."""
    before, after = around(held_on, days)
    return await asyncio.gather(
        first_drafts(peers, caller, before), first_drafts(peers, caller, after)
    )


async def learned_figures(peers: Peers, caller: Caller, fiscal_year: int) -> list[FigureOut]:
    """The figures of the annual summary that other services own, asked as the caller."""
    year = {"fiscal_year": fiscal_year}
    coverage, statistics = await asyncio.gather(
        _ask(peers, caller, "goals", "/coverage", YearCoverage, year),
        _ask(peers, caller, "monitoring", "/statistics", Statistics, year),
    )
    return [*_coverage_figures(coverage), *_monitoring_figures(statistics, fiscal_year)]


async def _ask(
    peers: Peers,
    caller: Caller,
    process: str,
    path: str,
    view: type[_V],
    asked: Mapping[str, str | int],
) -> _V:
    answer = await peers.get(process, path, principal=caller.principal, params=dict(asked))
    try:
        return view.model_validate_json(answer.content)
    except ValidationError as error:
        raise BadGateway(f"{process} 的应答与约定不符") from error


def _unit_drafts(row: UnitReviews) -> UnitDrafts:
    counts = row.model_dump(exclude={"unit_code", "unit_name"})
    return UnitDrafts(row.unit_code, row.unit_name, Drafts(**counts))


def _coverage_figures(coverage: YearCoverage) -> list[FigureOut]:
    return [
        _rate("goal_coverage", "绩效目标覆盖率", coverage.goal_coverage, coverage.scope),
        _rate("disclosure", "绩效目标公开率", coverage.disclosure, "已批复的绩效目标"),
    ]


def _rate(code: str, label: str, rate: Rate, scope: str) -> FigureOut:
    return FigureOut(
        code=code,
        label=label,
        value=None if rate.rate is None else format(rate.rate, "f"),
        unit="%",
        amount_yuan=None,
        scope=scope,
        trace=TraceOut(
            service="goals",
            href=rate.numerator_href,
            count=rate.numerator,
            how=f"{rate.numerator} ÷ {rate.denominator} × 100，清单为分子",
        ),
    )


def _monitoring_figures(statistics: Statistics, fiscal_year: int) -> list[FigureOut]:
    letters = statistics.letters
    year = f"fiscal_year={fiscal_year}"
    return [
        _count("warnings", "系统预警", "条", statistics.warnings.total, f"warnings?{year}"),
        _count("letters_sent", "整改函", "份", letters.sent, f"rectifications?{year}"),
        _count(
            "letters_verified",
            "已核实整改到位",
            "份",
            letters.verified,
            f"rectifications?{year}&status=verified",
        ),
        *(
            _count(
                f"letters_from_{origin}",
                f"整改函（来自{ORIGINS[origin]}）",
                "份",
                letters.by_origin.get(origin, 0),
                f"rectifications?{year}&origin={origin}",
            )
            for origin in ORIGINS
        ),
    ]


def _count(code: str, label: str, unit: str, value: int, path: str) -> FigureOut:
    return FigureOut(
        code=code,
        label=label,
        value=str(value),
        unit=unit,
        amount_yuan=None,
        scope="本年度",
        trace=TraceOut(
            service="monitoring", href=f"/api/v1/monitoring/{path}", count=value, how="清单行数"
        ),
    )
