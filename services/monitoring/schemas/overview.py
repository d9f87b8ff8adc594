"""Figures of a year, one project's monitoring, and what waits for the caller."""

from datetime import date

from pydantic import Field

from services.monitoring.schemas.executions import ExecutionFigures
from services.monitoring.schemas.forms import FormSummary
from services.monitoring.schemas.rectifications import RectificationSummary
from services.monitoring.schemas.warnings import WarningSummary
from shared.fields import Out


class WarningFigures(Out):
    """Warnings ever opened in the year; `red` and `yellow` by their latest level."""

    total: int
    open: int
    red: int
    yellow: int


class OriginFigures(Out):
    """Letters by what they came from."""

    monitoring: int
    self_evaluation: int
    evaluation: int


class LetterFigures(Out):
    """整改函."""

    sent: int
    verified: int
    by_origin: OriginFigures


class FormFigures(Out):
    """监控表 of all the year's rounds."""

    total: int
    accepted: int


class MonitoringStatistics(Out):
    """监控 of a year in figures."""

    fiscal_year: int
    warnings: WarningFigures
    letters: LetterFigures
    forms: FormFigures


class ProjectMonitoring(Out):
    """监控 of one project in one year, oldest first."""

    project_code: str
    project_name: str | None
    unit_code: str | None
    unit_name: str | None
    fiscal_year: int
    execution: ExecutionFigures
    forms: list[FormSummary]
    warnings: list[WarningSummary]
    rectifications: list[RectificationSummary] = Field(description="点名该项目的整改函")
    allowed_actions: list[str]


class WorkItem(Out):
    """待办: something that waits for the caller."""

    kind: str
    title: str
    href: str
    due_on: date | None
    count: int
    action: str


class WorkItems(Out):
    """待办事项."""

    items: list[WorkItem]
