"""Accountability cases on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.evaluation.schemas.self_evaluations import UnitCode
from shared.fields import FromJson, In, LongText, Out, Text

BasisKind = Literal["rectification", "evaluation", "self_evaluation"]
CaseStatus = Literal["handed", "answered"]


class AccountabilityCaseIn(In):
    """问责移送: on what it rests, what happened, which article, and which organ took it over."""

    unit_code: UnitCode
    basis_kind: BasisKind = Field(description="依据的种类：整改、已审定的评价、已报送的自评")
    basis_id: UUID = Field(description="整改为监控服务的整改编号（rectification_id）")
    facts: LongText
    article: Text = Field(description="依据的文件与条文")
    handed_to: Text = Field(description="承办机关，如纪检监察、审计或主管部门；写机关，不写个人")
    handed_on: date
    document_no: Text | None = Field(default=None, description="移送函文号")


class OutcomeIn(In):
    """处理结果 as the organ reported it."""

    outcome: LongText
    decided_on: date
    document_no: Text | None = Field(default=None, description="处理决定文号")


class OutcomeOut(Out):
    """处理结果, in the order they came."""

    number: int
    outcome: str
    decided_on: date
    document_no: str | None
    recorded_by: str
    recorded_at: datetime


class AccountabilityCaseOut(Out):
    """问责移送 with everything that came of it."""

    id: UUID
    fiscal_year: int
    unit_code: str
    unit_name: str | None
    basis_kind: str
    basis_kind_label: str
    basis_id: UUID
    basis_title: str
    facts: str
    article: str
    handed_to: str
    handed_on: date
    document_no: str | None
    outcome_due_on: date = Field(description="届时仍无结果的，列入待办；不产生任何其他后果")
    status: str
    status_label: str
    outcomes: Annotated[list[OutcomeOut], FromJson]
    recorded_by: str
    recorded_at: datetime
    version: int
    updated_at: datetime
    allowed_actions: list[str]
