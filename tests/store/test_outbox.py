import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Invalid, NotFound, Sealed
from pathway.store import outbox
from pathway.store.actor import SYSTEM
from pathway.store.letter_kinds import COUNTED, LetterKind
from pathway.store.opening import Store
from pathway.store.outbox import Leased
from pathway.store.tables import Channel
from pathway.store.transaction import Transaction
from tests.store.hands import NOON, altered, broken, stolen

TO = "amina.benkacem@courriel.example"
LINK = "/invitation/kd82hs"


def at(store: Store, *, minutes: float = 0, write: bool = True) -> Transaction:
    clock = FixedClock(NOON + timedelta(minutes=minutes))
    return Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=write)


def posted(store: Store, *, to: str = TO, key: str = "", variables: Mapping[str, str] | None = None) -> str:
    said = {"link": LINK, "valid_for": "7 jours"} if variables is None else variables
    with at(store) as tx:
        return outbox.post(tx, kind="invitation", to=to, variables=said, key=key)


def leased(store: Store, *, minutes: float = 0, limit: int = 10) -> tuple[Leased, ...]:
    with at(store, minutes=minutes) as tx:
        return outbox.lease(tx, limit=limit, until=tx.now + timedelta(minutes=15))


def row(store: Store, letter_id: str) -> dict[str, object]:
    return stolen(store, "SELECT * FROM letter WHERE id = :id", id=letter_id)


def sealed_rows(store: Store, letter_id: str) -> int:
    query = "SELECT (SELECT count(*) FROM data_key WHERE subject_id = :id) + "
    query += "(SELECT count(*) FROM sealed_section WHERE subject_id = :id) AS n"
    return int(stolen(store, query, id=letter_id)["n"])


def journal(store: Store) -> str:
    with store.engine.connect() as connection:
        return " ".join(
            bytes(one[0]).decode() for one in connection.exec_driver_sql("SELECT payload FROM journal_entry")
        )


def test_a_letter_keeps_what_it_says_sealed_and_the_rest_in_clear(store: Store) -> None:
    letter_id = posted(store)
    assert {"kind": "invitation", "state": "waiting", "attempts": 0, "key": None}.items() <= row(
        store, letter_id
    ).items()
    with at(store, write=False) as tx:
        assert outbox.contents(tx, letter_id) == outbox.Contents(to=TO, path=LINK, valid_for="7 jours")
    assert TO not in journal(store) and LINK not in journal(store)
    assert broken(store) == []


def test_a_letter_is_not_written_when_what_it_speaks_of_is_not(store: Store) -> None:
    with pytest.raises(RuntimeError), at(store) as tx:
        outbox.post(tx, kind="invitation", to=TO, variables={"link": LINK})
        raise RuntimeError("the account could not be made")
    assert stolen(store, "SELECT count(*) AS n FROM letter")["n"] == 0


def test_the_same_thing_is_announced_once(store: Store) -> None:
    first = posted(store, key="exceptional:kd82hs")
    assert posted(store, key="exceptional:kd82hs") == first
    assert posted(store, key="exceptional:other") != first
    assert stolen(store, "SELECT count(*) AS n FROM letter")["n"] == 2
    assert broken(store) == []


