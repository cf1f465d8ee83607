"""Where the program stands: instance folder and base, from the environment, then instance/settings.toml."""

import os
import re
from email.utils import parseaddr
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

ROOT = Path(__file__).resolve().parents[2]

UNNAMED_TERRITORY = "territoire"
_HERE = "http://localhost:8000"
_ORIGIN = r"^(https?://[^\s/?#@\\]+/?)?$"
_SENDER = r"^([^\r\n<>]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)?$"
_CONTACT = r"^[!-~]*$"
# In clear to this machine only, where a modem's own program listens.
_SMS_URL = (
    r"^(https://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[1-9][0-9]{0,4})?(/[!-~]*)?"
    r"|http://(localhost|127\.0\.0\.1|\[::1\])(:[1-9][0-9]{0,4})?(/[!-~]*)?)?$"
)
_SMS_SENDER = r"^([A-Za-z][A-Za-z0-9 ]{2,10}|\+?[0-9]{3,15})?$"
_TOKEN = r"^[!-~]*$"
_LONG_TOKEN = r"^([!-~]{24,})?$"
_TWO_NAMES, _THREE_NAMES = r"^\w{1,40},\w{1,40}$", r"^\w{1,40},\w{1,40},\w{1,40}$"
# In clear to this machine only, where a Vault agent listens.
_VAULT_ADDR = (
    r"^(https://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[1-9][0-9]{0,4})?/?"
    r"|http://(localhost|127\.0\.0\.1|\[::1\])(:[1-9][0-9]{0,4})?/?)?$"
)
_VAULT_NAME = r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$"
_KEY_SECRETS = ("CARTE_ROOT_KEY", "CARTE_VAULT_TOKEN")
_PATH = re.compile(r"/(?!/)[!-\[\]-~]*")


