"""Whose tokens are good here. Without a trusted issuer the gateway does not start."""

import json
from dataclasses import dataclass
from ipaddress import ip_address

from joserfc.jwk import KeySet

from gateway.dev_issuer import ISSUER, DevIssuer
from gateway.settings import Settings


class StartRefused(Exception):
    """What keeps the gateway from starting, and what to set."""


@dataclass(frozen=True)
class Trusted:
    """An issuer, its public keys, and the development issuer itself when it is that one."""

    issuer: str
    keys: KeySet
    development: DevIssuer | None = None


def trusted_issuer(settings: Settings) -> Trusted:
    """The issuer the settings name. Raises StartRefused."""
    if settings.dev_key_file or settings.dev_users_file:
        return _development(settings)
    if settings.issuer is None or settings.issuer_jwks_file is None:
        raise StartRefused(
            "没有可信的令牌签发方：请设置 WENXIAO_ISSUER（统一身份认证的 iss）与 "
            "WENXIAO_ISSUER_JWKS_FILE（其公钥集文件）"
        )
    if settings.environment == "production" and not settings.issuer.startswith("https://"):
        raise StartRefused("生产环境的 WENXIAO_ISSUER 必须以 https:// 开头")
    if settings.issuer == ISSUER:
        raise StartRefused("WENXIAO_ISSUER 不能是开发签发方")
    known = json.loads(settings.issuer_jwks_file.read_text())
    return Trusted(settings.issuer, KeySet.import_key_set(known))


def _development(settings: Settings) -> Trusted:
    if settings.environment != "development":
        raise StartRefused(
            "开发签发方不能用于生产环境：请去掉 WENXIAO_DEV_KEY_FILE 与 WENXIAO_DEV_USERS_FILE，"
            "改设 WENXIAO_ISSUER 与 WENXIAO_ISSUER_JWKS_FILE"
        )
    if not _is_loopback(settings.bind_host):
        raise StartRefused(
            "开发签发方只能在本机使用：请让网关监听 127.0.0.1 并设置 WENXIAO_BIND_HOST=127.0.0.1"
        )
    if not settings.dev_key_file or not settings.dev_users_file:
        raise StartRefused("WENXIAO_DEV_KEY_FILE 与 WENXIAO_DEV_USERS_FILE 须一并设置")
    development = DevIssuer(settings.dev_key_file, settings.dev_users_file)
    return Trusted(ISSUER, development.public_keys(), development)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
