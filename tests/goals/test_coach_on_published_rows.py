"""The coach on 417 published indicators: how often it agrees with what was noted by hand, and every
disagreement read and explained."""

from typing import Any

import pytest

from services.goals.domain.targets import parse
from tests.goals.coach_report import FLAGS, published_rows, scores
from tests.goals.drafts import cases

READ: dict[str, Any] = cases("coach-on-published-rows.toml")


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return dict(scores())


@pytest.mark.parametrize("flag", FLAGS)
def test_the_coach_agrees_as_often_as_was_read(flag: str, found: dict[str, Any]) -> None:
    score = found[flag]
    counts = {
        "both": len(score.both),
        "coach_only": len(score.coach_only),
        "data_only": len(score.data_only),
    }
    assert counts == READ["scores"][flag]


def test_every_disagreement_is_explained_and_nothing_else(found: dict[str, Any]) -> None:
    differing = {
        (flag, row) for flag in FLAGS for row in (*found[flag].coach_only, *found[flag].data_only)
    }
    explained = {(one["flag"], one["row"]) for one in READ["disagreement"]}
    assert explained == differing
    assert all(
        one["right"] in ("coach", "data", "both") and one["why"] for one in READ["disagreement"]
    )


@pytest.mark.parametrize("number", range(417))
def test_a_printed_target_is_read_as_it_was_by_hand(number: int) -> None:
    row = published_rows()[number]
    target = parse(row["value"], row["unit"])
    assert target.operator == row["operator"]
    if number == 130:  # "≧ %": the number is missing, the unit is printed
        assert (target.value, target.unit) == (None, "%")
        return
    assert target.unit == row["unit"]
    assert (target.value is None) is (row["operator"] in (None, "qualitative"))
