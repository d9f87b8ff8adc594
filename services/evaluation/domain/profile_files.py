"""Reading a scoring profile from a rule version: every knob checked, nothing left to a default."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from services.evaluation.domain.numbers import Rounding
from services.evaluation.domain.profiles import (
    Band,
    Denominator,
    Deviation,
    ExecutionMode,
    ExecutionRule,
    GroupWeight,
    NegativeMode,
    PositiveMode,
    RatioRule,
    ScoringProfile,
    Split,
    Step,
    Threshold,
)
from services.evaluation.domain.rule_values import (
    Reader,
    citation,
    distinct_codes,
    read,
    rounding,
)
from shared.rulebook import Rule, UnsoundRule, Version


def scoring_profile(version: Version) -> ScoringProfile:
    """The profile of a version. Raises UnsoundRule with the place and the reason."""
    values = read(version).only(
        "kind", "full_marks", "tree", "grades", "weights", "deviating_weights", "counts_as", "exec",
        "low_execution", "positive", "negative", "equal", "satisfaction", "qualitative",
        "over_achievement", "rounding", optional=("splits", "rows", "columns", "base_data"),
    )  # fmt: skip
    full_marks = values.number("full_marks")
    execution, within = _execution_line(values)
    beside = Decimal(0) if within else execution.weight
    splits = _splits(values, full_marks - beside)
    codes = {group.code for group in splits[0].groups}
    if within is not None and within not in codes:
        raise UnsoundRule(f"{values.place}.weights: no group {within} for exec to be within")
    over = values.table("over_achievement").only(
        "reason_above", "operators", "auto_deduct", "source"
    )
    low = values.table("low_execution").only("reason_below", "source")
    if over.flag("auto_deduct"):
        raise UnsoundRule(f"{over.place}.auto_deduct: a person deducts points, never a rule")
    negative = values.table("negative")
    satisfaction = values.table("satisfaction")
    _check_form(values)
    return ScoringProfile(
        citation=citation(version),
        full_marks=full_marks,
        tree=values.text("tree"),
        grades=values.text("grades"),
        execution=execution,
        execution_within=within,
        splits=splits,
        deviating_weights=Deviation(values.choice("deviating_weights", set(Deviation))),
        counts_as=_counts_as(values.table("counts_as"), codes),
        rows_weighed_from=_rows_weighed_from(values),
        execution_rule=_execution_rule(version, values.table("exec")),
        low_execution=Threshold(low.number("reason_below", high=1), citation(version, low)),
        positive=_ratio_rule(version, values.table("positive")),
        equal=_ratio_rule(version, values.table("equal")),
        negative_mode=_negative(negative),
        negative_cited=citation(version, negative),
        satisfaction_steps=_satisfaction_steps(satisfaction),
        satisfaction_cited=citation(version, satisfaction),
        bands=_bands(values.table("qualitative").only("bands", "source")),
        qualitative_cited=citation(version, values.table("qualitative")),
        over_achievement=Threshold(over.number("reason_above", low=1), citation(version, over)),
        over_achievement_operators=over.choices("operators", {">=", ">", "="}),
        rounding=_line_rounding(values.table("rounding")),
    )


def on_its_base(version: Version, rules: Mapping[str, Rule]) -> Version:
    """A version that names a `base` takes over what it doesn't say itself, with its source."""
    own = version.values
    if own is None or "base" not in own:
        return version
    label = read(version).text("base")
    rule_id, _, day = label.partition("@")
    named = rules[rule_id].versions if rule_id in rules else ()
    base = next((v for v in named if v.effective_from.isoformat() == day and v.values), None)
    if base is None or base.values is None or "base" in base.values:
        raise UnsoundRule(f"{version.label}.base: {label} is no version that stands by itself")
    taken = {key: _with_source(value, base) for key, value in base.values.items()}
    said = {key: value for key, value in own.items() if key != "base"}
    return replace(version, values={**taken, **said})


def _with_source(value: object, base: Version) -> object:
    if not isinstance(value, Mapping) or "source" in value:
        return value
    source = base.source
    written = {
        "title": source.title,
        "article": source.article,
        "url": source.url,
        "published_on": source.published_on,
        "verified": source.verified,
    }
    return {**value, "source": {key: v for key, v in written.items() if v is not None}}


def _execution_line(values: Reader) -> tuple[GroupWeight, str | None]:
    rows = [row for row in values.tables("weights") if row.entries.get("code") == "exec"]
    if not rows:
        raise UnsoundRule(f"{values.place}.weights: no exec")
    row = rows[0].only("code", "label", "weight", optional=("within",))
    within = row.text("within") if "within" in row.entries else None
    return _group(row), within


