"""Projects pushed as files: of any length and kind, every line answered for, safe at any moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import openpyxl
import orjson
import pytest

from deploy.keys import ISSUER
from deploy.local import Stack
from shared.auth import Role
from shared.jobs_intake import CHUNK_LINES
from tests.conftest import Databases, free_ports
from tests.world import Person, World, project_row

NDJSON = "application/x-ndjson"
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JOBS = "/goals/project-import-jobs"
HEADING = "项目编码,项目名称,单位编码,项目类别,项目性质,年度,本级资金（元）,中央资金（元）,合成数据"


def ndjson(*rows: dict[str, Any] | bytes) -> bytes:
    """One object a line; bytes are a line as they are."""
    return b"\n".join(row if isinstance(row, bytes) else orjson.dumps(row) for row in rows)


def csv_line(number: int, name: str = "路灯改造（示例）", amount: str = "1000000.00") -> str:
    """A project as a person would type it."""
    return f"64010423T{number:012d},{name},219001,特定目标类,新增,2023,{amount},,是"


async def submitted(
    person: Person, file: bytes, kind: str = NDJSON, *, key: str | None = None, **params: Any
) -> httpx.Response:
    """POST a file."""
    headers = {"content-type": kind, "idempotency-key": key or uuid4().hex}
    return await person.send("POST", JOBS, content=file, headers=headers, params=params)


async def finished(person: Person, answer: httpx.Response) -> dict[str, Any]:
    """The job when it is over."""
    assert answer.status_code == 202, answer.text
    path = answer.headers["location"].removeprefix("/api/v1")
    async with asyncio.timeout(180):
        while True:
            job: dict[str, Any] = (await person.get(path)).json()
            if job["state"] not in ("queued", "running"):
                return job
            await asyncio.sleep(0.02)


async def done(person: Person, file: bytes, kind: str = NDJSON, **params: Any) -> dict[str, Any]:
    """Submit and wait."""
    return await finished(person, await submitted(person, file, kind, **params))


def counts(job: dict[str, Any]) -> tuple[int, int, int, int]:
    """created, updated, unchanged, failed."""
    return (
        job["created_count"],
        job["updated_count"],
        job["unchanged_count"],
        job["failed_count"],
    )


async def failed_rows(person: Person, job: dict[str, Any]) -> list[tuple[int, str | None, str]]:
    """Line, key and first error code of each row that failed."""
    answer = await person.get(f"/goals/jobs/{job['id']}/rows", status="failed")
    return [(row["line"], row["key"], row["errors"][0]["code"]) for row in answer.json()["items"]]


async def stored(world: World) -> dict[str, str]:
    """Code → amount of every project of the region in 2023."""
    found: dict[str, str] = {}
    cursor: str | None = None
    while True:
        params = {"fiscal_year": 2023, "limit": 200} | ({"cursor": cursor} if cursor else {})
        page = (await world.officer.get("/goals/projects", **params)).json()
        found |= {project["code"]: project["amount"] for project in page["items"]}
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def test_a_file_is_stored_and_the_same_file_again_changes_nothing(world: World) -> None:
    await world.unit()
    file = ndjson(*(project_row(number) for number in range(1, 2503)))
    job = await done(world.integration, file)
    assert (job["state"], job["percent"], counts(job)) == ("done", 100, (2502, 0, 0, 0))
    assert len(await stored(world)) == 2502
    assert counts(await done(world.integration, file)) == (0, 0, 2502, 0)
    changed = ndjson(project_row(1, name="改名（示例）"), project_row(2))
    assert counts(await done(world.integration, changed)) == (0, 1, 1, 0)


async def test_bad_lines_are_named_and_the_others_are_stored(world: World) -> None:
    await world.unit()
    file = ndjson(
        project_row(1),
        b"{not json",
        b"",
        b"[1]",
        project_row(2, unit_code="999999"),
        b'{"code": "a", "code": "b"}',
        b'{"code": NaN}',
        project_row(3, name="a\x00b"),
        project_row(4, funds=[{"fund_level": "county", "amount": 5}]),
        b'{"name": "\\ud800"}',
        b'{"name": "\xff"}',
        orjson.dumps(project_row(5)) + b" " * 70000,
        project_row(6, surplus=1),
    )
    job = await done(world.integration, file)
    assert (job["total_count"], counts(job)) == (12, (1, 0, 0, 11))
    code = project_row(1)["code"][:-1]
    assert await failed_rows(world.integration, job) == [
        (2, None, "line_invalid"),
        (4, None, "line_invalid"),
        (5, code + "2", "unknown_unit"),
        (6, None, "line_invalid"),
        (7, None, "line_invalid"),
        (8, None, "text_invalid"),
        (9, code + "4", "value_invalid"),
        (10, None, "line_invalid"),
        (11, None, "line_invalid"),
        (12, None, "line_too_long"),
        (13, code + "6", "extra_forbidden"),
    ]


async def test_each_line_takes_effect_in_its_turn(world: World) -> None:
    await world.unit()
    rows = [project_row(1, name=f"第{number}次（示例）") for number in range(3)]
    job = await done(world.integration, ndjson(rows[0], project_row(2), *rows))
    assert counts(job) == (2, 2, 1, 0)
    project = (await world.officer.get(f"/goals/projects/{rows[0]['code']}")).json()
    assert (project["name"], project["version"]) == ("第2次（示例）", 3)
    page = (await world.integration.get(f"/goals/jobs/{job['id']}/rows")).json()["items"]
    assert [(row["line"], row["status"]) for row in page] == [
        (1, "created"),
        (2, "created"),
        (3, "unchanged"),
        (4, "updated"),
        (5, "updated"),
    ]


async def test_outcomes_come_in_pages(world: World) -> None:
    await world.unit()
    file = ndjson(*(project_row(n, name="" if n % 2 else "名") for n in range(1, 11)))
    job = await done(world.integration, file)
    path = f"/goals/jobs/{job['id']}/rows"
    lines: list[int] = []
    cursor: str | None = None
    while True:
        params: dict[str, str] = {"cursor": cursor} if cursor else {}
        page = (await world.integration.get(path, status="failed", limit=2, **params)).json()
        lines += [row["line"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert lines == [1, 3, 5, 7, 9]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_a_table_that_a_person_saved_is_read(world: World, encoding: str) -> None:
    await world.unit()
    lines = [HEADING, csv_line(1, '"两行\n名称，""引号"""'), csv_line(2, amount='"1,200.50"'), ""]
    job = await done(world.integration, "\r\n".join(lines).encode(encoding), CSV)
    assert counts(job) == (2, 0, 0, 0), await failed_rows(world.integration, job)
    first, second = sorted(await stored(world))
    assert (await stored(world))[second] == "1200.50"
    project = (await world.officer.get(f"/goals/projects/{first}")).json()
    assert (project["name"], project["synthetic"]) == ('两行\n名称，"引号"', True)


