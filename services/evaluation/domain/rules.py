"""The rules of evaluation, every version checked when they are loaded, looked up by day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from services.evaluation.domain.accountability import AccountabilityRule, accountability_rule
from services.evaluation.domain.agency_conditions import AgencyConditions, agency_conditions
from services.evaluation.domain.agency_quality import QualityRule, quality_rule
from services.evaluation.domain.circulars import CircularRule, circular_rule
from services.evaluation.domain.entrustment import Entrustment, entrustment
from services.evaluation.domain.ex_ante import ExAnteRule, ex_ante_rule
from services.evaluation.domain.framework_presets import (
    Preset,
    Sector,
    items,
    require_sound,
    sectors,
    weighed,
    weighing,
)
from services.evaluation.domain.frameworks import Framework, framework, scoring_id
from services.evaluation.domain.grading import GradeScale, grade_scale
from services.evaluation.domain.profile_cases import day_of, read_cases, run_case
from services.evaluation.domain.profile_files import on_its_base, scoring_profile
from services.evaluation.domain.profile_packs import (
    ProfilePack,
    ProfilePacks,
    check_forms,
    read_packs,
)
from services.evaluation.domain.profiles import ScoringProfile
from services.evaluation.domain.recheck_findings import FindingKinds, finding_kinds
from services.evaluation.domain.result_policy import ResultPolicy, result_policy
from services.evaluation.domain.rule_values import read
from shared.rulebook import NoRuleInForce, Rule, UnsoundRule, Version, load_all


@dataclass(frozen=True)
class Rules:
    """Sound rules by id. Every look-up raises NoRuleInForce for a day without the rule."""

    by_id: Mapping[str, Rule]
    packs: ProfilePacks

    def profile(self, profile_id: str, on: date) -> ScoringProfile:
        """The scoring profile of self-evaluations in force on a day."""
        return scoring_profile(self._version(profile_id, on, kind="self_evaluation"))

    def framework(self, framework_id: str, on: date) -> Framework:
        """The framework of a day, with the formulas in force on the same day."""
        version = self._version(framework_id, on, kind="framework")
        return framework(version, self.profile(scoring_id(version), on))

    def preset(self, preset_id: str, on: date) -> Preset:
        """The preset framework of a day, its items as they read on the same day."""
        weights = weighing(self._version(preset_id, on, kind="framework_preset"))
        known = items(self._version(weights.items_id, on, kind="framework_items"))
        return weighed(preset_id, self.by_id[preset_id].title, weights, known)

    def preset_ids(self, region_code: str, fiscal_year: int) -> list[str]:
        """The presets offered to a region: all but those that packs bring for other places."""
        elsewhere = {
            rule_id
            for pack in self.packs.by_id.values()
            if pack.reach(region_code, fiscal_year) is None
            for rule_id in pack.rules
        }
        return [each for each in self._of_kind("framework_preset") if each not in elsewhere]

    def sectors(self, on: date) -> Mapping[str, Sector]:
        """What evaluations look at in each sector on a day."""
        return sectors(self._version("sector-focus", on, kind="sector_focus"))

    def grades(self, on: date, *, scale_id: str = "grades") -> GradeScale:
        """The grade scale in force on a day."""
        return grade_scale(self._version(scale_id, on, kind="grades"))

    def entrustment(self, on: date) -> Entrustment:
        """What may be entrusted to agencies on a day."""
        return entrustment(self._version("entrustment", on, kind="entrustment"))

    def ex_ante(self, on: date) -> ExAnteRule:
        """What a report of an ex-ante evaluation holds on a day."""
        return ex_ante_rule(self._version("ex-ante", on, kind="ex_ante"))

    @property
    def profile_ids(self) -> list[str]:
        """Every scoring profile there is."""
        return self._of_kind("self_evaluation")

    def result_policy(self, on: date) -> ResultPolicy:
        """What results propose for the next budget on a day."""
        return result_policy(self._version("result-policy", on, kind="result_policy"))

    def agency_quality(self, on: date) -> QualityRule:
        """How an agency's work is judged on a day."""
        return quality_rule(self._version("agency-quality", on, kind="agency_quality"))

    def agency_conditions(self, on: date) -> AgencyConditions:
        """Which agencies may be engaged on a day, and who may lead an evaluation."""
        return agency_conditions(self._version("agency-conditions", on, kind="agency_conditions"))

    def accountability(self, on: date) -> AccountabilityRule:
        """How long a case handed over on a day may go without an outcome."""
        return accountability_rule(self._version("accountability", on, kind="accountability"))

    def recheck_findings(self, on: date) -> FindingKinds:
        """What a re-review may find on a day."""
        return finding_kinds(self._version("recheck-findings", on, kind="recheck_findings"))

    def circulars(self, on: date) -> CircularRule:
        """By which criteria circulars propose units on a day."""
        return circular_rule(self._version("circulars", on, kind="circulars"))

    def _of_kind(self, kind: str) -> list[str]:
        kinds = {rule_id: rule.versions[-1].values or {} for rule_id, rule in self.by_id.items()}
        return sorted(i for i, values in kinds.items() if values.get("kind") == kind)

    def _version(self, rule_id: str, on: date, *, kind: str) -> Version:
        if rule_id not in self.by_id:
            raise UnsoundRule(f"{rule_id}: no such rule")
        version = self.by_id[rule_id].on(on)
        read(version).choice("kind", {kind})
        return version


