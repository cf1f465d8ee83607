import json
import logging
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from pathway.jobs import sms
from pathway.jobs.delivery import Delivered, Problem
from pathway.jobs.sms import deliver, forget_late
from pathway.kernel.clock import FixedClock, SystemClock
from pathway.kernel.errors import Invalid, Unavailable
from pathway.kernel.settings import ROOT, Settings
from pathway.kernel.sms import SEPTETS, septets
from pathway.store import outbox, stops
from pathway.store.actor import SYSTEM
from pathway.store.letter_kinds import BY_SMS, DATED, LetterKind
from pathway.store.opening import Store
from pathway.store.outbox import Contents, Leased, Meeting, Planned
from pathway.store.transaction import Transaction
from tests.jobs.counter import TOKEN, Counter, open_counter
from tests.jobs.postbox import free_port
from tests.store.hands import broken, stolen

TO = "+33612345678"
LINK = "/qui-voit-quoi"
STARTS = datetime(2026, 11, 28, 13, 5, tzinfo=UTC)
MEETING = Meeting(starts_at=STARTS, ends_at=STARTS + timedelta(hours=1), ref="rendez-vous-7")


@pytest.fixture
def counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    """A provider whose certificate this machine trusts."""
    with open_counter(tmp_path) as here:
        monkeypatch.setenv("SSL_CERT_FILE", str(here.certificate))
        yield here


def post(store: Store, clock: FixedClock, *, kind: str = "new_support", to: str = TO, **other: Any) -> str:
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        return outbox.post(tx, kind=kind, to=to, variables={"link": LINK}, channel="sms", **other)


def sent(store: Store, counter: Counter, clock: FixedClock, **other: Any) -> Delivered:
    return deliver(store, Settings(**{**counter.settings, **other}), clock, limit=1000)


def letter(store: Store, letter_id: str) -> dict[str, Any]:
    return stolen(store, "SELECT * FROM letter WHERE id = :id", id=letter_id)


def keys(store: Store, letter_id: str) -> int:
    return int(stolen(store, "SELECT count(*) AS n FROM data_key WHERE subject_id = :id", id=letter_id)["n"])


def written_down(store: Store) -> str:
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT payload FROM journal_entry")
        return " ".join(bytes(one[0]).decode() for one in rows)


def answered(store: Store, clock: FixedClock, text: str, sender: str = TO) -> None:
    with Transaction(store, actor=SYSTEM, clock=clock, door="web") as tx:
        assert stops.obey(tx, sender=sender, text=text)


def test_a_message_leaves_once_with_its_secret_and_its_name(store: Store, counter: Counter, clock: FixedClock) -> None:
    letter_id = post(store, clock)
    assert sent(store, counter, clock).sent == 1
    assert sent(store, counter, clock).total == 0
    ((headers, body),) = counter.taken
    assert headers["path"] == "/v1/messages?canal=court"
    assert (headers["Authorization"], headers["Idempotency-Key"]) == (f"Bearer {TOKEN}", letter_id)
    said = json.loads(body)
    assert (said["to"], said["from"]) == (TO, "CARTE")
    assert f"https://carte.valmer.example{LINK}" in said["text"] and "STOP" in said["text"]
    assert (letter(store, letter_id)["state"], keys(store, letter_id)) == ("sent", 0)
    assert broken(store) == []


def test_a_provider_that_wants_a_form_and_its_own_names_gets_them(
    sqlite_store: Store, counter: Counter, clock: FixedClock
) -> None:
    post(sqlite_store, clock)
    sent(sqlite_store, counter, clock, CARTE_SMS_FORMAT="form", CARTE_SMS_FIELDS="To,From,Body", CARTE_SMS_SENDER="")
    fields = parse_qs(counter.taken[0][1].decode())
    assert fields["To"] == [TO] and set(fields) == {"To", "Body"}


def test_a_provider_that_fails_is_tried_again_under_the_same_name(
    store: Store, counter: Counter, clock: FixedClock
) -> None:
    letter_id = post(store, clock)
    counter.answers = [500]
    assert sent(store, counter, clock).problems == {Problem.BUSY: 1}
    assert sent(store, counter, clock).total == 0
    clock.move(timedelta(minutes=1))
    assert sent(store, counter, clock).sent == 1
    assert [headers["Idempotency-Key"] for headers, _ in counter.taken] == [letter_id] * 2


