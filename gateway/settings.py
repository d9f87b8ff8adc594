"""Settings of the gateway."""

from pathlib import Path

from shared.settings import ProcessSettings

SERVICES = ("goals", "monitoring", "evaluation")


class Settings(ProcessSettings):
    """Whose tokens the gateway trusts: either a real issuer's, or the development issuer's."""

    #: The address this process listens on, told by whoever starts it.
    bind_host: str = ""
    #: `iss` of the OIDC provider and a file with its public keys (JWKS).
    issuer: str | None = None
    issuer_jwks_file: Path | None = None
    #: Key and users of the development issuer; only on loopback and never in production.
    dev_key_file: Path | None = None
    dev_users_file: Path | None = None

    #: How long a service may take for the whole of an answer: to a read, a write, a file, a long poll;
    #: and for its part of a composed view.
    read_seconds: float = 15
    write_seconds: float = 30
    upload_seconds: float = 600
    poll_seconds: float = 40
    download_seconds: float = 600
    view_seconds: float = 3

    def urls(self) -> dict[str, str]:
        """Where each service answers."""
        return {name: getattr(self, f"{name}_url") for name in SERVICES}
