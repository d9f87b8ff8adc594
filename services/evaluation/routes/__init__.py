"""The HTTP surface of the evaluation service."""

from services.evaluation.routes import (
    engagements,
    evaluation_steps,
    evaluations,
    evaluators,
    ex_ante,
    overview,
    rectifications,
    self_evaluations,
    summaries,
    view_exchanges,
)

ALL = [
    self_evaluations.router,
    engagements.router,
    rectifications.router,
    evaluations.router,
    summaries.router,
    overview.router,
    ex_ante.router,
    evaluation_steps.router,
    evaluators.router,
    view_exchanges.router,
]
