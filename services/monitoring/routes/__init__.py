"""The HTTP surface of the monitoring service."""

from services.monitoring.routes import (
    executions,
    forms,
    overview,
    payment_plans,
    payments,
    rectifications,
    warnings,
)
from shared.job_routes import job_routes

ALL = [
    payments.router,
    forms.router,
    warnings.router,
    rectifications.router,
    overview.router,
    executions.router,
    payment_plans.router,
    job_routes(),
]
