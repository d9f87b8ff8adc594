"""The monitoring service."""

from pathlib import Path

from fastapi import FastAPI

from services.monitoring import access, consumers, routes
from services.monitoring.domain import rules
from services.monitoring.domain.rectification_rules import rectification_rules
from services.monitoring.queries.letter_document import load_templates
from services.monitoring.schemas import events
from services.monitoring.settings import Settings
from services.monitoring.usecases.rectification_watch import keep_watch
from shared.rulebook import load_all
from shared.service import create_service


def create(settings: Settings | None = None) -> FastAPI:
    """What `uvicorn --factory` calls. Raises UnsoundRule or UnsoundTemplate."""
    settings = settings or Settings()
    rectification_rules()
    app = create_service(
        "monitoring",
        title="问效 · 绩效监控",
        settings=settings,
        policy=access.POLICY,
        routers=routes.ALL,
        facts=events.FACTS,
        consumers=[consumers.GOALS, consumers.EVALUATION],
        loops=[keep_watch],
    )
    app.state.rules = load_all(Path(__file__).parent / "rules")
    rules.check(app.state.rules)
    app.state.letter_templates = load_templates(settings.template_folder)
    return app
