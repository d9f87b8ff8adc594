"""The HTTP surface of the evaluation service."""

from services.evaluation.routes import (
    accountability,
    agencies,
    agency_quality,
    agency_staff,
    base_data,
    engagements,
    evaluations,
    ex_ante,
    experts,
    overview,
    rectifications,
    result_proposals,
    score_previews,
    self_evaluations,
    summaries,
    trainings,
)

ALL = [
    self_evaluations.router,
    engagements.router,
    rectifications.router,
    evaluations.router,
    summaries.router,
    overview.router,
    ex_ante.router,
    score_previews.router,
    experts.router,
    agency_quality.router,
    trainings.router,
    base_data.router,
    result_proposals.router,
    accountability.router,
    agencies.router,
    agency_staff.router,
]
