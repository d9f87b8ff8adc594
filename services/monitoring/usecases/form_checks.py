"""Checking a form as it would be: nothing is stored."""

from dataclasses import replace

from services.monitoring.domain.form_checks import findings, to_type_count
from services.monitoring.domain.form_rows import typed_form
from services.monitoring.queries.form_rows import row_outs
from services.monitoring.queries.forms import form_content
from services.monitoring.schemas.forms import FormCheckIn, FormCheckOut
from services.monitoring.usecases.forms import changes_of
from shared.auth import Caller
from shared.db import Reads


async def check_form(reads: Reads, body: FormCheckIn, *, by: Caller) -> FormCheckOut:
    """The stored form under this patch: findings, and what the system fills in for it.

    Raises NotFound, and InvalidPayload for rows the form does not have.
    """
    row, stored = await form_content(reads, by, body.form_id)
    changes = changes_of(stored.rows, body.rows)
    checked = replace(stored, rows=typed_form(stored.rows, changes, gone=stored.gone))
    if "executed_forecast" in body.model_fields_set:
        checked = replace(checked, executed_forecast=body.executed_forecast)
    return FormCheckOut.model_validate(
        {
            "findings": findings(checked),
            "to_type_count": to_type_count(checked),
            "rows": row_outs(row, checked),
        }
    )
