"""The HTTP surface of the monitoring service."""

from services.monitoring.routes import (
    forms,
    overview,
    payments,
    rectifications,
    rule_runs,
    warnings,
)

ALL = [
    payments.router,
    forms.router,
    warnings.router,
    rectifications.router,
    overview.router,
    rule_runs.router,
]