def _splits(values: Reader, rest: Decimal) -> tuple[Split, ...]:
    """The full split first, then those of forms without some group."""
    rows = values.tables("weights")
    distinct_codes(rows, f"{values.place}.weights")
    others = [row for row in rows if row.entries.get("code") != "exec"]
    full = Split(frozenset(), _groups(others, rest, f"{values.place}.weights"))
    codes = {group.code for group in full.groups}
    splits = [full]
    for part in values.tables("splits") if "splits" in values.entries else []:
        part.only("absent", "weights")
        absent = part.choices("absent", codes)
        groups = _groups(part.tables("weights"), rest, f"{part.place}.weights")
        if {group.code for group in groups} != codes - absent:
            raise UnsoundRule(f"{part.place}.weights: they are not of the groups that are left")
        splits.append(Split(absent, groups))
    return tuple(splits)


def _groups(rows: list[Reader], rest: Decimal, place: str) -> tuple[GroupWeight, ...]:
    groups = tuple(_group(row.only("code", "label", "weight")) for row in rows)
    total = sum(group.weight for group in groups)
    if total != rest:
        raise UnsoundRule(f"{place}: they sum to {total}, not {rest}, beside the execution line")
    return groups


def _group(row: Reader) -> GroupWeight:
    return GroupWeight(row.text("code"), row.text("label"), row.number("weight"))


def _counts_as(part: Reader, groups: set[str]) -> dict[str, str]:
    return {code: part.choice(code, groups) for code in part.entries if code != "source"}


def _rows_weighed_from(values: Reader) -> Decimal | None:
    if "rows" not in values.entries:
        return None
    return values.table("rows").only("weighed_from", "source").number("weighed_from", low=1)


def _check_form(values: Reader) -> None:
    """What the form prints beside scores: further columns, and a list of base data (基础数据表)."""
    for key in ("columns", "base_data"):
        if key in values.entries:
            rows = [row.only("code", "label") for row in values.tables(key)]
            distinct_codes(rows, f"{values.place}.{key}")


def _execution_rule(version: Version, part: Reader) -> ExecutionRule:
    part.only(
        "mode", "denominator", "round_rate_first", "zero_budget", "source", optional=("steps",)
    )
    part.choice("zero_budget", {"not_applicable"})
    mode = ExecutionMode(part.choice("mode", set(ExecutionMode)))
    if (mode is ExecutionMode.BANDED) != ("steps" in part.entries):
        raise UnsoundRule(f"{part.place}.steps: banded has them and nothing else does")
    return ExecutionRule(
        mode=mode,
        denominator=Denominator(part.choice("denominator", set(Denominator))),
        round_rate_first=part.flag("round_rate_first"),
        steps=_steps(part) if mode is ExecutionMode.BANDED else (),
        citation=citation(version, part),
    )


def _ratio_rule(version: Version, part: Reader) -> RatioRule:
    part.only("mode", "zero_target", "source", optional=("passing",))
    part.choice("zero_target", {"met_full_else_zero"})
    passing = part.number("passing", high=1) if "passing" in part.entries else Decimal(0)
    mode = PositiveMode(part.choice("mode", set(PositiveMode)))
    return RatioRule(mode, passing, citation(version, part))


def _negative(part: Reader) -> NegativeMode:
    part.only("mode", "zero_target", "source").choice("zero_target", {"met_full_else_zero"})
    return NegativeMode(part.choice("mode", set(NegativeMode)))


def _satisfaction_steps(part: Reader) -> tuple[Step, ...]:
    part.only("mode", "source", optional=("steps",))
    if part.choice("mode", {"as_indicator", "banded"}) == "banded":
        return _steps(part)
    return ()


def _steps(part: Reader) -> tuple[Step, ...]:
    rows = [row.only("at_least", "share") for row in part.tables("steps")]
    steps = tuple(Step(r.number("at_least"), r.number("share", high=1)) for r in rows)
    falling = all(a.at_least > b.at_least and a.share > b.share for a, b in pairwise(steps))
    if not falling or steps[0].share != 1 or steps[-1].at_least != 0:
        raise UnsoundRule(f"{part.place}.steps: they must fall from the full share down to 0")
    return steps


def _line_rounding(part: Reader) -> Rounding:
    part.only("places", "mode", "step", "total", "source").choice("step", {"each_line"})
    part.choice("total", {"sum_of_printed_lines"})
    return rounding(part)


def _bands(part: Reader) -> tuple[Band, ...]:
    rows = [row.only("code", "label", "low", "high") for row in part.tables("bands")]
    distinct_codes(rows, part.place)
    bands = tuple(
        Band(r.text("code"), r.text("label"), r.number("low"), r.number("high")) for r in rows
    )
    tops = [Decimal(1), *(band.low for band in bands)]
    if [band.high for band in bands] != tops[:-1] or tops[-1] != 0:
        raise UnsoundRule(f"{part.place}.bands: they leave a gap or overlap between 1 and 0")
    if any(band.low >= band.high for band in bands):
        raise UnsoundRule(f"{part.place}.bands: a band is empty")
    return bands
