"""佐证材料: taken in as it arrives, known by its content, never replaced, always sent as a download."""

import hashlib
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.monitoring.domain.rectification_rules import rectification_rules
from shared import clock
from shared.auth import Role
from tests.monitoring.arranged import expect_404, letter, step
from tests.world import Person, World, created

PDF = b"%PDF-1.7\n" + b"x" * 2000
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


async def upload(
    person: Person, order: dict[str, Any], content: bytes, name: str, *, key: str | None = None
) -> httpx.Response:
    """Send a file to a rectification."""
    return await person.send(
        "POST",
        f"/monitoring/rectifications/{order['id']}/evidence-files",
        content=content,
        params={"name": name},
        headers={"idempotency-key": key or uuid4().hex, "content-type": "application/octet-stream"},
    )


async def test_a_file_comes_back_as_it_was_sent_and_stands_in_the_history(world: World) -> None:
    order, content = await letter(world), b"%PDF-1.7\n" + bytes(range(256)) * 20_000
    answer = await upload(world.filler(), order, content, "C:\\合同（补签）.pdf")
    file = created(answer)
    digest = hashlib.sha256(content).hexdigest()
    assert (file["sha256"], file["size_bytes"], file["name"], file["media_type"]) == (
        digest,
        len(content),
        "合同（补签）.pdf",
        "application/pdf",
    )
    path = file["content_href"].removeprefix("/api/v1")
    assert answer.headers["location"] == file["content_href"].removesuffix("/content")
    got = await world.officer.get(path)
    assert hashlib.sha256(got.content).hexdigest() == digest
    assert got.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E5%90%88")
    assert got.headers["x-content-type-options"] == "nosniff"
    shown = (await world.officer.get(f"/monitoring/rectifications/{order['id']}")).json()
    assert (shown["steps"][-1]["step"], shown["version"]) == ("attach", order["version"])
    assert digest in shown["steps"][-1]["text"]


async def test_a_repeat_stores_nothing_and_the_same_name_never_replaces(world: World) -> None:
    order, key = await letter(world), uuid4().hex
    first = await upload(world.filler(), order, PDF, "a.pdf", key=key)
    again = await upload(world.filler(), order, PDF, "a.pdf", key=key)
    assert created(first) == created(again)
    other = await upload(world.filler(), order, PDF + b"2", "a.pdf", key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    created(await upload(world.officer, order, PDF + b"2", "a.pdf"))
    path = f"/monitoring/rectifications/{order['id']}/evidence-files"
    listed = (await world.officer.get(path)).json()["items"]
    assert [(one["name"], one["size_bytes"]) for one in listed] == [
        ("a.pdf", len(PDF)),
        ("a.pdf", len(PDF) + 1),
    ]


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"MZ\x90", "a.pdf"), (PDF, "a.png"), (b"", "a.pdf"), (PDF, "..")],
)
async def test_what_is_no_evidence_is_refused(world: World, content: bytes, name: str) -> None:
    answer = await upload(world.filler(), await letter(world), content, name)
    assert (answer.status_code, answer.json()["code"]) == (422, "evidence_refused")


async def test_a_file_too_large_is_refused(world: World) -> None:
    limits = rectification_rules().evidence_limits(clock.business_day(clock.now()))
    order = await letter(world)
    large = b"%PDF-" + b"x" * limits.max_file_bytes
    answer = await upload(world.filler(), order, large, "a.pdf")
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
    created(await upload(world.filler(), order, large[: limits.max_file_bytes], "a.pdf"))


async def test_a_rectification_carries_only_so_many_files(world: World) -> None:
    limits = rectification_rules().evidence_limits(clock.business_day(clock.now()))
    order = await letter(world)
    for _ in range(limits.max_file_count):
        created(await upload(world.filler(), order, PNG, "a.png"))
    answer = await upload(world.filler(), order, PNG, "a.png")
    assert (answer.status_code, answer.json()["code"]) == (409, "evidence_full")


async def test_a_verified_rectification_takes_no_more_evidence(world: World) -> None:
    order = await letter(world)
    measures = {"measures": "已补报"}
    order = created(await step(world.approver(), "rectifications", order, "measures", measures))
    verified = {"outcome": "verified"}
    order = created(await step(world.officer, "rectifications", order, "verifications", verified))
    answer = await upload(world.filler(), order, PDF, "a.pdf")
    assert (answer.status_code, answer.json()["code"]) == (409, "rectification_state_forbids")


async def test_anothers_evidence_does_not_exist(world: World, other_world: World) -> None:
    order = await letter(world)
    file = created(await upload(world.filler(), order, PDF, "a.pdf"))
    strangers = [world.filler("219002"), other_world.filler(), other_world.officer]
    base = f"/rectifications/{order['id']}/evidence-files"
    for person in strangers:
        for path in (base, f"{base}/{file['id']}", f"{base}/{file['id']}/content"):
            await expect_404(person, "GET", path)
        answer = await upload(person, order, PDF, "a.pdf")
        assert answer.status_code == 404
    second = await letter(world)
    await expect_404(
        world.officer, "GET", f"/rectifications/{second['id']}/evidence-files/{file['id']}/content"
    )
    assert (await world.person(Role.AUDITOR).get(f"/monitoring{base}")).status_code == 200
