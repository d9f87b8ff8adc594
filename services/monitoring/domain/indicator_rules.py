"""Kinds of warning rule that look at a project's indicators, one verdict a row."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from services.monitoring.domain.facts import (
    Band,
    IndicatorFacts,
    Likelihood,
    Operator,
    ProjectFacts,
    Target,
)
from services.monitoring.domain.ladder import Ladder, Progress, plain, shown
from services.monitoring.domain.rule_in_force import RuleInForce
from services.monitoring.domain.verdicts import (
    Colour,
    Need,
    NotApplicable,
    Quiet,
    Verdict,
    Warning,
    WayOut,
    worst,
)

JudgeRow: TypeAlias = Callable[[IndicatorFacts, date, RuleInForce], Verdict]


def indicator_progress(facts: ProjectFacts, rule: RuleInForce) -> list[Verdict]:
    """Each row's achievement so far: against time, against its limit, or by its band."""
    return _each_row(facts, rule, _judge_progress)


def forecast_short(facts: ProjectFacts, rule: RuleInForce) -> list[Verdict]:
    """Each row whose own forecast for the year misses the target, or whose unit doubts it."""
    return _each_row(facts, rule, _judge_forecast)


def _each_row(facts: ProjectFacts, rule: RuleInForce, judge: JudgeRow) -> list[Verdict]:
    if not facts.indicators:
        return [NotApplicable("项目没有绩效指标", rule.rule_id)]
    return [judge(row, facts.as_of, rule) for row in facts.indicators]


def _judge_progress(row: IndicatorFacts, as_of: date, rule: RuleInForce) -> Verdict:
    if row.operator is Operator.QUALITATIVE:
        return _judge_band(row, rule)
    if row.target is None:
        return NotApplicable("没有可比较的指标值", rule.rule_id, row.position)
    if row.actual_to_date is None:
        return NotApplicable("尚未填报执行情况", rule.rule_id, row.position)
    if row.target.is_limit:
        return _judge_limit(row, row.target, row.actual_to_date, rule)
    if row.target.value <= 0:
        return NotApplicable("指标值不大于 0，不能按时间折算", rule.rule_id, row.position)
    return _judge_pace(row, row.target, row.actual_to_date, as_of, rule)


def _judge_band(row: IndicatorFacts, rule: RuleInForce) -> Verdict:
    if row.band is None:
        return NotApplicable("尚未填报完成情况", rule.rule_id, row.position)
    colours = {band: Colour(rule.values["band_colours"][band]) for band in Band}
    colour = colours[row.band]
    if not colour.warns:
        return Quiet(colour, row.band.label, rule.rule_id, row.position)
    good = [band for band in Band if not colours[band].warns]
    receipt = rule.receipt(
        _inputs(row) | {"band": row.band.value},
        arithmetic=f"完成情况 = {row.band.label}",
        threshold=row.band.label,
        clears_when=" 或 ".join(f"完成情况转为「{band.label}」" for band in good),
        ways_out=[WayOut(colours[b], (Need("band", "=", b.value),)) for b in good],
    )
    return Warning(colour, f"「{row.name}」{row.band.label}", receipt, row.position)


def _judge_limit(
    row: IndicatorFacts, target: Target, actual: Decimal, rule: RuleInForce
) -> Verdict:
    colours = rule.values["limit_colours"]
    colour = Colour(colours["kept" if target.is_met_by(actual) else "passed"])
    stands = target.compared_with(actual)
    if not colour.warns:
        return Quiet(colour, stands, rule.rule_id, row.position)
    need = Need("actual_to_date", target.operator.value, plain(target.value))
    receipt = rule.receipt(
        _inputs(row) | {"actual_to_date": plain(actual)},
        arithmetic=stands,
        threshold=f"反向指标值 {target}",
        clears_when=f"实际值 {target}",
        ways_out=[WayOut(Colour(colours["kept"]), (need,))],
    )
    reason = f"「{row.name}」实际值 {plain(actual)}，超出指标值 {target}"
    return Warning(colour, reason, receipt, row.position)


