"""What every process is told by its environment (prefix `WENXIAO_`)."""

from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict


class ProcessSettings(BaseSettings):
    """Settings of the gateway and of every service."""

    model_config = SettingsConfigDict(env_prefix="WENXIAO_", extra="ignore")

    environment: Literal["development", "production"] = "development"
    log_level: str = "INFO"
    #: PEM of this process's own ES256 key, with which it signs internal tokens.
    key_file: Path
    #: JWKS of all processes' public keys; `kid` is the process's name.
    internal_jwks_file: Path
    goals_url: str = "http://127.0.0.1:8101"
    monitoring_url: str = "http://127.0.0.1:8102"
    evaluation_url: str = "http://127.0.0.1:8103"
    max_body_bytes: int = 4 * 1024 * 1024
    #: Files for import; they are stored as they arrive, never held in memory.
    max_upload_bytes: int = 100 * 1024 * 1024


class ServiceSettings(ProcessSettings):
    """Settings of a process that owns a schema."""

    #: `postgresql://role:password@host/database`; the role is the service's own.
    database_url: str
    database_pool_size: int = 10
    feed_poll_seconds: float = 0.25
    #: How long a consumer's long poll waits at the producer.
    feed_wait_seconds: float = 5
    #: How many import jobs this process works on at once.
    job_workers: int = 2
    #: After so long without a sign of life another worker goes on with a job.
    job_lease_seconds: float = 15
