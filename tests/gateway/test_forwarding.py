"""What crosses the gateway, what doesn't, and what happens when either side breaks off."""

import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from gateway import paths
from gateway.bulkhead import Bulkhead
from gateway.dev_issuer import AUDIENCE, KID
from gateway.dev_issuer import ISSUER as DEV_ISSUER
from shared import clock
from shared.auth import Role, Tokens
from shared.problems import Unavailable
from tests.gateway.conftest import MAX_BODY, REGION, Entrance
from tests.gateway.services_apart import FLOOD


async def exchange(entrance: Entrance, raw: bytes, *, until: bytes = b"") -> bytes:
    """What the gateway sends back on a plain socket, up to `until` or its hanging up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", entrance.port)
    writer.write(raw)
    try:
        return await asyncio.wait_for(reader.readuntil(until) if until else reader.read(), 5)
    finally:
        writer.close()
        await writer.wait_closed()


def request(entrance: Entrance, target: str, *lines: str, method: str = "GET") -> bytes:
    """A request's head, signed in, on a connection that ends with the answer."""
    head = [
        f"{method} {target} HTTP/1.1",
        "host: gateway",
        "connection: close",
        f"authorization: Bearer {entrance.token()}",
        *lines,
    ]
    return "\r\n".join([*head, "", ""]).encode()


async def test_method_path_query_and_body_arrive_as_they_were_sent(entrance: Entrance) -> None:
    target = "/api/v1/goals/echo/%E9%A1%B9%E7%9B%AE/a%20b;v=1?x=%2F&x=2&%79="
    raw = request(entrance, target, "content-length: 4", method="PATCH") + b"body"
    answer = await exchange(entrance, raw)
    seen = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert seen["method"] == "PATCH"
    assert seen["path"] == "/echo/%E9%A1%B9%E7%9B%AE/a%20b;v=1"
    assert seen["query"] == "x=%2F&x=2&%79="
    assert seen["body"] == "body"


async def test_a_caller_cannot_speak_for_the_gateway(entrance: Entrance) -> None:
    forged = {
        "X-Forwarded-For": "1.2.3.4", "X-Forwarded-Host": "evil", "Forwarded": "for=1.2.3.4",
        "X-User": "root", "X-User-Id": "1", "X-Internal-Role": "service", "X_User": "root",
        "Via": "1.1 evil", "Cookie": "a=b", "TE": "trailers", "Connection": "close, X-Secret",
        "X-Secret": "1", "Accept-Language": "en",
    }  # fmt: skip
    answer = await entrance.client.get("/api/v1/goals/echo", headers=entrance.bearer() | forged)
    names = [name for name, _ in answer.json()["headers"]]
    headers = dict(answer.json()["headers"])
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"
    assert headers["accept-language"] == "en"
    assert len(names) == len(set(names))
    refused = {"x-forwarded-host", "forwarded", "x-user", "x-user-id", "x-internal-role", "x_user",
               "via", "cookie", "te", "connection", "x-secret"}  # fmt: skip
    assert not refused & set(names)


async def test_a_service_tells_outsiders_nothing_about_itself(entrance: Entrance) -> None:
    answer = await entrance.client.get("/api/v1/goals/chatty", headers=entrance.bearer())
    assert answer.headers["etag"] == '"3"'
    assert not {"server", "x-powered-by", "x-private"} & set(answer.headers)
    assert len(answer.headers.get_list("date")) == 1


