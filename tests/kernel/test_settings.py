from typing import Any

import pytest
from pydantic import ValidationError

from pathway.kernel.settings import Settings, is_local_path, public_link


def of(address: str) -> Settings:
    return Settings(CARTE_PUBLIC_URL=address)


def test_a_public_link_begins_with_the_setting() -> None:
    for address in ("https://carte.valmer.example", "https://carte.valmer.example/"):
        assert (
            public_link(of(address), "/invitation/kd82?a=b#c") == "https://carte.valmer.example/invitation/kd82?a=b#c"
        )


def test_without_the_setting_a_link_leads_to_this_machine() -> None:
    assert public_link(of(""), "/connexion") == "http://localhost:8000/connexion"


@pytest.mark.parametrize(
    "path", ["", "connexion", "//evil.example", "/\\evil.example", "https://evil.example/", "/a b", "/a\r\nb", "/é"]
)
def test_a_link_is_made_from_a_path_only(path: str) -> None:
    assert not is_local_path(path)
    with pytest.raises(ValueError):
        public_link(of("https://carte.valmer.example"), path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"CARTE_PUBLIC_URL": "carte.valmer.example"},
        {"CARTE_PUBLIC_URL": "https://carte.valmer.example/?a"},
        {"CARTE_PUBLIC_URL": "https://a@carte.valmer.example"},
        {"CARTE_MAIL_FROM": "carte"},
        {"CARTE_MAIL_FROM": "a@b.example\nBcc: eve@b.example"},
        {"CARTE_SMTP_TLS": "perhaps"},
        {"CARTE_SMTP_PORT": 0},
    ],
)
def test_a_setting_of_the_mail_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)


def test_no_password_is_shown_with_the_settings() -> None:
    assert "tres-secret" not in repr(Settings(CARTE_SMTP_PASSWORD="tres-secret"))
