"""指标体系: what stands where in either tree, and what the other tree cannot say."""

import pytest

from services.goals.domain import rules_in_force
from services.goals.domain.goal_content import GoalContent, Indicator
from services.goals.domain.indicator_trees import Tree, moved, tree_of, trees_of
from services.goals.domain.vocabulary import LEVEL1, LEVEL2
from shared.rulebook import UnsoundRule, Version

TREES = trees_of(rules_in_force.load())
OLD, NEW = TREES["mof-2015"], TREES["mof-2021"]

#: What comes back as something else, because the other tree has no word for it.
LOST_IN_2021 = {("benefit", "sustainable"): ("benefit", "social")}
LOST_IN_2015 = {
    ("cost", "social_cost"): ("cost", "economic_cost"),
    ("cost", "ecological_cost"): ("cost", "economic_cost"),
}


def pairs(tree: Tree) -> list[tuple[str, str]]:
    """Every place of a tree."""
    return [(upper, lower) for upper, inner in tree.levels.items() for lower in inner]


def test_there_are_two_trees_with_a_label_for_every_level() -> None:
    assert set(TREES) == {"mof-2015", "mof-2021"}
    for tree in TREES.values():
        assert all(upper in LEVEL1 and lower in LEVEL2 for upper, lower in pairs(tree))


@pytest.mark.parametrize("pair", pairs(OLD))
def test_a_row_of_2015_has_a_place_in_2021_and_comes_back(pair: tuple[str, str]) -> None:
    there = NEW.place(*pair)
    assert NEW.holds(*there)
    assert OLD.place(*there) == LOST_IN_2021.get(pair, pair)


@pytest.mark.parametrize("pair", pairs(NEW))
def test_a_row_of_2021_has_a_place_in_2015_and_comes_back(pair: tuple[str, str]) -> None:
    there = OLD.place(*pair)
    assert OLD.holds(*there)
    assert NEW.place(*there) == LOST_IN_2015.get(pair, pair)


@pytest.mark.parametrize("tree", [OLD, NEW], ids=lambda tree: tree.code)
def test_a_row_stays_where_it_is_in_its_own_tree(tree: Tree) -> None:
    assert all(tree.place(*pair) == pair for pair in pairs(tree))


def test_a_place_no_tree_knows_stays_what_it_is() -> None:
    assert NEW.place("output", "speed") == ("output", "speed")


def test_cost_moves_between_the_trees_and_a_row_without_place_stays() -> None:
    row, unplaced = Indicator(level1="output", level2="cost"), Indicator(name="未定")
    new = moved(GoalContent(indicators=[row, unplaced]), NEW)
    assert (new.indicators[0].level1, new.indicators[0].level2) == ("cost", "economic_cost")
    assert moved(new, OLD).indicators == [row, unplaced]


def form(**changes: object) -> Version:
    """The form rule of 2015 with other values."""
    version = rules_in_force.load()["goal-form"].versions[-1]
    return Version(
        "form", version.effective_from, version.source, {**(version.values or {}), **changes}
    )


def test_a_way_that_ends_outside_the_tree_is_refused() -> None:
    with pytest.raises(UnsoundRule, match=r"cost/economic_cost → output/price"):
        tree_of(form(from_mof_2021={"cost/economic_cost": "output/price"}))


def test_a_level_without_a_label_is_refused() -> None:
    with pytest.raises(UnsoundRule, match="speed"):
        tree_of(form(levels={"output": ["speed"]}))