async def test_ids_go_through_to_the_service_and_back(entrance: Entrance) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    sent = {"x-request-id": "order-2023-07", "traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    answer = await entrance.client.get("/api/v1/goals/echo", headers=entrance.bearer() | sent)
    seen = dict(answer.json()["headers"])
    assert seen["x-request-id"] == answer.headers["x-request-id"] == "order-2023-07"
    assert trace in seen["traceparent"]


async def test_the_service_gets_a_token_of_its_own_and_never_the_callers(
    entrance: Entrance,
) -> None:
    outer = entrance.token(Role.AUDITOR)
    answer = await entrance.client.get(
        "/api/v1/goals/echo", headers={"authorization": f"Bearer {outer}"}
    )
    seen = dict(answer.json()["headers"])["authorization"]
    assert outer not in seen
    tokens = Tokens("goals", entrance.keys / "goals.pem", entrance.keys / "internal.jwks.json")
    principal = tokens.principal(seen)
    assert (principal.subject, principal.region_code) == ("u1", REGION)
    assert principal.roles == {Role.AUDITOR}
    claims = json.loads(base64.urlsafe_b64decode(seen.split(".")[1] + "=="))
    assert (claims["iss"], claims["aud"]) == ("gateway", "goals")
    assert claims["exp"] - claims["iat"] <= 60


@pytest.mark.parametrize(
    "target",
    [
        "/api/v1/goals/a%2fb", "/api/v1/goals/a%2Fb", "/api/v1/goals/a%5cb", "/api/v1/goals/a%00",
        "/api/v1/goals/../monitoring/x", "/api/v1/goals/x/..", "/api/v1/goals/./x",
        "/api/v1/goals/%2e%2e/x", "/api/v1/goals//x", "/api/v1//goals/x", "/api/v1/goals/..;/x",
        "/api/v1/../v1/goals/x", "/api/v1/goals/a\\b",
    ],
)  # fmt: skip
async def test_paths_that_two_servers_would_read_differently_are_refused(
    entrance: Entrance, target: str
) -> None:
    answer = await exchange(entrance, request(entrance, target))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer


@pytest.mark.parametrize(
    "target", ["", "/metrics", "/readyz", "/livez", "/openapi.json", "/%6civez"]
)
async def test_what_a_process_says_of_itself_stays_inside(entrance: Entrance, target: str) -> None:
    answer = await exchange(entrance, request(entrance, f"/api/v1/goals{target}"))
    assert answer.startswith(b"HTTP/1.1 404 ")


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "LINK"])
async def test_unusual_methods_are_refused(entrance: Entrance, method: str) -> None:
    answer = await exchange(entrance, request(entrance, "/api/v1/goals/echo", method=method))
    assert answer.split()[1] in (b"400", b"405")


async def test_two_authorization_headers_are_refused(entrance: Entrance) -> None:
    raw = request(entrance, "/api/v1/goals/echo", "authorization: Bearer other")
    assert (await exchange(entrance, raw)).startswith(b"HTTP/1.1 400 ")


async def test_the_first_part_of_an_answer_arrives_before_the_last_is_sent(
    entrance: Entrance,
) -> None:
    async with entrance.client.stream(
        "GET", "/api/v1/goals/two-parts", headers=entrance.bearer()
    ) as answer:
        parts = answer.aiter_raw()
        assert await anext(parts) == b"first"
        entrance.goals.go_on.set()
        assert [part async for part in parts] == [b"second"]


async def test_a_body_streams_through_while_it_is_being_sent(entrance: Entrance) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", entrance.port)
    writer.write(
        request(entrance, "/api/v1/goals/echo-stream", "transfer-encoding: chunked", method="POST")
    )
    for word in (b"one", b"two"):
        writer.write(b"3\r\n" + word + b"\r\n")
        await asyncio.wait_for(reader.readuntil(word), 5)
    writer.write(b"0\r\n\r\n")
    assert (await asyncio.wait_for(reader.read(), 5)).endswith(b"0\r\n\r\n")
    writer.close()
    await writer.wait_closed()


async def test_a_slow_reader_makes_the_service_wait(entrance: Entrance) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", entrance.port, limit=1024)
    writer.write(request(entrance, "/api/v1/goals/flood"))
    await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    await asyncio.sleep(0.3)
    held_back = entrance.goals.body_bytes
    rest = await asyncio.wait_for(reader.read(-1), 10)
    assert held_back < FLOOD <= len(rest)
    writer.close()
    await writer.wait_closed()


async def test_304_and_head_have_no_body_and_the_connection_goes_on(entrance: Entrance) -> None:
    bearer = entrance.bearer()
    assert (
        await entrance.client.get("/api/v1/goals/not-modified", headers=bearer)
    ).status_code == 304
    head = await entrance.client.head("/api/v1/goals/echo", headers=bearer)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 0
    assert (await entrance.client.get("/api/v1/goals/echo", headers=bearer)).status_code == 200


