"""Rule packs and trials of draft rules on the wire."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.monitoring.schemas.warnings import ColoursOut, ReceiptOut, SourceOut
from shared.fields import Code, In, Out, Text


class PackSummary(Out):
    """规则包 in a list; `in_force` is the one that judges the caller's region in the year."""

    id: str
    title: str
    regions: list[str] = Field(description="行政区划代码的前若干位；空串指全部，没有的只供引用")
    first_year: int
    last_year: int | None
    rule_count: int
    in_force: bool
    allowed_actions: list[str]


class PackList(Out):
    """规则包, all of them: there are never many."""

    items: list[PackSummary]


class VersionOut(Out):
    """One wording of a rule; without values the rule is repealed from its day on."""

    version: str
    effective_from: date
    source: SourceOut
    values: dict[str, Any] | None = Field(description="规则的种类与数值；小数以字符串表示")


class RuleOut(Out):
    """预警规则 with every wording it ever had."""

    rule_id: str
    title: str
    last_checked_on: date
    versions: list[VersionOut]


class AnswerTerms(Out):
    """How a warning of the pack is to be answered."""

    days: int = Field(description="从发出预警的次日起算")
    kind: Literal["calendar", "working"] = Field(description="自然日或工作日")
    allowed: list[str]
    on_silence: str


class PackOut(PackSummary):
    """规则包, whole."""

    answer: AnswerTerms
    rules: list[RuleOut]


class DraftRule(In):
    """A rule on trial: what its file's `values` would say."""

    rule_id: Code
    title: Text
    values: dict[str, Any]


class RuleTrialIn(In):
    """Draft rules to try on a round's facts; they join the pack in force and replace its rules of
    the same id."""

    round_id: UUID
    as_of: date
    rules: Annotated[list[DraftRule], Field(max_length=50)] = Field(default=[])
    toml: Annotated[list[str], Field(max_length=50, description="规则文件全文")] = Field(default=[])
    without: Annotated[list[Code], Field(max_length=50)] = Field(
        default=[], description="试运行时停用的现行规则"
    )


class TrialFinding(Out):
    """A project's worst finding, its receipt when it warns."""

    colour: str
    colour_label: str
    rule_id: str | None
    reason: str | None
    receipt: ReceiptOut | None


class TrialExample(Out):
    """A project whose light would change."""

    project_code: str
    project_name: str
    unit_code: str
    unit_name: str
    before: TrialFinding
    after: TrialFinding


class ColourChange(Out):
    """How many projects would go from one light to another."""

    before: str
    after: str
    count: int


class RuleTrialOut(Out):
    """试运行: nothing was written. `examples` are the first of those that would change."""

    rule_pack: str
    evaluated: int
    changed: int
    before: ColoursOut
    after: ColoursOut
    changes: list[ColourChange]
    examples: list[TrialExample]


By = Literal["rule"]


class RuleStatistics(Out):
    """Warnings of one rule; the rate is confirmed ÷ answered, in percent, null without answers."""

    rule_id: str
    title: str
    total: int
    open: int
    overdue: int
    answered: int
    claimed_false: int
    confirmed_false: int
    false_alarm_rate: str | None
    numerator: int
    denominator: int


class WarningStatistics(Out):
    """预警统计 of a year."""

    fiscal_year: int
    by: By
    items: list[RuleStatistics]
