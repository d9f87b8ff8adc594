"""整改函: the same letter as JSON and as a Word document made from a template."""

import io
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from docx import Document

from services.monitoring.queries.letter_document import (
    NAME,
    UnsoundTemplate,
    as_docx,
    load_templates,
)
from services.monitoring.schemas.letters import LetterOut, LetterProblem
from tests.monitoring.arranged import letter_order, open_warning
from tests.world import World, created

REGION = "640104000"


def a_letter(*texts: str) -> LetterOut:
    """A letter with these problems."""
    return LetterOut(
        rectification_id=uuid4(),
        letter_no="兴财监〔2023〕17号（示例）",
        unit_code="219001",
        unit_name="第219001单位（示例）",
        fiscal_year=2023,
        origin="monitoring",
        origin_label="绩效监控",
        issued_on=date(2023, 8, 31),
        due_on=date(2023, 9, 30),
        due_by_rule=False,
        problems=[
            LetterProblem(no=no, project_code=None, project_name=None, text=text)
            for no, text in enumerate(texts, start=1)
        ],
    )


def text_of(content: bytes) -> str:
    """All text of a document, tables included."""
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def template(path: Path, *paragraphs: str, row: tuple[str, ...] = ()) -> Path:
    """A template; `|` in a paragraph begins another run, as Word does in the middle of words."""
    document = Document()
    for paragraph in paragraphs:
        made = document.add_paragraph()
        for run in paragraph.split("|"):
            made.add_run(run)
    if row:
        table = document.add_table(rows=1, cols=len(row))
        for cell, text in zip(table.rows[0].cells, row, strict=True):
            cell.text = text
    path.parent.mkdir(parents=True, exist_ok=True)
    document.save(str(path))
    return path


def test_the_shipped_letter_says_who_what_and_by_when() -> None:
    text = text_of(as_docx(a_letter("合同未签", "迟报"), load_templates(None).of(REGION)))
    for said in ("兴财监〔2023〕17号（示例）", "第219001单位（示例）", "下列2项问题", "2023年9月30日",
                 "2023年8月31日", "合同未签", "迟报", "单位整体"):  # fmt: skip
        assert said in text
    assert "{{" not in text


def test_a_value_is_text_whatever_it_contains() -> None:
    sly = "{{ letter_no }} {{no}} <w:p/> & {% if %} ${x}"
    text = text_of(as_docx(a_letter(sly, sly), load_templates(None).of(REGION)))
    assert text.count(sly) == 2


def test_a_field_split_by_word_is_filled_and_its_neighbours_stay(tmp_path: Path) -> None:
    template(
        tmp_path / NAME,
        "致{|{ un|it }|}并{{due_on}}前{{ fiscal_year }}|年",
        "{{ letter_no }}",
        row=("{{ no }}.", "{{ problem }}（{{ letter_no }}）"),
    )
    text = text_of(as_docx(a_letter("甲", "乙"), load_templates(tmp_path).of(REGION)))
    assert text.splitlines() == [
        "致第219001单位（示例）并2023年9月30日前2023年",
        "兴财监〔2023〕17号（示例）",
        "1.", "甲（兴财监〔2023〕17号（示例））", "2.", "乙（兴财监〔2023〕17号（示例））",
    ]  # fmt: skip


def test_a_region_may_have_a_template_of_its_own(tmp_path: Path) -> None:
    template(tmp_path / REGION / NAME, "兴庆区 {{ letter_no }}")
    template(tmp_path / "别处" / NAME, "{{ nonsense }}")
    templates = load_templates(tmp_path)
    assert text_of(as_docx(a_letter(), templates.of(REGION))).startswith("兴庆区")
    assert templates.of("640105000") == load_templates(None).of(REGION)


@pytest.mark.parametrize(
    ("paragraph", "row", "said"),
    [
        ("{{ unknown }}", (), "unknown"),
        ("{{ no }}", (), "no"),
        ("{{ letter_no.__class__ }}", (), "__class__"),
        ("{{}}", (), "不认识的占位符"),
        ("{{ unit }}", ("{{ problem }}", "{{ amount }}"), "amount"),
        ("{{ unit }}", ("{{ amount }}",), "amount"),
    ],
)
def test_a_template_with_an_unknown_field_is_refused_by_name(
    tmp_path: Path, paragraph: str, row: tuple[str, ...], said: str
) -> None:
    template(tmp_path / NAME, paragraph, row=row)
    with pytest.raises(UnsoundTemplate, match=f"{NAME}.*{said}"):
        load_templates(tmp_path)


def test_a_template_that_is_no_document_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"not a document")
    with pytest.raises(UnsoundTemplate, match="不是 Word 文档"):
        load_templates(tmp_path)


async def test_json_and_document_are_the_same_letter(world: World) -> None:
    warning = await open_warning(world)
    problems = [{"project_code": warning["project_code"], "text": "合同未签"}, {"text": "迟报"}]
    order = letter_order(warning, problems=problems)
    issued = created(await world.officer.post("/monitoring/rectifications", order))
    path = f"/monitoring/rectifications/{issued['id']}/letter"
    shown = (await world.filler().get(path)).json()
    assert [(one["no"], one["text"]) for one in shown["problems"]] == [
        (1, "合同未签"),
        (2, "迟报"),
        (3, warning["reason"]),
    ]
    assert shown["problems"][0]["project_name"].startswith("路灯改造")
    answer = await world.filler().get(f"{path}.docx")
    assert answer.headers["content-type"].endswith("wordprocessingml.document")
    text = text_of(answer.content)
    for said in (
        shown["letter_no"],
        shown["unit_name"],
        *(one["text"] for one in shown["problems"]),
    ):
        assert said in text
