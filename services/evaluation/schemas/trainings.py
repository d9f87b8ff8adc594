"""培训 on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from services.evaluation.schemas.self_evaluations import UnitCode
from shared.fields import Exact, Flag, FromJson, In, Int, Out, Quantity, Text, Year

Duty = Literal["leader", "accountant", "project_manager", "other"]


class MaterialIn(In):
    """培训材料."""

    name: Text
    url: Text | None = None


class AttendanceIn(In):
    """People of one unit and duty (分管领导、财务人员、项目管理人员、其他)."""

    unit_code: UnitCode
    duty: Duty
    headcount: Annotated[Int, Field(ge=1, le=9999)]


def _each_once(rows: list[AttendanceIn]) -> list[AttendanceIn]:
    if len({(row.unit_code, row.duty) for row in rows}) != len(rows):
        raise ValueError("同一单位、同一身份出现两次，请合并人数")
    return rows


class TrainingIn(In):
    """培训 as it was held; `participant_count` may exceed the attendance known by unit."""

    fiscal_year: Year
    title: Text
    held_on: date
    place: Text | None = None
    hours: Annotated[Quantity, Field(gt=0, le=999, decimal_places=1)] | None = None
    audience: Text
    participant_count: Annotated[Int, Field(ge=0, le=99999)]
    speakers: Annotated[list[Text], Field(max_length=50)] = Field(default=[])
    topics: Annotated[list[Text], Field(max_length=50)] = Field(default=[])
    materials: Annotated[list[MaterialIn], Field(max_length=50)] = Field(default=[])
    attendance: Annotated[
        list[AttendanceIn], Field(max_length=2000), AfterValidator(_each_once)
    ] = Field(default=[])
    synthetic: Flag = False


class MaterialOut(Out):
    """培训材料."""

    name: str
    url: str | None


class AttendanceOut(Out):
    """People of one unit and duty."""

    unit_code: str
    unit_name: str | None
    duty: Duty
    duty_label: str
    headcount: int


class TrainingSummary(Out):
    """培训 in a list."""

    id: UUID
    fiscal_year: int
    title: str
    held_on: date
    audience: str
    participant_count: int
    unit_count: int = Field(description="登记了参加人员的单位数")
    synthetic: bool
    version: int
    updated_at: datetime
    allowed_actions: list[str]


class TrainingOut(TrainingSummary):
    """培训, whole; a unit sees its own people only."""

    place: str | None
    hours: Exact | None
    speakers: list[str]
    topics: list[str]
    materials: Annotated[list[MaterialOut], FromJson]
    attendance: list[AttendanceOut]


class TrainedUnitOut(Out):
    """A unit whose people came to trainings of the year."""

    unit_code: str
    unit_name: str | None
    training_count: int
    headcount: int
