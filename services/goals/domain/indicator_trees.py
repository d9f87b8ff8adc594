"""指标体系: which second levels a first level has, by form rule; and the way from mof-2015 to mof-2021.

The trees are data of the form rules (`rules/goal-form*.toml`); the labels are `vocabulary`'s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.goals.domain.goal_content import GoalContent, Indicator
from services.goals.domain.vocabulary import LEVEL1, LEVEL2
from shared.rulebook import UnsoundRule, Version


@dataclass(frozen=True)
class Tree:
    """A first level → its second levels, in the order of the form."""

    code: str
    levels: Mapping[str, Sequence[str]]
    #: "level1/level2" of mof-2015 → the place in this tree; empty when they are the same tree.
    from_2015: Mapping[str, str]

    def holds(self, level1: str | None, level2: str | None) -> bool:
        """Whether the second level stands under the first."""
        return level2 in self.levels.get(level1 or "", ())

    def place(self, level1: str, level2: str) -> tuple[str, str]:
        """Where a row of mof-2015 belongs in this tree."""
        upper, _, lower = self.from_2015.get(f"{level1}/{level2}", f"{level1}/{level2}").partition(
            "/"
        )
        return upper, lower


def tree_of(form: Version) -> Tree:
    """The tree a form rule prescribes. Raises UnsoundRule when it names a level without a label."""
    values = form.values or {}
    levels = values["levels"]
    unknown = (set(levels) - set(LEVEL1)) | (
        {two for row in levels.values() for two in row} - set(LEVEL2)
    )
    if unknown:
        raise UnsoundRule(f"{form.rule_id}: no label for {sorted(unknown)}")
    return Tree(values["tree"], levels, values.get("from_mof_2015", {}))


def moved(content: GoalContent, tree: Tree) -> GoalContent:
    """The same goal with each row where the tree puts it: last year's form under this year's tree."""
    return replace(content, indicators=[_moved(row, tree) for row in content.indicators])


def _moved(row: Indicator, tree: Tree) -> Indicator:
    if row.level1 is None or row.level2 is None:
        return row
    level1, level2 = tree.place(row.level1, row.level2)
    return replace(row, level1=level1, level2=level2)
