"""The goals service."""

from fastapi import FastAPI

from services.goals import access, consumers, routes
from services.goals.domain import rules_in_force
from services.goals.schemas import events
from services.goals.settings import Settings
from services.goals.usecases import forms, project_files
from services.goals.usecases.shipped_library import stock_library
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
        consumers=[consumers.EVALUATION, consumers.MONITORING],
        on_start=[stock_library],
        importers=[project_files.PROJECTS],
    )
    app.state.rules = rules_in_force.load()
    app.state.forms = forms.load()
    return app