async def test_a_body_declared_too_large_is_refused_unread(entrance: Entrance) -> None:
    raw = request(entrance, "/api/v1/goals/echo", f"content-length: {MAX_BODY + 1}", method="POST")
    answer = await exchange(entrance, raw, until=b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_a_body_that_grows_too_large_is_refused_on_the_way(entrance: Entrance) -> None:
    async def endless() -> Any:
        for _ in range(20):
            yield bytes(MAX_BODY // 10)

    answer = await entrance.client.post(
        "/api/v1/goals/echo", headers=entrance.bearer(), content=endless()
    )
    assert answer.status_code == 413
    assert answer.json()["code"] == "payload_too_large"


async def test_a_caller_who_hangs_up_ends_the_work_behind(entrance: Entrance) -> None:
    entrance.goals.reached.clear()
    entrance.goals.cancelled.clear()
    _, writer = await asyncio.open_connection("127.0.0.1", entrance.port)
    writer.write(request(entrance, "/api/v1/goals/stall"))
    await asyncio.wait_for(entrance.goals.reached.wait(), 5)
    writer.close()
    await writer.wait_closed()
    await asyncio.wait_for(entrance.goals.cancelled.wait(), 5)
    answer = await entrance.client.get("/api/v1/goals/echo", headers=entrance.bearer())
    assert answer.status_code == 200


@pytest.mark.parametrize("kind", ["chunked", "sized"])
async def test_half_an_answer_never_looks_like_a_whole_one(entrance: Entrance, kind: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", entrance.port)
    keep_alive = request(entrance, f"/api/v1/goals/break-off-{kind}").replace(
        b"connection: close\r\n", b""
    )
    writer.write(keep_alive)
    answer = await asyncio.wait_for(reader.read(), 5)  # ends only because the gateway hangs up
    assert b"half" in answer
    assert not answer.endswith(b"0\r\n\r\n")
    writer.close()
    await writer.wait_closed()


async def test_a_service_that_is_down_is_503_with_retry_after(entrance: Entrance) -> None:
    answer = await entrance.client.get("/api/v1/monitoring/payments", headers=entrance.bearer())
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["content-type"] == "application/problem+json"


def claims(**changed: Any) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    whole = {
        "iss": DEV_ISSUER, "aud": AUDIENCE, "sub": "u1", "name": "甲", "jti": "1",
        "iat": now, "exp": now + 60, "roles": ["finance_officer"], "region_code": REGION,
    }  # fmt: skip
    return {name: value for name, value in (whole | changed).items() if value is not None}


HEADER = {"alg": "ES256", "kid": KID, "typ": "at+jwt"}

Sign = Callable[[ECKey], str]


def signed(header: dict[str, Any] | None = None, **changed: Any) -> Sign:
    """A token with the issuer's own key, only something in it is wrong."""
    return lambda key: jwt.encode(
        {k: v for k, v in (HEADER | (header or {})).items() if v is not None},
        claims(**changed),
        key,
        algorithms=["ES256"],
    )


def unsigned(_: ECKey) -> str:
    """`alg: none`."""
    parts = ({"alg": "none", "kid": KID, "typ": "at+jwt"}, claims())
    encoded = [base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts]
    return ".".join([*encoded, ""])


def forged(_: ECKey) -> str:
    """Signed with a key nobody trusts."""
    return signed()(ECKey.generate_key("P-256"))


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(forged, id="signed by somebody else"),
        pytest.param(unsigned, id="alg none"),
        pytest.param(signed(exp=1_700_000_000), id="expired"),
        pytest.param(signed(exp=None), id="without an end"),
        pytest.param(signed(aud="goals"), id="made for someone else"),
        pytest.param(signed(aud=None), id="made for nobody"),
        pytest.param(signed(iss="https://elsewhere"), id="other issuer"),
        pytest.param(signed(jti=None), id="no jti"),
        pytest.param(signed({"kid": None}), id="no kid"),
        pytest.param(signed({"kid": "other"}), id="unknown kid"),
        pytest.param(signed({"typ": "JWT"}), id="not an access token"),
        pytest.param(signed({"jku": "https://evil/keys"}), id="brings its own key set"),
        pytest.param(signed(roles=["service"]), id="claims to be a process"),
        pytest.param(signed(roles=["king"]), id="unknown role"),
        pytest.param(signed(roles=[]), id="no role"),
        pytest.param(signed(region_code=""), id="no region"),
        pytest.param(lambda _: "x" * 20_000, id="far too long"),
        pytest.param(lambda _: "a.b.c", id="garbage"),
    ],
)
async def test_a_token_that_is_not_quite_right_is_no_token(entrance: Entrance, make: Sign) -> None:
    key = ECKey.import_key((entrance.keys / "dev-issuer.pem").read_text())
    answer = await entrance.client.get(
        "/api/v1/goals/echo", headers={"authorization": f"Bearer {make(key)}"}
    )
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"


async def test_a_right_token_is_let_in_and_an_internal_one_is_not(entrance: Entrance) -> None:
    key = ECKey.import_key((entrance.keys / "dev-issuer.pem").read_text())
    good = {"authorization": f"Bearer {signed()(key)}"}
    assert (await entrance.client.get("/api/v1/goals/echo", headers=good)).status_code == 200
    inside = Tokens(
        "gateway", entrance.keys / "gateway.pem", entrance.keys / "internal.jwks.json"
    ).as_itself("goals")
    stolen = {"authorization": f"Bearer {inside}"}
    assert (await entrance.client.get("/api/v1/goals/echo", headers=stolen)).status_code == 401


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", f"/api/v1/goals/published-goals?fiscal_year=2023&region_code={REGION}", 200),
        ("GET", "/api/v1/goals/published-goals?fiscal_year=2023", 401),
        ("GET", "/api/v1/goals/published-goals?region_code=64010400", 401),
        ("GET", f"/api/v1/goals/published-goals?region_code={REGION}&region_code=1", 401),
        ("POST", f"/api/v1/goals/published-goals?region_code={REGION}", 401),
        ("GET", f"/api/v1/goals/goals?region_code={REGION}", 401),
        ("GET", f"/api/v1/monitoring/published-goals?region_code={REGION}", 401),
        ("GET", "/api/v1/me", 401),
        ("GET", "/api/v1/work-items", 401),
        ("GET", "/api/v1/projects/x/lifecycle?fiscal_year=2023", 401),
        ("GET", "/ops/upstreams", 401),
    ],
)
async def test_the_public_reads_what_was_published_and_nothing_else(
    entrance: Entrance, method: str, target: str, status: int
) -> None:
    answer = await entrance.client.request(method, target)
    assert answer.status_code == status


