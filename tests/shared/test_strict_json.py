"""JSON is read as the standard has it and no further."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.problems import InvalidPayload, MalformedRequest
from shared.requests import is_storable, parse_json


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b"\xff\xfe",
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": 1' + b"0" * 5000 + b"}",
        b"[" * 100_000,
        b"{'a': 1}",
    ],
)
def test_what_is_not_json_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedRequest):
        parse_json(raw)


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        (rb'{"a": "\u0000"}', "/a"),
        (rb'{"a": ["x", "\ud800"]}', "/a/1"),
        (rb'{"a": {"b": "\udfff x"}}', "/a/b"),
        (rb'{"\u0000": 1}', ""),
    ],
)
def test_text_that_cannot_be_stored_is_pointed_at(raw: bytes, pointer: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        parse_json(raw)
    assert [error.pointer for error in caught.value.errors] == [pointer]


def test_a_surrogate_pair_is_an_ordinary_character() -> None:
    assert parse_json(rb'{"a": "\ud83d\ude00"}') == {"a": "\U0001f600"}


def test_fractions_are_exact() -> None:
    assert parse_json(b"[0.1, 1e400]") == [Decimal("0.1"), Decimal("1e400")]


@given(st.text())
def test_every_text_postgres_can_hold_is_storable_and_no_other(text: str) -> None:
    try:
        holds = "\x00" not in text.encode("utf-8").decode("utf-8")
    except UnicodeEncodeError:
        holds = False
    assert is_storable(text) is holds