def load_rules(folder: Path, *pack_folders: Path) -> Rules:
    """Every rule file of a folder, its preset frameworks, and those of the profile packs in others.

    Raises UnsoundRule when any version of any rule is unsound, or a pack's own case fails.
    """
    by_id, packs = load_all(folder), read_packs(pack_folders)
    brought = {pack.pack_id: pack.rules for pack in packs.values()}
    for place, own in (("presets", load_all(folder / "framework-presets")), *brought.items()):
        twice = sorted(by_id.keys() & own.keys())
        if twice:
            raise UnsoundRule(f"{place}: {twice} stand in another file too")
        by_id.update(own)
    complete = {rule_id: _complete(rule, by_id) for rule_id, rule in by_id.items()}
    rules = Rules(complete, ProfilePacks({pack.pack_id: pack for pack in packs.values()}))
    for rule in complete.values():
        for version in rule.versions:
            if version.values is not None:
                _check(rules, version)
    check_forms(list(packs.values()), complete)
    for at, pack in packs.items():
        _run_cases(at, pack, rules)
    return rules


def _complete(rule: Rule, by_id: Mapping[str, Rule]) -> Rule:
    return replace(rule, versions=tuple(on_its_base(each, by_id) for each in rule.versions))


def _run_cases(folder: Path, pack: ProfilePack, rules: Rules) -> None:
    """The cases of a pack are about the profiles it names or brings, by its own reference scorer.

    A pack of preset frameworks alone has none: these are held against their framework.
    """
    own = {*pack.rules, *pack.forms.values()} & set(rules.profile_ids)
    if pack.rules and not own:
        return
    for file, case in read_cases(folder / "cases"):
        try:
            if case.get("profile") not in own:
                raise UnsoundRule(f"{case.get('name')}: profile: one of {sorted(own)} is needed")
            run_case(case, rules.profile(case["profile"], day_of(case)))
        except (UnsoundRule, NoRuleInForce, KeyError, ValueError) as error:
            raise UnsoundRule(f"{folder.name}/cases/{file}: {error}") from error


def _check(rules: Rules, version: Version) -> None:
    kind = read(version).choice("kind", {*_CHECKS, *_READERS})
    if kind in _CHECKS:
        _CHECKS[kind](rules, version)
    else:
        _READERS[kind](version)


_READERS: dict[str, Callable[[Version], object]] = {
    "grades": grade_scale,
    "entrustment": entrustment,
    "ex_ante": ex_ante_rule,
    "agency_quality": quality_rule,
    "result_policy": result_policy,
    "accountability": accountability_rule,
    "recheck_findings": finding_kinds,
    "circulars": circular_rule,
    "agency_conditions": agency_conditions,
    "framework_items": items,
    "sector_focus": sectors,
}


def _check_profile(rules: Rules, version: Version) -> None:
    scale = rules.by_id.get(scoring_profile(version).grades)
    kinds = {v.values.get("kind") for v in scale.versions if v.values} if scale else set()
    if kinds != {"grades"}:
        raise UnsoundRule(f"{version.label}.grades: no such grade scale")


def _check_framework(rules: Rules, version: Version) -> None:
    """A framework may be older than the formulas it borrows, so any version of those will do."""
    borrowed = rules.by_id.get(scoring_id(version))
    sound = [v for v in borrowed.versions if v.values is not None] if borrowed else []
    if not sound:
        raise UnsoundRule(f"{version.label}.scoring: no such rule")
    framework(version, scoring_profile(sound[-1]))


def _check_preset(rules: Rules, version: Version) -> None:
    """A preset would be accepted under its framework as that reads last, from its first day on."""
    try:
        preset = rules.preset(version.rule_id, version.effective_from)
        last = rules.by_id[preset.framework_id].versions[-1]
        day = max(last.effective_from, version.effective_from)
        require_sound(preset, rules.framework(preset.framework_id, day))
    except (NoRuleInForce, KeyError) as error:
        raise UnsoundRule(f"{version.label}: {error}") from error


_CHECKS: dict[str, Callable[[Rules, Version], None]] = {
    "framework": _check_framework,
    "self_evaluation": _check_profile,
    "framework_preset": _check_preset,
}
