"""Settings of the monitoring service."""

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Nothing beyond what every service needs."""
