"""官方申报表: exported, edited in an office program, imported; what is wrong comes back cell by cell."""

import io
import zipfile
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from deploy.keys import ISSUER
from deploy.local import Stack
from shared.auth import Role
from tests.conftest import Databases, free_ports
from tests.goals.mass import fill
from tests.world import Person, World, created

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def exported(person: Person, **asked: Any) -> Workbook:
    """The workbook as it is opened by the person."""
    answer = await person.get("/goals/goal-forms", fiscal_year=2023, **asked)
    assert answer.status_code == 200, answer.text
    return load_workbook(io.BytesIO(answer.content))


async def sent(
    person: Person, workbook: Workbook | bytes, *, path: str = "", form: str = "project-goal",
    key: str | None = None, **params: Any,
) -> httpx.Response:  # fmt: skip
    """The workbook as it is sent back."""
    data = workbook if isinstance(workbook, bytes) else saved(workbook)
    return await person.send(
        "POST",
        f"/goals/form-imports/{form}{path}",
        content=data,
        params=params,
        headers={"content-type": XLSX, "idempotency-key": key or uuid4().hex},
    )


def saved(workbook: Workbook) -> bytes:
    """The workbook as a file."""
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def replaced(workbook: bytes, old: str, new: str) -> bytes:
    """The same edit in every sheet, as the program that saves them would make it."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(old.encode(), new.encode()))
    return out.getvalue()


def sheet_of(workbook: Workbook, name: str) -> Worksheet:
    """The sheet of a project."""
    return next(sheet for sheet in workbook.worksheets if sheet.title.startswith(name))


def cell_of(sheet: Worksheet, text: object) -> Any:
    """The cell that shows a text."""
    return next(cell for row in sheet.iter_rows() for cell in row if cell.value == text)


async def test_a_form_comes_back_as_it_went_out(world: World) -> None:
    goal = await world.goal()
    workbook = await exported(world.filler())
    report = (await sent(world.filler(), workbook)).json()
    assert (report["updated"], report["unchanged"], report["failed"]) == (0, 1, 0)
    assert report["stored"] is True
    again = (await world.filler().get(f"/goals/goals/{goal['id']}")).json()
    assert again == goal


async def test_what_was_edited_in_the_sheet_is_stored(world: World) -> None:
    goal = await world.goal()
    workbook = await exported(world.filler())
    sheet = sheet_of(workbook, goal["project_name"])
    cell_of(sheet, 120).value = "150"
    cell_of(sheet, goal["annual_goal"]).value = "更换路灯一百五十盏"
    report = (await sent(world.filler(), workbook)).json()
    assert report["sheets"][0]["status"] == "updated"
    changed = (await world.filler().get(f"/goals/goals/{goal['id']}")).json()
    assert changed["version"] == 2
    assert changed["indicators"][0]["target_value"] == "150"
    assert changed["annual_goal"] == "更换路灯一百五十盏"
    assert [row["row_id"] for row in changed["indicators"]] == [
        row["row_id"] for row in goal["indicators"]
    ]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-", "@sum", "＝HYPERLINK()", "'=x"])
async def test_a_text_like_a_formula_stays_a_text(world: World, text: str) -> None:
    await world.goal(annual_goal=text)
    workbook = await exported(world.filler())
    sheet = next(sheet for sheet in workbook.worksheets if sheet.title.startswith("路灯改造"))
    assert cell_of(sheet, text).data_type == "s"
    answer = await world.filler().get("/goals/goal-forms", fiscal_year=2023)
    report = (await sent(world.filler(), answer.content)).json()
    assert (report["unchanged"], report["failed"]) == (1, 0)


async def test_a_wrong_cell_is_named_and_the_sound_sheet_is_stored(world: World) -> None:
    good, bad = await world.goal(), await world.goal()
    workbook = await exported(world.filler())
    cell_of(sheet_of(workbook, good["project_name"]), 120).value = 130
    wrong = cell_of(sheet_of(workbook, bad["project_name"]), 50)
    wrong.value = "五十分左右"
    report = (await sent(world.filler(), workbook)).json()
    assert (report["updated"], report["failed"]) == (1, 1)
    (failed,) = [sheet for sheet in report["sheets"] if sheet["status"] == "failed"]
    assert failed["goal_id"] == bad["id"]
    assert [(e["cell"], e["pointer"]) for e in failed["errors"]] == [
        (wrong.coordinate, "/indicators/0/weight")
    ]
    assert failed["errors"][0]["mend"]
    assert (await world.filler().get(f"/goals/goals/{bad['id']}")).json() == bad
    assert (await world.filler().get(f"/goals/goals/{good['id']}")).json()["version"] == 2


async def test_the_same_workbook_comes_back_with_remarks_and_can_be_mended_and_sent_again(
    world: World,
) -> None:
    goal = await world.goal()
    workbook = await exported(world.filler())
    cell_of(sheet_of(workbook, goal["project_name"]), 50).value = "五十分左右"
    answer = await sent(world.filler(), workbook, path="/remarks")
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    remarked = load_workbook(io.BytesIO(answer.content))
    wrong = cell_of(sheet_of(remarked, goal["project_name"]), "五十分左右")
    assert wrong.comment is not None
    wrong.value = 50
    report = (await sent(world.filler(), remarked)).json()
    assert (report["unchanged"], report["failed"]) == (1, 0)


async def test_nothing_is_stored_by_a_dry_run_or_unless_all_are_sound(world: World) -> None:
    good, bad = await world.goal(), await world.goal()
    workbook = await exported(world.filler())
    cell_of(sheet_of(workbook, good["project_name"]), 120).value = 130
    dry = (await sent(world.filler(), workbook, dry_run=True)).json()
    assert (dry["stored"], dry["updated"]) == (False, 1)
    cell_of(sheet_of(workbook, bad["project_name"]), 50).value = "x"
    whole = (await sent(world.filler(), workbook, atomic="all")).json()
    assert (whole["stored"], whole["failed"]) == (False, 1)
    assert (await world.filler().get(f"/goals/goals/{good['id']}")).json() == good


async def test_a_goal_changed_since_the_export_is_not_overwritten(world: World) -> None:
    goal = await world.goal()
    workbook = await exported(world.filler())
    path = f"/goals/goals/{goal['id']}"
    await world.filler().patch(path, {"midterm_goal": "三年换完"}, version=1)
    cell_of(sheet_of(workbook, goal["project_name"]), 120).value = 130
    report = (await sent(world.filler(), workbook)).json()
    assert [e["code"] for e in report["sheets"][0]["errors"]] == ["form_outdated"]
    assert (await world.filler().get(path)).json()["indicators"] == goal["indicators"]


async def test_a_submitted_goal_is_not_changed_by_a_form(world: World) -> None:
    goal = await world.submitted_goal()
    workbook = await exported(world.filler())
    cell_of(sheet_of(workbook, goal["project_name"]), 120).value = 130
    report = (await sent(world.filler(), workbook)).json()
    assert [e["code"] for e in report["sheets"][0]["errors"]] == ["form_not_editable"]


async def test_who_submitted_a_returned_goal_may_mend_it_in_the_sheet(world: World) -> None:
    goal = await world.submitted_goal()
    verdict = {"grade": "fair", "reason": "数量偏少"}
    goal = await world.step(world.officer, goal, "reviews", verdict)
    both = world.person(Role.UNIT_FILLER, unit="219001", name=goal["submitted_by"])
    workbook = await exported(both)
    cell_of(sheet_of(workbook, goal["project_name"]), 120).value = "150"
    answer = await sent(both, workbook)
    assert answer.json()["sheets"][0]["status"] == "updated", answer.text
    mended = (await both.get(f"/goals/goals/{goal['id']}")).json()
    assert (mended["drafted_by"], mended["submitted_by"]) == (goal["submitted_by"], None)


async def test_another_units_form_is_not_exported_and_not_imported(
    world: World, other_world: World
) -> None:
    goal = await world.goal(unit="219001")
    workbook = await exported(world.filler("219001"))
    cell_of(sheet_of(workbook, goal["project_name"]), 120).value = 130
    await other_world.unit("219001")
    for stranger in (world.filler("219002"), other_world.filler("219001")):
        none = await stranger.get("/goals/goal-forms", fiscal_year=2023)
        assert (none.status_code, none.json()["code"]) == (404, "nothing_to_export")
        report = (await sent(stranger, workbook)).json()
        assert [e["code"] for e in report["sheets"][0]["errors"]] == ["form_unknown"]
    assert (await world.filler().get(f"/goals/goals/{goal['id']}")).json() == goal


async def test_a_repeat_with_the_same_key_gets_the_first_report(world: World) -> None:
    goal = await world.goal()
    workbook = await exported(world.filler())
    cell_of(sheet_of(workbook, goal["project_name"]), 120).value = 130
    data = saved(workbook)
    first = await sent(world.filler(), data, key="once")
    again = await sent(world.filler(), data, key="once")
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty"), (b"PK\x03\x04 no", "not_xlsx"), (saved(Workbook()), "no_form")],
)
async def test_a_file_that_is_no_form_is_refused_with_a_reason(
    world: World, data: bytes, code: str
) -> None:
    answer = await sent(world.filler(), data)
    assert (answer.status_code, answer.json()["code"]) == (422, "workbook_unusable")
    assert answer.json()["errors"][0]["mend"]


async def test_a_form_that_does_not_exist_is_not_found(world: World) -> None:
    answer = await sent(world.filler(), b"x", form="no-such-form")
    assert answer.status_code == 404


async def test_another_kind_of_file_is_refused(world: World) -> None:
    answer = await world.filler().send(
        "POST",
        "/goals/form-imports/project-goal",
        content=b"a,b",
        headers={"content-type": "text/csv", "idempotency-key": uuid4().hex},
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_a_whole_departments_form_goes_out_and_comes_back(world: World) -> None:
    await world.unit("219")
    body = {
        "kind": "department", "unit_code": "219", "fiscal_year": 2023, "annual_goal": "办好教育",
        "tasks": [{"name": "校舍维修", "content": "维修三处", "fiscal_amount": "1000000.00"}],
    }  # fmt: skip
    filler = world.filler("219")
    goal = created(await filler.post("/goals/goals", body))
    workbook = await exported(filler, kind="department")
    sheet = workbook.worksheets[-1]
    cell_of(sheet, "校舍维修").value = "校舍维修改造"
    report = (await sent(filler, workbook, form="department-goal")).json()
    assert report["updated"] == 1
    changed = (await filler.get(f"/goals/goals/{goal['id']}")).json()
    (task,) = changed["tasks"]
    assert (task["name"], task["content"]) == ("校舍维修改造", goal["tasks"][0]["content"])
    assert Decimal(task["fiscal_amount"]) == Decimal("1000000.00")


@pytest.fixture
async def districts_year(databases: Databases, tmp_path: Path) -> AsyncIterator[World]:
    """A region of 271 goals of ten indicators each, in a stack of its own."""
    with (tmp_path / "processes.log").open("w") as log:
        stack = Stack(await databases.new(), tmp_path, ports=free_ports(), log=log)
        try:
            await stack.start("goals", "gateway")
            async with httpx.AsyncClient(base_url=stack.url, timeout=60, trust_env=False) as http:
                world = World(http, stack.var / "keys" / f"{ISSUER}.pem", "640104000")
                await fill(stack.admin_url, world.region_code, 271)
                yield world
        finally:
            await stack.stop()


async def test_a_districts_271_forms_survive_the_round_trip(districts_year: World) -> None:
    world = districts_year
    units = tuple(str(101000 + n) for n in range(50))
    filler = world.person_of(units)
    before = (await world.officer.get("/goals/goals", limit=200)).json()["items"]
    workbook = (await filler.get("/goals/goal-forms", fiscal_year=2023)).content
    report = (await sent(filler, replaced(workbook, ">指标1<", ">指标一<"))).json()
    assert (report["updated"], report["failed"]) == (271, 0)
    one = (await filler.get(f"/goals/goals/{before[0]['id']}")).json()
    assert [row["name"] for row in one["indicators"]][:2] == ["指标一", "指标2"]
    workbook = (await filler.get("/goals/goal-forms", fiscal_year=2023)).content
    unchanged = (await sent(filler, workbook)).json()
    assert (unchanged["unchanged"], unchanged["failed"]) == (271, 0)
