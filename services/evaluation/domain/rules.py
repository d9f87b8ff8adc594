"""The rules of evaluation, every version checked when they are loaded, looked up by day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from services.evaluation.domain.circulars import CircularRule, circular_rule
from services.evaluation.domain.entrustment import Entrustment, entrustment
from services.evaluation.domain.ex_ante import ExAnteRule, ex_ante_rule
from services.evaluation.domain.frameworks import Framework, framework, scoring_id
from services.evaluation.domain.grading import GradeScale, grade_scale
from services.evaluation.domain.profiles import ScoringProfile, scoring_profile
from services.evaluation.domain.rule_values import read
from shared.rulebook import Rule, UnsoundRule, Version, load_all


@dataclass(frozen=True)
class Rules:
    """Sound rules by id. Every look-up raises NoRuleInForce for a day without the rule."""

    by_id: Mapping[str, Rule]

    def profile(self, profile_id: str, on: date) -> ScoringProfile:
        """The scoring profile of self-evaluations in force on a day."""
        return scoring_profile(self._version(profile_id, on, kind="self_evaluation"))

    def framework(self, framework_id: str, on: date) -> Framework:
        """The framework of a day, with the formulas in force on the same day."""
        version = self._version(framework_id, on, kind="framework")
        return framework(version, self.profile(scoring_id(version), on))

    def grades(self, on: date, *, scale_id: str = "grades") -> GradeScale:
        """The grade scale in force on a day."""
        return grade_scale(self._version(scale_id, on, kind="grades"))

    def entrustment(self, on: date) -> Entrustment:
        """What may be entrusted to agencies on a day."""
        return entrustment(self._version("entrustment", on, kind="entrustment"))

    def ex_ante(self, on: date) -> ExAnteRule:
        """What a report of an ex-ante evaluation holds on a day."""
        return ex_ante_rule(self._version("ex-ante", on, kind="ex_ante"))

    def circulars(self, on: date) -> CircularRule:
        """By which criteria circulars propose units on a day."""
        return circular_rule(self._version("circulars", on, kind="circulars"))

    def _version(self, rule_id: str, on: date, *, kind: str) -> Version:
        if rule_id not in self.by_id:
            raise UnsoundRule(f"{rule_id}: no such rule")
        version = self.by_id[rule_id].on(on)
        read(version).choice("kind", {kind})
        return version


def load_rules(folder: Path) -> Rules:
    """Every rule file of a folder. Raises UnsoundRule when any version of any rule is unsound."""
    rules = Rules(load_all(folder))
    for rule in rules.by_id.values():
        for version in rule.versions:
            if version.values is not None:
                _check(rules, version)
    return rules


def _check(rules: Rules, version: Version) -> None:
    kind = read(version).choice("kind", {"framework", *_READERS})
    if kind == "framework":
        _check_framework(rules, version)
    else:
        _READERS[kind](version)


_READERS: dict[str, Callable[[Version], object]] = {
    "self_evaluation": scoring_profile,
    "grades": grade_scale,
    "entrustment": entrustment,
    "ex_ante": ex_ante_rule,
    "circulars": circular_rule,
}


def _check_framework(rules: Rules, version: Version) -> None:
    """A framework may be older than the formulas it borrows, so any version of those will do."""
    borrowed = rules.by_id.get(scoring_id(version))
    sound = [v for v in borrowed.versions if v.values is not None] if borrowed else []
    if not sound:
        raise UnsoundRule(f"{version.label}.scoring: no such rule")
    framework(version, scoring_profile(sound[-1]))
