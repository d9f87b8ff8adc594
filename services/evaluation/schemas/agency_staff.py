"""The staff of agencies on the wire; no number that identifies a person has a place here."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.evaluation.schemas.agencies import ChangeOut
from shared.fields import Flag, In, Int, LongText, Out, Text

StaffStatus = Literal["active", "left"]
Years = Annotated[Int, Field(ge=0, le=80)]


class StaffIn(In):
    """从业人员 of an agency: title or credential, experience, and the login if there is one."""

    name: Text
    title: Text | None = None
    credential: Text | None = None
    experience_years: Years
    subject: Text | None = None
    synthetic: Flag = False


class StaffPatch(In):
    """从业人员变更: what is absent stays as it is; the reason is kept with the change."""

    name: Text = ""
    title: Text | None = None
    credential: Text | None = None
    experience_years: Years = 0
    subject: Text | None = None
    status: StaffStatus = "active"
    reason: LongText


class StaffOut(Out):
    """从业人员; `lead_gaps` say what the person lacks to lead an evaluation (主评人) today."""

    id: UUID
    agency_id: UUID
    agency_name: str
    name: str
    title: str | None
    credential: str | None
    experience_years: int
    lead_evaluator: bool
    lead_gaps: list[str]
    subject: str | None
    status: str
    status_label: str
    synthetic: bool
    version: int
    updated_at: datetime
    allowed_actions: list[str]


class StaffDetail(StaffOut):
    """从业人员 with how the entry came to read as it does."""

    changes: list[ChangeOut]
