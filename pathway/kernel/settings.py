"""Where the program stands: instance folder and base, from the environment, then instance/settings.toml."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

ROOT = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    """Settings of one territory's instance. Each is documented in docs/operations.md."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    instance: Path = Field(default=ROOT / "instance", validation_alias="CARTE_INSTANCE")
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    territory: str = Field(default="territoire", validation_alias="CARTE_TERRITORY")
    root_key: str = Field(default="", validation_alias="CARTE_ROOT_KEY", repr=False)
    secure_cookies: bool = Field(default=False, validation_alias="CARTE_SECURE_COOKIES")
    trusted_hosts: str = Field(default="", validation_alias="CARTE_TRUSTED_HOSTS")
    proxy_hops: int = Field(default=0, ge=0, le=5, validation_alias="CARTE_PROXY_HOPS")

    @property
    def url(self) -> str:
        """The base's SQLAlchemy address: DATABASE_URL, else an SQLite file in the instance folder."""
        return self.database_url or f"sqlite:///{self.instance / 'carte.sqlite'}"

    @property
    def keyring_path(self) -> Path:
        """Where the keyring file lies."""
        return self.instance / "keyring"

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
