"""The door that people really push: over HTTPS, with the cookies and the refusals of a service that is open to all."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from playwright.sync_api import Browser, Page, expect

from pathway.demo.personas import PASSWORD
from pathway.demo.town import Town
from pathway.kernel.settings import ROOT
from tests.stories.stage import free_port

AMINA = "amina@demo.carte.invalid"
WORDS = "Mon nom a changé en mars."


def certified(folder: Path) -> tuple[Path, Path]:
    """A certificate of this machine that nobody signed, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    clear = serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, clear))
    return certificate, private


@pytest.fixture
def secure_address(demo_town: Town, demo_folder: Path, tmp_path: Path) -> Iterator[str]:
    """The address of the demonstration, served over HTTPS with secure cookies."""
    certificate, private = certified(tmp_path)
    port, given = free_port(), {"CARTE_INSTANCE": str(demo_folder), "CARTE_TERRITORY": "valmer", "DATABASE_URL": ""}
    line = [sys.executable, "-m", "gunicorn", "app:app", "--bind", f"127.0.0.1:{port}"]
    line += ["--certfile", str(certificate), "--keyfile", str(private)]
    environment = {**os.environ, **given, "CARTE_SECURE_COOKIES": "true"}
    process = subprocess.Popen(line, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    yield f"https://localhost:{port}"
    process.terminate()
    process.wait(timeout=20)


def test_over_https_she_signs_in_and_an_old_tab_loses_no_word(browser: Browser, secure_address: str) -> None:
    context = browser.new_context(ignore_https_errors=True, locale="fr-FR")
    page = context.new_page()
    reach(page, f"{secure_address}/connexion")
    sign_in(page)
    page.goto(f"{secure_address}/mes-demandes/correction")
    page.locator("main textarea").fill(WORDS)
    other = context.new_page()
    other.goto(f"{secure_address}/mon-parcours")
    other.get_by_role("button", name="Quitter").click()
    other.goto(f"{secure_address}/connexion")
    sign_in(other)
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_text("Ce que vous aviez rempli est gardé.")).to_be_visible()
    page.get_by_role("link", name="Reprendre ce que j’avais rempli").click()
    page.get_by_role("button", name="Reprendre ce que j’avais rempli").click()
    expect(page.locator("main textarea")).to_have_value(WORDS)
    cookies = {one["name"]: one for one in context.cookies()}
    assert all(name.startswith("__Host-") and one["secure"] for name, one in cookies.items()) and cookies
    context.close()


def reach(page: Page, address: str) -> None:
    """Open that page once the server answers."""
    for _ in range(100):
        try:
            page.goto(address)
            return
        except Exception:  # not yet there
            page.wait_for_timeout(200)
    raise AssertionError("the server never answered")


def sign_in(page: Page) -> None:
    page.fill("input[name=login]", AMINA)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/mon-parcours")
