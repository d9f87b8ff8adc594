"""Evaluators, their declarations, blind sheets and the spread shown after closing."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, model_validator

from services.evaluation.schemas.evaluations import GroupNo, Merge
from shared.fields import Exact, Flag, FromJson, In, LongText, Out, Text


class DeclarationIn(In):
    """回避声明: no interest, or which one."""

    has_interest: Flag
    interest: LongText | None = None

    @model_validator(mode="after")
    def _says_which(self) -> "DeclarationIn":
        if self.has_interest != (self.interest is not None):
            raise ValueError("有利害关系的请说明，没有的不填")
        return self


class ClosureIn(In):
    """结束独立评分. Leaving out evaluators, or merging otherwise than planned, needs a reason."""

    leave_out: Annotated[list[Text], Field(max_length=30, default_factory=list)]
    merge: Merge | None = None
    reason: LongText | None = None

    @model_validator(mode="after")
    def _says_why(self) -> "ClosureIn":
        if (self.leave_out or self.merge) and self.reason is None:
            raise ValueError("不计入某人评分或改变合并办法，请说明理由")
        return self


class DissentIn(In):
    """保留意见."""

    group_no: GroupNo
    text: LongText


class EvaluatorOut(Out):
    """评价人员; `submitted_count` is told to the bureau only."""

    subject: str
    name: str
    kind: str
    person_id: UUID | None
    is_lead: bool
    has_interest: bool | None
    interest: str | None
    declared_at: datetime | None
    submitted_count: int | None


class EvaluatorsOut(Out):
    """The evaluators the caller may know of: everyone for the bureau, else oneself."""

    merge: str | None
    scoring_round: int
    items: list[EvaluatorOut]


class OwnSheetOut(Out):
    """The caller's own sheet of one group."""

    group_no: int
    total: Exact
    rows: Annotated[list[dict[str, Any]], FromJson]
    submitted_at: datetime


class OwnSheetsOut(Out):
    """What the caller sent in, in the present round."""

    items: list[OwnSheetOut]


class SpreadRow(Out):
    """One row as each evaluator scored it (subject → score), and the merged score."""

    position: int
    name: str
    weight: Exact
    lowest: Exact
    highest: Exact
    score: Exact
    scores: dict[str, Exact]


class DissentOut(Out):
    """保留意见 of an evaluator."""

    subject: str
    name: str
    text: str
    said_at: datetime


class SpreadOut(Out):
    """分差: how far apart the evaluators were; only after scoring is closed."""

    evaluation_id: UUID
    group_no: int
    merge: str
    score: Exact
    totals: dict[str, Exact]
    rows: list[SpreadRow]
    dissents: Annotated[list[DissentOut], FromJson]