def test_a_message_refused_for_a_day_is_given_up_and_emptied(store: Store, counter: Counter, clock: FixedClock) -> None:
    clock.at = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    letter_id = post(store, clock)
    counter.answers = [400] * 8
    for hours in (0, 0.1, 0.1, 0.3, 1, 3, 6, 24):
        clock.move(timedelta(hours=hours))
        last = sent(store, counter, clock)
    assert (last.given_up, last.problems) == (1, {Problem.REFUSED: 1})
    assert (letter(store, letter_id)["problem"], keys(store, letter_id)) == ("refused", 0)


@pytest.mark.parametrize(
    ("answer", "problem", "tried"),
    [
        (429, Problem.BUSY, 1),
        (401, Problem.SIGN_IN, 1),
        (503, Problem.BUSY, 3),
        (0, Problem.CUT, 3),
        (301, Problem.REFUSED, 3),
    ],
)
def test_what_would_fail_for_all_is_tried_once_a_round(
    sqlite_store: Store, counter: Counter, clock: FixedClock, answer: int, problem: Problem, tried: int
) -> None:
    for _ in range(3):
        post(sqlite_store, clock)
    counter.answers = [answer] * 3
    assert problem in sent(sqlite_store, counter, clock).problems
    assert len(counter.taken) == tried and {headers["path"] for headers, _ in counter.taken} == {
        "/v1/messages?canal=court"
    }


def test_a_silent_provider_is_left_and_the_message_waits(
    sqlite_store: Store, counter: Counter, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sms, "_SECONDS", 0.3)
    post(sqlite_store, clock)
    counter.answers = [-1]
    assert sent(sqlite_store, counter, clock).problems == {Problem.UNREACHABLE: 1}
    clock.move(timedelta(minutes=1))
    assert sent(sqlite_store, counter, clock).sent == 1


def test_a_provider_that_is_down_keeps_the_messages(sqlite_store: Store, counter: Counter, clock: FixedClock) -> None:
    post(sqlite_store, clock)
    wrong = f"https://127.0.0.1:{free_port()}/"
    assert sent(sqlite_store, counter, clock, CARTE_SMS_URL=wrong).problems == {Problem.UNREACHABLE: 1}


