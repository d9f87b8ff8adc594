"""What a consumer reads is what the producer sends: each view is held against the fact itself."""

from importlib import import_module
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from deploy.topology import BY_NAME, SERVICES
from shared.feed import Consumer, Fact


def _is_fact(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Fact) and "type" in vars(value)


def facts_of(name: str) -> dict[str, type[Fact]]:
    """A service's published facts by event type."""
    module = import_module(f"services.{name}.schemas.events")
    found = [value for value in vars(module).values() if _is_fact(value)]
    return {fact.type: fact for fact in found}


def consumers_of(name: str) -> list[Consumer]:
    """A service's consumers."""
    module = import_module(f"services.{name}.consumers")
    return [value for value in vars(module).values() if isinstance(value, Consumer)]


VIEWS = [
    pytest.param(facts_of(consumer.source).get(kind), view, id=f"{process.name} reads {kind}")
    for process in SERVICES
    for consumer in consumers_of(process.name)
    for kind, (view, _) in consumer.handlers.items()
]


@pytest.mark.parametrize(("fact", "view"), VIEWS)
def test_every_field_a_consumer_reads_is_published(
    fact: type[Fact] | None, view: type[BaseModel]
) -> None:
    assert fact is not None, "the producer publishes no such event"
    assert missing(fact, view) == []


def missing(fact: type[BaseModel], view: type[BaseModel], path: str = "") -> list[str]:
    """Fields of the view that the fact lacks, nested models included."""
    found = []
    for name, field in view.model_fields.items():
        sent = fact.model_fields.get(name)
        if sent is None:
            found.append(f"{path}{name}")
            continue
        inner, sent_inner = _model_in(field.annotation), _model_in(sent.annotation)
        if inner is not None and sent_inner is not None:
            found += missing(sent_inner, inner, f"{path}{name}.")
    return found


def test_a_field_that_is_not_sent_is_found() -> None:
    class Sent(BaseModel):
        a: int

    class Read(BaseModel):
        a: int
        b: int

    assert missing(Sent, Read) == ["b"]


@pytest.mark.parametrize("process", SERVICES, ids=lambda p: p.name)
def test_a_service_follows_exactly_whom_the_topology_says(process: Any) -> None:
    assert {consumer.source for consumer in consumers_of(process.name)} == set(process.follows)


@pytest.mark.parametrize("process", SERVICES, ids=lambda p: p.name)
def test_event_types_name_the_deployment_and_a_version(process: Any) -> None:
    for kind in facts_of(process.name):
        assert kind.startswith("cn.wenxiao.")
        assert kind.endswith(".v1")
    assert BY_NAME[process.name] is process


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if get_origin(annotation) is not None:
        return next((m for m in map(_model_in, get_args(annotation)) if m), None)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return None
