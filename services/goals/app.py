"""The goals service."""

from fastapi import FastAPI

from services.goals import access, consumers, routes
from services.goals.domain import rules_in_force
from services.goals.schemas import events
from services.goals.settings import Settings
from services.goals.usecases import imports
from shared.service import create_service


def create(settings: Settings | None = None) -> FastAPI:
    """What `uvicorn --factory` calls."""
    app = create_service(
        "goals",
        title="问效 · 绩效目标",
        settings=settings or Settings(),
        policy=access.POLICY,
        routers=routes.ALL,
        facts=[events.UnitRegistered, events.GoalApproved, events.GoalDisclosed],
        consumers=[consumers.EVALUATION],
        importers=[imports.PROJECTS],
    )
    app.state.rules = rules_in_force.load()
    return app
