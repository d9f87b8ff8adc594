"""官方监控表: exported prefilled, filled in with an office program, imported; wrong cells come back."""

import io
from typing import Any
from uuid import uuid4

import httpx
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from services.monitoring.usecases import official_forms
from tests.monitoring.arranged import (
    form_of,
    monitored_goal,
    open_round,
    pay,
    step,
    submitted_form,
)
from tests.world import Person, World, created, goal_draft

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = "/monitoring/monitoring-forms"
OFFICIAL = official_forms.load()
LAYOUT = OFFICIAL.layouts["monitoring-form"]


async def exported(person: Person, monitoring: dict[str, Any], **asked: Any) -> Workbook:
    """The workbook as the person opens it."""
    path = f"/monitoring/monitoring-rounds/{monitoring['id']}/forms.xlsx"
    answer = await person.get(path, **asked)
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX), answer.text
    return load_workbook(io.BytesIO(answer.content))


async def sent(
    person: Person, workbook: Workbook | bytes, *, path: str = "", form: str = "monitoring-form",
    key: str | None = None, **params: Any,
) -> httpx.Response:  # fmt: skip
    """The workbook as it is sent back."""
    return await person.send(
        "POST",
        f"/monitoring/form-imports/{form}{path}",
        content=workbook if isinstance(workbook, bytes) else saved(workbook),
        params=params,
        headers={"content-type": XLSX, "idempotency-key": key or uuid4().hex},
    )


def saved(workbook: Workbook) -> bytes:
    """The workbook as a file."""
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def sheet_of(workbook: Workbook, form: dict[str, Any]) -> Worksheet:
    """The sheet of a form."""
    return next(s for s in workbook.worksheets if s.title == form["project_name"])


def put(sheet: Worksheet, name: str, **cells: str | float | None) -> None:
    """Write into the row of an indicator, by field."""
    row = next(c.row for line in sheet.iter_rows() for c in line if c.value == name)
    for code, value in cells.items():
        sheet[f"{LAYOUT.rows['indicator'][code].column}{row}"] = value


def cell_right_of(sheet: Worksheet, label: str) -> Any:
    """The cell in column I of the line of a label."""
    row = next(c.row for line in sheet.iter_rows() for c in line
               if str(c.value).startswith(label))  # fmt: skip
    return sheet[f"I{row}"]


