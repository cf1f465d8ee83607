"""A note whose seal no longer opens says so in its place; the others, and the record, are read as before."""

import pytest

from pathway.casework.notes.export import copied_notes
from pathway.casework.notes.queries import note_written
from pathway.casework.notes.rules import UNREADABLE, Audience
from pathway.demo.town import Town
from pathway.kernel.errors import Refused, Sealed
from tests.casework.notes.scenes import correct, read, remove, texts, write
from tests.store.hands import altered, stolen
from tests.town import herself, signed_in, welcome
from tests.web.counsellor.scenes import valid
from tests.web.jobseeker.lives import at_home


def damage(town: Town, note: str, number: int = 1) -> None:
    """Somebody, or a disk, changed one byte of that text."""
    blob = stolen(town.store, "SELECT text FROM note_text WHERE note_id = :id AND number = :n", id=note, n=number)[
        "text"
    ]
    bad = bytes(blob)[:-1] + bytes([bytes(blob)[-1] ^ 1])
    altered(
        town.store, "UPDATE note_text SET text = :bad WHERE note_id = :id AND number = :n", bad=bad, id=note, n=number
    )


def test_a_note_that_does_not_open_says_so_in_its_place_and_the_others_are_read(town: Town) -> None:
    ref = welcome(town)
    bad = write(town, ref, "Permis B")
    write(town, ref, "Reviendra jeudi.")
    damage(town, bad)
    assert set(texts(town, ref)) == {UNREADABLE, "Reviendra jeudi."}
    (found,) = [one for one in read(town, ref) if not one.is_readable]
    assert (found.id, found.may_correct, found.may_remove) == (bad, False, True)


def test_her_record_and_her_pathway_open_all_the_same(town: Town) -> None:
    ref = welcome(town)
    bad = write(town, ref, "Permis B", audience=Audience.PERSON)
    write(town, ref, "Reviendra jeudi.", audience=Audience.PERSON)
    damage(town, bad)
    for page in (signed_in(town, "bruno").get(f"/dossiers/{ref}"), at_home(town, ref).get("/mon-parcours")):
        told = valid(page)
        assert UNREADABLE in told and "Reviendra jeudi." in told and "Permis" not in told


def test_it_is_taken_away_but_not_corrected(town: Town) -> None:
    ref = welcome(town)
    note = write(town, ref, "Permis B")
    damage(town, note)
    client = signed_in(town, "bruno")
    assert f"/notes/{note}/corriger" not in valid(client.get(f"/dossiers/{ref}"))
    assert UNREADABLE in valid(client.get(f"/notes/{note}/retirer"))
    with pytest.raises(Refused, match="abîmé"):
        correct(town, note, "Permis C")
    remove(town, note)
    assert texts(town, ref) == [""]


def test_what_it_said_before_may_be_what_is_damaged(town: Town) -> None:
    ref = welcome(town)
    note = write(town, ref, "Permis C")
    correct(town, note, "Permis B")
    damage(town, note)
    (found,) = read(town, ref)
    assert (found.text, [was.text for was in found.earlier]) == ("Permis B", [UNREADABLE])


def test_another_note_is_written_beside_it(town: Town) -> None:
    ref = welcome(town)
    damage(town, write(town, ref, "Permis B"))
    second = write(town, ref, "Permis B")
    with town.acting("bruno", write=False) as tx:
        assert note_written(tx, second).text == "Permis B"


def test_her_copy_is_whole_or_is_not(town: Town) -> None:
    ref = welcome(town)
    damage(town, write(town, ref, "Permis B"))
    with herself(town, ref, write=False) as tx, pytest.raises(Sealed):
        copied_notes(tx, {})


def test_the_operator_is_told_without_a_word_of_it(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    ref = welcome(town)
    damage(town, write(town, ref, "Permis B"))
    texts(town, ref)
    told = capsys.readouterr().err
    assert '"event": "sealed"' in told and "Permis" not in told and ref not in told
