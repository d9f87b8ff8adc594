"""相近段落: what counts as a passage, and how alike two are, whatever the figures in them."""

from fractions import Fraction
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.passages import bare, fingerprints, likeness, passages

ONE = "预算安排120万元，实际支出118.6万元，资金使用符合有关规定，审批手续完整，未发现截留、挤占、挪用。"
CHANGED = "预算安排 56 万元，实际支出 40 万元，资金使用符合有关规定，审批手续完整，未发现截留、挤占、挪用。"
OTHER = "现场走访五个社区，居民普遍反映夜间照明改善，但三处路口仍有盲区，建议尽快补装并明确日常维护责任。"


def test_a_heading_is_no_passage_and_a_blank_line_is_nothing() -> None:
    assert passages("甲" * 30) == ["甲" * 30]
    assert passages("甲" * 29) == []
    assert passages(f"四、指标分析\n\n  {ONE}  \n{OTHER}\n（一）决策") == [ONE, OTHER]


def test_figures_blanks_and_punctuation_do_not_make_a_passage_another() -> None:
    assert likeness(ONE, CHANGED) == 1
    assert fingerprints(ONE) == fingerprints(CHANGED)
    assert bare("PPP 项目") == "ppp项目"
    assert bare("全年 1,200.5 万元（含２０万元）。") == "全年万元含万元"


def test_what_is_written_anew_has_nothing_in_common() -> None:
    assert likeness(ONE, OTHER) == 0
    assert not set(fingerprints(ONE)) & set(fingerprints(OTHER))


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("", "", Fraction(0)),
        ("甲乙丙丁", "甲乙丙丁", Fraction(0)),
        ("甲乙丙丁戊", "甲乙丙丁戊", Fraction(1)),
        ("甲乙丙丁戊己", "甲乙丙丁戊庚", Fraction(1, 3)),
        ("甲乙丙丁戊己", "甲乙丙丁戊", Fraction(1, 2)),
    ],
)
def test_likeness_is_the_share_of_common_pieces_of_five(
    one: str, other: str, share: Fraction
) -> None:
    assert likeness(one, other) == share


def test_a_passage_too_short_for_a_piece_has_no_fingerprint() -> None:
    assert fingerprints("甲乙丙丁") == []
    assert len(fingerprints("甲乙丙丁戊")) == 1
    eight = fingerprints("甲乙丙丁戊己庚辛")
    pieces = ["甲乙丙丁戊", "乙丙丁戊己", "丙丁戊己庚", "丁戊己庚辛"]
    assert eight == [min(crc32(piece.encode()) for piece in pieces)]


_WORDS = st.text(alphabet="预算绩效目标监控评价结果应用项目资金支出管理", max_size=40)


@given(run=st.text(alphabet="预算绩效目标监控评价结果应用", min_size=8, max_size=20),
       before=_WORDS, behind=_WORDS)  # fmt: skip
def test_a_run_of_eight_characters_is_found_wherever_it_stands(
    run: str, before: str, behind: str
) -> None:
    assert set(fingerprints(run)) & set(fingerprints(before + run + behind))


@given(_WORDS, _WORDS)
def test_likeness_is_between_nothing_and_all_and_the_same_from_both_sides(
    one: str, other: str
) -> None:
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1
