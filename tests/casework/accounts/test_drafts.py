from datetime import timedelta
from typing import Any

from sqlalchemy import text

from pathway.casework.accounts.drafts import Kept, draft_of, drop_draft, forget_drafts, keep_draft
from pathway.casework.accounts.queries import lapsed_account
from pathway.casework.accounts.rules import Stage
from pathway.casework.accounts.sessions import end_session, session_id, start_half_session, start_session
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.enrolments.steps import rows, system

PLACE = "/dossiers/quelqu-un/note?retour=plan"
CANARY = "une phrase que la base ne doit jamais porter"


def drafts(town: Town) -> list[Any]:
    """What is kept of unfinished words."""
    return rows(town.store, "draft")


def keep(town: Town, said: str = CANARY, by: str = "bruno") -> None:
    """What the web keeps of a form that came too late."""
    with system(town.store, town.clock) as tx:
        keep_draft(tx, account_id=town.actor(by).account_id, place=PLACE, fields=[("text", said), ("who", "a")])


def found(town: Town, by: str = "bruno") -> Kept | None:
    with town.acting(by, write=False) as tx:
        return draft_of(tx)


def test_words_come_back_to_their_author_alone(town: Town) -> None:
    keep(town, "un")
    keep(town)
    kept = found(town)
    assert kept is not None and kept.fields == (("text", CANARY), ("who", "a"))
    assert (kept.place, kept.path) == (PLACE, "/dossiers/quelqu-un/note")
    assert kept.until == town.clock.now() + timedelta(hours=24)
    assert found(town, by="fatou") is None
    (row,) = drafts(town)
    assert CANARY.encode() not in bytes(row["words"]) and PLACE.encode() not in bytes(row["words"])


def test_words_are_forgotten_once_dropped_or_after_a_day(town: Town, clock: FixedClock) -> None:
    keep(town)
    with town.acting("fatou") as tx:
        drop_draft(tx)
        tx.journal("test")
    assert found(town) is not None
    with town.acting("bruno") as tx:
        drop_draft(tx)
        tx.journal("test")
    assert drafts(town) == []
    keep(town)
    clock.move(timedelta(hours=24))
    assert found(town) is None
    with system(town.store, clock) as tx:
        assert forget_drafts(tx) == 1
        tx.journal("test")
    assert drafts(town) == []


def test_what_an_earlier_version_kept_is_not_read_as_a_form(sqlite_town: Town) -> None:
    keep(sqlite_town)
    account_id = sqlite_town.actor("bruno").account_id
    with system(sqlite_town.store, sqlite_town.clock) as tx:
        words = {"place": PLACE, "words": {"text": CANARY}}
        sealed = tx.sealing.seal_value(account_id, "draft", account_id, words, bucket=256)
        tx.execute(text("UPDATE draft SET words = :words"), {"words": sealed})
        tx.journal("test")
    assert found(sqlite_town) is None


def test_only_a_session_that_ended_by_itself_keeps_words(sqlite_town: Town, clock: FixedClock) -> None:
    actor = sqlite_town.actor("bruno")
    with system(sqlite_town.store, clock) as tx:
        seat = {"account_id": actor.account_id, "record_id": ""}
        role = sqlite_town.cast["bruno"].role
        asleep = start_session(tx, **seat, role=role, structure_id=actor.structure_id, tries_of="")
        closed = start_session(tx, **seat, role=role, structure_id=actor.structure_id, tries_of="")
        half = start_half_session(tx, **seat, stage=Stage.PENDING, tries_of="")
        end_session(tx, session_id(closed))
    clock.move(timedelta(hours=2))
    with system(sqlite_town.store, clock, write=False) as tx:
        whose = {
            one: lapsed_account(tx, session_id(one), since=tx.now - timedelta(hours=3)) for one in (asleep, closed)
        }
        assert whose == {asleep: actor.account_id, closed: None}
        for one in (half, "unknown"):
            assert lapsed_account(tx, session_id(one), since=tx.now - timedelta(hours=3)) is None
        assert lapsed_account(tx, session_id(asleep), since=tx.now - timedelta(hours=1)) is None
