"""Check 58: what leaves by e-mail or by message says neither who she is, nor which structure, nor which scheme."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from pathway.casework.encounters.actions import remind_tomorrow
from pathway.casework.sharing.actions import tell_her
from pathway.demo.town import Town
from pathway.jobs import mail, sms
from pathway.kernel.clock import FixedClock
from pathway.kernel.settings import Settings
from pathway.store.letter_kinds import BY_SMS, COUNTED, DATED, LetterKind
from pathway.store.outbox import Meeting, contents, lease, post
from tests.casework.encounters.scenes import plan
from tests.casework.enrolments.steps import rows, system
from tests.casework.resets.letters import proved
from tests.town import AMINA, AMINA_CLAIMS, welcome
from tests.web.jobseeker.lives import at_home, enter

HERE = {"CARTE_PUBLIC_URL": "https://carte.valmer.example", "CARTE_MAIL_FROM": "carte@valmer.example"}


def told_all(town: Town, record_id: str) -> None:
    """Everything that may be said by a message is said to her."""
    starts_at = town.clock.now() + timedelta(days=2)
    meeting = Meeting(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), ref=record_id)
    with system(town.store, town.clock) as tx:
        for kind in sorted(BY_SMS):
            tell_her(tx, record_id, kind, "/qui-voit-quoi", meeting=meeting if kind in DATED else None)
        tx.journal("tell")


def secrets(town: Town, record_id: str) -> list[str]:
    """Who she is, where she goes, in which scheme: names, codes and ids."""
    named = [row["name"] for row in rows(town.store, "structure")] + [row["name"] for row in rows(town.store, "scheme")]
    ids = [record_id, *town.structures.values(), *town.schemes.values(), *town.accounts.values()]
    hers = [AMINA.first_name, AMINA.last_name, AMINA_CLAIMS["postcode"], AMINA_CLAIMS["city"], "1991"]
    return [str(one).casefold() for one in (*named, *ids, *hers, *town.structures, *town.schemes)]


def leaked(text: str, town: Town, record_id: str) -> list[str]:
    return [one for one in secrets(town, record_id) if one in text.casefold()]


def test_no_message_says_who_she_is_or_where_she_goes(
    sqlite_town: Town, tmp_path: Path, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    amina = welcome(sqlite_town)
    at_home(sqlite_town, amina)
    enter(sqlite_town, amina)
    told_all(sqlite_town, amina)
    settings = Settings.model_validate({**HERE, "CARTE_SMS_FOLDER": tmp_path / "modem"})
    done = sms.deliver(sqlite_town.store, settings, clock, limit=100)
    files = [path.read_text() for path in (tmp_path / "modem" / "outgoing").iterdir()]
    assert done.sent == len(files) >= len(BY_SMS)
    assert leaked(" ".join(files), sqlite_town, amina) == []
    assert {file.partition("\n")[0] for file in files} == {"To: 33612345678"}
    clear = caplog.text + repr(rows(sqlite_town.store, "letter")) + repr(rows(sqlite_town.store, "journal_entry"))
    assert "612345678" not in clear and "Votre carte" not in clear


def test_an_appointment_with_a_sensitive_structure_says_an_hour_in_the_morning(
    sqlite_town: Town, tmp_path: Path, clock: FixedClock
) -> None:
    amina = welcome(sqlite_town, by="solene")
    plan(sqlite_town, amina, days=2, by="solene", subject="Suivi du sevrage")
    settings = Settings.model_validate({**HERE, "CARTE_SMS_FOLDER": tmp_path / "modem"})
    assert sms.deliver(sqlite_town.store, settings, clock, limit=100).sent == 1, "the one that was planned by day"
    clock.move(timedelta(hours=17))  # three in the morning
    with system(sqlite_town.store, clock) as tx:
        assert remind_tomorrow(tx, now=tx.now) == 1
    assert sms.deliver(sqlite_town.store, settings, clock, limit=100).sent == 0
    clock.move(timedelta(hours=5))
    assert sms.deliver(sqlite_town.store, settings, clock, limit=100).sent == 1
    text = " ".join(path.read_text() for path in (tmp_path / "modem" / "outgoing").iterdir())
    assert text.count("rendez-vous le 22/11 à 14:00") == 2
    assert leaked(text, sqlite_town, amina) == [] and "sevrage" not in text.casefold() and "CSAPA" not in text


def test_no_letter_does_either_not_even_in_the_file_for_a_calendar(sqlite_town: Town, clock: FixedClock) -> None:
    amina = welcome(sqlite_town)
    at_home(sqlite_town, amina)
    email = proved(sqlite_town, amina, "personne@exemple.fr")
    told_all(sqlite_town, amina)
    with system(sqlite_town.store, clock) as tx:
        for kind in sorted(set(LetterKind) - BY_SMS):
            counts = dict.fromkeys(COUNTED[kind], 3) if kind in COUNTED else None
            link = {"link": "/liaison/" + "x" * 43, "valid_for": "14 jours"}
            post(tx, kind=kind, to=email, variables=link, counts=counts)
        letters = [(one, contents(tx, one.id)) for one in lease(tx, limit=100, until=clock.now())]
    sent = [mail.written(Settings.model_validate(HERE), clock, *one) for one in letters]
    assert len(sent) == len(LetterKind) and {one["To"] for one in sent} == {email}
    parts = [part for one in sent for part in one.walk() if not part.is_multipart()]
    text = " ".join(f"{part.items()} {part.get_payload(decode=True)!r}" for part in parts)
    assert sum(part.get_content_type() == "text/calendar" for part in parts) == len(DATED)
    assert leaked(text, sqlite_town, amina) == []
