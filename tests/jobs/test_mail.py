import logging
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from gettext import NullTranslations
from pathlib import Path
from typing import Any

import pytest

from pathway.casework.territory.actions import decide_setting
from pathway.casework.territory.rules import Setting
from pathway.jobs import mail
from pathway.jobs.mail import Delivered, Problem, deliver
from pathway.kernel import languages
from pathway.kernel.clock import FixedClock, SystemClock
from pathway.kernel.errors import Unavailable
from pathway.kernel.settings import ROOT, Settings
from pathway.store import outbox
from pathway.store.actor import SYSTEM, Actor
from pathway.store.letter_kinds import COUNTED, DATED, LetterKind
from pathway.store.opening import Store
from pathway.store.transaction import Transaction
from tests.jobs.postbox import Postbox, free_port, listening
from tests.store.hands import broken, stolen

TO = "amina.benkacem@courriel.example"
LINK = "/invitation/kd82hs"
PLANNED = outbox.Planned(
    starts_at=datetime(2026, 11, 28, 13, 5, tzinfo=UTC),
    ends_at=datetime(2026, 11, 28, 14, 0, tzinfo=UTC),
    mark="0f" * 16,
    said_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
)
WAITS = (1, 5, 15, 60, 180, 360, 720)


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """A mail server whose certificate this machine trusts."""
    with listening(tmp_path) as here:
        monkeypatch.setenv("SSL_CERT_FILE", str(here.certificate))
        yield here


def post(store: Store, clock: FixedClock, *, kind: str = "invitation", to: str = TO, link: str = LINK) -> str:
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        return outbox.post(tx, kind=kind, to=to, variables={"link": link, "valid_for": "7 jours"})


def sent(store: Store, box: Postbox, clock: FixedClock, **other: Any) -> Delivered:
    return deliver(store, Settings(**{**box.settings, **other}), clock, limit=1000)


def letter(store: Store, letter_id: str) -> dict[str, Any]:
    return stolen(store, "SELECT * FROM letter WHERE id = :id", id=letter_id)


def written_down(store: Store) -> str:
    """All the journal says."""
    with store.engine.connect() as connection:
        return " ".join(
            bytes(one[0]).decode() for one in connection.exec_driver_sql("SELECT payload FROM journal_entry")
        )


def test_a_letter_leaves_once_by_a_sealed_line(store: Store, box: Postbox, clock: FixedClock) -> None:
    letter_id = post(store, clock)
    assert sent(store, box, clock).sent == 1
    assert sent(store, box, clock).total == 0
    assert box.envelopes == [("carte@valmer.example", [TO])]
    came = box.only()
    assert came["Message-ID"] == f"<{letter_id}@valmer.example>"
    assert came["Subject"] == "Votre compte vous attend"
    assert f"\nhttps://carte.valmer.example{LINK}\n" in came.get_content().replace("\r\n", "\n")
    assert letter(store, letter_id)["state"] == "sent"


def test_nothing_of_a_letter_stays_in_the_base_once_it_left(store: Store, box: Postbox, clock: FixedClock) -> None:
    letter_id = post(store, clock)
    sent(store, box, clock)
    for table in ("data_key", "sealed_section"):
        assert stolen(store, f"SELECT count(*) AS n FROM {table} WHERE subject_id = :id", id=letter_id)["n"] == 0
    assert TO not in written_down(store) and LINK not in written_down(store)
    assert broken(store) == []


def test_two_workers_at_once_send_each_letter_once(store: Store, box: Postbox, clock: FixedClock) -> None:
    ids = {post(store, clock) for _ in range(25)}
    barrier, found = threading.Barrier(2), []

    def work() -> None:
        barrier.wait()
        found.append(sent(store, box, clock).sent)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(found) == 25
    assert sorted(one["Message-ID"] for one in box.letters) == sorted(f"<{one}@valmer.example>" for one in ids)


def test_a_refused_recipient_is_tried_for_a_day_then_given_up(store: Store, box: Postbox, clock: FixedClock) -> None:
    box.refused.add(TO)
    letter_id = post(store, clock)
    other = post(store, clock, to="bruno@courriel.example")
    done = sent(store, box, clock)
    assert (done.sent, done.retry, done.problems) == (1, 1, {Problem.RECIPIENT: 1})
    for minutes in WAITS:
        clock.move(timedelta(minutes=minutes, seconds=-1))
        assert sent(store, box, clock).total == 0
        clock.move(timedelta(seconds=1))
        last = sent(store, box, clock)
    assert (last.retry, last.given_up) == (0, 1)
    assert letter(store, letter_id)["problem"] == "recipient" and letter(store, other)["state"] == "sent"
    assert stolen(store, "SELECT count(*) AS n FROM data_key WHERE subject_id = :id", id=letter_id)["n"] == 0


