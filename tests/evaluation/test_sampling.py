"""复审抽样: which self-evaluations a plan draws, and that anybody draws the same."""

import math
import tomllib
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.sampling import NOT_DRAWN, PICKED, Candidate, digest, sample

_FILE = tomllib.loads((Path(__file__).parent / "cases" / "sampling.toml").read_text("utf-8"))
_FIVE = [Candidate(each, Decimal(amount)) for each, amount in _FILE["candidates"].items()]
_MONEY = st.decimals(min_value=0, max_value=10**9, places=2)
_CANDIDATES = st.dictionaries(st.uuids().map(str), _MONEY, min_size=1, max_size=25).map(
    lambda found: [Candidate(each, amount) for each, amount in found.items()]
)
_SHARES = st.decimals(min_value="0.01", max_value=100, places=2)


@pytest.mark.parametrize("case", _FILE["case"], ids=lambda case: case["name"])
def test_a_stated_method_draws_these_in_this_order(case: dict[str, Any]) -> None:
    places = sample(
        _FIVE,
        case.get("picks", []),
        method=case["method"],
        share=Decimal(case.get("share", 100)),
        seed=case.get("seed", ""),
    )
    assert [place.candidate_id for place in places if place.drawn] == case["drawn"]
    assert len(places) == len(_FIVE)
    why = {place.candidate_id: place.why for place in places}
    for each in "abcde":
        expected = case["method"] if each in case["drawn"] else NOT_DRAWN
        assert why[each] == (PICKED if each in case.get("picks", []) else expected)


@given(candidates=_CANDIDATES, share=_SHARES, seed=st.text(max_size=20))
def test_a_draw_does_not_depend_on_the_order_of_the_candidates(
    candidates: list[Candidate], share: Decimal, seed: str
) -> None:
    for method in ("all", "amount", "random"):
        first = sample(candidates, method=method, share=share, seed=seed)
        assert first == sample(candidates[::-1], method=method, share=share, seed=seed)
    assert digest(candidates) == digest(candidates[::-1])


@given(candidates=_CANDIDATES, share=_SHARES)
def test_the_largest_cover_the_share_and_none_of_them_is_too_many(
    candidates: list[Candidate], share: Decimal
) -> None:
    places = sample(candidates, method="amount", share=share)
    money = {each.candidate_id: each.amount for each in candidates}
    drawn = [money[place.candidate_id] for place in places if place.drawn]
    wanted = share * sum(money.values()) / 100
    assert sum(drawn) >= wanted
    assert sum(drawn[:-1]) < wanted or not drawn
    others = [money[place.candidate_id] for place in places if not place.drawn]
    assert not drawn or not others or min(drawn) >= max(others)


@given(candidates=_CANDIDATES, share=_SHARES, seed=st.text(max_size=20), data=st.data())
def test_a_pick_is_always_drawn_and_takes_no_place_of_the_others(
    candidates: list[Candidate], share: Decimal, seed: str, data: st.DataObject
) -> None:
    ids = [each.candidate_id for each in candidates]
    picks = set(data.draw(st.lists(st.sampled_from(ids), unique=True)))
    places = sample(candidates, picks, method="random", share=share, seed=seed)
    others = [each for each in candidates if each.candidate_id not in picks]
    assert {place.candidate_id for place in places if place.why == PICKED} == picks
    assert places[len(picks) :] == sample(others, method="random", share=share, seed=seed)
    drawn = sum(place.drawn for place in places)
    assert drawn == len(picks) + math.ceil(share * len(others) / 100)


def test_the_digest_is_what_the_proof_says_and_knows_the_money() -> None:
    lines = "\n".join(["a 500.00", "b 300.00", "c 100.00", "d 100.00", "e 0.00"])
    assert digest(_FIVE) == sha256(lines.encode()).hexdigest()
    richer = [*_FIVE[:-1], Candidate("e", Decimal("0.01"))]
    assert digest(richer) != digest(_FIVE)
