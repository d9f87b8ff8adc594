"""The evaluation service."""

from pathlib import Path

from fastapi import FastAPI

from services.evaluation import access, consumers, routes
from services.evaluation.domain.procedure import procedure
from services.evaluation.domain.rules import load_rules
from services.evaluation.queries.summary_document import LAYOUT, TEMPLATE
from services.evaluation.schemas import events
from services.evaluation.settings import Settings
from services.evaluation.usecases import official_forms
from shared.documents import load_templates
from shared.service import create_service


def create(settings: Settings | None = None) -> FastAPI:
    """What `uvicorn --factory` calls; an unsound rule file keeps the service from starting."""
    settings, here = settings or Settings(), Path(__file__).parent / "rules"
    rules = load_rules(*filter(None, (here, here / "profiles", settings.profile_pack_folder)))
    procedure()
    app = create_service(
        "evaluation",
        title="问效 · 绩效评价",
        settings=settings,
        policy=access.POLICY,
        routers=routes.ALL,
        facts=events.PUBLISHED,
        consumers=[consumers.GOALS, consumers.MONITORING],
    )
    app.state.rules = rules
    app.state.forms = official_forms.load()
    app.state.summary_templates = load_templates(TEMPLATE, LAYOUT, settings.template_folder)
    return app