def test_no_log_and_no_journal_repeats_an_address(
    store: Store, box: Postbox, clock: FixedClock, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    box.refused.add(TO)
    post(store, clock)
    post(store, clock, to="bruno@courriel.example")
    sent(store, box, clock)
    out = "".join(capfd.readouterr()) + "".join(one.getMessage() for one in caplog.records if one.name != "mail.log")
    assert "courriel.example" not in out + written_down(store)


def test_a_worker_killed_before_it_wrote_that_it_sent_sends_the_same_letter_again(
    store: Store, box: Postbox, tmp_path: Path, clock: FixedClock
) -> None:
    clock.at = SystemClock().now()
    letter_id = post(store, clock)
    own = {"CARTE_INSTANCE": str(tmp_path / "instance"), "CARTE_TERRITORY": "valmer"}
    address = {"DATABASE_URL": store.engine.url.render_as_string(hide_password=False)}
    environment = {**os.environ, **own, **address, **{name: str(value) for name, value in box.settings.items()}}
    line = [sys.executable, "-m", "pathway.cli", "worker", "--once"]
    with subprocess.Popen(line, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as child:
        box.on_letter = child.kill  # the server has the letter; nobody will hear its yes
        assert child.wait(timeout=60) == -signal.SIGKILL
    box.on_letter = lambda: None
    assert letter(store, letter_id)["state"] == "waiting" and sent(store, box, clock).total == 0
    clock.move(timedelta(minutes=17))
    assert sent(store, box, clock).sent == 1
    assert [one["Message-ID"] for one in box.letters] == [f"<{letter_id}@valmer.example>"] * 2


def test_a_server_that_is_down_keeps_the_letters(sqlite_store: Store, box: Postbox, clock: FixedClock) -> None:
    for _ in range(12):
        post(sqlite_store, clock)
    done = sent(sqlite_store, box, clock, CARTE_SMTP_PORT=free_port())
    assert (done.retry, set(done.problems)) == (10, {Problem.UNREACHABLE})  # one lot tried, the rest left alone
    clock.move(timedelta(minutes=1))
    assert sent(sqlite_store, box, clock).sent == 12


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"CARTE_SMTP_PASSWORD": "un-autre"}, Problem.SIGN_IN),
        ({"CARTE_SMTP_TLS": "tls"}, Problem.NOT_TRUSTED),
        ({"CARTE_SMTP_TLS": "none", "CARTE_SMTP_USER": ""}, Problem.SENDER),
    ],
)
def test_a_wrong_setting_is_named_and_loses_nothing(
    sqlite_store: Store, box: Postbox, clock: FixedClock, wrong: dict[str, str], problem: Problem
) -> None:
    post(sqlite_store, clock)
    assert sent(sqlite_store, box, clock, **wrong).problems == {problem: 1}
    clock.move(timedelta(minutes=1))
    assert sent(sqlite_store, box, clock).sent == 1