async def test_a_tables_bad_row_is_named_by_the_line_its_sender_sees(world: World) -> None:
    await world.unit()
    lines = [HEADING, csv_line(1, '"两行\n名称"'), "", csv_line(2, amount="x"), csv_line(3, '"开'),
             csv_line(4), csv_line(5) + ",多,多"]  # fmt: skip
    job = await done(world.integration, "\n".join(lines).encode(), CSV)
    assert [(line, code) for line, _, code in await failed_rows(world.integration, job)] == [
        (5, "decimal_parsing"),
        (6, "line_invalid"),
        (8, "too_many_cells"),
    ]
    assert counts(job) == (2, 0, 0, 3)


async def test_the_first_sheet_of_a_workbook_is_read(world: World) -> None:
    await world.unit()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADING.split(","))
    cells: list[Any] = csv_line(1).split(",")
    cells[2], cells[5], cells[6] = 219001, 2023, 0.1 + 0.2  # as Excel keeps numbers
    sheet.append(cells)
    sheet.append([])
    sheet.append([*csv_line(2, amount="-1").split(",")])
    raw = BytesIO()
    book.save(raw)
    job = await done(world.integration, raw.getvalue(), XLSX)
    assert counts(job) == (1, 0, 0, 1)
    assert list((await stored(world)).values()) == ["0.30"]
    assert [row[0] for row in await failed_rows(world.integration, job)] == [4]


async def test_a_dry_run_reports_and_stores_nothing(world: World) -> None:
    await world.unit()
    file = ndjson(project_row(1), project_row(2, unit_code="999999"))
    job = await done(world.integration, file, dry_run=True)
    assert (job["state"], job["dry_run"], counts(job)) == ("done", True, (1, 0, 0, 1))
    assert await stored(world) == {}


async def test_all_or_nothing_stores_nothing_when_a_line_is_bad(world: World) -> None:
    await world.unit()
    rows = [project_row(number) for number in range(1, 2100)]
    bad = await done(world.integration, ndjson(*rows, project_row(5000, kind="?")), atomic="all")
    assert (bad["state"], counts(bad)) == ("failed", (0, 0, 0, 1))
    assert bad["reason"] == "1 行有误，全部未入库"
    assert [row[0] for row in await failed_rows(world.integration, bad)] == [2100]
    page = await world.integration.get(f"/goals/jobs/{bad['id']}/rows", limit=1)
    assert page.json()["items"][0]["status"] == "skipped"
    assert await stored(world) == {}
    good = await done(world.integration, ndjson(*rows), atomic="all")
    assert (good["state"], counts(good), good["done_count"]) == ("done", (2099, 0, 0, 0), 2099)
    assert len(await stored(world)) == 2099


