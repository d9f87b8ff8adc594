"""The HTTP surface of the goals service."""

from services.goals.routes import approvals, coverage, directory, goals, import_jobs
from shared.job_routes import job_routes

ALL = [
    directory.router,
    goals.router,
    approvals.router,
    coverage.router,
    import_jobs.router,
    job_routes(),
]
