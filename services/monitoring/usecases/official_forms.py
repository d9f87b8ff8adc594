"""The official form of the monitoring service, read once at start from `forms/*.toml`."""

from pathlib import Path

from services.monitoring.domain.facts import Likelihood
from shared.workbooks import official
from shared.workbooks.official import OfficialForms

MONITORING_FORM = "monitoring-form"

#: The lists the layout names.
CHOICES = {
    "likelihood": {one.value: one.label for one in Likelihood},
    "tick": {"yes": "√", "no": "×"},
}


def load() -> OfficialForms:
    """Layout and help, held against each other."""
    return official.load(Path(__file__).parent.parent / "forms", CHOICES)
