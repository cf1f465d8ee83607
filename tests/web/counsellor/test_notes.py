from datetime import timedelta

import pytest

from pathway.casework.notes.rules import Audience
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.agreements.deciding import agree
from tests.casework.enrolments.steps import share
from tests.casework.notes.scenes import read, remove, texts, write
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import entered, said, valid
from tests.web.jobseeker.lives import at_home

TYPED = {"text": "Cherche un poste de nuit.\r\nReviendra jeudi.", "audience": "own"}


def test_a_note_takes_three_gestures_from_the_record(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    assert f'href="/dossiers/{ref}/note"' in said(client.get(f"/dossiers/{ref}"))  # one
    page = valid(client.get(f"/dossiers/{ref}/note"))
    assert "N’écrivez rien sur la santé, la justice" in page
    assert 'value="own" checked' in page  # the least is proposed: the words alone are to be typed
    answer = client.post(f"/dossiers/{ref}/note", data=TYPED)  # two, three
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{ref}#story")
    told = valid(client.get(f"/dossiers/{ref}"))
    for words in ("Reviendra jeudi.", "Point Accueil Emploi Centre", "(conseiller·ère)", "Lue par la structure seule"):
        assert words in told


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"text": "  "}, "Écrivez votre note."),
        ({"text": "x" * 4001}, "Cette note est trop longue"),
        ({"audience": ""}, "Choisissez qui peut lire cette note."),
        ({"audience": "everybody"}, "Ce choix n’existe pas."),
    ],
)
def test_bad_input_is_explained_and_nothing_typed_is_lost(
    sqlite_town: Town, wrong: dict[str, str], sentence: str
) -> None:
    ref = welcome(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").post(f"/dossiers/{ref}/note", data={**TYPED, **wrong})
    page = valid(answer)
    assert answer.status_code == 422 and sentence in page
    assert "Reviendra jeudi." in page or "text" in wrong
    assert texts(sqlite_town, ref) == []


def test_a_correction_and_a_removal_leave_their_trace(sqlite_town: Town, clock: FixedClock) -> None:
    ref, _ = entered(sqlite_town)
    note = write(sqlite_town, ref, "Permis C")
    client = signed_in(sqlite_town, "bruno")
    assert "Permis C" in valid(client.get(f"/notes/{note}/corriger"))
    sent = {"text": "Permis B", "version": "1"}
    assert client.post(f"/notes/{note}/corriger", data=sent).location == f"/dossiers/{ref}#story"
    told = valid(client.get(f"/dossiers/{ref}"))
    assert "Permis B" in told and "Permis C" in told and "Corrigée le 20" in told
    late = client.post(f"/notes/{note}/corriger", data={"text": "Permis D", "version": "1"})
    assert late.status_code == 422 and "autre fenêtre" in said(late) and "Permis D" in said(late)
    assert "Permis B" in valid(client.get(f"/notes/{note}/retirer"))
    assert "Choisissez une raison." in said(client.post(f"/notes/{note}/retirer", data={}))
    assert client.post(f"/notes/{note}/retirer", data={"reason": "mistake"}).status_code == 303
    told = valid(client.get(f"/dossiers/{ref}"))
    assert "Permis" not in told and "Note retirée" in told and "elle est fausse" in told


def test_a_note_taken_away_is_given_back_within_ten_minutes(sqlite_town: Town, clock: FixedClock) -> None:
    ref = welcome(sqlite_town)
    note = write(sqlite_town, ref, "Permis B")
    remove(sqlite_town, note)
    client = signed_in(sqlite_town, "bruno")
    assert f"/notes/{note}/remettre" in said(client.get(f"/dossiers/{ref}"))
    assert f"/notes/{note}/remettre" not in said(signed_in(sqlite_town, "fatou").get(f"/dossiers/{ref}"))
    assert client.post(f"/notes/{note}/remettre").status_code == 303
    assert texts(sqlite_town, ref) == ["Permis B"]
    remove(sqlite_town, note)
    clock.move(timedelta(minutes=11))
    assert "dix minutes" in said(client.post(f"/notes/{note}/remettre", follow_redirects=True))
    assert texts(sqlite_town, ref) == [""]


def test_the_story_is_narrowed_to_one_kind(sqlite_town: Town) -> None:
    ref, _ = entered(sqlite_town)
    write(sqlite_town, ref, "Permis B")
    client = signed_in(sqlite_town, "bruno")
    client.post(f"/dossiers/{ref}/contact", data={"channel": "phone", "result": "reached", "made_on": "20/11/2026"})
    whole = said(client.get(f"/dossiers/{ref}"))
    assert "Permis B" in whole and "Personne jointe" in whole
    notes = valid(client.get(f"/dossiers/{ref}?voir=notes"))
    assert "Permis B" in notes and "Personne jointe" not in notes
    assert "Permis B" not in said(client.get(f"/dossiers/{ref}?voir=contacts"))
    assert "Permis B" not in said(client.get(f"/dossiers/{ref}?voir=etapes"))
    assert "Permis B" in said(client.get(f"/dossiers/{ref}?voir=%22%3E"))


def test_a_partner_reads_what_was_shared_with_its_origin(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    agree(sqlite_town, ref, "mission-locale", "followup", "pathway")
    write(sqlite_town, ref, "entre nous")
    write(sqlite_town, ref, "pour vous aussi", audience=Audience.FOLLOWERS)
    page = valid(signed_in(sqlite_town, "elise").get(f"/dossiers/{ref}"))
    assert (
        "pour vous aussi" in page
        and "Lue par les structures qui la suivent" in page
        and "Point Accueil Emploi Centre" in page
    )
    assert "entre nous" not in page and "/corriger" not in page


def test_a_sensitive_structure_is_not_offered_to_share(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town, "solene")
    client = signed_in(sqlite_town, "solene")
    page = valid(client.get(f"/dossiers/{ref}/note"))
    assert 'value="followers"' not in page and "Aucune autre structure." in page
    refused = client.post(f"/dossiers/{ref}/note", data={**TYPED, "audience": "followers"})
    assert refused.status_code == 422 and "n’en sortent pas" in said(refused)


def test_she_reads_what_was_written_with_her_and_how_it_changed(sqlite_town: Town) -> None:
    ref, _ = entered(sqlite_town)
    write(sqlite_town, ref, "entre nous")
    note = write(sqlite_town, ref, "Vous visez un CACES.", audience=Audience.PERSON)
    client = at_home(sqlite_town, ref)
    page = valid(client.get("/mon-parcours"))
    assert "Noté avec vous" in page and "Vous visez un CACES." in page and "entre nous" not in page
    remove(sqlite_town, note)
    page = said(client.get("/mon-parcours"))
    assert "Une note a été retirée" in page and "CACES" not in page


def test_whoever_may_not_read_the_follow_up_is_offered_no_note(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    share(sqlite_town, ref, "mission-locale", sections={"identity", "contact"})
    client = signed_in(sqlite_town, "elise")
    assert "/note" not in said(client.get(f"/dossiers/{ref}"))
    assert client.get(f"/dossiers/{ref}/note").status_code == 404
    assert read(sqlite_town, ref, "elise") == []
