"""The official forms and how to fill them in, on the wire."""

from typing import Annotated

from fastapi import Path

from shared.fields import Out

FormCode = Annotated[str, Path(max_length=60, description="表格代码，如 `project-goal`")]


class FieldHelpOut(Out):
    """填报说明 of one field; what the system fills in itself has no examples."""

    code: str
    label: str
    instruction: str
    required: bool
    filled_by_system: bool
    good_example: str | None
    bad_example: str | None
    bad_because: str | None
    rules: list[str]


class FormSummary(Out):
    """A form of this service. `verified` is false until the official layout has been read."""

    form: str
    title: str
    purpose: str
    layout_version: int
    verified: bool
    help_href: str


class FormHelpOut(Out):
    """填报说明 of a form, its fields in the order of the sheet."""

    form: str
    title: str
    purpose: str
    fields: list[FieldHelpOut]


class Forms(Out):
    """The forms of this service."""

    items: list[FormSummary]
