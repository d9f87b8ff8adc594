"""整改函: the same letter as JSON and as a Word document made from a template."""

import io
from datetime import date
from uuid import uuid4

from docx import Document

from services.monitoring.queries.documents import SHIPPED
from services.monitoring.queries.letter_document import LAYOUT, NAME, letter_content
from services.monitoring.schemas.letters import LetterOut, LetterProblem
from shared.documents import load_templates
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


def test_the_shipped_letter_says_who_what_and_by_when() -> None:
    templates = load_templates(SHIPPED / NAME, LAYOUT, None)
    text = text_of(templates.filled(REGION, letter_content(a_letter("合同未签", "迟报"))))
    for said in ("兴财监〔2023〕17号（示例）", "第219001单位（示例）", "下列2项问题", "2023年9月30日",
                 "2023年8月31日", "合同未签", "迟报", "单位整体"):  # fmt: skip
        assert said in text
    assert "{{" not in text


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
