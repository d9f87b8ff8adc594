"""官方自评表: exported prefilled, filled in with an office program, imported; wrong cells come back."""

import asyncio
import io
import shutil
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from services.evaluation.usecases import official_forms
from tests.evaluation.builders import (
    YEAR,
    approved_project,
    filled_form,
    form_of,
    open_form,
    opened_forms,
    submit,
    submitted_form,
)
from tests.world import Person, World, created

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXPORT = f"/evaluation/self-evaluation-years/{YEAR}/forms.xlsx"
SOFFICE = shutil.which("soffice")
LAYOUT = official_forms.load().layouts["self-evaluation"]


async def exported(person: Person, **asked: Any) -> Workbook:
    """The year's workbook as the person opens it."""
    answer = await person.get(EXPORT, **asked)
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX), answer.text
    return load_workbook(io.BytesIO(answer.content))


async def sent(person: Person, workbook: Workbook, path: str = "", **params: Any) -> httpx.Response:
    """The workbook as it is sent back."""
    out = io.BytesIO()
    workbook.save(out)
    return await person.send(
        "POST",
        f"/evaluation/form-imports/self-evaluation{path}",
        content=out.getvalue(),
        params=params,
        headers={"content-type": XLSX, "idempotency-key": uuid4().hex},
    )


def sheet_of(workbook: Workbook, form: dict[str, Any]) -> Worksheet:
    """The sheet of a form."""
    return next(s for s in workbook.worksheets if s.title == form["project_name"])


def put(sheet: Worksheet, name: str, **cells: str | float | None) -> None:
    """Write into the row of an indicator, by field."""
    row = next(c.row for line in sheet.iter_rows() for c in line if c.value == name)
    for code, value in cells.items():
        sheet[f"{LAYOUT.rows['indicator'][code].column}{row}"] = value


def beside(sheet: Worksheet, label: str, column: str = "E") -> Any:
    """The cell of a column in the line of a label."""
    row = next(c.row for line in sheet.iter_rows() for c in line if c.value == label)
    return sheet[f"{column}{row}"]


async def test_a_form_comes_back_as_it_went_out(world: World) -> None:
    await filled_form(world, opened := await open_form(world))
    form = await form_of(world, opened["project_code"])
    workbook = await exported(world.filler())
    report = (await sent(world.filler(), workbook)).json()
    assert [report[name] for name in ("stored", "updated", "unchanged", "failed")] == [
        True, 0, 1, 0,
    ], report  # fmt: skip
    assert await form_of(world, form["project_code"]) == form
    shown = {cell.value for line in sheet_of(workbook, form).iter_rows() for cell in line}
    assert {100, "当年财政拨款", "达成年度指标", 114, "47.50", "84.50", "本级"} <= shown


async def test_what_was_typed_in_the_sheet_is_the_form_and_can_be_sent_in(world: World) -> None:
    """数量 50 × 114 ÷ 120 = 47.5；效益部分达成 20；满意度 10；执行 0：合计 77.5，中。"""
    form = await open_form(world)
    workbook = await exported(world.filler())
    sheet = sheet_of(workbook, form)
    beside(sheet, "预期目标", "K").value = "已更换路灯一百一十四盏。"
    beside(sheet, "执行率偏低的原因").value = "款项结转次年支付"
    beside(sheet, "评价结论").value = "基本完成"
    put(sheet, "改造路灯数量", actual_value="114盏", reason="冬季停工", improvement="四月补装")
    put(sheet, "夜间出行条件", actual_value="部分达成", self_score=20, reason="两处路口仍偏暗")
    put(sheet, "居民满意度", actual_value=90)
    report = (await sent(world.filler(), workbook)).json()
    assert [one["status"] for one in report["sheets"]] == ["updated"], report
    stored = await form_of(world, form["project_code"])
    said = ("actual_value", "band", "self_score", "reason", "improvement")
    assert [[row[name] for name in said] for row in stored["rows"]] == [
        ["114", None, None, "冬季停工", "四月补装"],
        [None, "partial", "20.00", "两处路口仍偏暗", None],
        ["90", None, None, None, None],
    ]
    assert (stored["conclusion"], stored["asked"], stored["preview_total"]) == (
        "基本完成", [], "77.50",
    )  # fmt: skip
    assert created(await submit(world, stored))["grade"] == "fair"


