"""The HTTP surface of the goals service."""

from services.goals.routes import approvals, coverage, directory, forms, goals

ALL = [directory.router, goals.router, approvals.router, coverage.router, forms.router]
