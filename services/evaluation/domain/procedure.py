"""评价程序: the steps of an evaluation, when each is due, the ways of merging, what papers are taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from services.evaluation.domain.merging import WAYS, MergeRule
from services.evaluation.domain.numbers import Rounding
from services.evaluation.domain.receipts import Citation
from services.evaluation.domain.rule_values import citation, distinct_codes, read
from shared.file_kinds import FileLimits, limits_of
from shared.rulebook import Rule, UnsoundRule, Version, load_all

_FOLDER = Path(__file__).parent.parent / "procedure"

#: In their order; the status of an evaluation is the last step it has taken.
STEPS = {
    "planned": "已布置",
    "notified": "已下达评价通知",
    "scheme": "已报评价方案",
    "fieldwork": "现场评价、评分中",
    "draft": "已形成初步结论",
    "exchange_of_views": "交换意见中",
    "final": "已审定",
    "fed_back": "已反馈结果",
    "disclosed": "已公开",
    "archived": "已归档",
}

#: Where a step may be sent back to. Back from scoring means that the scheme is made anew.
RETURNS = {
    "scheme": "notified",
    "fieldwork": "notified",
    "draft": "fieldwork",
    "exchange_of_views": "draft",
}


@dataclass(frozen=True)
class Outline:
    """提纲 of a report: its chapters and those that may not be empty; when passages are shown."""

    chapters: Mapping[str, str]
    required: frozenset[str]
    shown_from: Decimal
    years_before: int
    citation: Citation


@dataclass(frozen=True)
class Procedure:
    """What the files say; every answer is for a day."""

    steps: Rule
    merging: Rule
    outlines: Rule
    papers: Rule

    def due_days(self, begun_on: date) -> dict[str, date]:
        """By when each step of an evaluation planned on that day is due. Raises NoRuleInForce."""
        days = _days(self.steps.on(begun_on))
        due, day = {}, begun_on
        for step, count in days.items():
            day += timedelta(days=count)
            due[step] = day
        return due

    def merge_rule(self, code: str, on: date) -> MergeRule:
        """A way of merging as it was on the day. Raises NoRuleInForce, KeyError."""
        return _merges(self.merging.on(on))[code]

    def outline(self, on: date) -> Outline:
        """What a report of the day consists of. Raises NoRuleInForce."""
        return _outline(self.outlines.on(on))

    def paper_limits(self, on: date) -> FileLimits:
        """What one person may lay to one evaluation. Raises NoRuleInForce."""
        return _paper_limits(self.papers.on(on))


def is_late(due_on: date | None, done_on: date | None, today: date) -> bool:
    """Whether a step was taken, or still waits, after the day it was due."""
    return due_on is not None and (done_on or today) > due_on


@cache
def procedure() -> Procedure:
    """The files as they were shipped. Raises UnsoundRule, so a broken one keeps the service down."""
    rules = load_all(_FOLDER)
    for version in rules["evaluation-steps"].versions:
        _days(version)
    for version in rules["score-merging"].versions:
        _merges(version)
    for version in rules["report-outline"].versions:
        _outline(version)
    for version in rules["working-papers"].versions:
        _paper_limits(version)
    return Procedure(
        rules["evaluation-steps"],
        rules["score-merging"],
        rules["report-outline"],
        rules["working-papers"],
    )


def _days(version: Version) -> Mapping[str, int]:
    wanted = [step for step in STEPS if step != "planned"]
    part = read(version).only("days").table("days").only(*wanted)
    return {step: int(part.number(step, high=365)) for step in wanted}


def _outline(version: Version) -> Outline:
    values = read(version).only("shown_from", "years_before", "chapters")
    rows = [row.only("code", "label", "required") for row in values.tables("chapters")]
    distinct_codes(rows, f"{values.place}.chapters")
    return Outline(
        chapters={row.text("code"): row.text("label") for row in rows},
        required=frozenset(row.text("code") for row in rows if row.flag("required")),
        shown_from=values.number("shown_from", high=1),
        years_before=int(values.number("years_before", high=20)),
        citation=citation(version),
    )


def _merges(version: Version) -> Mapping[str, MergeRule]:
    values = read(version).only("places", "merges")
    rows = [row.only("code", "label", "at_least") for row in values.tables("merges")]
    distinct_codes(rows, f"{values.place}.merges")
    rounding = Rounding(int(values.number("places", high=6)))
    cited = citation(version)
    merges = [
        MergeRule(
            code=row.choice("code", WAYS),
            label=row.text("label"),
            at_least=int(row.number("at_least", low=1)),
            rounding=rounding,
            citation=cited,
        )
        for row in rows
    ]
    if {merge.code for merge in merges} != set(WAYS):
        raise UnsoundRule(f"{values.place}.merges: each of {sorted(WAYS)} is needed")
    return {merge.code: merge for merge in merges}


def _paper_limits(version: Version) -> FileLimits:
    try:
        return limits_of(version.values or {})
    except (KeyError, TypeError, ValueError) as error:
        raise UnsoundRule(f"{version.label}: {error!r}") from error
