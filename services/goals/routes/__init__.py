"""The HTTP surface of the goals service."""

from services.goals.routes import (
    approvals,
    background,
    budget,
    coaching,
    coverage,
    directory,
    form_files,
    forms,
    goals,
    library,
    steps,
)

ALL = [
    goals.router,
    steps.router,
    directory.router,
    budget.router,
    approvals.router,
    coverage.router,
    background.router,
    coaching.router,
    forms.router,
    form_files.router,
    library.router,
]
