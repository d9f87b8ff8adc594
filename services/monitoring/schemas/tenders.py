"""招标结果 on the wire."""

from datetime import date, datetime

from pydantic import Field

from services.monitoring.schemas.payments import ProjectCode
from shared.fields import In, Out, Year


class TenderRow(In):
    """招标结果 as the budget or procurement system pushes it."""

    project_code: ProjectCode
    fiscal_year: Year
    tender_on: date = Field(description="确定中标结果的日期")


class TenderVersionOut(Out):
    """One report of the day."""

    version: int
    tender_on: date
    reported_by: str
    reported_at: datetime


class TenderOut(TenderVersionOut):
    """招标结果 of a project's year, with the earlier reports, newest first."""

    project_code: str
    fiscal_year: int
    earlier: list[TenderVersionOut]
