"""The HTTP surface of the evaluation service."""

from services.evaluation.routes import (
    circulars,
    engagements,
    evaluations,
    ex_ante,
    overview,
    rectifications,
    self_evaluations,
    summaries,
)

ALL = [
    self_evaluations.router,
    engagements.router,
    rectifications.router,
    evaluations.router,
    summaries.router,
    overview.router,
    ex_ante.router,
    circulars.router,
]
