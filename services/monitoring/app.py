"""The monitoring service."""

from functools import partial
from pathlib import Path

from fastapi import FastAPI

from services.monitoring import access, consumers, routes
from services.monitoring.domain import deadlines, rules
from services.monitoring.domain.rectification_rules import rectification_rules
from services.monitoring.queries.letter_document import load_templates
from services.monitoring.schemas import events
from services.monitoring.settings import Settings
from services.monitoring.usecases import official_forms, payment_files, reminders
from services.monitoring.usecases.rectification_watch import keep_watch
from shared.rulebook import load_all
from shared.service import create_service


def create(settings: Settings | None = None) -> FastAPI:
    """What `uvicorn --factory` calls. Raises UnsoundRule or UnsoundTemplate."""
    settings, report_by = settings or Settings(), deadlines.load()
    rectification_rules()
    app = create_service(
        "monitoring",
        title="问效 · 绩效监控",
        settings=settings,
        policy=access.POLICY,
        routers=routes.ALL,
        facts=events.FACTS,
        consumers=[consumers.GOALS, consumers.EVALUATION],
        importers=[payment_files.PAYMENTS],
        background=[partial(reminders.remind_hourly, report_by), keep_watch],
    )
    app.state.deadlines = report_by
    app.state.forms = official_forms.load()
    app.state.rules = load_all(Path(__file__).parent / "rules")
    rules.check(app.state.rules)
    app.state.letter_templates = load_templates(settings.template_folder)
    return app
