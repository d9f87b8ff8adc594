"""The monitoring service."""

from functools import partial
from pathlib import Path

from fastapi import FastAPI

from services.monitoring import access, consumers, routes
from services.monitoring.domain import deadlines, rules
from services.monitoring.schemas import events
from services.monitoring.settings import Settings
from services.monitoring.usecases import official_forms, payment_files, reminders
from shared.rulebook import load_all
from shared.service import create_service


def create(settings: Settings | None = None) -> FastAPI:
    """What `uvicorn --factory` calls. Raises UnsoundRule when a warning rule can't be read."""
    report_by = deadlines.load()
    app = create_service(
        "monitoring",
        title="问效 · 绩效监控",
        settings=settings or Settings(),
        policy=access.POLICY,
        routers=routes.ALL,
        facts=[
            events.ExecutionChanged,
            events.WarningOpened,
            events.WarningClosed,
            events.RectificationChanged,
            events.MonitoringReminded,
        ],
        consumers=[consumers.GOALS, consumers.EVALUATION],
        importers=[payment_files.PAYMENTS],
        background=[partial(reminders.remind_hourly, report_by)],
    )
    app.state.deadlines = report_by
    app.state.forms = official_forms.load()
    app.state.rules = load_all(Path(__file__).parent / "rules")
    rules.check(app.state.rules)
    return app
