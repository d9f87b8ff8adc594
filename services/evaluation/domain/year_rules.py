"""Which rules a fiscal year is judged by: the ones in force on its last day."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date

from services.evaluation.domain.circulars import CircularRule
from services.evaluation.domain.framework_presets import Preset, Sector
from services.evaluation.domain.frameworks import FRAMEWORKS, Framework
from services.evaluation.domain.grading import GradeScale
from services.evaluation.domain.profiles import ScoringProfile
from services.evaluation.domain.result_policy import ResultPolicy
from services.evaluation.domain.rules import Rules
from shared.rulebook import NoRuleInForce

PROJECT_SELF_EVALUATION = "project_self_evaluation"


def profile_of(
    rules: Rules, region_code: str, fiscal_year: int, form: str = PROJECT_SELF_EVALUATION
) -> ScoringProfile:
    """How a region's self-evaluations of the year are scored. Raises NoRuleInForce."""
    profile_id = rules.packs.chosen(region_code, fiscal_year, form)
    return rules.profile(profile_id, _last_day(fiscal_year))


def named_profile(rules: Rules, profile_id: str, fiscal_year: int) -> ScoringProfile:
    """A profile by its name, as it read in the year. Raises NoRuleInForce."""
    return rules.profile(profile_id, _last_day(fiscal_year))


def scale_of(rules: Rules, profile: ScoringProfile, fiscal_year: int) -> GradeScale:
    """How totals under a profile are graded in the year. Raises NoRuleInForce."""
    return rules.grades(_last_day(fiscal_year), scale_id=profile.grades)


def framework_of(rules: Rules, kind: str, fiscal_year: int) -> Framework:
    """How sheets of an evaluation are scored. Raises NoRuleInForce."""
    return rules.framework(FRAMEWORKS[kind], _last_day(fiscal_year))


def presets_of(rules: Rules, region_code: str, fiscal_year: int) -> dict[str, Preset]:
    """The preset frameworks offered to a region in the year, by id."""
    offered = {}
    for preset_id in rules.preset_ids(region_code, fiscal_year):
        with suppress(NoRuleInForce):
            offered[preset_id] = rules.preset(preset_id, _last_day(fiscal_year))
    return offered


def sectors_of(rules: Rules, fiscal_year: int) -> Mapping[str, Sector]:
    """What evaluations of the year look at in each sector. Raises NoRuleInForce."""
    return rules.sectors(_last_day(fiscal_year))


def grades_of(rules: Rules, fiscal_year: int) -> GradeScale:
    """How scores of the year are graded. Raises NoRuleInForce."""
    return rules.grades(_last_day(fiscal_year))


def policy_of(rules: Rules, fiscal_year: int) -> ResultPolicy:
    """What results of the year propose for the next budget. Raises NoRuleInForce."""
    return rules.result_policy(_last_day(fiscal_year))


def circulars_of(rules: Rules, fiscal_year: int) -> CircularRule:
    """By which criteria the year's circulars propose units. Raises NoRuleInForce."""
    return rules.circulars(_last_day(fiscal_year))


def _last_day(fiscal_year: int) -> date:
    return date(fiscal_year, 12, 31)
