"""The HTTP surface of the monitoring service."""

from services.monitoring.routes import (
    evidence,
    forms,
    letters,
    overview,
    payment_controls,
    payments,
    rectifications,
    warnings,
)

ALL = [
    payments.router,
    forms.router,
    warnings.router,
    rectifications.router,
    overview.router,
    evidence.router,
    letters.router,
    payment_controls.router,
]
