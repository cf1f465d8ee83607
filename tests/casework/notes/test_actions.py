from datetime import timedelta

import pytest
from sqlalchemy import select

from pathway.casework.journey.queries import records_behind
from pathway.casework.notes.actions import correct_note, forget_removed
from pathway.casework.notes.queries import note_written, own_notes
from pathway.casework.notes.rules import LONGEST, Audience, RemovalReason
from pathway.casework.notes.tables import Note, NoteText
from pathway.casework.oversight.queries import own_log
from pathway.casework.partners.rules import Role
from pathway.casework.sharing.rules import Part
from pathway.casework.sharing.tables import AccessGrant
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from pathway.store.columns import table_of
from tests.casework.agreements.deciding import agree, stop
from tests.casework.enrolments.steps import enter, rows, share, system
from tests.casework.links.pairs import link, two_cards, unlink
from tests.casework.notes.scenes import correct, read, remove, restore, texts, write
from tests.town import herself, welcome

CIRCLES = {Audience.OWN: "entre nous", Audience.FOLLOWERS: "pour ceux qui suivent", Audience.PERSON: "avec elle"}


def written(town: Town, ref: str, by: str = "bruno") -> None:
    """One note for each circle."""
    for audience, text in CIRCLES.items():
        write(town, ref, text, audience=audience, by=by)


def joined(town: Town, ref: str) -> None:
    """Another structure supports her too."""
    agree(town, ref, "mission-locale", "contact", "situation")
    enter(town, ref, by="elise", scheme="cej")


def test_each_note_is_read_by_those_it_was_written_for(town: Town) -> None:
    amina = welcome(town)
    joined(town, amina)
    written(town, amina)
    assert set(texts(town, amina, "fatou")) == set(CIRCLES.values())  # of the same structure
    assert set(texts(town, amina, "elise")) == {"pour ceux qui suivent", "avec elle"}
    assert texts(town, amina, "herself") == ["avec elle"]
    assert texts(town, amina, "chloe") == []


def test_a_note_says_its_author_s_structure_and_role_and_its_day(town: Town) -> None:
    amina = welcome(town)
    write(town, amina, "Vue ce matin.\r\nReviendra.", by="denis")
    (note,) = read(town, amina)
    assert (note.structure_id, note.role) == (town.structures["pae-centre"], Role.SUPERVISOR)
    assert (note.on, note.text) == (town.clock.now().date(), "Vue ce matin.\nReviendra.")
    assert not (note.may_correct or note.may_remove)  # Bruno did not write it


def test_whoever_does_not_read_the_follow_up_reads_no_note(town: Town) -> None:
    amina = welcome(town)
    agree(town, amina, "mission-locale", "contact", "pathway")
    written(town, amina)
    assert texts(town, amina, "elise") == []
    with pytest.raises(NotFound):
        write(town, amina, "Je passe.", by="elise")
    agree(town, amina, "mission-locale", Part.FOLLOWUP.value)
    assert len(texts(town, amina, "elise")) == 2


def test_a_structure_she_stopped_reads_its_own_notes_alone(town: Town) -> None:
    amina = welcome(town)
    joined(town, amina)
    written(town, amina)
    write(town, amina, "de la mission locale", by="elise")
    stop(town, amina, "mission-locale")
    assert texts(town, amina, "elise") == ["de la mission locale"]


def test_the_notes_of_a_sensitive_structure_never_leave_it(town: Town) -> None:
    amina = welcome(town, "solene")
    share(town, amina, "pae-centre", sections={"identity", Part.FOLLOWUP.value})
    with pytest.raises(Refused, match="n’en sortent pas"):
        write(town, amina, "partagée", audience=Audience.FOLLOWERS, by="solene")
    write(town, amina, "entre nous", by="solene")
    note = write(town, amina, "avec elle", audience=Audience.PERSON, by="solene")
    assert texts(town, amina, "bruno") == []
    assert texts(town, amina, "herself") == ["avec elle"]
    with system(town.store, town.clock) as tx:  # even kept as shared, as if the structure had become sensitive since
        tx.execute(table_of(Note).update().where(table_of(Note).c.id == note).values(audience="followers"))
        tx.journal("test")
    assert texts(town, amina, "bruno") == []


