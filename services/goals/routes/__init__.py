"""The HTTP surface of the goals service."""

from services.goals.routes import approvals, coverage, directory, goals, library

ALL = [directory.router, goals.router, approvals.router, coverage.router, library.router]
