"""绩效评价报告: every version an agency sent in, and its passages."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKeyConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.evaluation.tables.base import Table
from services.evaluation.tables.evaluation_steps import of_evaluation


class EvaluationReport(Table):
    """报告 as sent in; rows are only ever added, the last of a scoring round counts."""

    __tablename__ = "evaluation_report"
    __table_args__ = (of_evaluation("evaluation_report"),)

    region_code: Mapped[str] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    scoring_round: Mapped[int]
    report_no: Mapped[str]
    signed_by: Mapped[str]
    sealed_on: Mapped[date]
    chapters: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    sent_by: Mapped[str]
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ReportPassage(Table):
    """段落 of a report with the numbers that nearly equal ones share (`domain/passages.py`)."""

    __tablename__ = "report_passage"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "evaluation_id", "version"],
            [
                "evaluation_report.region_code",
                "evaluation_report.evaluation_id",
                "evaluation_report.version",
            ],
            name="fk_report_passage_evaluation_report",
        ),
    )

    region_code: Mapped[str] = mapped_column(primary_key=True)
    evaluation_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    chapter: Mapped[str]
    text: Mapped[str]
    fingerprints: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
