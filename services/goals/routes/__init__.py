"""The HTTP surface of the goals service."""

from services.goals.routes import approvals, budget, coverage, directory, goals

ALL = [directory.router, goals.router, approvals.router, coverage.router, budget.router]
