"""填报说明: every field of every form explains itself, in the service and in the files."""

from pathlib import Path

import pytest

from services.goals.usecases import forms
from shared.auth import Role
from shared.workbooks.help import UnsoundHelp, read_help
from tests.world import World

OFFICIAL = forms.load()
HELP, LAYOUTS = OFFICIAL.help, OFFICIAL.layouts
SOUND = """
title = "表"
purpose = "用途"
[fields.name]
instruction = "写名称"
required = true
good_example = "好"
bad_example = "坏"
bad_because = "因为"
rules = ["G6"]
"""


@pytest.mark.parametrize("code", HELP)
def test_every_field_a_person_fills_in_has_an_instruction_and_two_examples(code: str) -> None:
    assert {field.code for field in HELP[code].fields} == set(LAYOUTS[code].labels())
    for field in HELP[code].fields:
        kind, _, name = field.code.rpartition(".")
        columns = LAYOUTS[code].rows[kind] if kind else LAYOUTS[code].fields
        assert field.instruction
        assert field.filled_by_system is not columns[name].editable, field.code
        assert bool(field.good_example and field.bad_example and field.bad_because) is (
            not field.filled_by_system
        )
        assert field.good_example != field.bad_example or field.filled_by_system


def test_the_forms_name_their_layout_and_whether_it_was_held_against_the_official_one() -> None:
    assert set(HELP) == {"project-goal", "department-goal"}
    assert not any(layout.verified for layout in LAYOUTS.values())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (SOUND.replace("[fields.name]", "[fields.nam]"), "field name has no help"),
        (SOUND + "[fields.other]\ninstruction = 'x'\n", "no field other"),
        (SOUND.replace('bad_because = "因为"\n', ""), "field name has no bad_because"),
        (SOUND.replace('instruction = "写名称"\n', ""), "field name has no instruction"),
        (SOUND.replace('purpose = "用途"\n', ""), "'purpose' is missing"),
        ("title = ", "form.toml"),
    ],
)
def test_help_that_does_not_fit_its_form_is_refused_with_file_and_field(
    tmp_path: Path, text: str, complaint: str
) -> None:
    path = tmp_path / "form.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(UnsoundHelp, match=rf"form\.toml: .*{complaint}|{complaint}"):
        read_help(path, {"name": "名称"})


def test_sound_help_is_read_in_the_order_of_the_form(tmp_path: Path) -> None:
    path = tmp_path / "form.toml"
    path.write_text(SOUND, "utf-8")
    (field,) = read_help(path, {"name": "名称"}).fields
    assert (field.label, field.required, field.rules) == ("名称", True, ("G6",))


async def test_forms_are_listed_with_the_address_of_their_help(world: World) -> None:
    items = (await world.filler().get("/goals/forms")).json()["items"]
    assert [item["form"] for item in items] == ["department-goal", "project-goal"]
    for item in items:
        answer = await world.filler().get(item["help_href"].removeprefix("/api/v1"))
        assert answer.json()["title"] == item["title"]


@pytest.mark.parametrize("role", [Role.UNIT_FILLER, Role.EXPERT, Role.AGENCY_EVALUATOR])
async def test_everyone_who_signed_in_reads_how_to_fill_in_a_field(
    world: World, role: Role
) -> None:
    person = world.person(role, unit="219001", agency="agency")
    fields = (await person.get("/goals/forms/project-goal/help")).json()["fields"]
    target = next(field for field in fields if field["code"] == "indicator.target")
    assert target["label"] == "指标值"
    assert target["rules"] == ["G3", "G7", "G8"]
    assert target["good_example"]
    assert target["bad_because"]


async def test_help_for_a_form_that_does_not_exist_names_those_that_do(world: World) -> None:
    answer = await world.filler().get("/goals/forms/no-such-form/help")
    assert answer.status_code == 404
    assert "project-goal" in answer.json()["detail"]