def test_a_provider_nobody_vouches_for_gets_nothing(
    sqlite_store: Store, counter: Counter, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    post(sqlite_store, clock)
    assert sent(sqlite_store, counter, clock).problems == {Problem.NOT_TRUSTED: 1}
    assert counter.taken == []


def test_a_worker_killed_before_it_wrote_that_it_sent_sends_the_same_message_again(
    store: Store, counter: Counter, tmp_path: Path, clock: FixedClock
) -> None:
    clock.at = now = SystemClock().now()
    near = Meeting(starts_at=now + timedelta(minutes=50), ends_at=now + timedelta(hours=1), ref="near")
    letter_id = post(store, clock, kind="appointment", meeting=near)  # so near that it leaves at any hour
    own = {"CARTE_INSTANCE": str(tmp_path / "instance"), "CARTE_TERRITORY": "valmer"}
    address = {"DATABASE_URL": store.engine.url.render_as_string(hide_password=False)}
    environment = {**os.environ, **own, **address, **counter.settings}
    line = [sys.executable, "-m", "pathway.cli", "worker", "--once"]
    with subprocess.Popen(line, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as child:
        counter.on_message = child.kill  # the provider has the message; nobody will hear its yes
        assert child.wait(timeout=60) == -signal.SIGKILL
    counter.on_message = lambda: None
    assert letter(store, letter_id)["state"] == "waiting" and sent(store, counter, clock).total == 0
    clock.move(timedelta(minutes=17))
    assert sent(store, counter, clock).sent == 1
    assert [headers["Idempotency-Key"] for headers, _ in counter.taken] == [letter_id] * 2


def test_after_stop_nothing_is_written_to_that_number_until_it_says_otherwise(
    store: Store, counter: Counter, clock: FixedClock
) -> None:
    answered(store, clock, "STOP", sender="0612345678")
    assert post(store, clock) == ""
    assert stolen(store, "SELECT count(*) AS n FROM letter")["n"] == 0
    answered(store, clock, "Reprendre")
    assert post(store, clock) and sent(store, counter, clock).sent == 1


def test_a_stop_that_comes_while_a_message_waits_keeps_it_back_and_empties_it(
    store: Store, counter: Counter, clock: FixedClock
) -> None:
    letter_id, other = post(store, clock), post(store, clock, to="+33687654321")
    answered(store, clock, "stop svp")
    done = sent(store, counter, clock)
    assert (done.sent, done.given_up, done.problems) == (1, 1, {Problem.STOPPED: 1})
    assert (letter(store, letter_id)["problem"], keys(store, letter_id)) == ("stopped", 0)
    assert letter(store, other)["state"] == "sent"
    assert [json.loads(body)["to"] for _, body in counter.taken] == ["+33687654321"]


def test_a_message_that_waited_three_days_is_not_sent(sqlite_store: Store, counter: Counter, clock: FixedClock) -> None:
    letter_id = post(sqlite_store, clock)
    clock.move(timedelta(days=3, seconds=1))
    assert sent(sqlite_store, counter, clock).problems == {Problem.TOO_LATE: 1}
    assert keys(sqlite_store, letter_id) == 0 and counter.taken == []


def test_no_log_no_journal_and_no_base_in_clear_says_a_number_or_a_text(
    store: Store,
    counter: Counter,
    clock: FixedClock,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    counter.answers = [400, 401]
    post(store, clock)
    sent(store, counter, clock)
    answered(store, clock, "STOP")
    clock.move(timedelta(minutes=1))
    sent(store, counter, clock)
    out = "".join(capfd.readouterr()) + caplog.text + written_down(store)
    for table in ("letter", "sms_stop", "sealed_section", "data_key"):
        with store.engine.connect() as connection:
            out += repr([tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table}")])
    for said in ("612345678", "6 12 34 56 78", "STOP", "carte.valmer", LINK, TOKEN):
        assert said not in out
    assert TOKEN not in repr(Settings(**counter.settings, CARTE_SMS_REPLY_TOKEN=TOKEN * 2))


@pytest.mark.parametrize(
    ("kind", "link", "to"),
    [
        ("password_reset", "/mot-de-passe-oublie", TO),
        ("contact_changed", LINK, TO),
        ("new_support", "/dossiers/01k9q2hvtyx7fzmb5k3xw8cdrs", TO),
        ("new_support", "/mot-de-passe/zdR-a9", TO),
        ("new_support", f"{LINK}?de=01k9", TO),
        ("new_support", LINK, "amina@courriel.example"),
        ("new_support", LINK, "+33212345678"),
    ],
)
def test_what_a_message_must_not_say_is_not_written(
    sqlite_store: Store, clock: FixedClock, kind: str, link: str, to: str
) -> None:
    with (
        pytest.raises((ValueError, Invalid), match=r"by a message|mobile"),
        Transaction(sqlite_store, actor=SYSTEM, clock=clock, door="jobs") as tx,
    ):
        outbox.post(tx, kind=kind, to=to, variables={"link": link}, channel="sms")


@pytest.mark.parametrize("kind", sorted(BY_SMS))
@pytest.mark.parametrize("link", [LINK, "/mon-parcours", "/mes-rendez-vous"])
@pytest.mark.parametrize(("language", "first"), [("fr", "Votre carte : "), ("en", "Your card: ")])
def test_every_message_holds_in_one_and_names_nobody(kind: LetterKind, link: str, language: str, first: str) -> None:
    planned = Planned(starts_at=STARTS, ends_at=STARTS + timedelta(hours=1), mark="0f" * 16, said_at=STARTS)
    said = Contents(to=TO, path=link, valid_for="", planned=planned if kind in DATED else None, language=language)
    here = Settings(CARTE_PUBLIC_URL="https://carte.valmer-agglo.example")
    text = sms.written(here, Leased(id="x", kind=kind.value, attempts=1, channel="sms"), said)
    assert text.startswith(first) and "STOP" in text and septets(text) <= SEPTETS
    assert text.count(f"https://carte.valmer-agglo.example{link}") == 1 and "{" not in text
    assert ("28/11 " in text and " 14:05" in text) is (kind in DATED)
    assert not [
        word for word in ("structure", "dossier", "accès", "insertion", "emploi", "PLIE", "RSA") if word in text
    ]


@pytest.mark.parametrize("language", ["ar", "uk"])
def test_a_message_whose_letters_would_not_fit_is_said_in_french(language: str) -> None:
    said = Contents(to=TO, path=LINK, valid_for="", language=language)
    here = Settings(CARTE_PUBLIC_URL="https://carte.valmer-agglo.example")
    text = sms.written(here, Leased(id="x", kind="new_support", attempts=1, channel="sms"), said)
    assert text.startswith("Votre carte : ") and septets(text) <= SEPTETS


def test_a_late_worker_wakes_nobody_and_loses_nothing(store: Store, counter: Counter, clock: FixedClock) -> None:
    clock.at = datetime(2026, 11, 20, 18, 59, tzinfo=UTC)  # 19:59 in Paris, a Friday
    letter_id = post(store, clock)
    clock.move(timedelta(minutes=1))
    assert sent(store, counter, clock).problems == {Problem.ASLEEP: 1} and counter.taken == []
    assert sent(store, counter, clock).total == 0
    clock.at = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
    assert sent(store, counter, clock).sent == 1 and letter(store, letter_id)["state"] == "sent"


def test_a_provider_that_fails_in_the_evening_is_tried_again_in_the_morning(
    sqlite_store: Store, counter: Counter, clock: FixedClock
) -> None:
    clock.at = datetime(2026, 11, 21, 18, 59, 30, tzinfo=UTC)  # a Saturday
    post(sqlite_store, clock)
    counter.answers = [500]
    assert sent(sqlite_store, counter, clock).problems == {Problem.BUSY: 1}
    clock.at = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    assert sent(sqlite_store, counter, clock).total == 0
    clock.at = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    assert sent(sqlite_store, counter, clock).sent == 1


def test_every_message_has_its_words_and_no_words_are_idle() -> None:
    files = {path.stem for path in (ROOT / "templates" / "sms").glob("*.txt")}
    assert files == {kind.value for kind in BY_SMS}


def test_a_modem_gets_one_whole_file_a_message_closed_to_others(
    sqlite_store: Store, clock: FixedClock, tmp_path: Path
) -> None:
    letter_id, folder = post(sqlite_store, clock, kind="appointment_reminder", meeting=MEETING), tmp_path / "modem"
    here = Settings(CARTE_SMS_FOLDER=folder, CARTE_PUBLIC_URL="https://carte.valmer.example")
    assert deliver(sqlite_store, here, clock, limit=10).sent == 1
    (file,) = (folder / "outgoing").iterdir()
    assert file.name == letter_id and stat.S_IMODE(file.stat().st_mode) == 0o600
    head, _, text = file.read_text().partition("\n\n")
    assert head.split("\n") == ["To: 33612345678", "Alphabet: UTF-8"] and text.startswith("Votre carte : rappel")
    assert [one.name for one in folder.iterdir()] == ["outgoing"]


def test_a_folder_nobody_may_write_keeps_the_messages(sqlite_store: Store, clock: FixedClock, tmp_path: Path) -> None:
    post(sqlite_store, clock)
    (tmp_path / "modem").write_text("no folder")
    here = Settings(CARTE_SMS_FOLDER=tmp_path / "modem", CARTE_PUBLIC_URL="https://carte.valmer.example")
    assert deliver(sqlite_store, here, clock, limit=10).problems == {Problem.FOLDER: 1}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"CARTE_PUBLIC_URL": ""}, "CARTE_PUBLIC_URL"),
        ({"CARTE_SMS_FOLDER": "/tmp"}, "pas les deux"),
        ({"CARTE_SMS_URL": "https://sms.example:70000/"}, "port"),
    ],
)
def test_settings_that_do_not_go_together_are_named_and_messages_wait(
    sqlite_store: Store, counter: Counter, clock: FixedClock, wrong: dict[str, str], said: str
) -> None:
    letter_id = post(sqlite_store, clock)
    with pytest.raises(Unavailable, match=said):
        sent(sqlite_store, counter, clock, **wrong)
    assert letter(sqlite_store, letter_id)["attempts"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"CARTE_SMS_URL": "http://sms.example/send"},
        {"CARTE_SMS_URL": "https://moi:secret@sms.example/"},
        {"CARTE_SMS_URL": "file:///etc/passwd"},
        {"CARTE_SMS_TOKEN": "a\r\nX-Autre: b"},
        {"CARTE_SMS_SENDER": "Carte vitale de l’emploi"},
        {"CARTE_SMS_FIELDS": "to,text"},
        {"CARTE_SMS_REPLY_TOKEN": "court"},
    ],
)
def test_a_setting_that_would_leak_or_mislead_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Settings.model_validate(wrong)


def test_without_a_way_messages_wait_three_days_then_are_forgotten(store: Store, clock: FixedClock) -> None:
    letter_id = post(store, clock)
    with pytest.raises(Unavailable, match="CARTE_SMS_URL ou CARTE_SMS_FOLDER"):
        deliver(store, Settings(), clock, limit=10)
    clock.move(timedelta(days=3))
    assert (forget_late(store, clock), letter(store, letter_id)["state"]) == (0, "waiting")
    clock.move(timedelta(seconds=1))
    fresh = post(store, clock)
    assert (forget_late(store, clock), forget_late(store, clock)) == (1, 0)
    assert (letter(store, letter_id)["problem"], keys(store, letter_id)) == ("too_late", 0)
    assert letter(store, fresh)["state"] == "waiting" and broken(store) == []
