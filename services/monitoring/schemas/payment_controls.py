"""Payment controls on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.monitoring.schemas.payments import ProjectCode
from shared.fields import FromJson, In, LongText, Out, Year

ControlStatus = Literal["proposed", "active", "declined", "lifted"]


class ControlIn(In):
    """建议暂停拨付, made by a person."""

    project_code: ProjectCode
    fiscal_year: Year
    reason: LongText
    lifted_when: LongText = Field(description="做到什么即恢复拨付，单位看得到")
    rectification_id: UUID | None = None


class DecisionIn(In):
    """决定: impose the hold or decline it, with the reason; from today unless a day is named."""

    outcome: Literal["imposed", "declined"]
    reason: LongText
    effective_on: date | None = Field(default=None, description="暂停自此日起，不填为今天")


class LiftingIn(In):
    """恢复拨付 and why."""

    reason: LongText


class ControlOut(Out):
    """暂停拨付 with every reason; `cause_gone` says that what lifts it has come true."""

    id: UUID
    project_code: str
    project_name: str
    unit_code: str
    unit_name: str | None
    fiscal_year: int
    status: str
    status_label: str
    rule_id: str
    rule_version: str | None
    receipt: Annotated[dict[str, Any], FromJson]
    rectification_id: UUID | None
    rectification_href: str | None
    reason: str
    lifted_when: str
    cause_gone: bool = Field(description="恢复拨付的条件是否已具备；人工提出且未关联整改的由人判断")
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decided_reason: str | None
    effective_on: date | None
    lifted_by: str | None
    lifted_at: datetime | None
    lifted_on: date | None
    lifted_reason: str | None
    version: int
    updated_at: datetime
    allowed_actions: list[str]
