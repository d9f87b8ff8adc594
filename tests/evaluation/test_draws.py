"""随机抽取: anybody can repeat a draw; whoever is recused is never in it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.draws import digest, rank_key, ranking

_IDS = st.lists(st.uuids().map(str), min_size=1, max_size=30, unique=True)
_SEEDS = st.binary(min_size=32, max_size=32).map(bytes.hex)


@given(ids=_IDS, seed=_SEEDS)
def test_the_same_seed_and_candidates_give_the_same_order_whatever_the_order_of_input(
    ids: list[str], seed: str
) -> None:
    ranked = ranking(ids, seed)
    assert ranked == ranking(reversed(ids), seed)
    assert digest(ids) == digest(reversed(ids))
    assert sorted(ranked) == sorted(ids)


@given(ids=_IDS, seed=_SEEDS)
def test_one_candidate_less_leaves_the_order_of_the_others(ids: list[str], seed: str) -> None:
    first, *others = ranking(ids, seed)
    assert list(ranking(set(ids) - {first}, seed)) == others


def test_a_known_draw_stays_what_it_was() -> None:
    assert ranking(["a", "b", "c"], "42") == sorted("abc", key=lambda each: rank_key("42", each))
    assert rank_key("42", "a") == (
        "9208f653a017b470b1003f3a9bbaee02d8156c74cb9e21903ee45a94a8c7055a"
    )


def test_another_candidate_changes_the_digest() -> None:
    assert digest(["a", "b"]) != digest(["a", "c"])


@pytest.mark.parametrize("number", [1, 3])
def test_every_candidate_is_drawn_about_equally_often(number: int) -> None:
    ids = [f"expert-{each}" for each in range(10)]
    rounds = 4000
    counts = Counter(each for seed in range(rounds) for each in ranking(ids, str(seed))[:number])
    due = rounds * number / len(ids)
    chi_square = sum((counts[each] - due) ** 2 / due for each in ids)
    assert chi_square < 27.9  # 99.9 % of nine degrees of freedom; the seeds are fixed