def test_a_correction_keeps_what_the_note_said(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    note = write(town, amina, "Permis C", audience=Audience.PERSON)
    clock.move(timedelta(hours=3))
    correct(town, note, "Permis B")
    (read_by_her,) = read(town, amina, "herself")
    assert (read_by_her.text, [one.text for one in read_by_her.earlier]) == ("Permis B", ["Permis C"])
    assert read_by_her.corrected_at == clock.now()
    with pytest.raises(Refused, match="n’a pas changé"):
        correct(town, note, "Permis B ")


def test_after_a_day_a_note_stands(sqlite_town: Town, clock: FixedClock) -> None:
    note = write(sqlite_town, welcome(sqlite_town), "Permis C")
    clock.move(timedelta(hours=24))
    with pytest.raises(Refused, match="24 heures"):
        correct(sqlite_town, note, "Permis B")


def test_two_windows_of_one_author_do_not_undo_each_other(town: Town) -> None:
    amina = welcome(town)
    note = write(town, amina, "un")
    correct(town, note, "deux")
    with pytest.raises(Conflict), town.acting("bruno") as tx:
        correct_note(tx, note_id=note, text="trois", version=1)
    assert texts(town, amina) == ["deux"]


@pytest.mark.parametrize("by", ["fatou", "denis", "elise", "chloe"])
def test_nobody_touches_the_note_of_somebody_else(sqlite_town: Town, by: str) -> None:
    amina = welcome(sqlite_town)
    joined(sqlite_town, amina)
    note = write(sqlite_town, amina, "à moi", audience=Audience.FOLLOWERS)
    with pytest.raises(NotFound):
        correct(sqlite_town, note, "à eux", by=by)
    with pytest.raises(NotFound):
        remove(sqlite_town, note, by=by)


def test_a_note_taken_away_leaves_its_trace_and_its_words_go_for_good(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    note = write(town, amina, "à ne plus lire", audience=Audience.PERSON)
    remove(town, note, RemovalReason.OUT_OF_PLACE)
    for reader in ("bruno", "fatou", "herself"):
        (trace,) = read(town, amina, reader)
        assert (trace.text, trace.earlier, trace.reason) == ("", (), RemovalReason.OUT_OF_PLACE)
        assert trace.may_restore == (reader == "bruno")
    clock.move(timedelta(minutes=10))
    with pytest.raises(Refused, match="dix minutes"):
        restore(town, note)
    with system(town.store, clock) as tx:
        assert forget_removed(tx) == 1
        tx.journal("test")
    assert rows(town.store, "note_text") == []
    assert [one.reason for one in read(town, amina)] == [RemovalReason.OUT_OF_PLACE]


def test_a_note_given_back_in_time_says_what_it_said(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    note = write(town, amina, "un")
    correct(town, note, "deux")
    remove(town, note)
    clock.move(timedelta(minutes=9))
    with system(town.store, clock) as tx:
        assert forget_removed(tx) == 0
        tx.journal("test")
    restore(town, note)
    assert texts(town, amina) == ["deux"]
    with pytest.raises(Refused, match="n’est pas retirée"):
        restore(town, note)


def test_a_double_click_writes_one_note(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    write(town, amina, "une fois")
    with pytest.raises(Conflict):
        write(town, amina, "une fois ")
    write(town, amina, "une autre")
    clock.move(timedelta(minutes=3))
    write(town, amina, "une fois")
    assert len(texts(town, amina)) == 3


def test_a_note_goes_with_its_card(town: Town) -> None:
    mine, theirs = two_cards(town)
    stands = link(town, mine, theirs)
    write(town, stands, "de la mission locale", audience=Audience.FOLLOWERS, by="elise")
    write(town, stands, "du PAE", audience=Audience.FOLLOWERS)
    assert set(texts(town, stands)) == {"de la mission locale", "du PAE"}
    unlink(town, mine, theirs)
    assert texts(town, mine) == ["du PAE"]
    assert texts(town, theirs, "elise") == ["de la mission locale"]


def test_reading_is_not_writing(sqlite_town: Town, clock: FixedClock) -> None:
    amina = welcome(sqlite_town)
    kept = write(sqlite_town, amina, "un")
    until = clock.now() + timedelta(days=30)
    with system(sqlite_town.store, clock) as tx:  # her support has ended: thirty days of reading are left
        tx.execute(table_of(AccessGrant).update().values(until_at=until))
        tx.journal("test")
    assert texts(sqlite_town, amina) == ["un"]
    with pytest.raises(Refused, match="pas le modifier"):
        write(sqlite_town, amina, "deux")
    remove(sqlite_town, kept)  # what should not have been written may always be taken away
    assert texts(sqlite_town, amina) == [""]


def test_no_word_of_a_note_stands_in_clear_and_its_length_says_little(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    for text in ("a", "a" * 200, "é" * LONGEST):
        write(sqlite_town, amina, text)
    with sqlite_town.store.engine.connect() as base:
        short, longer, longest = sorted(len(row.text) for row in base.execute(select(table_of(NoteText))))
    assert short == longer and (longest - short) % 256 == 0


def test_she_reads_what_was_done_with_notes_and_keeps_a_copy_of_all(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    note = write(sqlite_town, amina, "entre nous")
    correct(sqlite_town, note, "entre nous deux")
    remove(sqlite_town, note)
    restore(sqlite_town, note)
    with herself(sqlite_town, amina, write=False) as tx:
        done = {one.action for one in own_log(tx)}
        assert {"write_note", "correct_note", "remove_note", "restore_note"} <= done
        assert [(one.text, len(one.earlier)) for one in own_notes(tx)] == [("entre nous deux", 1)]
    with sqlite_town.acting("bruno", write=False) as tx:
        assert records_behind(tx, [note]) == [amina]
        assert note_written(tx, note).card_id == amina
        with pytest.raises(NotAllowed):
            own_notes(tx)
