"""Whatever is sent to any route of the loop: a problem document with a code, never a 500,
and nothing half-written."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.local import Stack
from deploy.topology import SERVICES, Process
from shared.auth import Principal, Role
from shared.db import sqlalchemy_url
from tests.world import World

#: What a broken or hostile client puts where a value belongs.
BAD_VALUES = [
    True, -1, 1.5, 10**18, "", " ", "x" * 5000, "12345678901234567890.00", "-5", "1e400", "NaN",
    "\u0007", [], {}, [[]], {"a": None}, None, "0.001", "2023-02-30",
]  # fmt: skip

RAW_BODIES = [
    b"", b"{", b"[]", b"null", b'"text"', b'{"a":1,"a":2}', b'{"a":NaN}', b"\xff",
    rb'{"name":"\u0000"}', rb'{"name":"\ud800"}', b"[" * 50_000, b'{"no_such_field":1}',
]  # fmt: skip


class Operation:
    """One writing operation of the merged document."""

    def __init__(self, path: str, method: str, schema: dict[str, Any]) -> None:
        self.path, self.method, self.schema = path, method, schema

    def __repr__(self) -> str:
        return f"{self.method.upper()} {self.path}"


@pytest.fixture(scope="module")
async def document(http: httpx.AsyncClient) -> dict[str, Any]:
    """The merged OpenAPI document."""
    answer = await http.get("/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json())


def operations(document: dict[str, Any]) -> list[Operation]:
    """Every operation with a JSON body."""
    found = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                found.append(Operation(path, method, content["application/json"]["schema"]))
    return found


def example(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    """Some value of a schema's shape."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return example(document["components"]["schemas"][name], document)
    if "anyOf" in schema:
        return example(schema["anyOf"][0], document)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    kind = schema.get("type")
    if kind == "object":
        return {k: example(v, document) for k, v in schema.get("properties", {}).items()}
    if kind == "array":
        return [example(schema["items"], document)]
    if kind == "string":
        formats = {"uuid": str(uuid4()), "date": "2023-01-31"}
        return formats.get(schema.get("format", ""), (schema.get("examples") or ["219001"])[0])
    return {"integer": 2023, "boolean": False, "number": 1}.get(str(kind))


def mutations(body: Any) -> Iterator[Any]:
    """The body with each value in turn replaced by each bad one, and each object with a stranger."""
    yield from BAD_VALUES
    if isinstance(body, dict):
        yield {**body, "no_such_field": 1}
        for key, value in body.items():
            for inner in mutations(value):
                yield {**body, key: inner}
    elif isinstance(body, list) and body:
        for inner in mutations(body[0]):
            yield [inner]


@pytest.fixture
def everybody(world: World) -> dict[str, str]:
    """Headers of someone with every role, so that nothing but the input can be the reason."""
    principal = Principal(
        "everybody",
        "everybody",
        frozenset(Role) - {Role.SERVICE},
        world.region_code,
        ("219001",),
        "agency",
    )
    return {
        "authorization": f"Bearer {world.token(principal)}",
        "if-match": '"1"',
        "content-type": "application/json",
    }


def concrete(path: str) -> str:
    """A path with ids that exist nowhere."""
    parts = [str(uuid4()) if part.startswith("{") else part for part in path.split("/")]
    return "/".join(parts)


async def test_no_bad_value_anywhere_ends_in_a_500_or_half_a_row(
    http: httpx.AsyncClient,
    document: dict[str, Any],
    everybody: dict[str, str],
    world: World,
    stack: Stack,
) -> None:
    accepted = 0
    tried = 0
    for operation in operations(document):
        for body in mutations(example(operation.schema, document)):
            answer = await http.request(
                operation.method,
                concrete(operation.path),
                json=body,
                headers={**everybody, "idempotency-key": uuid4().hex},
            )
            tried += 1
            assert answer.status_code < 500, f"{operation}: {body!r}: {answer.text}"
            if answer.status_code >= 400:
                assert_is_problem(answer)
            elif "checks" not in operation.path:
                accepted += 1
    assert tried > 1000
    assert await keys_stored(stack, world.region_code) == accepted


async def test_no_raw_body_ends_in_a_500(
    http: httpx.AsyncClient, document: dict[str, Any], everybody: dict[str, str]
) -> None:
    for operation in operations(document):
        for raw in RAW_BODIES:
            headers = {**everybody, "idempotency-key": uuid4().hex}
            path = concrete(operation.path)
            answer = await http.request(operation.method, path, content=raw, headers=headers)
            assert 400 <= answer.status_code < 500, f"{operation}: {raw[:40]!r}: {answer.text}"
            assert_is_problem(answer)


