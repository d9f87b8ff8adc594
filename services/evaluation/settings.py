"""Settings of the evaluation service."""

from pathlib import Path

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Beyond what every service needs: scoring profiles of the bureau's own."""

    #: Holds `annual-summary.docx`, or that of a region in a folder `<region code>/`, or both; what
    #: it doesn't hold is made from the shipped one.
    template_folder: Path | None = None
    #: Profile packs of the bureau's own: one folder a pack, beside the shipped ones.
    profile_pack_folder: Path | None = None
