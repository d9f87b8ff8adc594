"""Payments pushed as files: every line answered for, reversals in the order of the file."""

import asyncio
from typing import Any
from uuid import uuid4

import orjson

from tests.monitoring.executed import PROJECT, executions, payment
from tests.world import Person, World

JOBS = "/monitoring/payment-import-jobs"
CODE = PROJECT.format(1)


async def done(person: Person, file: bytes, kind: str, **params: Any) -> dict[str, Any]:
    """Submit a file and wait for its job."""
    headers = {"content-type": kind, "idempotency-key": uuid4().hex}
    answer = await person.send("POST", JOBS, content=file, headers=headers, params=params)
    assert answer.status_code == 202, answer.text
    path = answer.headers["location"].removeprefix("/api/v1")
    async with asyncio.timeout(60):
        while True:
            job: dict[str, Any] = (await person.get(path)).json()
            if job["state"] not in ("queued", "running"):
                return job
            await asyncio.sleep(0.02)


def counts(job: dict[str, Any]) -> tuple[str, int, int, int]:
    """State, created, unchanged, failed."""
    return job["state"], job["created_count"], job["unchanged_count"], job["failed_count"]


async def errors(person: Person, job: dict[str, Any]) -> list[tuple[int, str]]:
    """Line and first error code of each line that failed."""
    answer = await person.get(f"/monitoring/jobs/{job['id']}/rows", status="failed")
    return [(row["line"], row["errors"][0]["code"]) for row in answer.json()["items"]]


async def test_a_file_of_many_chunks_adds_up_and_may_be_sent_again(world: World) -> None:
    rows = [
        payment(CODE, {"voucher_no": f"V{number:05d}", "amount": "1.01", "paid_on": "2023-05-01"})
        for number in range(4500)
    ]
    first = rows[0]
    rows.append({**first, "voucher_no": "R", "amount": "-1.01", "reverses_voucher_no": "V00000"})
    file = b"\n".join(orjson.dumps(row) for row in rows)
    job = await done(world.integration, file, "application/x-ndjson")
    assert counts(job) == ("done", 4501, 0, 0)
    [row] = await executions(world)
    assert row["paid"] == "4543.99"
    again = await done(world.integration, file, "application/x-ndjson")
    assert counts(again) == ("done", 0, 4501, 0)
    assert (await executions(world))[0]["paid"] == "4543.99"


async def test_a_table_is_read_by_its_chinese_headings(world: World) -> None:
    table = "\n".join(
        [
            "凭证号,项目编码,年度,资金级次,金额（元）,支付日期,凭证类型,被冲正凭证号",
            f'A,{CODE},2023,本级,"1,640.00",2023-03-01,,',
            f"B,{CODE},2023,中央,10.00,2023-03-02,支付,",
            f"C,{CODE},2023,本级,-40.00,2023-03-03,退款,",
            f'D,{CODE},2023,本级,"-1,640.00",2023-03-04,冲正,A',
            f"E,{CODE},2023,本级,1.00,2023-03-04,冲正,没有",
            f"F,{CODE},2023,县级,1.00,2023-03-04,,",
            f"A,{CODE},2023,本级,1641.00,2023-03-01,,",
        ]
    )
    job = await done(world.integration, table.encode("gb18030"), "text/csv")
    assert counts(job) == ("done", 4, 0, 3)
    failed = await errors(world.integration, job)
    assert [failed[0], failed[2]] == [(6, "reversed_unknown"), (8, "voucher_conflict")]
    assert failed[1][0] == 7
    [row] = await executions(world)
    assert {fund["fund_level"]: fund["paid"] for fund in row["funds"]} == {
        "central": "10.00",
        "county": "-40.00",
    }


async def test_a_trial_or_a_file_with_an_error_stores_nothing_when_all_are_wanted(
    world: World,
) -> None:
    good = payment(CODE, {"amount": "1.00", "paid_on": "2023-05-01"})
    bad = payment(CODE, {"amount": "-1.00", "paid_on": "2023-05-01", "kind": "payment"})
    file = b"\n".join(orjson.dumps(row) for row in (good, bad))
    trial = await done(world.integration, file, "application/x-ndjson", dry_run=True)
    assert counts(trial) == ("done", 1, 0, 1)
    whole = await done(world.integration, file, "application/x-ndjson", atomic="all")
    assert (whole["state"], whole["failed_count"]) == ("failed", 1)
    assert await errors(world.integration, whole) == [(2, "payment_negative")]
    assert await executions(world) == []
