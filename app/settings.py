"""All configuration of the program, read once from the environment (prefix MINGA_) or a .env file.

A wrong setting stops the start with a sentence that names it; nothing else in the program reads the environment.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
SHORTEST_SECRET = 32


class WrongSetting(Exception):
    """A setting that cannot be used; its text is one sentence for the person who starts the program."""


class Settings(BaseSettings):
    """The settings of one installation.

    Paths are relative to the working directory. The secret key is made and kept under ``var`` only while the site is
    served on loopback; anywhere else it has to be given, so nobody runs a public site on a key they do not know of.
    """

    model_config = SettingsConfigDict(env_prefix="MINGA_", env_file=".env", extra="ignore", frozen=False)

    database_url: str = "sqlite:///var/minga.db"
    var: Path = Path("var")
    base_url: str = "http://127.0.0.1:8000"
    trail_key_file: Path | None = None
    secret_key: str = Field(default="", repr=False)
    secret_key_file: Path | None = None
    mail: Literal["file", "smtp", "sendgrid", "memory"] = "file"
    mail_from: str = "Minga <minga@localhost.localdomain>"
    mail_per_minute: int = Field(default=0, ge=0)
    smtp_url: str = "smtp://127.0.0.1:25"
    sendgrid_api_key: str = Field(default="", repr=False)
    sendgrid_host: str = ""
    sendgrid_webhook_key: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = Field(default="", repr=False)
    oidc_scopes: str = "openid email"
    oidc_identity_claim: str = "sub"
    oidc_preset: Literal["", "claveunica"] = ""
    trusted_proxies: str = ""
    log_format: Literal["text", "json"] = "text"
    default_language: Literal["es", "en"] = "es"
    shared: Path = Path("../shared")
    frontend: Path = ROOT / "frontend"
    metrics_token: str = Field(default="", repr=False)

    @field_validator("base_url")
    @classmethod
    def _base_url_is_an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.path not in {"", "/"}:
            raise ValueError("must be an origin such as https://participa.example.org, without a path")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _database_is_known(cls, value: str) -> str:
        if value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            return value
        raise ValueError("must begin with sqlite:/// or postgresql://")

    @model_validator(mode="after")
    def _mail_is_complete(self) -> Settings:
        if self.mail == "sendgrid" and not self.sendgrid_api_key:
            raise ValueError("MINGA_MAIL=sendgrid needs MINGA_SENDGRID_API_KEY")
        if self.oidc_preset == "claveunica":
            # Official integration manual of ClaveÚnica: exactly these scopes, and the RUN is the identity, never `sub`.
            self.oidc_issuer = self.oidc_issuer or "https://accounts.claveunica.gob.cl/openid"
            self.oidc_scopes = "openid run name"
            self.oidc_identity_claim = "RolUnico"
        return self

    @property
    def is_loopback(self) -> bool:
        """Whether the site is only served to this very machine."""
        return (urlsplit(self.base_url).hostname or "") in LOOPBACK

    @property
    def is_https(self) -> bool:
        """Whether cookies may carry the Secure mark and the __Host- prefix."""
        return self.base_url.startswith("https://")

    @property
    def trail_key_path(self) -> Path:
        """Where the Ed25519 key that signs the head of the trail is kept."""
        return self.trail_key_file or self.var / "trail.key"

    def secret(self) -> str:
        """The key that signs tokens, of at least 32 characters; made once under ``var`` for loopback only."""
        if not self.secret_key:
            self.secret_key = self._secret_from_file()
        if len(self.secret_key) < SHORTEST_SECRET:
            raise WrongSetting(f"MINGA_SECRET_KEY must have at least {SHORTEST_SECRET} characters.")
        return self.secret_key

    def _secret_from_file(self) -> str:
        path = self.secret_key_file or self.var / "secret.key"
        if path.exists():
            return path.read_text(encoding="utf-8").strip()
        if self.secret_key_file or not self.is_loopback:
            raise WrongSetting("Set MINGA_SECRET_KEY or MINGA_SECRET_KEY_FILE: the site is not on loopback.")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
        path.chmod(0o600)
        return path.read_text(encoding="utf-8")


def load_settings() -> Settings:
    """Read the settings of this start; a wrong one is refused with a sentence that names it."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "MINGA_" + "_".join(str(part) for part in first["loc"]).upper() if first["loc"] else "Settings"
        raise WrongSetting(f"{name}: {first['msg'].removeprefix('Value error, ')}.") from None
