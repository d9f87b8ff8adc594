"""部门整体支出绩效评价基础数据: what a unit's ratios are computed from."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.evaluation.tables.base import Table


class DepartmentBaseData(Table):
    """A unit's figures of a year, by name and as text; the newest version holds, all are kept."""

    __tablename__ = "department_base_data"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    filed_by: Mapped[str]
    filed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