def test_the_same_thing_announced_at_the_same_moment_refuses_nobody(store: Store) -> None:
    barrier, found = threading.Barrier(4), []

    def announce() -> None:
        barrier.wait()
        found.append(posted(store, key="quota:kd82hs:2026-11-20"))

    threads = [threading.Thread(target=announce) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(found) == 4 and len(set(found)) == 1


@pytest.mark.parametrize(
    "to", ["", "amina", "a@b@c", "a@b\nBcc: eve@example.org", "a@b\r", "a@b,eve@c", "A <a@b>", "a b@c"]
)
def test_what_is_not_one_address_is_refused(sqlite_store: Store, to: str) -> None:
    with pytest.raises(Invalid) as refusal:
        posted(sqlite_store, to=to)
    assert not to or to not in refusal.value.sentence


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"valid_for": "7 jours"},
        {"link": LINK, "first_name": "Amina"},
        {"link": "connexion"},
        {"link": "/a b"},
        {"link": "/\\evil.example"},
        {"link": "javascript:alert(1)"},
        {"link": LINK, "valid_for": "la santé d’Amina"},
    ],
)
def test_a_letter_can_say_nothing_but_a_link_and_a_duration(sqlite_store: Store, variables: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        posted(sqlite_store, variables=variables)


@pytest.mark.parametrize(
    "link", [f"https://evil.example{LINK}", f"//evil.example{LINK}", f"https://a@b.example:81{LINK}"]
)
def test_the_host_of_a_link_never_reaches_the_letter(sqlite_store: Store, link: str) -> None:
    letter_id = posted(sqlite_store, variables={"link": link})
    with at(sqlite_store, write=False) as tx:
        assert outbox.contents(tx, letter_id).path == LINK


def test_a_kind_nobody_wrote_is_refused(sqlite_store: Store) -> None:
    with pytest.raises(ValueError), at(sqlite_store) as tx:
        outbox.post(tx, kind="newsletter", to=TO, variables={"link": LINK})


def test_a_leased_letter_is_nobody_elses_until_the_lease_ends(store: Store) -> None:
    letter_id = posted(store)
    assert leased(store) == (Leased(id=letter_id, kind=LetterKind.INVITATION.value, attempts=1),)
    assert leased(store, minutes=14) == ()
    assert [one.attempts for one in leased(store, minutes=16)] == [2]


def test_lots_are_taken_oldest_first(store: Store) -> None:
    ids = {posted(store) for _ in range(3)}
    first, rest = leased(store, limit=2), leased(store, limit=2)
    assert (len(first), len(rest)) == (2, 1)
    assert {one.id for one in first + rest} == ids


def test_a_sent_letter_forgets_to_whom_it_went(store: Store) -> None:
    letter_id = posted(store)
    letter = leased(store)[0]
    assert sealed_rows(store, letter_id) == 2
    with at(store, minutes=1) as tx:
        outbox.mark_sent(tx, letter)
    assert sealed_rows(store, letter_id) == 0
    assert row(store, letter_id)["state"] == "sent" and row(store, letter_id)["ended_at"] is not None
    assert leased(store, minutes=60) == ()
    with pytest.raises(NotFound), at(store, write=False) as tx:
        outbox.contents(tx, letter_id)
    assert broken(store) == []


def test_a_letter_given_up_forgets_to_whom_it_went(store: Store) -> None:
    letter_id = posted(store)
    with at(store) as tx:
        outbox.give_up(tx, outbox.lease(tx, limit=1, until=tx.now)[0], problem="recipient")
    assert sealed_rows(store, letter_id) == 0
    assert (row(store, letter_id)["state"], row(store, letter_id)["problem"]) == ("given_up", "recipient")
    assert TO not in journal(store) and broken(store) == []


def test_a_letter_put_off_waits_for_its_hour(store: Store) -> None:
    letter_id = posted(store)
    with at(store) as tx:
        letter = outbox.lease(tx, limit=1, until=tx.now + timedelta(minutes=15))[0]
        outbox.put_off(tx, letter, problem="unreachable", next_try_at=tx.now + timedelta(minutes=5))
    assert leased(store, minutes=4) == ()
    assert [one.id for one in leased(store, minutes=5)] == [letter_id]


def test_a_late_failure_does_not_disturb_the_worker_who_took_over(store: Store) -> None:
    posted(store)
    late = leased(store)[0]
    leased(store, minutes=16)
    with at(store, minutes=17) as tx:
        outbox.put_off(tx, late, problem="cut", next_try_at=tx.now)
    assert leased(store, minutes=18) == ()


def test_a_sent_letter_stays_sent_whatever_a_slower_worker_says(store: Store) -> None:
    letter_id = posted(store)
    letter = leased(store)[0]
    with at(store) as tx:
        outbox.mark_sent(tx, letter)
        outbox.give_up(tx, letter, problem="cut")
    assert row(store, letter_id)["state"] == "sent"


def test_an_altered_letter_does_not_open(store: Store) -> None:
    first, second = posted(store), posted(store, to="eve@courriel.example")
    theirs = stolen(store, "SELECT blob FROM sealed_section WHERE subject_id = :id", id=second)["blob"]
    altered(store, "UPDATE sealed_section SET blob = :blob WHERE subject_id = :id", blob=theirs, id=first)
    with pytest.raises(Sealed), at(store, write=False) as tx:
        outbox.contents(tx, first)


def test_the_queue_says_its_length_and_its_age(store: Store) -> None:
    with at(store, write=False) as tx:
        assert outbox.queue_state(tx) == outbox.QueueState(waiting=0, oldest_at=None, given_up=0)
    posted(store)
    posted(store)
    with at(store) as tx:
        outbox.give_up(tx, outbox.lease(tx, limit=1, until=tx.now)[0], problem="recipient")
    with at(store, write=False) as tx:
        assert outbox.queue_state(tx) == outbox.QueueState(waiting=1, oldest_at=NOON, given_up=1)


MEETING = outbox.Meeting(starts_at=NOON + timedelta(days=2), ends_at=NOON + timedelta(days=2, hours=1), ref="seven")
HER_PAGE = {"link": "/mes-rendez-vous"}


def test_each_channel_has_its_own_queue(store: Store) -> None:
    mailed = posted(store)
    with at(store) as tx:
        texted = outbox.post(tx, kind="new_support", to="+33612345678", variables=HER_PAGE, channel="sms")
    with at(store) as tx:
        assert [one.id for one in outbox.lease(tx, limit=9, until=NOON, channel=Channel.SMS)] == [texted]
        assert outbox.due_count(tx, Channel.EMAIL) == outbox.queue_state(tx, Channel.EMAIL).waiting == 1
        assert outbox.queue_state(tx).waiting == 2
        assert [one.id for one in outbox.lease(tx, limit=9, until=NOON, channel=Channel.EMAIL)] == [mailed]
    assert (row(store, mailed)["channel"], row(store, texted)["channel"]) == ("email", "sms")


def test_an_appointment_is_sealed_with_the_rest_and_named_by_a_mark(store: Store) -> None:
    with at(store) as tx:
        first, later = (
            outbox.post(tx, kind=kind, to=TO, variables=HER_PAGE, meeting=MEETING)
            for kind in ("appointment", "appointment_changed")
        )
    with at(store, write=False) as tx:
        said, again = outbox.contents(tx, first).planned, outbox.contents(tx, later).planned
    assert said and again and said.mark == again.mark and "seven" not in said.mark
    assert (said.starts_at, said.ends_at, said.said_at) == (MEETING.starts_at, MEETING.ends_at, NOON)
    assert f"{MEETING.starts_at:%Y-%m-%dT%H}" not in journal(store) + repr(row(store, first))


@pytest.mark.parametrize(
    ("kind", "meeting"),
    [
        ("appointment", None),
        ("appointment_reminder", None),
        ("appointment_cancelled", None),
        ("invitation", MEETING),
        ("appointment", replace(MEETING, ends_at=MEETING.starts_at)),
        ("appointment", replace(MEETING, ends_at=MEETING.starts_at + timedelta(days=1, seconds=1))),
    ],
)
def test_instants_go_with_an_appointment_and_with_nothing_else(
    sqlite_store: Store, kind: str, meeting: outbox.Meeting | None
) -> None:
    with pytest.raises(ValueError, match="appointment"), at(sqlite_store) as tx:
        outbox.post(tx, kind=kind, to=TO, variables=HER_PAGE, meeting=meeting)


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        ("digest", None),
        ("invitation", dict.fromkeys(COUNTED[LetterKind.DIGEST], 1)),
        ("digest", {**dict.fromkeys(COUNTED[LetterKind.DIGEST], 1), "amina": 1}),
        ("digest", {**dict.fromkeys(COUNTED[LetterKind.DIGEST], 1), "new": "Amina"}),
        ("digest", {**dict.fromkeys(COUNTED[LetterKind.DIGEST], 1), "new": True}),
        ("digest", {**dict.fromkeys(COUNTED[LetterKind.DIGEST], 1), "new": -1}),
    ],
)
def test_only_whole_numbers_of_known_names_are_counted_in_a_letter(
    sqlite_store: Store, kind: str, counts: Mapping[str, int] | None
) -> None:
    with pytest.raises(ValueError, match="count"), at(sqlite_store) as tx:
        outbox.post(tx, kind=kind, to=TO, variables={"link": "/alertes"}, counts=counts)


def test_when_each_was_last_written_to_is_read_from_the_keys(sqlite_store: Store) -> None:
    for minutes, day in ((0, "20"), (5, "23")):
        with at(sqlite_store, minutes=minutes) as tx:
            key, counts = f"digest:bruno:2026-11-{day}", dict.fromkeys(COUNTED[LetterKind.DIGEST], 1)
            outbox.post(tx, kind="digest", to=TO, variables={"link": "/alertes"}, counts=counts, key=key)
    posted(sqlite_store, key="autre:bruno:2026")
    with at(sqlite_store, minutes=9, write=False) as tx:
        assert outbox.last_posted(tx, LetterKind.DIGEST) == {"digest:bruno": NOON + timedelta(minutes=5)}
