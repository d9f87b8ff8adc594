"""The Word documents of the monitoring service and their templates, read once at start."""

from dataclasses import dataclass
from pathlib import Path

from services.monitoring.queries import letter_document, round_report_document
from shared.documents import Templates, load_templates

SHIPPED = Path(__file__).parent.parent / "templates"


@dataclass(frozen=True)
class Documents:
    """A document each, with the bureau's template where it has one."""

    letter: Templates
    round_report: Templates


def load_documents(folder: Path | None) -> Documents:
    """The shipped templates, or those of the bureau's folder. Raises UnsoundTemplate."""
    letter, report = letter_document, round_report_document
    return Documents(
        letter=load_templates(SHIPPED / letter.NAME, letter.LAYOUT, folder),
        round_report=load_templates(SHIPPED / report.NAME, report.LAYOUT, folder),
    )
