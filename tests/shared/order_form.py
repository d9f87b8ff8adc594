"""A form of nothing in particular, filled in and edited as a person would."""

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from openpyxl import Workbook, load_workbook

from shared.workbooks import layout as layouts
from shared.workbooks.fill import fill
from shared.workbooks.layout import Layout
from shared.workbooks.read import read
from shared.workbooks.values import CellError, Form, FormRead, Row

CHOICES = {"urgency": {"urgent": "紧急", "normal": "一般"}}
LAYOUT: Layout = layouts.load(Path(__file__).with_name("order_form.toml"), CHOICES)

_NAMESPACE = UUID("6a0f7c36-0000-7000-8000-000000000000")


def an_id(name: object) -> UUID:
    """The same id for the same name."""
    return uuid5(_NAMESPACE, str(name))


def item(name: str, quantity: str = "1", **values: Any) -> Row:
    """One row, with the id of its name."""
    return Row(an_id(name), {"name": name, "quantity": Decimal(quantity), **values})


def order(subject: str = "文具", *items: Row, **values: Any) -> Form:
    """One form."""
    rows = items or (item("甲", "1"), item("乙", "2"), item("丙", "3"))
    return Form(an_id(subject), 7, {"subject": subject, **values}, {"items": rows})


def edited(data: bytes, edit: Callable[[Workbook], object]) -> bytes:
    """The workbook after somebody opened, changed and saved it."""
    workbook = load_workbook(io.BytesIO(data))
    edit(workbook)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def filled(*forms: Form) -> bytes:
    """The forms as exported."""
    return fill(LAYOUT, forms or [order()])


def read_one(data: bytes) -> FormRead:
    """The only form in a workbook."""
    (form,) = read(LAYOUT, data).forms
    return form


def names(form: FormRead) -> list[object]:
    """What the rows are called, top to bottom."""
    return [row.values["name"] for row in form.rows["items"]]


def codes(remarks: Any) -> list[str]:
    """The codes of errors or notes."""
    return [remark.code for remark in remarks if isinstance(remark, CellError)]


def row_of(workbook: Workbook, sheet: str, name: str) -> int:
    """Where a row stands now."""
    return next(int(cell.row) for cell in workbook[sheet]["B"] if cell.value == name)
