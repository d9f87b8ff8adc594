"""Files become lines and lines become rows the same way wherever the file is cut."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from services.goals.usecases.project_files import PROJECTS
from shared import clock
from shared.auth import Caller, Principal, Reach, Role
from shared.bell import Bell
from shared.db import create_engine, sessions_of
from shared.housekeeping import KEEP_JOBS, forget_old_jobs
from shared.ids import new_id
from shared.jobs import LETTERS, WORDS
from shared.jobs_chunks import apply, apply_in_parts, read_chunk
from shared.jobs_files import MAX_LINE_BYTES, Column, Csv, Lines, fields_of
from shared.jobs_sheet import text_of
from shared.problems import InvalidPayload
from tests.conftest import Databases, eventually, service_url
from tests.world import project_row

COLUMNS = (Column("code", "编码"), Column("name", "名称"), Column("note", "备注", required=False))


def cut(data: bytes, ends: Iterable[int]) -> list[bytes]:
    """The data in pieces that end at these places."""
    places = sorted({0, len(data), *(end % (len(data) + 1) for end in ends)})
    return [data[start:end] for start, end in itertools.pairwise(places)]


def lines_of(pieces: Iterable[bytes]) -> list[bytes]:
    """The lines of a file that arrives in pieces."""
    lines = Lines()
    return [*(line for piece in pieces for line in lines.feed(piece)), *lines.end()]


def records_of(pieces: Iterable[bytes]) -> list[Any]:
    """The records of a CSV that arrives in pieces; None for a line without one."""
    lines, table = Lines(), Csv()
    out = [record for piece in pieces for record in table.feed(lines.feed(piece))]
    out += [*table.feed(lines.end()), *table.end()]
    return [orjson.loads(record) if record else None for record in out]


@given(st.lists(st.binary(max_size=30)), st.lists(st.integers(0, 500)))
def test_lines_do_not_depend_on_how_the_file_arrives(parts: list[bytes], ends: list[int]) -> None:
    data = b"\n".join(parts)
    assert lines_of(cut(data, ends)) == lines_of([data])
    assert len(lines_of([data])) == data.count(b"\n") + (data[-1:] not in (b"", b"\n"))


def test_an_endless_line_is_cut_and_the_next_one_is_whole() -> None:
    long, after = lines_of([b"x" * 40_000, b"x" * 40_000, b"x\nnext"])
    assert (len(long) > MAX_LINE_BYTES, after) == (True, b"next")


CELL = st.text(st.characters(codec="gb18030", exclude_categories=["Cc", "Cs"]), max_size=8)


@given(
    st.lists(st.lists(CELL | st.just('a "b"\nc'), min_size=2, max_size=3), min_size=1),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    st.lists(st.integers(0, 2000)),
)
def test_a_table_says_the_same_in_each_encoding_and_however_it_arrives(
    rows: list[list[str]], encoding: str, ends: list[int]
) -> None:
    rows = [["编码", "名称"], *rows]
    text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    expected: list[Any] = []
    for row in rows:
        expected.append(row if any(row) else None)
        expected += [None] * sum(cell.count("\n") for cell in row)
    assert records_of(cut(text.encode(encoding), ends)) == expected


def test_a_forgotten_quote_costs_its_own_line_only() -> None:
    data = '1,"open\n2,b\n' + "3,c\n" * 300
    records = records_of([data.encode()])
    assert records[:3] == ["引号没有配对", ["2", "b"], ["3", "c"]]
    assert records[3:] == [["3", "c"]] * 299


@pytest.mark.parametrize(
    ("heading", "fields"),
    [
        (["编码", "名称"], ["code", "name"]),
        ([" name ", "code", "备注", "", ""], ["name", "code", "note"]),
    ],
)
def test_columns_go_by_code_or_label_in_any_order(heading: list[str], fields: list[str]) -> None:
    assert fields_of(orjson.dumps(heading), COLUMNS) == fields


@pytest.mark.parametrize(
    ("heading", "codes"),
    [
        (["编码"], ["missing_column"]),
        (["编码", "名字"], ["unknown_column", "missing_column"]),
        (["编码", "code", "名称"], ["column_twice"]),
        (["编码", "", "名称"], ["unknown_column"]),
    ],
)
def test_a_wrong_heading_is_explained(heading: list[str], codes: list[str]) -> None:
    with pytest.raises(InvalidPayload) as refused:
        fields_of(orjson.dumps(heading), COLUMNS)
    assert [error.code for error in refused.value.errors] == codes


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (219001.0, "219001"),
        (0.1 + 0.2, "0.3"),
        (1234567.89, "1234567.89"),
        (1e15, "1000000000000000"),
        (True, "true"),
        ("甲", "甲"),
        (datetime(2023, 7, 31), "2023-07-31"),  # noqa: DTZ001 - sheets know no zones
    ],
)
def test_a_cell_reads_as_a_person_would_type_it(cell: Any, text: str) -> None:
    assert text_of(cell) == text


@pytest.mark.parametrize(
    "line",
    [
        b'{"code": "a", "code": "a"}',
        b'{"code": "a", "\\u0063ode": "a"}',
        b'{"funds": [{"amount": "1", "amount": "2"}]}',
        b'{"code": NaN}',
        b'{"code": "a"} {"code": "b"}',
        b'{"code": 1e999}',
        b"\xff",
        b'"text"',
    ],
)
async def test_a_line_is_read_as_strictly_as_a_request(line: bytes) -> None:
    chunk = await read_chunk(0, line, None, PROJECTS)
    assert chunk.letters == [LETTERS["failed"]]
    assert chunk.errors[0]


@pytest.fixture(scope="module")
async def goals_database(databases: Databases) -> str:
    """A database of this module alone, with one unit in a few regions."""
    url = await databases.new()
    connection = await asyncpg.connect(url)
    await connection.execute(
        """insert into goals.unit select n::text, '219001', '单位（示例）', '219', '室', true, 1, now()
           from generate_series(1, 1000) n"""
    )
    await connection.close()
    return url


@pytest.fixture(scope="module")
async def sessions(goals_database: str) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions of the goals service."""
    engine = create_engine(
        service_url(goals_database, "goals"), process="test", schema="goals", pool_size=2
    )
    yield sessions_of(engine, on_commit=lambda: None)
    await engine.dispose()


