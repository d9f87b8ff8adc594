"""年度总结: the bureau's own words with their author, contradictions before printing, issues for ever."""

import io
from typing import Any

import httpx
from docx import Document
from docx.table import Table

from services.evaluation.domain.summary_tables import ScoredSubject
from services.evaluation.domain.summary_text import changes_note, grades_note
from shared.auth import Role
from tests.evaluation.builders import (
    YEAR,
    approved_project,
    finalized,
    group,
    planned,
    sheet,
)
from tests.evaluation.test_annual_summary import _subject as subject
from tests.world import Person, World, created

SUMMARY = f"/evaluation/annual-summaries/{YEAR}"
WORDS = "成立预算绩效管理工作领导小组。\n下设绩效工作小组办公室。"


async def write(
    person: Person, section: str, text: str, *, version: int | None = None
) -> httpx.Response:
    """Put a section's words over the version read."""
    headers = {} if version is None else {"if-match": f'"{version}"'}
    path = f"{SUMMARY}/narratives/{section}"
    return await person.send("PUT", path, json={"text": text}, headers=headers)


async def summary_of(person: Person, **asked: Any) -> dict[str, Any]:
    """The summary as JSON."""
    answer = await person.get(SUMMARY, **asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def section_of(summary: dict[str, Any], code: str) -> dict[str, Any]:
    """One section."""
    return next(dict(one) for one in summary["sections"] if one["code"] == code)


async def evaluated(world: World) -> dict[str, Any]:
    """Two projects under one score, a third with a score of its own and another grade."""
    codes = [await approved_project(world, unit="208001") for _ in range(3)]
    evaluation = await planned(
        world,
        group(1, (codes[0], "208001"), (codes[1], "208001")),
        group(2, (codes[2], "208001")),
    )
    return await finalized(world, evaluation, sheet(met=4), sheet(met=2))


async def test_words_have_an_author_and_versions_and_can_be_taken_back(world: World) -> None:
    assert (await write(world.reviewer, "foundation", WORDS)).status_code == 403
    assert (await write(world.officer, "key_work", WORDS)).status_code == 404
    first = await write(world.officer, "foundation", WORDS)
    assert (first.status_code, first.json()["version"]) == (201, 1)
    assert (await write(world.officer, "foundation", "乙")).status_code == 428
    assert (await write(world.officer, "foundation", "乙", version=2)).status_code == 412
    section = section_of(await summary_of(world.officer), "foundation")
    assert section["narrative"]["text"] == WORDS
    me = (await world.officer.get("/me")).json()["subject"]
    assert section["narrative"]["written_by"] == me
    assert (await write(world.officer, "foundation", "", version=1)).json()["version"] == 2
    assert section_of(await summary_of(world.officer), "foundation")["narrative"] is None
    again = await write(world.officer, "foundation", "丙", version=2)
    assert (again.status_code, again.json()["version"]) == (200, 3)


async def test_another_region_keeps_its_own_words_and_issues(
    world: World, other_world: World
) -> None:
    assert (await write(other_world.officer, "highlights", WORDS)).status_code == 201
    created(await other_world.reviewer.post(f"{SUMMARY}/issues", {}))
    assert section_of(await summary_of(world.officer), "highlights")["narrative"] is None
    assert (await world.officer.get(f"{SUMMARY}/issues")).json() == {"items": []}
    late = await world.officer.get(SUMMARY, as_of="2099-01-01T00:00:00Z")
    assert (late.status_code, late.json()["code"]) == (404, "not_found")


async def test_what_was_issued_stays_word_for_word_while_the_year_goes_on(world: World) -> None:
    await evaluated(world)
    await write(world.officer, "problems", "部分单位人员不足。")
    assert (await world.officer.post(f"{SUMMARY}/issues", {})).status_code == 403
    before = await summary_of(world.officer)
    codes = [note["code"] for note in before["notes"]]
    assert "unit_with_two_grades" in codes
    blind = await world.reviewer.post(f"{SUMMARY}/issues", {"acknowledged": codes[:-1]})
    assert (blind.status_code, blind.json()["code"]) == (409, "contradictions_unseen")
    assert [error["code"] for error in blind.json()["errors"]] == codes[-1:]

    answer = await world.reviewer.post(f"{SUMMARY}/issues", {"acknowledged": codes})
    issued = created(answer)
    assert (issued["issued"]["number"], issued["issued"]["acknowledged"]) == (1, codes)
    assert {**issued, "issued": None, "generated_at": None} == {**before, "generated_at": None}
    at = {"as_of": issued["issued"]["issued_at"]}
    markdown = await world.officer.get(f"{SUMMARY}/markdown", **at)

    await evaluated(world)
    await write(world.officer, "problems", "已配备人员。", version=1)
    now = await summary_of(world.officer)
    assert now["figures"] != issued["figures"]
    [changed] = [n for n in now["notes"] if n["code"] == "figures_changed_since_issue"]
    assert "重点评价项目 3 个 → 6 个" in changed["text"]
    assert await summary_of(world.person(Role.AUDITOR), **at) == issued
    assert (await world.officer.get(f"{SUMMARY}/markdown", **at)).text == markdown.text
    second = [note["code"] for note in now["notes"]]
    assert created(await world.reviewer.post(f"{SUMMARY}/issues", {"acknowledged": second}))
    listed = (await world.officer.get(f"{SUMMARY}/issues")).json()["items"]
    assert [one["number"] for one in listed] == [2, 1]
    naive = await world.officer.get(SUMMARY, as_of="2099-01-01T00:00:00")
    assert (naive.status_code, "时区" in naive.json()["detail"]) == (400, True)


async def test_document_and_markdown_say_what_the_summary_says(world: World) -> None:
    await evaluated(world)
    await write(world.officer, "next_steps", "一、强化绩效理念。\n二、建章立制。|<b>")
    summary = await summary_of(world.officer)
    answer = await world.officer.get(f"{SUMMARY}/document")
    document = Document(io.BytesIO(answer.content))
    written = [paragraph.text for paragraph in document.paragraphs]
    titles = [section["title"] for section in summary["sections"]]
    assert [text for text in written if text in titles] == titles
    assert written.index("一、强化绩效理念。") + 1 == written.index("二、建章立制。|<b>")
    key, departments = document.tables
    assert merged(key) == [(1, 3), (1, 3), (1, 1), (2, 1), (3, 1), (1, 2), (3, 1), (1, 2), (3, 1)]
    assert len(departments.rows) == 1
    markdown = (await world.officer.get(f"{SUMMARY}/markdown")).text
    for text in (summary["title"], *titles, "二、建章立制。\\|&lt;b>"):
        assert text in markdown
    for figure in summary["figures"]:
        assert figure["trace"]["href"] in markdown


def merged(table: Table) -> list[tuple[int, int]]:
    """The first row and the height of each cell below the head, column by column."""
    found: list[tuple[int, int]] = []
    for column in range(len(table.columns)):
        cells = [row.cells[column]._tc for row in table.rows[1:]]
        for index, cell in enumerate(cells):
            if index == 0 or cells[index - 1] is not cell:
                found.append((index + 1, cells.count(cell)))
    return found


def test_a_unit_with_two_grades_is_named_with_what_each_is_for() -> None:
    low, high = (subject(n, "208", "民政局", name, "89") for n, name in ((1, "低保"), (2, "两补")))
    better = ScoredSubject(**{**vars(high), "grade": "excellent"})
    assert grades_note([low, high]) is None
    assert grades_note([low, better]) == "同一单位有不同等级：民政局：良（低保）；优（两补）。"


def test_only_figures_that_were_issued_and_differ_are_called_changed() -> None:
    assert changes_note({"甲": "1 个"}, {"甲": "1 个", "乙": "2 个"}, 1) is None
    assert changes_note({"甲": "1 个"}, {"甲": "2 个"}, 3) == "与第 3 次印发相比，甲 1 个 → 2 个。"
