"""招标结果: when a project of the year was tendered."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from services.monitoring.tables.base import INSTANT, Table


class Tender(Table):
    """The day the tender was decided (确定中标结果) as reported; the newest version holds."""

    __tablename__ = "tender"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    project_code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    tender_on: Mapped[date]
    reported_by: Mapped[str]
    reported_at: Mapped[datetime] = mapped_column(INSTANT)
