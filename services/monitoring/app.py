"""The monitoring service."""

from pathlib import Path

from fastapi import FastAPI

from services.monitoring import access, consumers, routes
from services.monitoring.domain.packs import load_packs
from services.monitoring.schemas import events
from services.monitoring.settings import Settings
from services.monitoring.usecases.run_loops import daily_runs, work_off_runs
from shared.service import create_service

_SHIPPED = Path(__file__).parent / "rules"


def create(settings: Settings | None = None) -> FastAPI:
    """What `uvicorn --factory` calls. Raises UnsoundRule when a rule pack can't be used."""
    settings = settings or Settings()
    folders = [_SHIPPED, *([settings.rule_pack_folder] if settings.rule_pack_folder else [])]
    packs = load_packs(*folders)
    app = create_service(
        "monitoring",
        title="问效 · 绩效监控",
        settings=settings,
        policy=access.POLICY,
        routers=routes.ALL,
        facts=[
            events.ExecutionChanged,
            events.WarningOpened,
            events.WarningClosed,
            events.RectificationChanged,
        ],
        consumers=[consumers.GOALS, consumers.EVALUATION],
        loops=[work_off_runs, *([daily_runs(packs)] if settings.rule_runs_daily else [])],
    )
    app.state.packs = packs
    return app
