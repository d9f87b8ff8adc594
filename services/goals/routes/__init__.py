"""The HTTP surface of the goals service."""

from services.goals.routes import (
    approvals,
    background,
    budget,
    coaching,
    coverage,
    directory,
    form_files,
    goals,
    import_jobs,
    library,
    review_statistics,
    steps,
)
from shared.form_routes import form_routes
from shared.job_routes import job_routes

ALL = [
    goals.router,
    steps.router,
    directory.router,
    budget.router,
    approvals.router,
    coverage.router,
    background.router,
    coaching.router,
    form_routes(),
    form_files.router,
    library.router,
    import_jobs.router,
    job_routes(),
    review_statistics.router,
]
