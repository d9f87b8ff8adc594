"""The HTTP surface of the monitoring service."""

from services.monitoring.routes import (
    form_files,
    forms,
    overview,
    payments,
    rectifications,
    rounds,
    warnings,
)
from shared.form_routes import form_routes

ALL = [
    payments.router,
    forms.router,
    warnings.router,
    rectifications.router,
    overview.router,
    rounds.router,
    form_files.router,
    form_routes(),
]