async def test_a_full_service_turns_callers_away_and_recovers(entrance: Entrance) -> None:
    bulkhead = Bulkhead("goals", limit=1, queue=1, patience=0.05)
    await bulkhead.enter()
    waiting = asyncio.create_task(bulkhead.enter())
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await bulkhead.enter()
    bulkhead.leave()
    await waiting
    with pytest.raises(Unavailable):
        await bulkhead.enter()
    bulkhead.leave()
    assert (bulkhead.inside, bulkhead.waiting) == (0, 0)


@pytest.mark.parametrize(
    ("path", "takes"),
    [
        (b"/project-import-jobs", True),
        (b"/form-imports", True),
        (b"/form-imports/checks", True),
        (b"/project-imports", False),
        (b"/projects/x-import-jobs", False),
        (b"/project-import-jobs/x", False),
        (b"/rectifications/x/evidence-files", True),
        (b"/rectifications/x/evidence-files/y", False),
        (b"/evaluations/x/working-papers", True),
        (b"/evaluations/x/working-papers/y/withdrawals", False),
        (b"/jobs/form-imports", False),
        (b"/goals", False),
    ],
)
def test_only_paths_that_take_files_may_bring_more(path: bytes, takes: bool) -> None:
    assert paths.takes_files(path) is takes
