"""The indicator library on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.goals.domain.vocabulary import LIBRARY_SECTORS
from shared.fields import Exact, FromJson, In, LongText, Out, Quantity, Text


def _known(sector: str) -> str:
    if sector not in LIBRARY_SECTORS:
        raise ValueError(f"没有这个行业，可用：{'、'.join(LIBRARY_SECTORS)}")
    return sector


TreeCode = Literal["mof-2015", "mof-2021"]
EntryState = Literal["proposed", "confirmed", "refused", "retired"]
AnyLevel1 = Literal["cost", "output", "benefit", "satisfaction"]
AnyLevel2 = Literal[
    "economic_cost", "social_cost", "ecological_cost", "quantity", "quality", "timeliness", "cost",
    "economic", "social", "ecological", "sustainable", "satisfaction",
]  # fmt: skip
EvidenceMethod = Literal["direct_proof", "statistics", "statement", "survey", "trend"]
EntryOperator = Literal[">=", ">", "=", "<", "<=", "qualitative"]
Sector = Annotated[
    str,
    AfterValidator(_known),
    Field(description="行业代码", json_schema_extra={"enum": list(LIBRARY_SECTORS)}),
]
UnitOfMeasure = Annotated[Text, Field(max_length=20)]


class EntryFilter(BaseModel):
    """What a list of entries is narrowed to; the levels are those of the tree asked."""

    q: Annotated[str, Field(max_length=300, description="名称、指标解释、行业中的字词")] | None = (
        None
    )
    sector: Sector | None = None
    tree: TreeCode = "mof-2015"
    level1: AnyLevel1 | None = None
    level2: AnyLevel2 | None = None
    status: EntryState | None = None


class GoodExampleIn(In):
    """A row as it should be written."""

    text: Text


class BadExampleIn(In):
    """A row as it should not be written, and what is wrong with it."""

    text: Text
    why: Text


class EntryIn(In):
    """An indicator proposed for the region's library; its place is that of the tree named."""

    sector: Sector
    name: Text
    tree: TreeCode = "mof-2015"
    level1: AnyLevel1
    level2: AnyLevel2
    definition: LongText = Field(description="指标解释")
    formula: LongText = Field(description="计算公式")
    unit: UnitOfMeasure | None = Field(default=None, description="计量单位；定量指标必填")
    operator: EntryOperator
    evidence_method: EvidenceMethod = Field(description="取值方式")
    evidence: LongText = Field(description="佐证资料")
    target_low: Quantity | None = None
    target_high: Quantity | None = None
    target_note: LongText | None = Field(default=None, description="目标值怎样定")
    scoring_rule: LongText = Field(description="赋分规则")
    good: GoodExampleIn | None = None
    bad: BadExampleIn | None = None


class EntryPatch(In):
    """Merge patch of a proposal: what is absent stays as it is; null empties what may be empty."""

    sector: Sector = ""
    name: Text = ""
    tree: TreeCode = "mof-2015"
    level1: AnyLevel1 = "output"
    level2: AnyLevel2 = "quantity"
    definition: LongText = ""
    formula: LongText = ""
    unit: UnitOfMeasure | None = None
    operator: EntryOperator = ">="
    evidence_method: EvidenceMethod = "statistics"
    evidence: LongText = ""
    target_low: Quantity | None = None
    target_high: Quantity | None = None
    target_note: LongText | None = None
    scoring_rule: LongText = ""
    good: GoodExampleIn | None = None
    bad: BadExampleIn | None = None


class ConfirmationIn(In):
    """采纳或不采纳; a refusal needs a reason."""

    decision: Literal["confirm", "refuse"]
    reason: LongText | None = None


class RetirementIn(In):
    """停用 of an entry of the region's own."""

    reason: LongText


class PlaceOut(Out):
    """Where an indicator stands in a tree."""

    tree: TreeCode
    level1: str
    level1_label: str
    level2: str
    level2_label: str


class SourceOut(Out):
    """The government page something is printed on."""

    place: str
    year: int
    url: str


class GoodExampleOut(Out):
    """A row to imitate."""

    text: str
    source_kind: Literal["own", "gov"]
    source: SourceOut | None


class BadExampleOut(Out):
    """A row to avoid, and why."""

    text: str
    why: str
    source_kind: Literal["own", "gov"]
    source: SourceOut | None


class EntrySummary(Out):
    """指标库条目 in a list."""

    id: UUID
    code: str
    scope: Literal["common", "region"] = Field(description="公共指标库 · 本地区")
    sector: str
    sector_label: str
    name: str
    place: PlaceOut = Field(description="在所问指标体系中的位置")
    definition: str
    unit: str | None
    operator: EntryOperator
    operator_sign: str
    target_low: Exact | None
    target_high: Exact | None
    source_kind: Literal["own", "gov"] = Field(description="自编 · 政府网站公开")
    status: EntryState
    status_label: str
    usage_count: int = Field(description="本地区采用它的绩效目标数")
    version: int
    updated_at: datetime
    allowed_actions: list[str]


class EntryOut(EntrySummary):
    """指标库条目, whole."""

    places: list[PlaceOut] = Field(description="在两套指标体系中的位置")
    formula: str
    evidence_method: EvidenceMethod
    evidence_method_label: str
    evidence: str
    target_note: str | None
    scoring_rule: str
    source: Annotated[SourceOut | None, FromJson]
    good: Annotated[GoodExampleOut | None, FromJson]
    bad: Annotated[BadExampleOut | None, FromJson]
    proposed_by: str | None
    decided_by: str | None
    retired_by: str | None
    reason: str | None


class SectorOut(Out):
    """行业 and how many entries in use stand under it."""

    sector: str
    label: str
    entry_count: int


class SectorsOut(Out):
    """行业, `common` (通用) first."""

    items: list[SectorOut]
