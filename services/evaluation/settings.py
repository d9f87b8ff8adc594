"""Settings of the evaluation service."""

from pathlib import Path

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Beyond what every service needs: scoring profiles of the bureau's own."""

    #: Profile packs of the bureau's own: one folder a pack, beside the shipped ones.
    profile_pack_folder: Path | None = None
