"""Experts, recusals and draws on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from shared.fields import Code, Flag, In, LongText, Out, Text

Codes = Annotated[list[Code], Field(max_length=200)]


class ExpertIn(In):
    """专家 to take into the pool; `fields` are the sectors the person knows."""

    name: Text
    fields: Annotated[list[Code], Field(min_length=1, max_length=20)]
    employer: Text
    employer_unit_code: Code | None = None
    title: Text | None = None
    credential: Text | None = None
    subject: Text | None = None
    synthetic: Flag = False


class RetirementIn(In):
    """专家退出专家库: from now on never drawn."""

    reason: LongText


class ExpertOut(Out):
    """专家."""

    id: UUID
    name: str
    fields: list[str]
    employer: str
    employer_unit_code: str | None
    title: str | None
    credential: str | None
    subject: str | None
    synthetic: bool
    retired_at: datetime | None
    retirement_reason: str | None
    version: int
    updated_at: datetime
    allowed_actions: list[str]


class RecusalIn(In):
    """回避 to record: one expert, agency or person of one; one project or unit."""

    expert_id: UUID | None = None
    agency_id: UUID | None = None
    staff_id: UUID | None = None
    project_code: Code | None = None
    unit_code: Code | None = None
    reason: LongText
    declared_on: date

    @model_validator(mode="after")
    def _one_of_each(self) -> "RecusalIn":
        if [self.expert_id, self.agency_id, self.staff_id].count(None) != 2:
            raise ValueError(
                "请指明一位专家（expert_id）、一家机构（agency_id）"
                "或机构的一位从业人员（staff_id），三者填一"
            )
        if (self.project_code is None) == (self.unit_code is None):
            raise ValueError("请指明一个项目（project_code）或一个单位（unit_code），二者填一")
        return self


class RecusalEndIn(In):
    """回避解除: the last day it holds."""

    ended_on: date


class RecusalOut(Out):
    """回避."""

    id: UUID
    expert_id: UUID | None
    agency_id: UUID | None
    staff_id: UUID | None
    name: str
    project_code: str | None
    unit_code: str | None
    reason: str
    declared_on: date
    ended_on: date | None
    version: int
    updated_at: datetime
    allowed_actions: list[str]


class DrawIn(In):
    """专家抽取: how many of which fields, for what, and who is not to be asked."""

    purpose: Text
    fields: Annotated[list[Code], Field(min_length=1, max_length=20)]
    wanted_count: Annotated[int, Field(ge=1, le=100, strict=True)]
    project_codes: Codes = Field(default_factory=list)
    unit_codes: Codes = Field(default_factory=list)
    excluded_employers: Annotated[list[Text], Field(default_factory=list, max_length=200)]


class CandidateOut(Out):
    """A person of the field, ranked or passed over, and what the person answered."""

    expert_id: UUID
    name: str
    rank: int | None
    rank_key: str | None
    passed_over: str | None
    status: str | None
    reason: str | None


class DrawOut(Out):
    """专家抽取 with all that is needed to repeat it."""

    id: UUID
    purpose: str
    fields: list[str]
    wanted_count: int
    project_codes: list[str]
    unit_codes: list[str]
    excluded_employers: list[str]
    algorithm: str
    seed: str
    candidates_digest: str
    candidates: list[CandidateOut]
    drawn_by: str
    drawn_at: datetime
    allowed_actions: list[str]


class AnswerIn(In):
    """答复邀请: a refusal says why."""

    answer: Literal["accepted", "declined"]
    reason: LongText | None = None

    @model_validator(mode="after")
    def _says_why(self) -> "AnswerIn":
        if (self.answer == "declined") != (self.reason is not None):
            raise ValueError("谢绝邀请须说明理由；接受邀请不填理由")
        return self


class InvitationOut(Out):
    """邀请 as the invited expert sees it."""

    draw_id: UUID
    purpose: str
    status: str
    status_label: str
    reason: str | None
    invited_at: datetime
    answered_at: datetime | None
    version: int
    allowed_actions: list[str]
