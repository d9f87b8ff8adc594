"""指标体系: which second levels a first level has, by form rule; and the ways between the trees.

The trees and the ways (`from_mof_2015`, `from_mof_2021`) are data of the form rules
(`rules/goal-form*.toml`); the labels are `vocabulary`'s. What the other tree can't say comes back as
its nearest neighbour: 可持续影响 as 社会效益, 社会成本 and 生态环境成本 as 经济成本.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.goals.domain.goal_content import GoalContent, Indicator
from services.goals.domain.vocabulary import LEVEL1, LEVEL2
from shared.rulebook import Rule, UnsoundRule, Values, Version


@dataclass(frozen=True)
class Tree:
    """A first level → its second levels, in the order of the form."""

    code: str
    levels: Mapping[str, Sequence[str]]
    #: "level1/level2" of another tree → the place in this one. What both trees hold is not listed.
    arrivals: Mapping[str, str]

    def holds(self, level1: str | None, level2: str | None) -> bool:
        """Whether the second level stands under the first."""
        return level2 in self.levels.get(level1 or "", ())

    def place(self, level1: str, level2: str) -> tuple[str, str]:
        """Where a row of any tree belongs in this one; a pair no tree knows stays what it is."""
        if self.holds(level1, level2):
            return level1, level2
        there = self.arrivals.get(f"{level1}/{level2}", f"{level1}/{level2}")
        upper, _, lower = there.partition("/")
        return upper, lower


def tree_of(form: Version) -> Tree:
    """The tree a form rule prescribes. Raises UnsoundRule for a level without a label or a way
    that ends outside the tree."""
    values = form.values or {}
    levels = values["levels"]
    unknown = (set(levels) - set(LEVEL1)) | (
        {two for row in levels.values() for two in row} - set(LEVEL2)
    )
    if unknown:
        raise UnsoundRule(f"{form.rule_id}: no label for {sorted(unknown)}")
    tree = Tree(values["tree"], levels, _arrivals(values))
    for here, there in tree.arrivals.items():
        if not tree.holds(*tree.place(*here.split("/"))):
            raise UnsoundRule(f"{form.rule_id}: {here} → {there} is not in {tree.code}")
    return tree


def trees_of(rules: Mapping[str, Rule]) -> dict[str, Tree]:
    """Every tree the form rules prescribe in their newest wording, by its code."""
    newest = [rule.versions[-1] for rule in rules.values()]
    trees = [tree_of(version) for version in newest if "tree" in (version.values or {})]
    return {tree.code: tree for tree in trees}


def moved(content: GoalContent, tree: Tree) -> GoalContent:
    """The same goal with each row where the tree puts it: last year's form under this year's tree."""
    return replace(content, indicators=[_moved(row, tree) for row in content.indicators])


def _moved(row: Indicator, tree: Tree) -> Indicator:
    if row.level1 is None or row.level2 is None:
        return row
    level1, level2 = tree.place(row.level1, row.level2)
    return replace(row, level1=level1, level2=level2)


def _arrivals(values: Values) -> dict[str, str]:
    ways = [way for name, way in values.items() if name.startswith("from_")]
    return {here: there for way in ways for here, there in way.items()}
