"""Signing in for the demo, and when the gateway refuses to start."""

from pathlib import Path
from typing import Any

import pytest

from gateway.app import create
from gateway.issuers import StartRefused
from tests.gateway.conftest import Entrance, settings_with

FORM = {"username": "officer", "password": "wenxiao-demo"}


async def test_a_demo_user_signs_in_and_is_known_by_name_and_role(entrance: Entrance) -> None:
    answer = await entrance.client.post("/dev/token", data=FORM)
    assert answer.status_code == 200
    token = answer.json()
    assert (token["token_type"], token["expires_in"] > 0) == ("Bearer", True)
    me = await entrance.client.get(
        "/api/v1/me", headers={"authorization": f"Bearer {token['access_token']}"}
    )
    assert me.json()["subject"] == "officer"
    assert me.json()["roles"] == [{"role": "finance_officer", "label": "财政业务室经办人"}]
    assert me.json()["region_code"] == "640104000"


@pytest.mark.parametrize("wrong", [{"password": "guess"}, {"username": "nobody"}])
async def test_a_wrong_name_and_a_wrong_password_look_alike(
    entrance: Entrance, wrong: dict[str, str]
) -> None:
    answer = await entrance.client.post("/dev/token", data=FORM | wrong)
    assert answer.status_code == 401
    assert answer.json()["detail"] == "用户名或密码不对"


async def test_a_form_without_a_password_says_what_is_missing(entrance: Entrance) -> None:
    answer = await entrance.client.post("/dev/token", data={"username": "officer"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/password"]


async def test_the_demo_users_are_listed_with_what_they_are_called(entrance: Entrance) -> None:
    answer = (await entrance.client.get("/dev/users")).json()
    by_name = {user["username"]: user for user in answer["items"]}
    assert answer["password_hint"] == FORM["password"]
    assert by_name["reviewer"]["role_labels"] == ["财政绩效审核人"]
    assert by_name["u101001-filler"]["unit_codes"] == ["101001"]
    assert by_name["agency-a"]["agency"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"environment": "production"}, "WENXIAO_ISSUER"),
        ({"bind_host": "0.0.0.0"}, "WENXIAO_BIND_HOST"),
        ({"bind_host": ""}, "WENXIAO_BIND_HOST"),
        ({"dev_users_file": None}, "WENXIAO_DEV_USERS_FILE"),
        ({"dev_key_file": None, "dev_users_file": None}, "WENXIAO_ISSUER_JWKS_FILE"),
    ],
)
def test_the_gateway_does_not_start_with_an_issuer_that_is_out_of_place(
    keys: Path, changed: dict[str, Any], says: str
) -> None:
    with pytest.raises(StartRefused, match=says):
        create(settings_with(keys, **changed))


@pytest.mark.parametrize("issuer", ["http://idp.invalid", "https://wenxiao.invalid/dev"])
def test_production_refuses_an_issuer_that_anyone_could_be(keys: Path, issuer: str) -> None:
    changed = {
        "environment": "production",
        "dev_key_file": None,
        "dev_users_file": None,
        "issuer": issuer,
        "issuer_jwks_file": keys / "internal.jwks.json",
    }
    with pytest.raises(StartRefused):
        create(settings_with(keys, **changed))
