"""One letter a day: on working days, to whom something waits, never twice, and nobody kept waiting by another."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from pathway.casework.alerts.actions import give_alert
from pathway.casework.alerts.digests import work_of
from pathway.casework.alerts.queries import open_alerts
from pathway.casework.team.holders import teams
from pathway.demo.town import Town
from pathway.jobs import mail
from pathway.jobs.night import digests as step
from pathway.kernel.clock import Clock, FixedClock, local_day
from pathway.kernel.settings import Settings
from pathway.store import outbox
from pathway.store.letter_kinds import LetterKind
from pathway.store.opening import Store
from tests.casework.alerts.test_actions import alerted
from tests.casework.alerts.test_digests import away
from tests.casework.enrolments.steps import rows, system
from tests.jobs.nightly_letters import counted, written_to
from tests.store.hands import altered, broken

HERE = Settings(CARTE_MAIL_FROM="carte@valmer.example", CARTE_PUBLIC_URL="https://carte.valmer.example")


@pytest.fixture(autouse=True)
def _the_clock_of_the_town(monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> None:
    def of(store: Store) -> Clock:
        return clock

    monkeypatch.setattr(step, "clock_of", of)


def night(town: Town, on: date | None = None) -> dict[str, int]:
    """What the step counts that night."""
    return counted(town, step.digests, on)


def told(town: Town) -> set[str]:
    """Who was written to, whatever the day."""
    return written_to(town, LetterKind.DIGEST)


def letters(town: Town) -> Iterator[str]:
    """The letters as they would leave now, by recipient."""
    with system(town.store, town.clock) as tx:
        lot = outbox.lease(tx, limit=50, until=tx.now + timedelta(minutes=5))
        said = sorted(((one, outbox.contents(tx, one.id)) for one in lot), key=lambda pair: pair[1].to)
    for one, contents in said:
        message = mail.written(HERE, town.clock, one, contents)
        parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
        yield "\n".join([f"{message['To']}\n{message['Subject']}\n", *parts])


DENIS = """denis@demo.carte.invalid
Votre journée : ce qui vous attend

Bonjour,

Voici ce qui vous attend aujourd’hui :

- 1 alerte à confier, dans la file de votre structure
  (1 nouvelle depuis votre dernière lettre)

Pour voir de qui il s’agit, connectez-vous :

https://carte.valmer.example/alertes

La carte vitale de l’emploi

Ce message est envoyé automatiquement : inutile d’y répondre.
"""


def test_a_letter_says_how_many_and_nothing_of_whom(town: Town, clock: FixedClock) -> None:
    alerted(town, clock)
    clock.move(timedelta(days=-1))  # a Tuesday; Wednesday in the alerts' own tests
    assert night(town) == {"sent": 2, "failed": 0}
    bruno, denis = letters(town)
    assert denis == DENIS
    assert "- 1 point de suivi en retard ou à faire aujourd’hui\n" in bruno and "/aujourd-hui\n" in bruno
    assert not {"Amina", "Benkacem", "nouvelle depuis"} & set(bruno.split()) and "Benkacem" not in bruno
    assert broken(town.store) == []


def test_a_night_run_twice_writes_once_and_the_next_day_what_is_new(town: Town, clock: FixedClock) -> None:
    alerted(town, clock)
    assert (night(town)["sent"], night(town)["sent"]) == (2, 0)
    with town.acting("denis") as tx:
        give_alert(tx, alert_id=open_alerts(tx)[0].id, account_id=town.accounts["fatou"])
    clock.move(timedelta(days=1))
    assert night(town)["sent"] == 1 and told(town) == {"denis", "bruno", "fatou"}
    assert len(rows(town.store, "letter")) == 3


def test_nobody_is_written_to_for_a_night_caught_up_nor_on_a_day_off(sqlite_town: Town, clock: FixedClock) -> None:
    alerted(sqlite_town, clock)
    today = local_day(clock.now())
    assert night(sqlite_town, today - timedelta(days=1)) == {"sent": 0, "failed": 0}
    saturday = FixedClock(clock.now() + timedelta(days=(5 - today.weekday()) % 7))
    clock.at = saturday.at
    assert night(sqlite_town) == {"sent": 0, "failed": 0} and told(sqlite_town) == set()


def test_nothing_to_say_is_no_letter(sqlite_town: Town) -> None:
    assert night(sqlite_town) == {"sent": 0, "failed": 0} and told(sqlite_town) == set()


def test_who_replaces_the_responsable_is_led_to_the_queue(sqlite_town: Town, clock: FixedClock) -> None:
    alerted(sqlite_town, clock)
    away(sqlite_town, "denis", "fatou")
    night(sqlite_town)
    (hers,) = [one for one in letters(sqlite_town) if one.startswith("fatou")]
    assert "https://carte.valmer.example/alertes\n" in hers


def test_all_the_team_is_led_to_a_queue_that_nobody_was_named_for(sqlite_town: Town, clock: FixedClock) -> None:
    alerted(sqlite_town, clock)
    away(sqlite_town, "denis", None)
    night(sqlite_town)
    (hers,) = [one for one in letters(sqlite_town) if one.startswith("fatou")]
    assert "https://carte.valmer.example/alertes\n" in hers


def test_an_account_that_cannot_be_read_keeps_nobody_else_waiting(town: Town, clock: FixedClock) -> None:
    alerted(town, clock)
    bad = "UPDATE sealed_section SET blob = (SELECT wrapped FROM data_key LIMIT 1) WHERE subject_id = :id"
    altered(town.store, bad, id=town.accounts["bruno"])
    assert night(town) == {"sent": 1, "failed": 1}
    assert told(town) == {"denis"}


def test_an_account_that_is_closed_is_not_written_to(sqlite_town: Town, clock: FixedClock) -> None:
    alerted(sqlite_town, clock)
    altered(sqlite_town.store, "UPDATE account SET state = 'disabled' WHERE id = :id", id=sqlite_town.accounts["denis"])
    night(sqlite_town)
    assert told(sqlite_town) <= {"bruno"}


def test_the_number_of_statements_does_not_follow_the_number_of_accounts(sqlite_town: Town, clock: FixedClock) -> None:
    alerted(sqlite_town, clock)
    said: list[str] = []
    with system(sqlite_town.store, clock, write=False) as tx:
        known = teams(tx)
        event.listen(tx.connection, "before_cursor_execute", lambda *told: said.append(told[2]))
        for team in known:
            work_of(tx, team, since={})
    assert sum(len(team.members) for team in known) > len(known)
    assert len(said) <= 4 * len(known)
