"""复审得分: the rows of a form added up again with the reviewer's scores."""

from collections.abc import Sequence
from decimal import Decimal

from services.evaluation.domain.profiles import ScoringProfile
from services.evaluation.domain.self_evaluation import share_of
from services.evaluation.domain.sheets import added


def review_total(
    exec_score: Decimal | None,
    weights: Sequence[Decimal],
    scores: Sequence[Decimal],
    rule: ScoringProfile,
) -> Decimal:
    """The total of the form under review scores, weighed as the unit's own total was."""
    head = [exec_score] if exec_score is not None else []
    return added([*head, *scores], share_of(weights, rule))
