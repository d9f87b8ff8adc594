"""Settings of the monitoring service."""

from pathlib import Path

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Beyond what every service needs: the bureau's own document templates and warning rules."""

    #: Holds `rectification-letter.docx` and `round-report.docx`, or those of a region in a folder
    #: `<region code>/`, or both; what it doesn't hold is made from the shipped ones.
    template_folder: Path | None = None
    #: Rule packs of the bureau's own: one folder a pack, beside the shipped ones.
    rule_pack_folder: Path | None = None
    #: Judge each round that is open for filling in once a day, by itself.
    rule_runs_daily: bool = False
