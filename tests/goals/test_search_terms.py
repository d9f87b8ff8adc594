"""Chinese text as terms: width and case make no difference, one character finds too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.goals.domain.search_terms import asked, key, runs, stretches, terms

TEXT = st.text(alphabet="学位数量率ＡＢab12 （）%_，", max_size=40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("学位数", {"学位", "位数", "学", "位", "数"}),
        ("率", {"率"}),
        ("PM2.5 浓度", {"pm2", "5", "浓度", "浓", "度"}),
        ("ＩＣＵ床位", {"icu", "床位", "床", "位"}),
        ("100%_，（）", {"100"}),
        ("", set()),
    ],
)
def test_a_text_is_cut_into_pairs_characters_and_words(text: str, expected: set[str]) -> None:
    assert terms(text) == expected


def test_two_characters_or_more_ask_for_their_pairs_and_one_for_itself() -> None:
    assert asked("学位 率") == {"学位", "率"}


def test_a_latin_word_without_end_is_cut_at_forty_letters() -> None:
    assert max(map(len, terms("a" * 4000))) == 40


@given(TEXT, TEXT)
def test_whatever_is_asked_stands_in_every_text_that_contains_it(before: str, text: str) -> None:
    spaced = f"{before} {text} {before}"
    assert asked(text) <= terms(spaced)


@given(TEXT)
def test_runs_hold_nothing_a_pattern_could_mistake(text: str) -> None:
    assert not set("".join(runs(text))) & set("%_\\ ")


def test_names_that_differ_in_width_and_spaces_are_one() -> None:
    assert key("ＰＭ２.５ 浓度（均值）") == key("pm2.5浓度(均值)")


def test_shared_pairs_are_told_as_the_words_they_make() -> None:
    shared = asked("普惠性学位") | asked("icu")
    assert stretches("新增普惠性学位数与ICU床位，学位", shared) == ["普惠性学位", "icu", "学位"]
