"""填报辅导: holds a draft goal against the rules of drafting and says where, why and how to mend it.

Rules, severities, word lists and thresholds are data (`rules/drafting-coach.toml`).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from services.goals.domain import (
    coach_comparisons,
    coach_form,
    coach_levels,
    coach_targets,
    coach_tasks,
    coach_texts,
    coach_units,
    coach_vague,
    coach_weights,
)
from services.goals.domain.coach_sheet import (
    Context,
    Finding,
    LibraryRange,
    PastRow,
    Severity,
    Sheet,
)
from services.goals.domain.goal_content import GoalContent
from services.goals.domain.indicator_trees import tree_of
from shared.rulebook import Version

__all__ = [
    "Context",
    "Finding",
    "LibraryRange",
    "PastRow",
    "Severity",
    "blocking",
    "check",
]

_CHECKS: Sequence[Callable[[Sheet], Iterator[Finding]]] = (
    *coach_form.CHECKS,
    *coach_weights.CHECKS,
    *coach_levels.CHECKS,
    *coach_targets.CHECKS,
    *coach_units.CHECKS,
    *coach_vague.CHECKS,
    *coach_comparisons.CHECKS,
    *coach_tasks.CHECKS,
)
_ROW = re.compile(r"/indicators/(\d+)/")
_FORM_ORDER = ("annual_goal", "midterm_goal", "indicators", "tasks")


def check(
    content: GoalContent, context: Context, *, form: Version, coach: Version
) -> list[Finding]:
    """Every finding on a draft: in the order of the form, the whole table after its rows."""
    values = coach.values or {}
    sheet = Sheet(content, context, form.values or {}, values, tree_of(form))
    found = [finding for one in _CHECKS for finding in one(sheet)]
    rows = frozenset(int(row[1]) for one in found if (row := _ROW.match(one.pointer)))
    found += [finding for one in coach_texts.CHECKS for finding in one(replace(sheet, faulty=rows))]
    order = list(values["rules"])
    return sorted(found, key=lambda one: (_place(one.pointer), order.index(one.rule_id)))


def blocking(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that keep a goal from being submitted."""
    return [finding for finding in findings if finding.severity is Severity.BLOCKING]


def _place(pointer: str) -> tuple[int, bool, int]:
    part, _, rest = pointer.lstrip("/").partition("/")
    index = re.match(r"\d+", rest)
    return _FORM_ORDER.index(part), index is None, int(index[0]) if index else 0
