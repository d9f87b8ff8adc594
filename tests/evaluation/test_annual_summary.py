"""The annual summary: tables as the bureau printed them, amounts, and what gets explained."""

import tomllib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from services.evaluation.domain.amounts import in_wan_yuan, printed
from services.evaluation.domain.summary_tables import (
    PrintedRow,
    ScoredSubject,
    by_department,
    one_by_one,
)
from services.evaluation.domain.summary_text import amount_note, score_note

_FIRST, _SECOND = UUID(int=1), UUID(int=2)
_PUBLISHED = tomllib.loads(
    (Path(__file__).parents[2] / "deploy" / "demo" / "data" / "published_2023.toml").read_text(
        encoding="utf-8"
    )
)


def _subject(
    group_no: int,
    department: str,
    unit: str,
    project: str,
    score: str,
    *,
    evaluation: UUID = _FIRST,
) -> ScoredSubject:
    return ScoredSubject(
        evaluation, group_no, department, unit, unit, project, project, score, "good"
    )


def _as_printed(rows: Sequence[PrintedRow]) -> list[tuple[str, str, str, str]]:
    return [
        (
            str(row.number) if row.begins_number else "",
            row.subject.unit_name if row.begins_unit else "",
            (row.subject.project_name or "") if row.begins_project else "",
            row.subject.score if row.begins_score else "",
        )
        for row in rows
    ]


def test_a_score_of_two_projects_and_a_project_of_two_scores_are_printed_once() -> None:
    rows = by_department(
        [
            _subject(1, "208", "民政局", "农村低保", "89"),
            _subject(1, "208", "民政局", "城市低保", "89"),
            _subject(2, "208", "民政局", "两项补贴", "91.5"),
            _subject(1, "205", "二幼", "公办幼儿园", "91.93", evaluation=_SECOND),
            _subject(2, "205", "三幼", "公办幼儿园", "93.36", evaluation=_SECOND),
            _subject(3, "205", "教育局", "教学科研", "91.49", evaluation=_SECOND),
        ]
    )
    assert _as_printed(rows) == [
        ("1", "民政局", "农村低保", "89"),
        ("", "", "城市低保", ""),
        ("", "", "两项补贴", "91.5"),
        ("2", "二幼", "公办幼儿园", "91.93"),
        ("", "三幼", "", "93.36"),
        ("", "教育局", "教学科研", "91.49"),
    ]


def test_a_department_evaluated_twice_keeps_one_number() -> None:
    rows = by_department(
        [
            _subject(1, "208", "民政局", "低保", "89"),
            _subject(2, "219", "住建局", "环卫", "87"),
            _subject(1, "208", "民政局", "两项补贴", "91", evaluation=_SECOND),
        ]
    )
    assert [(row.number, row.subject.project_name) for row in rows] == [
        (1, "低保"), (1, "两项补贴"), (2, "环卫"),
    ]  # fmt: skip


def test_equal_scores_of_two_groups_are_both_printed() -> None:
    rows = by_department(
        [_subject(1, "208", "民政局", "甲", "90"), _subject(2, "208", "民政局", "乙", "90")]
    )
    assert [row.begins_score for row in rows] == [True, True]


def test_whole_departments_are_numbered_one_by_one() -> None:
    rows = one_by_one(
        [_subject(1, "205", "四中", "", "86.2"), _subject(2, "205", "唐徕小学", "", "86.27")]
    )
    assert [row.number for row in rows] == [1, 2]


def test_nothing_evaluated_makes_empty_tables() -> None:
    assert by_department([]) == one_by_one([]) == []


@pytest.mark.parametrize(
    ("yuan", "wan"),
    [
        ("394970500.00", "39497.05"),
        ("511027100.00", "51102.71"),
        ("49.99", "0.00"),
        ("50.00", "0.01"),
        ("0", "0.00"),
        ("9999999999999999.99", "1000000000000.00"),
    ],
)
def test_money_is_printed_in_ten_thousands_rounded_half_up(yuan: str, wan: str) -> None:
    assert in_wan_yuan(Decimal(yuan)) == Decimal(wan)


def test_the_published_amounts_contradict_one_another_until_their_scopes_are_named() -> None:
    totals = _PUBLISHED["totals"]
    key = Decimal(totals["key_projects_amount_wan_yuan"]) * 10000
    reported = Decimal(totals["self_evaluated_amount_wan_yuan"]) * 10000
    note = amount_note(key, Decimal(88027100), reported)
    assert note is not None
    assert all(text in note for text in ("51,102.71 万元", "39,497.05 万元", "8,802.71 万元"))
    assert "各级资金" in note
    assert "本级资金" in note


def test_what_needs_no_explanation_gets_none() -> None:
    assert amount_note(Decimal(1), Decimal(1), Decimal(1)) is None
    assert score_note(9, 9, 0, 0) is None
    assert printed(Decimal("39497.05")) == "39,497.05 万元"


def test_eleven_scores_for_nine_projects_are_explained() -> None:
    note = score_note(9, 11, 1, 1)
    assert note is not None
    assert note.startswith("9 个重点评价项目有 11 个得分")
