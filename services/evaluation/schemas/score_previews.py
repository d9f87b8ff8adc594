"""Trial scoring (试算) on the wire. Numbers are strings; rates are in per cent."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from services.evaluation.schemas.findings import FindingOut
from services.evaluation.schemas.summaries import RuleSourceOut
from shared.fields import Code, Exact, In, LongText, Out, Quantity, SignedMoney, Text, Year

FormCode = Literal["project_self_evaluation", "department_self_evaluation"]
RegionCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")]


def _or_absent(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _without_sign(value: Any) -> Any:
    return value.strip().removesuffix("%") if isinstance(value, str) else value


#: A cell of a form; an empty one is an absent one.
Cell = Annotated[LongText | None, BeforeValidator(_or_absent)]
PerCent = Annotated[Quantity, BeforeValidator(_without_sign)]


class FundsPart(In):
    """A row under the total of the funds (其中)."""

    kind: Literal["current_appropriation", "carry_over", "other"]
    budget_initial: SignedMoney | None = None
    budget_full_year: SignedMoney | None = None
    executed: SignedMoney | None = None


class PreviewFunds(In):
    """项目资金, in yuan: the total (年度资金总额) and, if known, the rows under it."""

    budget_initial: SignedMoney | None = None
    budget_full_year: SignedMoney | None = None
    executed: SignedMoney | None = None
    children: Annotated[list[FundsPart], Field(max_length=20)] = Field(default=[])


class PreviewClaims(In):
    """What the form prints. `exec_rate` in per cent: `79.27`, or `79.27%`."""

    exec_rate: PerCent | None = None
    exec_score: Quantity | None = None
    total: Quantity | None = None


class PreviewIndicator(In):
    """One row. `score` is what the form claims; a qualitative row needs it, with its band."""

    level1: Text | None = Field(default=None, description="代码，或表上所印的一级指标名称")
    level2: Text | None = None
    name: Text
    weight: Quantity
    operator: Literal[">=", ">", "=", "<", "<=", "qualitative"]
    target: Cell = Field(default=None, description="定量指标为数字，定性指标为文字")
    actual: Cell = None
    unit: Annotated[Text | None, BeforeValidator(_or_absent)] = None
    band: Literal["achieved", "partial", "failed"] | None = None
    score: Quantity | None = None
    reason: Cell = Field(default=None, description="偏差原因分析及改进措施")


class ScorePreviewIn(In):
    """A form to be tried. Without `profile` the one that holds for region, year and form is used."""

    region_code: RegionCode
    fiscal_year: Year
    form: FormCode = "project_self_evaluation"
    profile: Code | None = None
    funds: PreviewFunds
    claimed: PreviewClaims | None = None
    indicators: Annotated[list[PreviewIndicator], Field(max_length=200)]
    exec_reason: Cell = Field(default=None, description="执行率偏低的原因")
    weights_reason: Cell = Field(default=None, description="分值与统一设置不同的理由")


class PreviewExecutionOut(Out):
    """预算执行率; `rate` in per cent."""

    rate: Exact | None
    score: Exact | None
    weight: Exact
    claimed_score: Exact | None
    receipt: dict[str, Any]


class PreviewLineOut(Out):
    """One row: what the rule gives beside what the form claims."""

    name: str
    weight: Exact
    rule_score: Exact | None
    claimed_score: Exact | None
    receipt: dict[str, Any]
    findings: list[FindingOut]


class GradeOut(Out):
    """等级."""

    code: str
    label: str


class ProfileUsedOut(Out):
    """The profile and version that scored, and where it stands written."""

    rule_id: str
    title: str
    version: date
    source: RuleSourceOut


class ScorePreviewOut(Out):
    """试算结果; nothing of it is kept. `findings` holds those of the rows too."""

    profile: ProfileUsedOut
    exec: PreviewExecutionOut | None
    lines: list[PreviewLineOut]
    total: Exact
    total_arithmetic: str
    claimed_total: Exact | None
    grade: GradeOut | None
    findings: list[FindingOut]
