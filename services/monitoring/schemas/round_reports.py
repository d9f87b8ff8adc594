"""监控报告 of a round on the wire: every figure says where it can be counted again."""

from datetime import date
from uuid import UUID

from pydantic import Field

from services.monitoring.schemas.colours import ColourCounts
from services.monitoring.schemas.payments import FundLevel
from shared.fields import Exact, Out


class Counted(Out):
    """A number and the list it counts."""

    count: int
    href: str


class Share(Out):
    """A part of the round's forms; `rate` in percent is null without forms."""

    numerator: int
    denominator: int
    rate: str | None
    href: str


class ReportForms(Out):
    """监控表: owed by the round, handed in (accepted ones among them), accepted, overdue."""

    due: Counted
    handed_in: Share
    accepted: Share
    overdue: Share


class LevelMoney(Out):
    """Budget and what was paid of it in the period, of one fund level; yuan."""

    fund_level: FundLevel
    fund_level_label: str
    budget: Exact
    executed_to_date: Exact
    rate: str | None


class ReportMoney(Out):
    """Money by fund level as the round's forms carry it; the levels add up to the total."""

    scope: str
    budget: Exact
    executed_to_date: Exact
    rate: str | None
    levels: list[LevelMoney]
    href: str


class ColourCount(Out):
    """Projects that show one light."""

    colour: str
    colour_label: str
    count: int
    href: str


class LightGroup(ColourCounts):
    """The lights of one office or department."""

    href: str


class ReportLights(Out):
    """颜色: each judged project once, by its worst finding."""

    scope: str
    total: Counted
    colours: list[ColourCount]
    offices: list[LightGroup]
    departments: list[LightGroup]


class PreviousRound(Out):
    """The round before of the same year, in the figures both have."""

    round_id: UUID
    name: str
    period_to: date
    project_count: int
    rate: str | None
    red: int
    yellow: int
    href: str


class ReportOverview(Out):
    """总体情况."""

    projects: Counted
    units: Counted
    forms: ReportForms
    money: ReportMoney
    lights: ReportLights
    previous: PreviousRound | None


class RuleFindings(Out):
    """Open warnings of one rule."""

    rule_id: str
    title: str
    count: int
    red: int
    yellow: int
    href: str


class Finding(Out):
    """One open warning in words."""

    warning_id: UUID
    project_code: str
    project_name: str
    unit_code: str
    unit_name: str
    level: str
    level_label: str
    rule_title: str
    reason: str
    href: str


class CauseCount(Out):
    """偏差原因: indicator rows that name it, and the projects they belong to."""

    cause: str
    label: str
    row_count: int
    project_count: int
    href: str


class UnitWords(Out):
    """原因说明 of a project with a red light, as its unit wrote it."""

    project_code: str
    project_name: str
    unit_name: str
    indicators: list[str]
    causes: list[str]
    text: str
    href: str


class SilentUnit(Out):
    """A unit whose forms are overdue."""

    unit_code: str
    unit_name: str
    due_on: date
    count: int
    href: str


class ReportProblems(Out):
    """发现的问题与原因."""

    open: Counted
    red: Counted
    yellow: Counted
    closed: Counted
    rules: list[RuleFindings]
    most_serious: list[Finding] = Field(description="先红后黄，同色的按预算从大到小，至多 20 条")
    causes: list[CauseCount]
    words: list[UnitWords] = Field(description="红灯项目的原因说明，至多 50 条")
    silent_units: list[SilentUnit]


class Proposal(Out):
    """措施建议: a sentence made from a figure."""

    kind: str
    subject: str = Field(description="回应、状态、逾期程度或规则的编码")
    count: int
    text: str
    href: str


class RoundReport(Out):
    """监控报告."""

    round_id: UUID
    fiscal_year: int
    name: str
    period_from: date
    period_to: date
    due_on: date
    as_of: date
    scope: str
    overview: ReportOverview
    problems: ReportProblems
    proposals: list[Proposal]