class Settings(BaseSettings):
    """Settings of one territory's instance. Each is documented in docs/operations.md."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    instance: Path = Field(default=ROOT / "instance", validation_alias="CARTE_INSTANCE")
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    territory: str = Field(default=UNNAMED_TERRITORY, validation_alias="CARTE_TERRITORY")
    root_key: str = Field(default="", validation_alias="CARTE_ROOT_KEY", repr=False)
    vault_addr: str = Field(default="", pattern=_VAULT_ADDR, validation_alias="CARTE_VAULT_ADDR")
    vault_token: str = Field(default="", pattern=_TOKEN, validation_alias="CARTE_VAULT_TOKEN", repr=False)
    vault_token_file: Path | None = Field(default=None, validation_alias="CARTE_VAULT_TOKEN_FILE")
    vault_mount: str = Field(default="transit", pattern=_VAULT_NAME, validation_alias="CARTE_VAULT_MOUNT")
    vault_key: str = Field(default="carte", pattern=_VAULT_NAME, validation_alias="CARTE_VAULT_KEY")
    vault_ca: Path | None = Field(default=None, validation_alias="CARTE_VAULT_CA")
    backups: Path | None = Field(default=None, validation_alias="CARTE_BACKUPS")
    backup_days: int = Field(default=30, ge=0, le=3650, validation_alias="CARTE_BACKUP_DAYS")
    secure_cookies: bool = Field(default=False, validation_alias="CARTE_SECURE_COOKIES")
    trusted_hosts: str = Field(default="", validation_alias="CARTE_TRUSTED_HOSTS")
    proxy_hops: int = Field(default=0, ge=0, le=5, validation_alias="CARTE_PROXY_HOPS")
    public_url: str = Field(default="", pattern=_ORIGIN, validation_alias="CARTE_PUBLIC_URL")
    smtp_host: str = Field(default="", validation_alias="CARTE_SMTP_HOST")
    smtp_port: int = Field(default=587, ge=1, le=65535, validation_alias="CARTE_SMTP_PORT")
    smtp_tls: Literal["none", "starttls", "tls"] = Field(default="starttls", validation_alias="CARTE_SMTP_TLS")
    smtp_user: str = Field(default="", validation_alias="CARTE_SMTP_USER")
    smtp_password: str = Field(default="", validation_alias="CARTE_SMTP_PASSWORD", repr=False)
    mail_from: str = Field(default="", pattern=_SENDER, validation_alias="CARTE_MAIL_FROM")

    sms_url: str = Field(default="", pattern=_SMS_URL, validation_alias="CARTE_SMS_URL")
    sms_token: str = Field(default="", pattern=_TOKEN, validation_alias="CARTE_SMS_TOKEN", repr=False)
    sms_sender: str = Field(default="", pattern=_SMS_SENDER, validation_alias="CARTE_SMS_SENDER")
    sms_format: Literal["json", "form"] = Field(default="json", validation_alias="CARTE_SMS_FORMAT")
    sms_fields: str = Field(default="to,from,text", pattern=_THREE_NAMES, validation_alias="CARTE_SMS_FIELDS")
    sms_folder: Path | None = Field(default=None, validation_alias="CARTE_SMS_FOLDER")
    sms_reply_token: str = Field(default="", pattern=_LONG_TOKEN, validation_alias="CARTE_SMS_REPLY_TOKEN", repr=False)
    sms_reply_fields: str = Field(default="from,text", pattern=_TWO_NAMES, validation_alias="CARTE_SMS_REPLY_FIELDS")

    journal_heads: Path | None = Field(default=None, validation_alias="CARTE_JOURNAL_HEADS")
    journal_months: int = Field(default=12, ge=6, le=36, validation_alias="CARTE_JOURNAL_MONTHS")
    security_contact: str = Field(default="", pattern=_CONTACT, validation_alias="CARTE_SECURITY_CONTACT")

    quota_searches_hour: int = Field(default=100, ge=1, validation_alias="CARTE_QUOTA_SEARCHES_PER_HOUR")
    quota_records_hour: int = Field(default=60, ge=1, validation_alias="CARTE_QUOTA_RECORDS_PER_HOUR")
    quota_records_day: int = Field(default=150, ge=1, validation_alias="CARTE_QUOTA_RECORDS_PER_DAY")
    quota_names_day: int = Field(default=1500, ge=1, validation_alias="CARTE_QUOTA_NAMES_PER_DAY")
    quota_rows_day: int = Field(default=1000, ge=1, validation_alias="CARTE_QUOTA_ROWS_PER_DAY")
    quota_refusals_hour: int = Field(default=30, ge=1, validation_alias="CARTE_QUOTA_REFUSALS_PER_HOUR")
    quota_structure_times: int = Field(default=10, ge=1, validation_alias="CARTE_QUOTA_STRUCTURE_TIMES")

    @property
    def url(self) -> str:
        """The base's SQLAlchemy address: DATABASE_URL, else an SQLite file in the instance folder."""
        return self.database_url or f"sqlite:///{self.instance / 'carte.sqlite'}"

    @property
    def sends_sms(self) -> bool:
        """Whether text messages have a way to leave."""
        return bool(self.sms_url or self.sms_folder)

    @property
    def keyring_path(self) -> Path:
        """Where the keyring file lies."""
        return self.instance / "keyring"

    @property
    def tombstones_path(self) -> Path:
        """Where the log of what was forgotten lies, outside the base: see docs/operations.md."""
        return self.instance / "tombstones.log"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of sources: arguments, environment, then the instance's settings.toml."""
        environment = env_settings() if callable(env_settings) else {}
        folder = Path(str(environment.get("CARTE_INSTANCE", ROOT / "instance")))
        toml = TomlConfigSettingsSource(settings_cls, toml_file=folder / "settings.toml")
        return (init_settings, env_settings, toml)


def forget_secrets() -> None:
    """Take the secrets that open the keyring out of this process's environment: what it starts later must not have
    them, and a dump of the environment must not show them. `Settings` read before keep them."""
    for name in _KEY_SECRETS:
        os.environ.pop(name, None)


def is_local_path(text: str) -> bool:
    """Whether that is a path of this service (with its query and fragment), and cannot be read as another's address."""
    return _PATH.fullmatch(text) is not None


def public_link(settings: Settings, path: str) -> str:
    """The whole address of a page, for a letter or a printed code. From CARTE_PUBLIC_URL, never from a request's Host.

    Without the setting, the address where `./carte serve` listens by default. `ValueError` when that is not a path.
    """
    if not is_local_path(path):
        raise ValueError("a link is made from a path of this service")
    return (settings.public_url or _HERE).rstrip("/") + path


def mail_domain(settings: Settings) -> str:
    """The domain letters are sent from, which what they carry is named after; empty without CARTE_MAIL_FROM."""
    return parseaddr(settings.mail_from)[1].rpartition("@")[2]