_regions = iter(range(1, 1000))

ROW = st.builds(
    lambda number, name, year, amount, unit: project_row(
        number,
        name=name,
        fiscal_year=year,
        unit_code=unit,
        funds=[{"fund_level": level, "amount": amount} for level in ("county", "central")[:number]],
    ),
    st.integers(1, 3),
    st.sampled_from(["甲", "乙"]),
    st.sampled_from([2022, 2023]),
    st.sampled_from(["1.00", "2.50"]),
    st.sampled_from(["219001", "219001", "219001", "999999"]),
)


async def stored_by(
    sessions: async_sessionmaker[AsyncSession], url: str, rows: list[Any], ends: list[int]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """What became of each row when the file is cut at these rows, and what the tables hold then."""
    region = str(next(_regions))
    by = Caller(Principal("p", "p", frozenset({Role.INTEGRATION}), region), Reach.REGION)
    places = sorted({0, len(rows), *(end % (len(rows) + 1) for end in ends)})
    letters = []
    for number, (start, end) in enumerate(itertools.pairwise(places)):
        body = b"\n".join(orjson.dumps(row) for row in rows[start:end])
        chunk = await read_chunk(number, body, None, PROJECTS)
        async with sessions.begin() as session:
            await apply(session, chunk, PROJECTS, by=by)
        letters += chunk.letters
    connection = await asyncpg.connect(url)
    found = await connection.fetch(
        """select p.code, p.name, p.row_version, f.fiscal_year, f.fund_level, f.amount
           from goals.project p left join goals.project_fund f
             on f.region_code = p.region_code and f.project_code = p.code
           where p.region_code = $1 order by 1, 4, 5""",
        region,
    )
    await connection.close()
    return letters, [tuple(row) for row in found]


@given(st.lists(ROW, min_size=1, max_size=8), st.lists(st.integers(0, 8), max_size=4))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
async def test_where_a_file_is_cut_into_chunks_changes_nothing(
    sessions: async_sessionmaker[AsyncSession],
    goals_database: str,
    rows: list[Any],
    ends: list[int],
) -> None:
    each_alone = await stored_by(sessions, goals_database, rows, list(range(len(rows))))
    assert await stored_by(sessions, goals_database, rows, ends) == each_alone
    assert await stored_by(sessions, goals_database, rows, []) == each_alone
    assert {WORDS[letter] for letter in each_alone[0]} <= {
        "created",
        "updated",
        "unchanged",
        "failed",
    }


async def test_a_row_the_database_refuses_fails_alone(
    sessions: async_sessionmaker[AsyncSession],
) -> None:
    region = str(next(_regions))
    by = Caller(Principal("p", "p", frozenset({Role.INTEGRATION}), region), Reach.REGION)
    body = b"\n".join(orjson.dumps(project_row(number)) for number in range(1, 6))
    chunk = await read_chunk(0, body, None, PROJECTS)
    _, third = chunk.rounds[0].good[project_row(3)["code"]]
    third.kind = "odd"  # type: ignore[assignment]  # as if a rule of ours were looser than a CHECK
    async with sessions.begin() as session:
        await apply_in_parts(session, chunk, PROJECTS, by=by, trial=False)
    assert chunk.letters == list("ccfcc")
    assert chunk.errors[2][0].code == "refused_by_database"
    assert "ck_project_kind" in chunk.errors[2][0].detail


def test_times_of_a_sheet_keep_their_day() -> None:
    assert text_of(datetime(2023, 7, 31, 8, 30, tzinfo=UTC)) == "2023-07-31T08:30:00+00:00"


async def test_jobs_past_their_time_are_forgotten_with_their_lines(
    sessions: async_sessionmaker[AsyncSession], goals_database: str
) -> None:
    connection = await asyncpg.connect(goals_database)
    ages = {"new": KEEP_JOBS - timedelta(hours=1), "old": KEEP_JOBS + timedelta(hours=1)}
    for name, age in ages.items():
        await connection.execute(
            """with job as (
                 insert into goals.job (region_code, id, kind, state, caller, created_by, dry_run,
                     atomic, chunk_count, next_chunk, checked, total_count, done_count,
                     created_count, updated_count, unchanged_count, failed_count, row_version,
                     tries, touched_at, created_at, finished_at)
                 values ('1', $1, 'projects', 'done', '{}', $2, false, 'row', 1, 1, false, 1, 1,
                     1, 0, 0, 0, 3, 0, $3, $3, $3)
                 returning region_code, id)
               insert into goals.job_chunk (region_code, job_id, number, first_line, last_line, body)
               select region_code, id, 0, 1, 1, '' from job""",
            new_id(),
            name,
            clock.now() - age,
        )
    bell = Bell()
    sweeping = asyncio.create_task(forget_old_jobs(sessions, bell))

    async def only_the_new_one_is_left() -> bool:
        names = await connection.fetch(
            """select created_by from goals.job j join goals.job_chunk c
                 on c.region_code = j.region_code and c.job_id = j.id"""
        )
        return [row["created_by"] for row in names] == ["new"]

    await eventually(only_the_new_one_is_left)
    bell.stop()
    await sweeping
    await connection.close()
