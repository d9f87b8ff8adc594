"""Settings of the monitoring service."""

from pathlib import Path

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Beyond what every service needs: where the bureau keeps document templates of its own."""

    #: Holds `rectification-letter.docx`, or `<region code>/rectification-letter.docx`, or both.
    template_folder: Path | None = None