async def test_a_wrong_cell_is_named_and_marked_and_nothing_of_its_sheet_is_stored(
    world: World,
) -> None:
    form = await open_form(world)
    workbook = await exported(world.filler())
    sheet = sheet_of(workbook, form)
    put(sheet, "改造路灯数量", actual_value="很多")
    put(sheet, "夜间出行条件", actual_value="好")
    put(sheet, "居民满意度", actual_value=90, self_score=101)
    beside(sheet, "当年财政拨款", "J").value = 5
    report = (await sent(world.filler(), workbook)).json()
    [found] = report["sheets"]
    assert {(each["code"], each["pointer"]) for each in found["errors"]} == {
        ("number_expected", "/rows/0/actual_value"),
        ("band_unknown", "/rows/1/actual_value"),
        ("number_out_of_range", "/rows/2/self_score"),
        ("filled_by_system", "/fund_kinds"),
    }
    assert await form_of(world, form["project_code"]) == form
    marked = await sent(world.filler(), workbook, "/remarks")
    assert (marked.status_code, marked.headers["content-type"]) == (200, XLSX)
    assert len(load_workbook(io.BytesIO(marked.content)).worksheets) == 3


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
async def test_a_form_saved_by_libreoffice_comes_back_as_it_was(
    world: World, tmp_path: Path
) -> None:
    form = await filled_form(world, await open_form(world))
    workbook = await exported(world.filler())
    workbook.save(tmp_path / "form.xlsx")
    await asyncio.to_thread(
        subprocess.run,
        [str(SOFFICE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "saved"),
         str(tmp_path / "form.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    [sheet] = (await sent(world.filler(), load_workbook(tmp_path / "saved" / "form.xlsx"))).json()[
        "sheets"
    ]
    assert (sheet["status"], sheet["errors"], sheet["form_id"]) == ("unchanged", [], form["id"])


async def test_a_form_changed_or_gone_since_is_not_overwritten(
    world: World, other_world: World
) -> None:
    own, foreign = await approved_project(world), await approved_project(world, unit="219002")
    form, other = await opened_forms(world, own, foreign)
    workbook = await exported(world.officer)
    assert len(workbook.worksheets) == 3
    for name in (form, other):
        put(sheet_of(workbook, name), "改造路灯数量", actual_value=120)
    assert (await world.filler("219002").get(EXPORT.replace(str(YEAR), "2022"))).status_code == 404
    await filled_form(world, form)
    report = (await sent(world.filler(), workbook)).json()
    codes = {one["sheet"]: [e["code"] for e in one["errors"]] for one in report["sheets"]}
    assert codes == {
        form["project_name"]: ["form_outdated"],
        other["project_name"]: ["form_unknown"],
    }
    nobody = await sent(other_world.filler(), workbook)
    assert nobody.json()["updated"] == 0
    done = await submitted_form(world)
    late = await exported(world.filler())
    put(sheet_of(late, done), "改造路灯数量", actual_value=120)
    told = (await sent(world.filler(), late)).json()
    assert [e["code"] for one in told["sheets"] for e in one["errors"]] == ["form_not_editable"]


async def test_the_form_explains_each_of_its_fields(world: World) -> None:
    forms = (await world.filler().get("/evaluation/forms")).json()["items"]
    assert [(each["form"], each["verified"]) for each in forms] == [("self-evaluation", False)]
    help_of = (await world.filler().get(forms[0]["help_href"].removeprefix("/api/v1"))).json()
    assert {each["code"] for each in help_of["fields"]} == set(LAYOUT.labels())
