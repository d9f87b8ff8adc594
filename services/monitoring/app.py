"""The monitoring service."""

from pathlib import Path

from fastapi import FastAPI

from services.monitoring import access, consumers, routes
from services.monitoring.domain import deadlines
from services.monitoring.domain.packs import load_packs
from services.monitoring.domain.rectification_rules import rectification_rules
from services.monitoring.queries.documents import load_documents
from services.monitoring.schemas import events
from services.monitoring.settings import Settings
from services.monitoring.usecases import official_forms, payment_files, reminders, run_loops
from services.monitoring.usecases.rectification_watch import keep_watch
from shared.service import create_service


def create(settings: Settings | None = None) -> FastAPI:
    """What `uvicorn --factory` calls. Raises UnsoundRule or UnsoundTemplate."""
    rectification_rules()
    settings, report_by = settings or Settings(), deadlines.load()
    packs = load_packs(*filter(None, (Path(__file__).parent / "rules", settings.rule_pack_folder)))
    runs = run_loops.loops(packs, daily=settings.rule_runs_daily)
    app = create_service(
        "monitoring",
        title="问效 · 绩效监控",
        settings=settings,
        policy=access.POLICY,
        routers=routes.ALL,
        facts=events.FACTS,
        consumers=[consumers.GOALS, consumers.EVALUATION],
        importers=[payment_files.PAYMENTS],
        background=[reminders.remind_hourly(report_by), keep_watch, *runs],
    )
    app.state.deadlines = report_by
    app.state.forms = official_forms.load()
    app.state.packs = packs
    app.state.documents = load_documents(settings.template_folder)
    return app
