"""Word documents from templates: what a template may say, and what comes of it."""

import io
from itertools import pairwise
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as WordDocument
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.documents import Content, Layout, UnsoundTemplate, filled, load_templates

NAME = "notice.docx"
REGION = "640104000"
LAYOUT = Layout(
    fields=frozenset({"unit", "letter_no"}),
    rows={
        "problems": frozenset({"no", "problem"}),
        "scores": frozenset({"score.group", "score.project", "score.points"}),
    },
    paragraphs={"advice": frozenset({"advice.no", "advice.text"})},
)
VALUES = {"unit": "第一单位", "letter_no": "〔2023〕17号（示例）"}
SLY = "{{ letter_no }} {{no}} <w:p/> & {% if %} ${x}"


def content(**items: list[dict[str, str]]) -> Content:
    """The values, and items of the lists that are named."""
    return Content(VALUES, {"problems": [], "scores": [], "advice": [], **items})


def problems(*texts: str) -> list[dict[str, str]]:
    """Numbered problems."""
    return [{"no": str(no), "problem": text} for no, text in enumerate(texts, start=1)]


def document(*paragraphs: str, rows: tuple[tuple[str, ...], ...] = ()) -> WordDocument:
    """A document; `|` in a paragraph begins another run, as Word does in the middle of words."""
    made = Document()
    for paragraph in paragraphs:
        new = made.add_paragraph()
        for run in paragraph.split("|"):
            new.add_run(run)
    if rows:
        table = made.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    return made


def bytes_of(made: WordDocument) -> bytes:
    """The document as a file."""
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def saved(path: Path, *paragraphs: str, rows: tuple[tuple[str, ...], ...] = ()) -> Path:
    """A template on disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes_of(document(*paragraphs, rows=rows)))
    return path


def lines_of(file: bytes) -> list[str]:
    """All text of a document, tables included."""
    made = Document(io.BytesIO(file))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return [*(paragraph.text for paragraph in made.paragraphs), *cells]


def test_a_field_split_by_word_is_filled_and_its_neighbours_stay() -> None:
    made = document("致{|{ un|it }|}之{{letter_no}}|。", "{{ unit }}{{ unit }}")
    assert lines_of(filled(bytes_of(made), LAYOUT, content())) == [
        "致第一单位之〔2023〕17号（示例）。",
        "第一单位第一单位",
    ]


def test_rows_and_paragraphs_are_repeated_for_each_item_and_for_none() -> None:
    template = bytes_of(
        document(
            "{{ advice.no }}、{{ advice.text }}（{{ unit }}）",
            "完",
            rows=(("序号", "问题"), ("{{ no }}", "{{ problem }} {{ letter_no }}")),
        )
    )
    advice = [
        {"advice.no": "一", "advice.text": "加快"},
        {"advice.no": "二", "advice.text": "调整"},
    ]
    made = filled(template, LAYOUT, content(problems=problems("甲", "乙"), advice=advice))
    assert lines_of(made) == [
        *("一、加快（第一单位）", "二、调整（第一单位）", "完", "序号", "问题"),
        *("1", "甲 〔2023〕17号（示例）", "2", "乙 〔2023〕17号（示例）"),
    ]
    assert lines_of(filled(template, LAYOUT, content())) == ["完", "序号", "问题"]


def test_a_value_is_text_whatever_it_contains() -> None:
    made = document(rows=(("{{ no }}", "{{ problem }}", ""),))
    [row] = made.tables[0].rows
    row.cells[1].merge(row.cells[2])
    texts = lines_of(filled(bytes_of(made), LAYOUT, content(problems=problems(SLY))))
    assert texts[1].strip() == SLY


def test_headers_and_footers_of_all_sections_are_filled_once() -> None:
    made = document("{{ unit }}")
    made.sections[0].header.paragraphs[0].text = "{{ unit }}"
    made.add_section()
    sly = Content({"unit": "{{ unit }}"}, content().items)
    again = Document(io.BytesIO(filled(bytes_of(made), LAYOUT, sly)))
    assert [section.header.paragraphs[0].text for section in again.sections] == ["{{ unit }}"] * 2


@settings(deadline=None)
@given(st.lists(st.sampled_from("甲乙丙"), max_size=9))
def test_cells_merge_down_exactly_while_their_key_stays_equal(groups: list[str]) -> None:
    template = bytes_of(document(rows=(("{{ score.points }}", "{{ score.project }}"),)))
    items = [
        {"score.group": group, "score.project": str(no), "score.points": "90"}
        for no, group in enumerate(groups)
    ]
    made = Content(VALUES, {"scores": items}, merged={"score.points": "score.group"})
    rows = Document(io.BytesIO(filled(template, LAYOUT, made))).tables[0].rows
    assert [row.cells[1].text for row in rows] == [str(no) for no in range(len(groups))]
    assert {row.cells[0].text for row in rows} <= {"90"}
    joined = [above.cells[0]._tc is below.cells[0]._tc for above, below in pairwise(rows)]
    assert joined == [above == below for above, below in pairwise(groups)]


@pytest.mark.parametrize(
    ("paragraph", "row", "said"),
    [
        ("{{ unknown }}", (), "unknown"),
        ("{{ no }}", (), "no"),
        ("{{ letter_no.__class__ }}", (), "__class__"),
        ("{{}}", (), "不认识的占位符"),
        ("{{ unit }}", ("{{ problem }}", "{{ amount }}"), "amount"),
        ("{{ unit }}", ("{{ amount }}",), "amount"),
        ("{{ unit }}", ("{{ problem }}", "{{ score.points }}"), "score.points"),
        ("{{ unit }}", ("{{ advice.text }}",), "advice.text"),
    ],
)
def test_a_template_with_an_unknown_field_is_refused_by_name(
    tmp_path: Path, paragraph: str, row: tuple[str, ...], said: str
) -> None:
    path = saved(tmp_path / NAME, paragraph, rows=(row,) if row else ())
    with pytest.raises(UnsoundTemplate, match=f"{NAME}.*{said}"):
        load_templates(path, LAYOUT, None)


def test_a_template_that_is_no_document_or_repeats_a_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"not a document")
    with pytest.raises(UnsoundTemplate, match="不是 Word 文档"):
        load_templates(tmp_path / NAME, LAYOUT, None)
    nested = document(rows=(("{{ no }}", ""),))
    nested.tables[0].rows[0].cells[1].add_table(1, 1)
    (tmp_path / NAME).write_bytes(bytes_of(nested))
    with pytest.raises(UnsoundTemplate, match="不能再放表格"):
        load_templates(tmp_path / NAME, LAYOUT, None)


def test_a_region_may_have_a_template_of_its_own(tmp_path: Path) -> None:
    shipped = saved(tmp_path / "shipped" / NAME, "通用 {{ unit }}")
    saved(tmp_path / "own" / REGION / NAME, "兴庆区 {{ unit }}")
    saved(tmp_path / "own" / "别处" / NAME, "{{ nonsense }}")
    templates = load_templates(shipped, LAYOUT, tmp_path / "own")
    assert lines_of(templates.filled(REGION, content())) == ["兴庆区 第一单位"]
    assert lines_of(templates.filled("640105000", content())) == ["通用 第一单位"]
    saved(tmp_path / "own" / NAME, "本局 {{ unit }}")
    templates = load_templates(shipped, LAYOUT, tmp_path / "own")
    assert lines_of(templates.filled("640105000", content())) == ["本局 第一单位"]