def _judge_pace(
    row: IndicatorFacts, target: Target, actual: Decimal, as_of: date, rule: RuleInForce
) -> Verdict:
    ladder = Ladder.read(rule.values["bands"])
    progress = Progress(actual, target.value * as_of.month, scale=1200, places=_places(row))
    rung = ladder.rung(progress.value)
    value = shown(progress.value, rung.below)
    due = f"{plain(target.value)} ÷ 12 × {as_of.month}"
    if not rung.colour.warns or rung.below is None:
        return Quiet(rung.colour, f"完成进度（按时间折算）{value}", rule.rule_id, row.position)
    steps = [(colour, progress.needed(limit)) for colour, limit in ladder.above(rung)]
    receipt = rule.receipt(
        _inputs(row)
        | {
            "as_of": as_of.isoformat(),
            "month": str(as_of.month),
            "actual_to_date": plain(actual),
        },
        arithmetic=f"{plain(actual)} ÷ ({due}) × 100 = {value}",
        threshold=f"完成进度（按时间折算）低于 {plain(rung.below)}",
        clears_when="；".join(
            f"截至 {as_of.isoformat()} 实际值达到 {plain(done)}"
            f"（还差 {plain(done - actual)}）转为{colour.label}"
            for colour, done in steps
        ),
        ways_out=[
            WayOut(colour, (Need("actual_to_date", ">=", plain(done)),)) for colour, done in steps
        ],
    )
    reason = f"「{row.name}」完成进度（按时间折算）{value}，低于 {plain(rung.below)}"
    return Warning(rung.colour, reason, receipt, row.position)


@dataclass(frozen=True)
class _Outlook:
    """What a unit says of the year's end, and what would take a warning back."""

    colour: Colour
    finding: str
    inputs: dict[str, str]
    arithmetic: str
    clears_when: str
    better: Colour
    need: Need


def _judge_forecast(row: IndicatorFacts, as_of: date, rule: RuleInForce) -> Verdict:
    told = [outlook for outlook in (_forecast(row, rule), _likelihood(row, rule)) if outlook]
    if not told:
        return NotApplicable("尚未填报全年预计", rule.rule_id, row.position)
    doubts = [outlook for outlook in told if outlook.colour.warns]
    colour = worst(outlook.colour for outlook in told)
    if not doubts:
        reason = "，".join(outlook.finding for outlook in told)
        return Quiet(colour, reason, rule.rule_id, row.position)
    inputs = _inputs(row) | {"as_of": as_of.isoformat()}
    for outlook in told:
        inputs |= outlook.inputs
    receipt = rule.receipt(
        inputs,
        arithmetic="；".join(doubt.arithmetic for doubt in doubts),
        threshold="全年预计达不到指标值，或完成目标可能性存疑",
        clears_when="，且".join(doubt.clears_when for doubt in doubts),
        ways_out=[WayOut(worst(d.better for d in doubts), tuple(d.need for d in doubts))],
    )
    findings = "，".join(doubt.finding for doubt in doubts)
    return Warning(colour, f"「{row.name}」{findings}", receipt, row.position)


def _forecast(row: IndicatorFacts, rule: RuleInForce) -> _Outlook | None:
    target, forecast = row.target, row.actual_forecast
    if target is None or forecast is None:
        return None
    met = target.is_met_by(forecast)
    colours = rule.values["forecast_colours"]
    return _Outlook(
        colour=Colour(colours["met" if met else "short"]),
        finding=f"全年预计 {plain(forecast)}，{'达到' if met else '达不到'}指标值 {target}",
        inputs={"actual_forecast": plain(forecast)},
        arithmetic=target.compared_with(forecast),
        clears_when=f"全年预计 {target}",
        better=Colour(colours["met"]),
        need=Need("actual_forecast", target.operator.value, plain(target.value)),
    )


def _likelihood(row: IndicatorFacts, rule: RuleInForce) -> _Outlook | None:
    if row.likelihood is None:
        return None
    colours = rule.values["likelihood_colours"]
    certain = Likelihood.CERTAIN
    return _Outlook(
        colour=Colour(colours[row.likelihood]),
        finding=f"完成目标可能性为「{row.likelihood.label}」",
        inputs={"likelihood": row.likelihood.value},
        arithmetic=f"完成目标可能性 = {row.likelihood.label}",
        clears_when=f"完成目标可能性转为「{certain.label}」",
        better=Colour(colours[certain]),
        need=Need("likelihood", "=", certain.value),
    )


def _inputs(row: IndicatorFacts) -> dict[str, str]:
    target = {} if row.target_value is None else {"target_value": plain(row.target_value)}
    return {
        "position": str(row.position),
        "name": row.name,
        "operator": row.operator.value,
    } | target


def _places(row: IndicatorFacts) -> int:
    """Count in hundredths, or as finely as the target and the actual value are written."""
    written = [v.as_tuple().exponent for v in (row.target_value, row.actual_to_date) if v]
    return max([2, *(-e for e in written if isinstance(e, int))])
