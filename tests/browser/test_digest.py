"""The letter of the day leads from a mailbox to the queue: a night, a real mail server, a link, one alert."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, expect

from pathway.demo.personas import PASSWORD
from pathway.kernel.calendar import is_working_day
from pathway.kernel.clock import FixedClock, local_day
from tests.browser.page import served, window
from tests.jobs.postbox import Postbox, listening
from tests.stories.stage import free_port, set_stage
from tests.town import welcome
from tests.web.jobseeker.lives import enter

DENIS = "denis@demo.carte.invalid"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A served town whose letters left, and what the mail server took."""

    address: str
    letters: dict[str, str]


def working_day(after: date) -> date:
    """The first day after that one on which letters leave."""
    return next(day for day in (after + timedelta(days=n) for n in range(1, 10)) if is_working_day(day))


def text(letter: EmailMessage) -> str:
    """What a letter says."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def taken(box: Postbox) -> dict[str, str]:
    """Who was written to, and what."""
    return {str(one["To"]): text(one) for one in box.letters if isinstance(one, EmailMessage)}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Nobody has reached Amina for five weeks; the night tells Denis."""
    stage = set_stage(tmp_path_factory.mktemp("digest") / "instance")
    town, port = stage.town, free_port()
    assert isinstance(town.clock, FixedClock)
    today = local_day(town.clock.now())
    town.clock.move(timedelta(days=-35))
    enter(town, welcome(town))
    town.clock.move(timedelta(days=35))
    town.store.engine.dispose()
    with listening(tmp_path_factory.mktemp("postbox")) as box:
        sent = {name: str(value) for name, value in box.settings.items()}
        sent |= {"SSL_CERT_FILE": str(box.certificate), "CARTE_PUBLIC_URL": f"http://127.0.0.1:{port}"}
        posted = replace(stage, environment={**stage.environment, **sent})
        posted.carte("nightly", "--on", working_day(today).isoformat())
        posted.carte("worker", "--once")
        letters = taken(box)
    with served(stage.environment, port) as address:
        yield Scene(address=address, letters=letters)


def test_the_letter_of_the_day_leads_to_the_queue(scene: Scene, browser: Browser) -> None:
    letter = scene.letters[DENIS]
    assert "1 alerte à confier" in letter and "Benkacem" not in letter
    link = next(line for line in letter.splitlines() if line.startswith(scene.address))
    with window(browser, scene.address, "phone") as visit:
        visit.page.goto(link)
        visit.page.fill("#login", DENIS)
        visit.page.fill("#password", PASSWORD)
        visit.page.get_by_role("button", name="Se connecter").click()
        visit.page.wait_for_load_state()
        visit.give_demo_code()
        assert visit.page.url.startswith(link)
        expect(visit.page.get_by_text("Amina Benkacem").first).to_be_visible()
        assert (visit.faults_at_every_width(), visit.wrong) == ({}, [])