async def test_five_megabytes_are_too_large_everywhere(
    http: httpx.AsyncClient, document: dict[str, Any], everybody: dict[str, str]
) -> None:
    body = b'{"a":"' + b"x" * (5 * 1024 * 1024) + b'"}'
    for operation in operations(document):
        headers = {**everybody, "idempotency-key": uuid4().hex}
        path = concrete(operation.path)
        answer = await http.request(operation.method, path, content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")


async def test_another_media_type_is_refused_everywhere(
    http: httpx.AsyncClient, document: dict[str, Any], everybody: dict[str, str]
) -> None:
    for operation in operations(document):
        headers = {**everybody, "content-type": "text/plain", "idempotency-key": uuid4().hex}
        path = concrete(operation.path)
        answer = await http.request(operation.method, path, content=b"{}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "cursor=%00", "cursor=e30=", "cursor=W10="]
)
async def test_a_bad_page_request_is_a_400(world: World, query: str) -> None:
    answer = await world.officer.send("GET", f"/goals/goals?{query}")
    assert answer.status_code == 400
    assert_is_problem(answer)


async def test_problems_speak_english_when_asked(world: World) -> None:
    answer = await world.officer.send(
        "GET", f"/goals/goals/{uuid4()}", headers={"accept-language": "en"}
    )
    assert answer.json()["title"] == "Not found"


async def test_a_method_that_is_not_there_is_a_405_problem(world: World) -> None:
    answer = await world.officer.send("DELETE", "/goals/goals")
    assert answer.status_code == 405
    assert_is_problem(answer)


def assert_is_problem(answer: httpx.Response) -> None:
    """A problem document with everything a client needs."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["code"]
    assert problem["title"]
    assert problem["trace_id"]
    for error in problem["errors"]:
        assert error["code"]
        assert error["detail"]


@pytest.mark.parametrize("process", SERVICES, ids=lambda process: process.name)
async def test_a_misspelt_filter_is_refused_and_the_known_ones_are_named(
    world: World, process: Process
) -> None:
    answer = await world.officer.get(f"/{process.name}/work-items", status="open")
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter")
    assert answer.json()["errors"][0]["mend"] == "此处没有查询参数，请删去"


async def test_no_list_is_given_whole_for_a_filter_it_does_not_know(world: World) -> None:
    answer = await world.officer.get("/monitoring/warnings", fiscal_yaer=2023, level="red")
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter")
    [error] = answer.json()["errors"]
    assert error["pointer"] == "query/fiscal_yaer"
    assert {"fiscal_year", "level", "limit", "cursor"} <= set(error["mend"][5:].split("、"))
    own = await world.officer.get("/work-items", unit="219001")
    assert (own.status_code, own.json()["code"]) == (400, "unknown_parameter")
    exported = await world.officer.get("/monitoring/warnings.xlsx", limit=5)
    assert exported.json()["errors"][0]["pointer"] == "query/limit"


async def keys_stored(stack: Stack, region_code: str) -> int:
    """How many answers the services have stored for a region."""
    engine = create_async_engine(sqlalchemy_url(stack.admin_url))
    async with engine.connect() as connection:
        counts = [
            await connection.scalar(
                text(f"select count(*) from {p.schema}.idempotency_key where region_code = :r"),
                {"r": region_code},
            )
            for p in SERVICES
        ]
    await engine.dispose()
    return sum(counts)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/api/v1/goals/goals", {"office": "教\x00"}),
        (
            "/api/v1/goals/coverage-projects",
            {"fiscal_year": 2023, "metric": "disclosure", "part": "late", "office": "教\x00"},
        ),
        ("/api/v1/goals/projects", {"fiscal_year": 2023, "q": "教\x00"}),
    ],
)
async def test_a_query_the_database_cannot_hold_is_a_bad_request(
    http: httpx.AsyncClient, everybody: dict[str, str], path: str, query: dict[str, Any]
) -> None:
    answer = await http.get(path, params=query, headers=everybody)
    assert answer.status_code == 400
    assert_is_problem(answer)


async def test_an_if_match_without_quotes_is_told_so(world: World) -> None:
    goal = await world.goal()
    path = f"/goals/goals/{goal['id']}"
    answer = await world.filler().send(
        "PATCH", path, json={"annual_goal": "x"}, headers={"if-match": "1"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
    assert '"3"' in answer.json()["detail"]


async def test_allowed_values_are_listed_without_a_word_of_english(world: World) -> None:
    draft = {"fiscal_year": 2023, "indicators": [{"level1": "产出"}]}
    answer = await world.filler().post("/goals/goals", draft)
    (error,) = answer.json()["errors"]
    assert error["mend"] == "允许：cost、output、benefit、satisfaction"
