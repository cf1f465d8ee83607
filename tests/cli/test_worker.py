import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pathway.kernel.clock import SystemClock
from pathway.kernel.settings import ROOT
from pathway.store.actor import SYSTEM
from pathway.store.opening import open_store
from pathway.store.outbox import Meeting, post
from pathway.store.transaction import Transaction
from tests.cli.conftest import Desk
from tests.jobs.postbox import Postbox, listening

MOBILE = "+33612345678"
TO = "amina.benkacem@courriel.example"


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """A mail server, and the environment that leads to it."""
    with listening(tmp_path) as here:
        monkeypatch.setenv("SSL_CERT_FILE", str(here.certificate))
        for name, value in here.settings.items():
            monkeypatch.setenv(name, str(value))
        yield here


def letters(desk: Desk, *to: str) -> None:
    store = open_store(desk.settings)
    with Transaction(store, actor=SYSTEM, clock=SystemClock(), door="cli") as tx:
        for one in to:
            post(tx, kind="invitation", to=one, variables={"link": "/invitation/kd82hs"})
    store.engine.dispose()


def test_without_a_mail_server_it_says_what_is_missing_and_letters_wait(desk: Desk) -> None:
    letters(desk, TO)
    for words in (["worker"], ["worker", "--once"]):
        said = desk.refusal(*words, code=1)
        assert "CARTE_SMTP_HOST" in said and "Les lettres attendent" in said


def test_once_empties_the_queue(desk: Desk, box: Postbox) -> None:
    letters(desk, TO, "bruno@courriel.example")
    sent, nothing = ({"sent": number, "retry": 0, "given_up": 0, "waiting": 0} for number in (2, 0))
    assert desk.answer("worker", "--once") == {**sent, "email": sent, "sms": nothing}
    assert desk.answer("worker", "--once") == {**nothing, "email": nothing, "sms": nothing}
    assert len(box.letters) == 2
    assert desk.answer("journal", "verify")["broken"] == []


def test_a_letter_that_must_be_tried_again_is_told_without_its_address(desk: Desk, box: Postbox) -> None:
    box.refused.add(TO)
    letters(desk, TO)
    done = desk.run("worker", "--once")
    assert done.exit_code == 0
    assert "À réessayer : 1" in done.stdout and "En attente : 1" in done.stdout
    assert "refuse le destinataire" in done.stderr and TO not in done.output


def text_message(desk: Desk) -> None:
    store = open_store(desk.settings)
    now = SystemClock().now()
    near = Meeting(starts_at=now + timedelta(minutes=50), ends_at=now + timedelta(hours=1), ref="near")
    with Transaction(store, actor=SYSTEM, clock=SystemClock(), door="cli") as tx:  # so near that it leaves at any hour
        post(tx, kind="appointment", to=MOBILE, variables={"link": "/mes-rendez-vous"}, channel="sms", meeting=near)
    store.engine.dispose()


def test_mail_leaves_where_messages_have_no_way_and_they_wait(desk: Desk, box: Postbox) -> None:
    letters(desk, TO)
    text_message(desk)
    done = desk.answer("worker", "--once")
    assert (done["email"]["sent"], done["sms"]["waiting"], done["waiting"]) == (1, 1, 1)


def test_messages_leave_where_mail_is_not_set_up_and_it_is_said(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARTE_SMS_FOLDER", str(tmp_path / "modem"))
    monkeypatch.setenv("CARTE_PUBLIC_URL", "https://carte.valmer.example")
    letters(desk, TO)
    text_message(desk)
    done = desk.run("worker", "--once")
    assert done.exit_code == 0 and "CARTE_SMTP_HOST" in done.stderr
    assert "Parties : 1 (courriel : 0, SMS : 1)" in done.stdout and "En attente : 1" in done.stdout
    assert len(list((tmp_path / "modem" / "outgoing").iterdir())) == 1 and MOBILE not in done.output


def test_two_ways_for_messages_are_refused_and_stop_no_mail(
    desk: Desk, box: Postbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARTE_SMS_FOLDER", str(tmp_path / "modem"))
    monkeypatch.setenv("CARTE_SMS_URL", "https://sms.example/send")
    letters(desk, TO)
    done = desk.run("worker", "--once")
    assert done.exit_code == 0 and "pas les deux" in done.stderr and len(box.letters) == 1


def test_a_modem_answer_stops_the_message_of_the_same_round(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARTE_SMS_FOLDER", str(tmp_path / "modem"))
    monkeypatch.setenv("CARTE_PUBLIC_URL", "https://carte.valmer.example")
    text_message(desk)
    incoming = tmp_path / "modem" / "incoming"
    incoming.mkdir(parents=True)
    (incoming / "one").write_text("From: 33612345678\nSent: 26-11-20 09:00:00\n\nStop\n")
    os.utime(incoming / "one", (0, 0))  # written long ago
    done = desk.run("worker", "--once", "--json")
    assert done.exit_code == 1 and "a répondu STOP" in done.stderr
    assert not (tmp_path / "modem" / "outgoing").exists() and not list(incoming.iterdir())


def test_json_goes_with_once_only(desk: Desk) -> None:
    assert "--once" in desk.refusal("worker", "--json", code=2)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_sends_until_it_is_asked_to_stop_and_leaves_with_zero(
    desk: Desk, box: Postbox, stop: signal.Signals
) -> None:
    letters(desk, TO)
    line = [sys.executable, "-m", "pathway.cli", "worker"]
    with subprocess.Popen(line, cwd=ROOT, env=dict(os.environ), stderr=subprocess.PIPE, text=True) as child:
        box.on_letter = lambda: child.send_signal(stop)  # in the middle of a letter: it is sent and recorded first
        _, said = child.communicate(timeout=60)
    assert child.returncode == 0, said
    assert "envoi arrêté" in said
    assert desk.answer("worker", "--once")["waiting"] == 0
    assert len(box.letters) == 1
