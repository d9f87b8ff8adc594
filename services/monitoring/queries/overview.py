"""Figures of a year, and all of one project's monitoring."""

from datetime import date

from services.monitoring.queries.executions import project_execution
from services.monitoring.queries.forms import forms_of_project
from services.monitoring.queries.rectifications import rectifications_of_project
from services.monitoring.queries.warnings import warnings_of_project
from services.monitoring.schemas.overview import MonitoringStatistics, ProjectMonitoring
from shared.auth import Caller
from shared.db import Reads

_WARNINGS = """
    select count(*) as total, count(*) filter (where status = 'open') as open,
           count(*) filter (where level = 'red') as red,
           count(*) filter (where level = 'yellow') as yellow
    from warning
    where region_code = $1 and fiscal_year = $2 and ($3::text[] is null or unit_code = any ($3))
"""

_LETTERS = """
    select count(*) as sent, count(*) filter (where status = 'verified') as verified,
           count(*) filter (where origin = 'monitoring') as monitoring,
           count(*) filter (where origin = 'self_evaluation') as self_evaluation,
           count(*) filter (where origin = 'evaluation') as evaluation
    from rectification
    where region_code = $1 and fiscal_year = $2 and ($3::text[] is null or unit_code = any ($3))
"""

_FORMS = """
    select count(*) as total, count(*) filter (where status = 'accepted') as accepted
    from monitoring_form
    where region_code = $1 and fiscal_year = $2 and ($3::text[] is null or unit_code = any ($3))
"""


async def statistics(reads: Reads, caller: Caller, *, fiscal_year: int) -> MonitoringStatistics:
    """The year's figures, of the rows the caller reaches."""
    scope = (caller.region_code, fiscal_year, caller.units)
    letters = dict(await reads.one(_LETTERS, *scope))
    return MonitoringStatistics.model_validate(
        {
            "fiscal_year": fiscal_year,
            "warnings": dict(await reads.one(_WARNINGS, *scope)),
            "letters": {**letters, "by_origin": letters},
            "forms": dict(await reads.one(_FORMS, *scope)),
        }
    )


async def project_monitoring(
    reads: Reads, caller: Caller, project_code: str, *, fiscal_year: int, today: date
) -> ProjectMonitoring:
    """All of a project's monitoring in a year. Raises NotFound when it has neither goal nor payment."""
    execution = await project_execution(reads, caller, project_code, fiscal_year, as_of=today)
    return ProjectMonitoring(
        project_code=project_code,
        project_name=execution.project_name,
        unit_code=execution.unit_code,
        unit_name=execution.unit_name,
        fiscal_year=fiscal_year,
        execution=execution,
        forms=await forms_of_project(reads, caller, project_code, fiscal_year),
        warnings=await warnings_of_project(reads, caller, project_code, fiscal_year, today=today),
        rectifications=await rectifications_of_project(
            reads, caller, project_code, fiscal_year, today=today
        ),
        allowed_actions=[],
    )
