"""统一社会信用代码: published codes, and what a single wrong character does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.uscc import check_character, is_uscc, mistake_in

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


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("91350100M000100Y4Z", "第 18 位（校验码）是“Z”，按前 17 位应为“3”"),
        ("11640102MB0U40499X", "第 18 位（校验码）是“X”，按前 17 位应为“C”"),
        ("1164O102MB0U40499C", "第 5 位“O”不可用"),
        ("11640102MB0U40499", "应为 18 位，现为 17 位"),
    ],
)
def test_a_wrong_code_is_told_which_character_and_what_it_should_be(code: str, said: str) -> None:
    assert said in (mistake_in(code) or "")


@pytest.mark.parametrize("code", _PUBLISHED)
def test_every_single_mistyped_character_of_a_published_code_is_noticed(code: str) -> None:
    for place in range(18):
        for char in set(_ALPHABET) - {code[place]}:
            assert not is_uscc(code[:place] + char + code[place + 1 :])


@given(st.text(_ALPHABET, min_size=17, max_size=17))
def test_every_body_has_exactly_one_check_character(body: str) -> None:
    assert [char for char in _ALPHABET if is_uscc(body + char)] == [check_character(body)]
