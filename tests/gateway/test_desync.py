"""No answer ever reaches another request than its own, and none is waited for for ever."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.upstream import Upstream
from tests.gateway.conftest import Entrance, gateway_before
from tests.gateway.services_apart import ServiceApart
from tests.gateway.test_forwarding import request


@asynccontextmanager
async def answering(*answers: bytes) -> AsyncIterator[str]:
    """A server that gives these bytes, one piece per request, whatever was asked."""
    turn = iter(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(next(turn))
        except (asyncio.IncompleteReadError, ConnectionError, StopIteration):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def assert_answers_are_its_own(entrance: Entrance) -> None:
    """A few requests, each of which must find its own path in the answer."""
    for number in range(5):
        answer = await entrance.client.get(
            f"/api/v1/goals/echo/{number}", headers=entrance.bearer(), params={"at": number}
        )
        assert (answer.status_code, answer.json()["path"]) == (200, f"/echo/{number}")


@pytest.mark.parametrize("framing", ["transfer-encoding: chunked", "content-length: 9000"])
async def test_an_answer_before_the_whole_body_leaves_nothing_for_the_next_request(
    entrance: Entrance, framing: str
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", entrance.port)
    writer.write(request(entrance, "/api/v1/goals/hasty", framing, method="POST"))
    writer.write(b"5\r\nfirst\r\n")
    answer = await asyncio.wait_for(reader.readuntil(b"refused"), 5)
    assert answer.startswith(b"HTTP/1.1 200 ")
    await assert_answers_are_its_own(entrance)
    writer.write(b"4\r\nlast\r\n0\r\n\r\nGET /echo/forged HTTP/1.1\r\nhost: x\r\n\r\n")
    await assert_answers_are_its_own(entrance)
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    "surplus",
    [
        pytest.param(b"HTTP/1.1 204 No Content\r\n\r\nsurplus", id="204 with a body"),
        pytest.param(b"HTTP/1.1 304 Not Modified\r\ncontent-length: 7\r\n\r\nsurplus", id="304"),
        pytest.param(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}surplus", id="too long"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
            b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged",
            id="two answers",
        ),
    ],
)
async def test_what_a_service_says_beyond_its_answer_reaches_nobody(
    keys: Path, surplus: bytes
) -> None:
    plain = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nown"
    async with (
        answering(surplus, plain, plain) as url,
        gateway_before(keys, url, ServiceApart()) as entrance,
    ):
        first = await entrance.client.get("/api/v1/goals/x", headers=entrance.bearer())
        assert (first.status_code, first.content) in ((204, b""), (304, b""), (200, b"{}"))
        for _ in range(2):
            next_one = await entrance.client.get("/api/v1/goals/x", headers=entrance.bearer())
            assert (next_one.status_code, next_one.content) == (200, b"own")


async def test_a_connection_with_an_answer_nobody_took_is_not_used_again() -> None:
    async with answering(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nold") as url:
        upstream = Upstream("goals", url)
        connection = await upstream.connection()
        connection.begin(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", has_body=False, bodiless=False)
        await connection.news()
        assert connection.complete
        upstream.release(connection)
        assert upstream.idle == 0
        assert connection.transport.is_closing()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_answer_that_takes_too_long_is_504(impatient: Entrance, method: str) -> None:
    impatient.goals.cancelled.clear()
    answer = await impatient.client.request(
        method,
        "/api/v1/goals/stall",
        headers=impatient.bearer(),
        content=b"{}" if method == "POST" else b"",
    )
    assert (answer.status_code, answer.json()["code"]) == (504, "upstream_timeout")
    await asyncio.wait_for(impatient.goals.cancelled.wait(), 5)
    await assert_answers_are_its_own(impatient)


async def test_a_long_poll_may_take_longer_than_a_read(impatient: Entrance) -> None:
    async def status(query: str) -> int:
        url = f"/api/v1/goals/events{query}"
        return (await impatient.client.get(url, headers=impatient.bearer())).status_code

    assert (await status("?wait=1"), await status("")) == (200, 504)


async def test_an_answer_begun_in_time_but_never_finished_is_cut_off(impatient: Entrance) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", impatient.port)
    writer.write(request(impatient, "/api/v1/goals/two-parts"))
    answer = await asyncio.wait_for(reader.read(), 5)
    assert b"first" in answer
    assert not answer.endswith(b"0\r\n\r\n")
    writer.close()
    await writer.wait_closed()
