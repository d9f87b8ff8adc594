"""监控报告 as a Word document, from a template the bureau can replace; money in 万元."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from services.monitoring.schemas.round_reports import (
    Finding,
    LevelMoney,
    LightGroup,
    PreviousRound,
    RoundReport,
    RuleFindings,
    UnitWords,
)
from shared.documents import Content, Layout, written_day

NAME = "round-report.docx"
LAYOUT = Layout(
    fields=frozenset(
        {
            "fiscal_year", "name", "period_from", "period_to", "due_on", "as_of", "scope",
            "projects", "units", "forms_due", "handed_in", "handed_in_rate", "accepted", "overdue",
            "money_scope", "budget", "executed", "money_rate", "judged", "red", "yellow", "green",
            "blue", "not_applicable", "previous", "open", "open_red", "open_yellow", "closed",
        }
    ),
    rows={
        "levels": frozenset({"level.label", "level.budget", "level.executed", "level.rate"}),
        "lights": frozenset(
            {
                "light.by", "light.label", "light.projects", "light.red", "light.yellow",
                "light.green", "light.blue", "light.not_applicable",
            }
        ),
        "rules": frozenset({"rule.title", "rule.count", "rule.red", "rule.yellow"}),
        "findings": frozenset(
            {
                "finding.no", "finding.unit", "finding.project", "finding.level", "finding.rule",
                "finding.reason",
            }
        ),
        "causes": frozenset({"cause.label", "cause.rows", "cause.projects"}),
        "silent": frozenset({"silent.unit", "silent.count", "silent.due_on"}),
    },
    paragraphs={
        "words": frozenset({"words.no", "words.text"}),
        "proposals": frozenset({"proposal.no", "proposal.text"}),
    },
)  # fmt: skip

_COLOURS = ("red", "yellow", "green", "blue", "not_applicable")


def report_content(report: RoundReport) -> Content:
    """What goes into the template."""
    problems = report.problems
    return Content(
        values=_values(report),
        items={
            "levels": [_level(level) for level in report.overview.money.levels],
            "lights": [
                *_lights("业务室", report.overview.lights.offices),
                *_lights("主管部门", report.overview.lights.departments),
            ],
            "rules": [_rule(rule) for rule in problems.rules],
            "findings": [_finding(no, one) for no, one in enumerate(problems.most_serious, 1)],
            "causes": [
                {
                    "cause.label": cause.label,
                    "cause.rows": str(cause.row_count),
                    "cause.projects": str(cause.project_count),
                }
                for cause in problems.causes
            ],
            "silent": [
                {
                    "silent.unit": unit.unit_name,
                    "silent.count": str(unit.count),
                    "silent.due_on": written_day(unit.due_on),
                }
                for unit in problems.silent_units
            ],
            "words": [_words(no, one) for no, one in enumerate(problems.words, 1)],
            "proposals": [
                {"proposal.no": str(no), "proposal.text": proposal.text}
                for no, proposal in enumerate(report.proposals, 1)
            ],
        },
        merged={"light.by": "light.by"},
    )


def _values(report: RoundReport) -> dict[str, str]:
    overview, problems = report.overview, report.problems
    forms, money, lights = overview.forms, overview.money, overview.lights
    return {
        "fiscal_year": str(report.fiscal_year),
        "name": report.name,
        "period_from": written_day(report.period_from),
        "period_to": written_day(report.period_to),
        "due_on": written_day(report.due_on),
        "as_of": written_day(report.as_of),
        "scope": report.scope,
        "projects": str(overview.projects.count),
        "units": str(overview.units.count),
        "forms_due": str(forms.due.count),
        "handed_in": str(forms.handed_in.numerator),
        "handed_in_rate": _percent(forms.handed_in.rate),
        "accepted": str(forms.accepted.numerator),
        "overdue": str(forms.overdue.numerator),
        "money_scope": money.scope,
        "budget": _ten_thousands(money.budget),
        "executed": _ten_thousands(money.executed_to_date),
        "money_rate": _percent(money.rate),
        "judged": str(lights.total.count),
        **{one.colour: str(one.count) for one in lights.colours},
        "previous": _previous(overview.previous),
        "open": str(problems.open.count),
        "open_red": str(problems.red.count),
        "open_yellow": str(problems.yellow.count),
        "closed": str(problems.closed.count),
    }


def _level(level: LevelMoney) -> dict[str, str]:
    return {
        "level.label": level.fund_level_label,
        "level.budget": _ten_thousands(level.budget),
        "level.executed": _ten_thousands(level.executed_to_date),
        "level.rate": _percent(level.rate),
    }


def _lights(by: str, groups: Sequence[LightGroup]) -> list[dict[str, str]]:
    return [
        {
            "light.by": by,
            "light.label": group.label,
            "light.projects": str(group.project_count),
            **{f"light.{colour}": str(getattr(group, colour)) for colour in _COLOURS},
        }
        for group in groups
    ]


def _rule(rule: RuleFindings) -> dict[str, str]:
    return {
        "rule.title": rule.title,
        "rule.count": str(rule.count),
        "rule.red": str(rule.red),
        "rule.yellow": str(rule.yellow),
    }


def _finding(no: int, one: Finding) -> dict[str, str]:
    return {
        "finding.no": str(no),
        "finding.unit": one.unit_name,
        "finding.project": one.project_name,
        "finding.level": one.level_label,
        "finding.rule": one.rule_title,
        "finding.reason": one.reason,
    }


def _words(no: int, one: UnitWords) -> dict[str, str]:
    causes = f"（{'、'.join(one.causes)}）" if one.causes else ""
    text = f"{one.unit_name}“{one.project_name}”，{'、'.join(one.indicators)}{causes}：{one.text}"
    return {"words.no": str(no), "words.text": text}


def _previous(before: PreviousRound | None) -> str:
    if before is None:
        return "本年度此前没有监控，不作比较。"
    return (
        f"上一次“{before.name}”（截至{written_day(before.period_to)}）：{before.project_count} 个项目，"
        f"执行率 {_percent(before.rate)}，红灯 {before.red} 个，黄灯 {before.yellow} 个。"
    )


def _ten_thousands(yuan: Decimal) -> str:
    return f"{(yuan / 10_000).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def _percent(rate: str | None) -> str:
    return "—" if rate is None else f"{rate}%"
