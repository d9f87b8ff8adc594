"""What is wrong with a form or sheet, on the wire."""

from typing import Literal

from shared.fields import Out


class FindingOut(Out):
    """One thing to look at; `pointer` is a JSON pointer into the request."""

    code: str
    severity: Literal["blocking", "hint"]
    pointer: str
    message: str
    mend: str
