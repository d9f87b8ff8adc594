"""The official form of the evaluation service, read once at start from `forms/*.toml`."""

from pathlib import Path

from shared.workbooks import official
from shared.workbooks.official import OfficialForms

SELF_EVALUATION = "self-evaluation"


def load() -> OfficialForms:
    """Layout and help, held against each other."""
    return official.load(Path(__file__).parent.parent / "forms", {})
