"""One letter from issue to verification (整改): what monitoring and evaluation have in common."""

from functools import partial

from deploy.demo.carry import carry
from deploy.demo.client import Client, Item
from deploy.demo.data_files import Row, approver, cells

_FIRST_MEASURES = "已安排整改。（示例）"


async def rectify(client: Client, letter: Item, row: Row, *, verify: bool) -> Item:
    """The unit files the row's measures, the officer returns them once if the row says why."""
    moves = {}
    if row["measures"]:
        moves["issued"] = moves["returned"] = partial(_file, client, row)
    if verify:
        moves["measures_filed"] = partial(_judge, client, row)
    if letter["status"] in moves:
        letter = await client.get("officer", f"/monitoring/rectifications/{letter['id']}")
    return await carry(letter, moves)


async def _file(client: Client, row: Row, letter: Item) -> Item:
    body = cells(row, "measures", "completed_on")
    if letter["status"] == "issued" and row.get("returned_reason"):
        body = {"measures": _FIRST_MEASURES, "completed_on": None}
    path = f"/monitoring/rectifications/{letter['id']}/measures"
    key = f"measures:{letter['id']}:{letter['version']}"
    return await client.post(approver(letter["unit_code"]), path, body, key=key, seen=letter)


async def _judge(client: Client, row: Row, letter: Item) -> Item:
    verdict: Item = {"outcome": "verified", "reason": None}
    if letter["measures"] == _FIRST_MEASURES:
        verdict = {"outcome": "returned", "reason": row["returned_reason"]}
    path = f"/monitoring/rectifications/{letter['id']}/verifications"
    key = f"verification:{letter['id']}:{letter['version']}"
    return await client.post("officer", path, verdict, key=key, seen=letter)
