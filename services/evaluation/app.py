"""The evaluation service."""

from pathlib import Path

from fastapi import FastAPI

from services.evaluation import access, consumers, routes
from services.evaluation.domain.procedure import procedure
from services.evaluation.domain.rules import load_rules
from services.evaluation.schemas import events
from services.evaluation.settings import Settings
from shared.service import create_service


def create(settings: Settings | None = None) -> FastAPI:
    """What `uvicorn --factory` calls; an unsound rule file keeps the service from starting."""
    rules = load_rules(Path(__file__).parent / "rules")
    procedure()
    app = create_service(
        "evaluation",
        title="问效 · 绩效评价",
        settings=settings or Settings(),
        policy=access.POLICY,
        routers=routes.ALL,
        facts=[
            events.SelfEvaluationSubmitted,
            events.RectificationRequested,
            events.ResultPublished,
            events.ExAnteConcluded,
        ],
        consumers=[consumers.GOALS, consumers.MONITORING],
    )
    app.state.rules = rules
    return app
