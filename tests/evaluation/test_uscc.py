"""统一社会信用代码: published codes, and what a single wrong character does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.uscc import check_character, is_uscc

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PUBLISHED = (
    "11320000MB151840XJ",
    "11640102MB0U40499C",
    "11500111009348329P",
    "11500232MB15304763",
    "1153302501526456X4",
)


@pytest.mark.parametrize("code", _PUBLISHED)
def test_published_codes_are_valid(code: str) -> None:
    assert is_uscc(code)


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y4Z",  # published with a letter that the alphabet does not have
        "91350100M000100Y4",
        "91350100M000100Y433",
        "11640102MB0U40499c",
        "",
    ],
)
def test_a_code_of_other_length_or_letters_is_refused(code: str) -> None:
    assert not is_uscc(code)


def test_the_refused_published_code_would_end_in_three() -> None:
    assert check_character("91350100M000100Y4") == "3"
    assert is_uscc("91350100M000100Y43")


@given(st.sampled_from(_PUBLISHED), st.integers(0, 17), st.sampled_from(_ALPHABET))
def test_one_mistyped_character_is_always_noticed(code: str, place: int, char: str) -> None:
    mistyped = code[:place] + char + code[place + 1 :]
    assert is_uscc(mistyped) is (mistyped == code)
