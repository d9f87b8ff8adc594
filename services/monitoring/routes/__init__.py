"""The HTTP surface of the monitoring service."""

from services.monitoring.routes import (
    colours,
    evidence,
    executions,
    form_files,
    forms,
    letters,
    overview,
    payment_controls,
    payment_plans,
    payments,
    rectifications,
    round_reports,
    rounds,
    rule_runs,
    tenders,
    warnings,
)
from shared.form_routes import form_routes
from shared.job_routes import job_routes

ALL = [
    payments.router,
    forms.router,
    warnings.router,
    rectifications.router,
    overview.router,
    executions.router,
    payment_plans.router,
    rounds.router,
    form_files.router,
    evidence.router,
    letters.router,
    payment_controls.router,
    tenders.router,
    form_routes(),
    job_routes(),
    rule_runs.router,
    colours.router,
    round_reports.router,
]