async def monitored(world: World, **goal: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A round with one form."""
    project = (await monitored_goal(world, **goal))["project_code"]
    await pay(world, project, ("250000.00", "2023-03-01"))
    monitoring = await open_round(world)
    return monitoring, await form_of(world, project)


async def test_a_form_comes_back_as_it_went_out(world: World) -> None:
    monitoring, form = await monitored(world)
    workbook = await exported(world.filler(), monitoring)
    report = (await sent(world.filler(), workbook)).json()
    assert (report["stored"], report["updated"], report["unchanged"], report["failed"]) == (
        True, 0, 1, 0,
    )  # fmt: skip
    assert await form_of(world, form["project_code"]) == form


async def test_the_sheet_shows_money_in_ten_thousands_and_the_period(world: World) -> None:
    monitoring, form = await monitored(world)
    sheet = sheet_of(await exported(world.filler(), monitoring), form)
    shown = {cell.value for line in sheet.iter_rows() for cell in line}
    assert {100, 25, "25.00", "本级", "2023-01-01 至 2023-07-31", "第219001单位（示例）"} <= shown
    assert {"改造路灯数量", "≥", 120, "盏", "经费保障", "完成目标可能性"} <= shown


async def test_what_was_typed_in_the_sheet_is_stored_and_completed(world: World) -> None:
    rows = goal_draft("x")["indicators"]
    wording = {"operator": "qualitative", "target_value": None, "target_text": "居民反映良好"}
    rows[2] |= wording | {"unit_of_measure": None}
    monitoring, form = await monitored(world, indicators=rows)
    workbook = await exported(world.filler(), monitoring)
    sheet = sheet_of(workbook, form)
    cell_right_of(sheet, "全年预计执行数").value = 86.5
    put(sheet, "改造路灯数量", actual_to_date=130)
    put(
        sheet, "支路亮灯率", actual_to_date="90%", actual_forecast=95.5, likelihood="有可能",
        cause_funding="√", cause_other="✔", deviation_text="电缆 6 月到货", remark="见附件",
    )  # fmt: skip
    put(sheet, "居民满意度", actual_to_date="部分达成", likelihood="确定能")
    report = (await sent(world.filler(), workbook)).json()
    assert [one["status"] for one in report["sheets"]] == ["updated"], report
    stored = await form_of(world, form["project_code"])
    assert stored["executed_forecast"] == "865000.00"
    said = ("actual_to_date", "actual_forecast", "band", "likelihood", "deviation_causes",
            "deviation_text", "remark")  # fmt: skip
    assert [[row[name] for name in said] for row in stored["rows"]] == [
        ["130", "130", None, "certain", [], None, None],
        ["90", "95.5", None, "possible", ["funding", "other"], "电缆 6 月到货", "见附件"],
        [None, None, "partial", "certain", [], None, None],
    ]
    assert stored["rows"][0]["defaulted"] == ["actual_forecast", "likelihood"]
    assert (stored["steps"][-1]["step"], stored["steps"][-1]["reason"]) == ("fill", "导入监控表")
    again = await exported(world.filler(), monitoring)
    unchanged = (await sent(world.filler(), again)).json()
    assert (unchanged["unchanged"], unchanged["failed"]) == (1, 0)
    created(await step(world.approver(), "monitoring-forms", stored, "submissions", {}))


async def test_a_cell_that_was_emptied_is_emptied(world: World) -> None:
    monitoring, form = await monitored(world)
    patch = {"rows": [{"position": 2, "actual_to_date": "90", "remark": "待核"}]}
    await world.filler().patch(f"{FORMS}/{form['id']}", patch, version=1)
    workbook = await exported(world.filler(), monitoring)
    put(sheet_of(workbook, form), "支路亮灯率", actual_to_date=None, remark=None)
    assert (await sent(world.filler(), workbook)).json()["updated"] == 1
    row = (await form_of(world, form["project_code"]))["rows"][1]
    assert (row["actual_to_date"], row["remark"]) == (None, None)


@pytest.mark.parametrize(
    ("code", "value", "error", "pointer"),
    [
        ("actual_to_date", "八十盏左右", "number_expected", "/rows/0/actual_to_date"),
        ("actual_to_date", "80%", "number_expected", "/rows/0/actual_to_date"),
        ("actual_forecast", 0.00001, "number_too_precise", "/rows/0/actual_forecast"),
        ("actual_forecast", "1.00001", "decimal_max_places", "/rows/0/actual_forecast"),
        ("likelihood", "大概", "choice_unknown", "/rows/0/likelihood"),
        ("cause_system", "对", "choice_unknown", "/rows/0/deviation_causes"),
    ],
)
async def test_a_wrong_cell_is_named_and_the_sound_sheet_is_stored(
    world: World, code: str, value: str | float, error: str, pointer: str
) -> None:
    goals = [await monitored_goal(world) for _ in range(2)]
    monitoring = await open_round(world)
    good, bad = [await form_of(world, goal["project_code"]) for goal in goals]
    workbook = await exported(world.filler(), monitoring)
    put(sheet_of(workbook, good), "改造路灯数量", actual_to_date=90)
    put(sheet_of(workbook, bad), "改造路灯数量", **{code: value})
    report = (await sent(world.filler(), workbook)).json()
    assert (report["updated"], report["failed"]) == (1, 1)
    (failed,) = [sheet for sheet in report["sheets"] if sheet["status"] == "failed"]
    column = LAYOUT.rows["indicator"][code].column
    [found] = failed["errors"]
    assert (failed["form_id"], found["code"], found["pointer"]) == (bad["id"], error, pointer)
    assert found["cell"].startswith(column)
    assert found["mend"]
    assert await form_of(world, bad["project_code"]) == bad
    assert (await form_of(world, good["project_code"]))["version"] == 2


async def test_a_word_that_is_no_band_is_refused(world: World) -> None:
    rows = goal_draft("x")["indicators"]
    wording = {"operator": "qualitative", "target_value": None, "target_text": "居民反映良好"}
    rows[2] |= wording | {"unit_of_measure": None}
    monitoring, form = await monitored(world, indicators=rows)
    workbook = await exported(world.filler(), monitoring)
    put(sheet_of(workbook, form), "居民满意度", actual_to_date="还行")
    [sheet] = (await sent(world.filler(), workbook)).json()["sheets"]
    assert [one["code"] for one in sheet["errors"]] == ["band_unknown"]


async def test_rows_can_be_sorted_but_neither_added_nor_deleted(world: World) -> None:
    monitoring, form = await monitored(world)
    workbook = await exported(world.filler(), monitoring)
    sheet = sheet_of(workbook, form)
    first = next(c.row for line in sheet.iter_rows() for c in line if c.value == "改造路灯数量")
    for column in "BCDEFGHIJ":
        one, other = sheet[f"{column}{first}"], sheet[f"{column}{first + 1}"]
        one.value, other.value = other.value, one.value
    put(sheet, "改造路灯数量", actual_to_date=80)
    assert (await sent(world.filler(), workbook)).json()["updated"] == 1
    assert (await form_of(world, form["project_code"]))["rows"][0]["actual_to_date"] == "80"
    workbook = await exported(world.filler(), monitoring)
    sheet = sheet_of(workbook, form)
    sheet.delete_rows(first)
    [result] = (await sent(world.filler(), workbook)).json()["sheets"]
    assert [one["code"] for one in result["errors"]] == ["row_lost"]


async def test_the_workbook_comes_back_with_remarks_and_can_be_mended(world: World) -> None:
    monitoring, form = await monitored(world)
    workbook = await exported(world.filler(), monitoring)
    put(sheet_of(workbook, form), "改造路灯数量", actual_to_date="八十")
    answer = await sent(world.filler(), workbook, path="/remarks")
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    remarked = load_workbook(io.BytesIO(answer.content))
    wrong = next(c for line in sheet_of(remarked, form).iter_rows() for c in line
                 if c.value == "八十")  # fmt: skip
    assert wrong.comment is not None
    wrong.value = 80
    assert (await sent(world.filler(), remarked)).json()["updated"] == 1


async def test_nothing_is_stored_by_a_dry_run_or_unless_all_are_sound(world: World) -> None:
    goals = [await monitored_goal(world) for _ in range(2)]
    monitoring = await open_round(world)
    good, bad = [await form_of(world, goal["project_code"]) for goal in goals]
    workbook = await exported(world.filler(), monitoring)
    put(sheet_of(workbook, good), "改造路灯数量", actual_to_date=90)
    dry = (await sent(world.filler(), workbook, dry_run=True)).json()
    assert (dry["stored"], dry["updated"]) == (False, 1)
    put(sheet_of(workbook, bad), "改造路灯数量", actual_to_date="x")
    whole = (await sent(world.filler(), workbook, atomic="all")).json()
    assert (whole["stored"], whole["failed"]) == (False, 1)
    assert await form_of(world, good["project_code"]) == good


async def test_a_form_that_moved_on_is_not_overwritten(world: World) -> None:
    monitoring, form = await monitored(world)
    workbook = await exported(world.filler(), monitoring)
    put(sheet_of(workbook, form), "改造路灯数量", actual_to_date=90)
    patch = {"executed_forecast": "900000.00"}
    await world.filler().patch(f"{FORMS}/{form['id']}", patch, version=1)
    outdated = (await sent(world.filler(), workbook)).json()["sheets"][0]
    assert [one["code"] for one in outdated["errors"]] == ["form_outdated"]
    await submitted_form(world, await form_of(world, form["project_code"]))
    submitted = (await sent(world.filler(), workbook)).json()["sheets"][0]
    assert [one["code"] for one in submitted["errors"]] == ["form_not_editable"]
    reason = {"reason": "结束"}
    created(await step(world.officer, "monitoring-rounds", monitoring, "closures", reason))
    closed = (await sent(world.filler(), workbook)).json()["sheets"][0]
    assert [one["code"] for one in closed["errors"]] == ["round_closed"]


async def test_another_units_form_is_not_exported_and_not_imported(
    world: World, other_world: World
) -> None:
    monitoring, form = await monitored(world)
    workbook = await exported(world.filler(), monitoring)
    put(sheet_of(workbook, form), "改造路灯数量", actual_to_date=90)
    path = f"/monitoring/monitoring-rounds/{monitoring['id']}/forms.xlsx"
    for stranger, code in (
        (world.filler("219002"), "no_forms_to_export"),
        (other_world.filler(), "not_found"),
    ):
        none = await stranger.get(path)
        assert (none.status_code, none.json()["code"]) == (404, code)
        report = (await sent(stranger, workbook)).json()
        assert [e["code"] for e in report["sheets"][0]["errors"]] == ["form_unknown"]
    assert await form_of(world, form["project_code"]) == form


async def test_the_bureau_exports_one_unit_or_all(world: World) -> None:
    for unit in ("219001", "302001"):
        await monitored_goal(world, unit=unit)
    monitoring = await open_round(world)
    assert len((await exported(world.officer, monitoring)).worksheets) == 3
    one = await exported(world.officer, monitoring, unit_code="302001")
    assert len(one.worksheets) == 2


async def test_a_repeat_with_the_same_key_gets_the_first_report(world: World) -> None:
    monitoring, form = await monitored(world)
    workbook = await exported(world.filler(), monitoring)
    put(sheet_of(workbook, form), "改造路灯数量", actual_to_date=90)
    data = saved(workbook)
    first = await sent(world.filler(), data, key="once")
    again = await sent(world.filler(), data, key="once")
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"


async def test_a_file_that_is_no_monitoring_form_is_refused(world: World) -> None:
    answer = await sent(world.filler(), saved(Workbook()))
    assert (answer.status_code, answer.json()["code"]) == (422, "workbook_unusable")
    assert (await sent(world.filler(), b"x", form="project-goal")).status_code == 404
    csv = await world.filler().send(
        "POST",
        "/monitoring/form-imports/monitoring-form",
        content=b"a,b",
        headers={"content-type": "text/csv", "idempotency-key": uuid4().hex},
    )
    assert csv.status_code == 415


async def test_the_form_explains_itself(world: World) -> None:
    [form] = (await world.filler().get("/monitoring/forms")).json()["items"]
    assert (form["form"], form["verified"]) == ("monitoring-form", False)
    described = await world.filler().get(form["help_href"].removeprefix("/api/v1"))
    fields = {field["code"]: field for field in described.json()["fields"]}
    assert fields["indicator.actual_to_date"]["required"] is True
    assert (await world.filler().get("/monitoring/forms/nothing/help")).status_code == 404


def test_every_field_a_person_fills_in_has_two_examples() -> None:
    for field in OFFICIAL.help["monitoring-form"].fields:
        kind, _, name = field.code.rpartition(".")
        columns = LAYOUT.rows[kind] if kind else LAYOUT.fields
        assert field.filled_by_system is not columns[name].editable, field.code
        assert bool(field.good_example and field.bad_example and field.bad_because) is (
            not field.filled_by_system
        )
