import pytest

from pathway.casework.factors.rules import RelyingParty
from pathway.demo.town import Town
from pathway.kernel.errors import Refused
from pathway.web.account.party import needed_party, relying_party
from tests.town import web


@pytest.mark.parametrize(
    ("public", "asked", "expected"),
    [
        ("https://carte.example", "http://evil.example", ("carte.example", "https://carte.example")),
        ("https://carte.example:8443", "http://x.example", ("carte.example", "https://carte.example:8443")),
        ("", "https://carte.example", ("carte.example", "https://carte.example")),
        ("", "http://localhost:8000", ("localhost", "http://localhost:8000")),
    ],
)
def test_passkeys_belong_to_the_public_name(
    sqlite_town: Town, public: str, asked: str, expected: tuple[str, str]
) -> None:
    app = web(sqlite_town).application
    app.config["PUBLIC_URL"] = public
    with app.test_request_context(base_url=asked):
        assert relying_party() == RelyingParty(id=expected[0], origin=expected[1])


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://[::1]:8000", "http://192.0.2.7"])
def test_a_bare_address_is_no_site(sqlite_town: Town, address: str) -> None:
    with web(sqlite_town).application.test_request_context(base_url=address):
        assert relying_party() is None
        with pytest.raises(Refused):
            needed_party()
