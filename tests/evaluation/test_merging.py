"""合并评分 and 交换意见, as rules."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.merging import WAYS, MergeImpossible, merge_row
from services.evaluation.domain.procedure import STEPS, is_late, procedure
from services.evaluation.domain.view_exchange import Exchange, outstanding

TODAY = date(2024, 5, 6)
_SCORES = st.lists(st.decimals(0, 40, places=2), min_size=3, max_size=9)


def merged(code: str, *scores: str, lead: str | None = None) -> tuple[str, str]:
    """The merged score and its arithmetic, of a row of 40 points."""
    named = {str(number): Decimal(score) for number, score in enumerate(scores)}
    row = merge_row(named, Decimal(40), procedure().merge_rule(code, TODAY), lead=lead)
    return str(row.score), row.receipt.arithmetic


@pytest.mark.parametrize(
    ("code", "scores", "score", "arithmetic"),
    [
        ("average", ("10", "20", "40"), "23.33", "(10 + 20 + 40) ÷ 3 ≈ 23.33"),
        ("average", ("0.01", "0.02"), "0.02", "(0.01 + 0.02) ÷ 2 ≈ 0.02"),
        ("median", ("40", "10", "20"), "20.00", "10、20、40 的中位数 = 20.00"),
        ("median", ("40", "10", "20", "30"), "25.00", "(20 + 30) ÷ 2 = 25.00"),
        ("drop_extremes_average", ("40", "10", "20", "31"), "25.50",
         "去掉 10 和 40：(20 + 31) ÷ 2 = 25.50"),
        ("drop_extremes_average", ("40", "40", "40"), "40.00", "去掉 40 和 40：(40) ÷ 1 = 40.00"),
    ],
)  # fmt: skip
def test_scores_are_merged_as_the_plan_says(
    code: str, scores: tuple[str, ...], score: str, arithmetic: str
) -> None:
    assert merged(code, *scores) == (score, arithmetic)


def test_a_merged_score_says_who_gave_what_and_what_would_change_it() -> None:
    rule = procedure().merge_rule("average", TODAY)
    given = {"甲": Decimal(10), "乙": Decimal("20.50")}
    receipt = merge_row(given, Decimal(40), rule, lead=None).receipt
    assert receipt.citation == rule.citation
    assert receipt.inputs == {"甲": "10", "乙": "20.5"}
    assert receipt.why == "2 份独立评分按“算术平均”合并"
    assert receipt.what_would_change_it == "退回重新评分，或改用另一种合并办法并说明理由"


def test_the_leads_score_stands_alone() -> None:
    assert merged("lead", "10", "20", lead="1") == ("20.00", "主评人 20 = 20.00")
    for lead in (None, "7"):
        with pytest.raises(MergeImpossible) as refused:
            merged("lead", "10", "20", lead=lead)
        assert str(refused.value) == "没有主评人的评分，请改用其他合并办法并说明理由"


@pytest.mark.parametrize(
    ("code", "scores"),
    [("average", ("1",)), ("median", ("1",)), ("drop_extremes_average", ("1", "2"))],
)
def test_too_few_sheets_are_not_merged(code: str, scores: tuple[str, ...]) -> None:
    with pytest.raises(MergeImpossible, match="至少需要"):
        merged(code, *scores)


@given(scores=_SCORES, code=st.sampled_from(sorted(WAYS)))
def test_a_merged_score_lies_within_the_spread_whoever_comes_first(
    scores: list[Decimal], code: str
) -> None:
    rule = procedure().merge_rule(code, TODAY)
    named = {str(number): score for number, score in enumerate(scores)}
    row = merge_row(named, Decimal(40), rule, lead="0")
    assert row.lowest <= row.score <= row.highest
    turned = dict(reversed(named.items()))
    assert merge_row(turned, Decimal(40), rule, lead="0").score == row.score
    assert row.receipt.points_lost == Decimal(40) - row.score


def test_each_step_is_due_after_the_one_before() -> None:
    due = procedure().due_days(TODAY)
    assert list(due) == list(STEPS)[1:]
    assert list(due.values()) == sorted(due.values())
    assert due["notified"] == date(2024, 5, 11)


@pytest.mark.parametrize(
    ("due_on", "done_on", "late"),
    [
        (None, None, False),
        (TODAY, None, False),
        (date(2024, 5, 5), None, True),
        (date(2024, 5, 5), date(2024, 5, 5), False),
        (date(2024, 5, 4), date(2024, 5, 5), True),
    ],
)
def test_a_step_is_late_the_day_after_it_was_due(
    due_on: date | None, done_on: date | None, late: bool
) -> None:
    assert is_late(due_on, done_on, TODAY) is late


@pytest.mark.parametrize(
    ("due_on", "opined", "settled", "waits"),
    [
        (TODAY, False, False, True),
        (date(2024, 5, 5), False, False, False),
        (date(2024, 5, 5), True, False, True),
        (TODAY, True, True, False),
    ],
)
def test_an_opinion_is_awaited_until_its_day_and_a_reply_always(
    due_on: date, opined: bool, settled: bool, waits: bool
) -> None:
    exchange = Exchange("219001", due_on, opined=opined, settled=settled)
    assert bool(outstanding([exchange], TODAY)) is waits