def test_a_server_nobody_vouches_for_gets_nothing(
    sqlite_store: Store, box: Postbox, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    post(sqlite_store, clock)
    assert sent(sqlite_store, box, clock).problems == {Problem.NOT_TRUSTED: 1}
    assert box.letters == []


def test_a_letter_that_would_hold_another_header_never_leaves(
    sqlite_store: Store, box: Postbox, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter_id = post(sqlite_store, clock)
    forged = outbox.Contents(to=f"{TO}\r\nBcc: eve@example.org", path=LINK, valid_for="")
    monkeypatch.setattr(outbox, "contents", lambda *_: forged)
    done = sent(sqlite_store, box, clock)
    assert (done.given_up, done.problems) == (1, {Problem.UNWRITABLE: 1})
    assert letter(sqlite_store, letter_id)["state"] == "given_up" and box.letters == []


def test_the_other_letters_leave_when_one_was_altered(store: Store, box: Postbox, clock: FixedClock) -> None:
    bad, _good = post(store, clock), post(store, clock)
    with store.engine.begin() as connection:
        table = "sealed_section SET blob = (SELECT wrapped FROM data_key LIMIT 1)"
        connection.exec_driver_sql(f"UPDATE {table} WHERE subject_id = '{bad}'")
    done = sent(store, box, clock)
    assert (done.sent, done.given_up) == (1, 1)


@pytest.mark.parametrize("name", ["CARTE_SMTP_HOST", "CARTE_MAIL_FROM", "CARTE_PUBLIC_URL"])
def test_without_a_setting_letters_wait_and_it_is_named(
    sqlite_store: Store, box: Postbox, clock: FixedClock, name: str
) -> None:
    letter_id = post(sqlite_store, clock)
    with pytest.raises(Unavailable, match=name):
        sent(sqlite_store, box, clock, **{name: ""})
    assert (letter(sqlite_store, letter_id)["state"], letter(sqlite_store, letter_id)["attempts"]) == ("waiting", 0)


def test_a_password_never_leaves_in_clear(sqlite_store: Store, box: Postbox, clock: FixedClock) -> None:
    with pytest.raises(Unavailable, match="CARTE_SMTP_TLS"):
        sent(sqlite_store, box, clock, CARTE_SMTP_TLS="none")
    assert "un-mot-de-passe-de-relais" not in repr(Settings(**box.settings))


def test_an_idle_worker_writes_nothing(sqlite_store: Store, box: Postbox, clock: FixedClock) -> None:
    before = written_down(sqlite_store)
    assert sent(sqlite_store, box, clock).total == 0
    assert written_down(sqlite_store) == before


def test_a_worker_asked_to_stop_takes_no_more(sqlite_store: Store, box: Postbox, clock: FixedClock) -> None:
    post(sqlite_store, clock)
    done = deliver(sqlite_store, Settings(**box.settings), clock, limit=1000, is_stopping=lambda: True)
    assert (done.total, box.letters) == (0, [])


@pytest.mark.parametrize("kind", LetterKind)
@pytest.mark.parametrize("valid_for", ["", "30 minutes"])
def test_every_letter_is_short_french_and_nameless(kind: LetterKind, valid_for: str, clock: FixedClock) -> None:
    planned, counts = PLANNED if kind in DATED else None, dict.fromkeys(COUNTED.get(kind, ()), 3)
    said = outbox.Contents(to=TO, path=LINK, valid_for=valid_for, planned=planned, counts=counts)
    here = Settings(CARTE_MAIL_FROM="carte@valmer.example", CARTE_PUBLIC_URL="https://carte.valmer.example/")
    written = mail.written(here, clock, outbox.Leased(id="x", kind=kind.value, attempts=1), said)
    body = written.get_body(("plain",))
    assert body is not None
    lines = body.get_content().split("\n")
    assert written["Subject"] and lines[:2] == ["Bonjour,", ""]
    assert lines.count(f"https://carte.valmer.example{LINK}") == 1
    assert max(map(len, lines)) <= 90 and len(lines) < 25 and "amina" not in body.get_content().casefold()
    assert "{" not in body.get_content() and "\n\n\n" not in body.get_content()


def in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language in which every sentence of the catalogues stands between two marks."""

    class Marked(NullTranslations):
        def gettext(self, message: str) -> str:
            return f"⟦{message}⟧"

        def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
            return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    monkeypatch.setattr(languages, "catalogue", lambda _language: Marked())


# To professionals, who read French, and to a partner who has no account.
FRENCH_ONLY = {"invitation", "relay_link", "quota_warning", "digest", "weekly"}


@pytest.mark.parametrize("kind", sorted(set(LetterKind) - FRENCH_ONLY))
def test_every_sentence_of_a_letter_to_her_is_in_the_catalogues(
    kind: LetterKind, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_pieces(monkeypatch)
    said = outbox.Contents(
        to=TO, path=LINK, valid_for="30 minutes", planned=PLANNED if kind in DATED else None, language="uk"
    )
    here = Settings(CARTE_MAIL_FROM="carte@valmer.example", CARTE_PUBLIC_URL="https://carte.valmer.example/")
    written = mail.written(here, clock, outbox.Leased(id="x", kind=kind.value, attempts=1), said)
    body = written.get_body(("plain",))
    assert body is not None and body["Content-Language"] == "uk"
    text = f"{written['Subject']}\n{body.get_content()}"
    for own in (f"https://carte.valmer.example{LINK}", "La carte vitale de l’emploi"):
        text = text.replace(own, "")
    while "⟦" in text:  # what is filled in stands between marks of its own
        text = re.sub(r"⟦[^⟦⟧]*⟧", "", text)
    assert not text.strip()


@pytest.mark.parametrize(
    ("language", "hello", "summary"),
    [("en", "Hello,", "Appointment"), ("ar", "مرحبًا،", "موعد"), ("uk", "Добрий день,", "Зустріч")],
)
def test_a_letter_and_its_calendar_are_written_in_her_language(
    sqlite_store: Store, box: Postbox, clock: FixedClock, language: str, hello: str, summary: str
) -> None:
    meeting = outbox.Meeting(starts_at=PLANNED.starts_at, ends_at=PLANNED.ends_at, ref="rendez-vous-7")
    with Transaction(sqlite_store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        outbox.post(
            tx, kind="appointment", to=TO, variables={"link": "/mes-rendez-vous"}, meeting=meeting, language=language
        )
    assert sent(sqlite_store, box, clock).sent == 1
    came = box.only()
    body, (file,) = came.get_body(("plain",)), came.iter_attachments()
    assert body is not None and body.get_content().startswith(hello) and "14:05" in body.get_content()
    assert f"SUMMARY:{summary}" in file.get_content()


def test_a_language_without_catalogue_is_no_language_of_a_letter(sqlite_store: Store, clock: FixedClock) -> None:
    with (
        pytest.raises(ValueError, match="language"),
        Transaction(sqlite_store, actor=SYSTEM, clock=clock, door="jobs") as tx,
    ):
        outbox.post(tx, kind="new_support", to=TO, variables={"link": "/"}, language="de")


def test_a_letter_is_signed_by_the_territory_and_says_whom_to_ask(
    sqlite_store: Store, box: Postbox, clock: FixedClock
) -> None:
    root = Actor(role="operator", account_id="root")
    for setting, value in ((Setting.NAME, "Pays de Valmer"), (Setting.HELP_PHONE, "02 99 00 00 00")):
        with Transaction(sqlite_store, actor=root, clock=clock, door="web") as tx:
            decide_setting(tx, setting, value=value, seen=0)
    post(sqlite_store, clock)
    sent(sqlite_store, box, clock)
    body = box.only().get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "La carte vitale de l’emploi, Pays de Valmer" in text and "Une question ? 02 99 00 00 00" in text


def test_every_letter_has_its_words_and_no_words_are_idle() -> None:
    files = {path.stem for path in (ROOT / "templates" / "mail").glob("*.txt")}
    assert files == {kind.value for kind in LetterKind}


def test_an_appointment_leaves_with_its_hour_and_a_file_for_a_calendar(
    sqlite_store: Store, box: Postbox, clock: FixedClock
) -> None:
    meeting = outbox.Meeting(starts_at=PLANNED.starts_at, ends_at=PLANNED.ends_at, ref="rendez-vous-7")
    with Transaction(sqlite_store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        outbox.post(tx, kind="appointment", to=TO, variables={"link": "/mes-rendez-vous"}, meeting=meeting)
    assert sent(sqlite_store, box, clock).sent == 1
    came = box.only()
    body, (file,) = came.get_body(("plain",)), came.iter_attachments()
    assert body is not None and "le 28\u00a0novembre\u00a02026 à 14\u00a0h\u00a005" in body.get_content()
    assert (file.get_content_type(), file.get_filename()) == ("text/calendar", "rendez-vous.ics")
    assert file["Content-Type"].params["method"] == "PUBLISH"


def test_an_appointment_already_begun_is_announced_no_more(
    sqlite_store: Store, box: Postbox, clock: FixedClock
) -> None:
    meeting = outbox.Meeting(starts_at=PLANNED.starts_at, ends_at=PLANNED.ends_at, ref="rendez-vous-7")
    with Transaction(sqlite_store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        outbox.post(tx, kind="appointment_reminder", to=TO, variables={"link": "/mes-rendez-vous"}, meeting=meeting)
    clock.at = PLANNED.starts_at
    assert sent(sqlite_store, box, clock).problems == {Problem.TOO_LATE: 1}
    assert box.letters == []


def test_the_letter_of_the_day_leaves_with_its_counts_alone(
    sqlite_store: Store, box: Postbox, clock: FixedClock
) -> None:
    counts = {"new": 2, "queue": 12, "given": 1, "answers": 0, "points": 7, "structures": 2}
    with Transaction(sqlite_store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        outbox.post(tx, kind="digest", to=TO, variables={"link": "/alertes"}, counts=counts, key="digest:x:2026-11-20")
        outbox.post(tx, kind="digest", to=TO, variables={"link": "/alertes"}, counts=counts, key="digest:x:2026-11-20")
    assert sent(sqlite_store, box, clock).sent == 1
    body = box.only().get_content().replace("\r\n", "\n")
    assert "\n- 12 alertes à confier, dans la file de votre structure\n- 1 alerte qui vous est confiée\n" in body
    assert "\n- 7 points de suivi en retard ou à faire aujourd’hui\n" in body and "réponse" not in body
    assert "Ces nombres réunissent les structures où vous travaillez." in body