async def test_a_repeated_key_gets_the_same_job_and_another_file_is_refused(world: World) -> None:
    await world.unit()
    first = await submitted(world.integration, ndjson(project_row(1)), key="k")
    await finished(world.integration, first)
    again = await submitted(world.integration, ndjson(project_row(1)), key="k")
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["location"] == first.headers["location"]
    other = await submitted(world.integration, ndjson(project_row(2)), key="k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    listed = (await world.integration.get("/goals/jobs")).json()["items"]
    assert [job["id"] for job in listed] == [first.json()["id"]]


async def test_a_job_without_a_key_is_refused(world: World) -> None:
    answer = await world.integration.send(
        "POST", JOBS, content=b"{}", headers={"content-type": NDJSON}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


async def test_another_persons_job_does_not_exist_for_one(world: World, other_world: World) -> None:
    job = await done(world.integration, ndjson(project_row(1)))
    colleague = world.person(Role.INTEGRATION, name="second-budget-system")
    assert (await colleague.get(f"/goals/jobs/{job['id']}")).status_code == 200
    for person in (world.officer, world.filler(), other_world.integration):
        path = f"/goals/jobs/{job['id']}"
        assert (await person.get(path)).status_code == 404
        assert (await person.get(f"{path}/rows")).status_code == 404
        answer = await person.post(f"{path}/cancellations", {}, version=job["version"])
        assert answer.status_code == 404
        assert (await person.get("/goals/jobs")).json()["items"] == []


@pytest.mark.parametrize(
    ("file", "kind", "status", "code"),
    [
        (b"", NDJSON, 422, "invalid_payload"),
        (b"\n\n", NDJSON, 422, "invalid_payload"),
        (HEADING.encode(), CSV, 422, "invalid_payload"),
        (b"", XLSX, 422, "invalid_payload"),
        (b"no workbook", XLSX, 422, "invalid_payload"),
        (b"{}", "application/json", 415, "unsupported_media_type"),
    ],
)
async def test_what_is_no_file_of_rows_is_refused_at_once(
    world: World, file: bytes, kind: str, status: int, code: str
) -> None:
    answer = await submitted(world.integration, file, kind)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await world.integration.get("/goals/jobs")).json()["items"] == []


async def test_a_heading_that_says_something_else_is_refused_with_what_it_may_say(
    world: World,
) -> None:
    heading = HEADING.replace("项目名称", "名字") + ",年度"
    answer = await submitted(world.integration, f"{heading}\n{csv_line(1)}".encode(), CSV)
    assert answer.status_code == 422
    errors = {error["code"]: error for error in answer.json()["errors"]}
    assert set(errors) == {"unknown_column", "column_twice", "missing_column"}
    assert "项目名称（name）" in errors["unknown_column"]["mend"]


async def endless(size: int) -> AsyncIterator[bytes]:
    """A body that does not say how long it is."""
    line = orjson.dumps(project_row(1)) + b"\n"
    block = line * (2**16 // len(line))
    for _ in range(size // len(block) + 1):
        yield block


async def test_a_file_beyond_the_limit_is_refused_announced_or_not(tight: World) -> None:
    answer = await submitted(tight.integration, b"x" * 6_000_001)
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
    headers = {"content-type": NDJSON, "idempotency-key": uuid4().hex}
    try:
        answer = await tight.integration.send(
            "POST", JOBS, content=endless(6_000_001), headers=headers
        )
    except (httpx.WriteError, httpx.ReadError):
        pass  # the answer came before the end of the file, and then the connection's end
    else:
        assert answer.status_code == 413
    assert (await tight.integration.get("/goals/jobs")).json()["items"] == []


async def test_a_cancelled_job_keeps_whole_chunks_and_says_how_far_it_came(
    world: World,
) -> None:
    await world.unit()
    answer = await submitted(world.integration, ndjson(*(project_row(n) for n in range(1, 20001))))
    path = answer.headers["location"].removeprefix("/api/v1")
    async with asyncio.timeout(90):
        while (job := (await world.integration.get(path)).json())["done_count"] == 0:
            await asyncio.sleep(0.01)
    assert job["allowed_actions"] == ["job.cancel"]
    stale = await world.integration.post(f"{path}/cancellations", {}, version=99)
    assert stale.status_code == 412
    cancelled = await world.integration.post(f"{path}/cancellations", {}, version=job["version"])
    assert cancelled.status_code == 201, cancelled.text
    job = cancelled.json()
    assert job["state"] == "cancelled"
    assert job["created_count"] == job["done_count"] < 20000
    assert job["created_count"] % CHUNK_LINES == 0
    assert str(job["done_count"]) in job["reason"]
    for number, status in ((job["done_count"], 200), (job["done_count"] + 1, 404)):
        path_of = f"/goals/projects/{project_row(number)['code']}"
        assert (await world.officer.get(path_of)).status_code == status
    again = await world.integration.post(f"{path}/cancellations", {}, version=job["version"])
    assert (again.status_code, again.json()["code"]) == (409, "state_conflict")


async def test_a_cancelled_all_or_nothing_job_leaves_nothing(world: World) -> None:
    await world.unit()
    file = ndjson(*(project_row(number) for number in range(1, 20001)))
    answer = await submitted(world.integration, file, atomic="all")
    path = answer.headers["location"].removeprefix("/api/v1")
    async with asyncio.timeout(90):
        while (job := (await world.integration.get(path)).json())["percent"] < 55:
            await asyncio.sleep(0.01)  # storing has begun
    cancelled = await world.integration.post(f"{path}/cancellations", {}, version=job["version"])
    assert cancelled.json()["reason"] == "已取消，未入库任何行"
    assert counts(cancelled.json()) == (0, 0, 0, 0)
    assert await stored(world) == {}


async def test_a_hundred_thousand_and_one_lines_arrive(world: World) -> None:
    await world.unit()
    lines = (orjson.dumps(project_row(number % 50_000)) + b"\n" for number in range(100_001))
    file = b"".join(lines)
    assert len(file) > 4 * 1024 * 1024
    job = await done(world.integration, file)
    assert (job["total_count"], counts(job)) == (100_001, (50_000, 0, 50_001, 0))


async def test_a_killed_process_loses_nothing_and_does_nothing_twice(
    own_stack: Stack, tight: World, undisturbed: World
) -> None:
    rows = [project_row(1 + n % 15_000, name=f"第 {n // 15_000} 次") for n in range(20_000)]
    file = ndjson(*rows, project_row(1, unit_code="999999"))
    await tight.unit()
    await undisturbed.unit()
    expected = await done(undisturbed.integration, file)
    answer = await submitted(tight.integration, file)
    path = answer.headers["location"].removeprefix("/api/v1")
    async with asyncio.timeout(60):
        while (await tight.integration.get(path)).json()["done_count"] == 0:
            await asyncio.sleep(0.01)
    await own_stack.kill("goals")
    await own_stack.start_one("goals")
    await own_stack.wait_ready()
    assert (await tight.integration.get(path)).json()["state"] == "running"
    job = await finished(tight.integration, answer)
    assert (
        (job["state"], counts(job))
        == ("done", counts(expected))
        == (
            "done",
            (15_000, 5_000, 0, 1),
        )
    )
    sql = """select code, name, row_version, fund_level, amount::text as amount
             from goals.project p join goals.project_fund f
               on f.region_code = p.region_code and f.project_code = p.code
             where p.region_code = $1 order by code"""
    connection = await asyncpg.connect(own_stack.admin_url)
    try:
        found = [await connection.fetch(sql, w.region_code) for w in (tight, undisturbed)]
    finally:
        await connection.close()
    assert found[0] == found[1]
    assert len(found[0]) == 15_000


@pytest.fixture(scope="module")
async def own_stack(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stack]:
    """Processes of this module alone: they are killed, and take only small files."""
    var = tmp_path_factory.mktemp("jobs")
    settings = {"WENXIAO_JOB_LEASE_SECONDS": "1", "WENXIAO_MAX_UPLOAD_BYTES": "6000000"}
    with (var / "processes.log").open("w") as log:
        stack = Stack(await databases.new(), var, ports=free_ports(), log=log, settings=settings)
        try:
            await stack.start()
            yield stack
        finally:
            await stack.stop()


@asynccontextmanager
async def own_world(stack: Stack) -> AsyncIterator[World]:
    """A new region on a stack."""
    async with httpx.AsyncClient(base_url=stack.url, timeout=30, trust_env=False) as http:
        region = str(800000000 + uuid4().int % 10**8)
        yield World(http, stack.var / "keys" / f"{ISSUER}.pem", region)


@pytest.fixture
async def tight(own_stack: Stack) -> AsyncIterator[World]:
    """A region on the stack of this module alone."""
    async with own_world(own_stack) as world:
        yield world


@pytest.fixture
async def undisturbed(own_stack: Stack) -> AsyncIterator[World]:
    """Another one, whose job nobody interrupts."""
    async with own_world(own_stack) as world:
        yield world
