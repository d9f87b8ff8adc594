"""Which rules a fiscal year is judged by: the ones in force on its last day."""

from datetime import date

from services.evaluation.domain.circulars import CircularRule
from services.evaluation.domain.frameworks import Framework
from services.evaluation.domain.grading import GradeScale
from services.evaluation.domain.profiles import ScoringProfile
from services.evaluation.domain.rules import Rules

SELF_EVALUATION = "mof-2020-10"
FRAMEWORKS = {"project": "framework-2020-10", "department": "department-2013-53"}


def profile_of(rules: Rules, fiscal_year: int) -> ScoringProfile:
    """How self-evaluations of the year are scored. Raises NoRuleInForce."""
    return rules.profile(SELF_EVALUATION, _last_day(fiscal_year))


def framework_of(rules: Rules, kind: str, fiscal_year: int) -> Framework:
    """How sheets of an evaluation are scored. Raises NoRuleInForce."""
    return rules.framework(FRAMEWORKS[kind], _last_day(fiscal_year))


def grades_of(rules: Rules, fiscal_year: int) -> GradeScale:
    """How scores of the year are graded. Raises NoRuleInForce."""
    return rules.grades(_last_day(fiscal_year))


def circulars_of(rules: Rules, fiscal_year: int) -> CircularRule:
    """By which criteria the year's circulars propose units. Raises NoRuleInForce."""
    return rules.circulars(_last_day(fiscal_year))


def _last_day(fiscal_year: int) -> date:
    return date(fiscal_year, 12, 31)
