from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfWriter

from pathway.casework.documents.rules import LARGEST, MOST_OF_PERSON, Sight
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.agreements.deciding import agree
from tests.casework.documents.scenes import content, hold, seen, take_away
from tests.casework.enrolments.steps import rows, share
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import said, valid
from tests.web.jobseeker.lives import at_home

TYPED = {"kind": "cv", "title": "CV de mars", "sight": "shared"}


def pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    kept = BytesIO()
    writer.write(kept)
    return kept.getvalue()


def photo(form: str = "JPEG") -> bytes:
    """A picture that says where it was taken."""
    image, kept = Image.new("RGB", (40, 30), "white"), BytesIO()
    exif = image.getexif()
    exif[0x010F] = "TelephoneDAmina"
    exif.get_ifd(0x8825)[1] = "N"
    image.save(kept, form, exif=exif)
    return kept.getvalue()


def sent(file: bytes = b"", **changed: str) -> dict[str, Any]:
    return {**TYPED, **changed, "paper": (BytesIO(file or pdf()), "../../mon<b>cv.exe")}


def test_a_paper_is_added_from_the_record_and_opened_as_a_file_to_keep(town: Town) -> None:
    ref = welcome(town)
    client = signed_in(town, "bruno")
    assert f'href="/dossiers/{ref}/documents"' in said(client.get(f"/dossiers/{ref}"))
    empty = valid(client.get(f"/dossiers/{ref}/documents"))
    assert "Aucun document." in empty and "0 document sur 40, 0 Ko sur" in empty
    answer = client.post(f"/dossiers/{ref}/documents", data=sent())
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{ref}/documents")
    page = valid(client.get(f"/dossiers/{ref}/documents"))
    assert "CV (CV de mars)" in page and "1 document sur 40" in page
    (paper,) = seen(town, ref)
    assert f"/documents/{paper.id}" in valid(client.get(f"/dossiers/{ref}"))
    opened = client.get(f"/dossiers/{ref}/documents/{paper.id}")
    assert opened.headers["Content-Disposition"] == 'attachment; filename="cv-2026-11-20.pdf"'
    assert opened.headers["X-Content-Type-Options"] == "nosniff" and opened.headers["Cache-Control"] == "no-store"
    assert (opened.mimetype, opened.data[:5]) == ("application/pdf", b"%PDF-")


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_photo_forgets_where_it_was_taken(sqlite_town: Town, form: str) -> None:
    ref = welcome(sqlite_town)
    taken = photo(form)
    assert b"TelephoneDAmina" in taken
    sent_in = signed_in(sqlite_town, "bruno").post(f"/dossiers/{ref}/documents", data=sent(taken, kind="diploma"))
    assert sent_in.status_code == 303
    kept = content(sqlite_town, ref, seen(sqlite_town, ref)[0].id)
    assert b"TelephoneDAmina" not in kept and b"Exif" not in kept and b"eXIf" not in kept


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"<html><script>alert(1)</script></html>", "n’est ni un PDF"),
        (b"MZ\x90\x00" + b"\x00" * 60, "n’est ni un PDF"),
        (b"GIF89a" + b"\x00" * 60, "n’est ni un PDF"),
        (b"PK\x03\x04" + b"\x00" * 60, "n’est ni un PDF"),
        (b"%PDF-1.7 <script>alert(1)</script>", "ne se lit pas"),
        (b"\xff\xd8\xff\xe0<script>alert(1)</script>", "ne se lit pas"),
    ],
)
def test_a_file_is_judged_by_what_it_holds(sqlite_town: Town, file: bytes, words: str) -> None:
    ref = welcome(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").post(f"/dossiers/{ref}/documents", data=sent(file))
    page = valid(answer)
    assert answer.status_code == 422 and words in page
    assert "CV de mars" in page and "Choisissez de nouveau le fichier" in page
    assert rows(sqlite_town.store, "held_document") == []


def test_what_follows_an_image_is_not_kept(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    both = photo() + pdf() + b"<script>alert(1)</script>"
    assert signed_in(sqlite_town, "bruno").post(f"/dossiers/{ref}/documents", data=sent(both)).status_code == 303
    kept = content(sqlite_town, ref, seen(sqlite_town, ref)[0].id)
    assert b"<script>" not in kept and b"%PDF" not in kept


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kind": ""}, "Choisissez quel document c’est."),
        ({"kind": "medical"}, "Ce choix n’existe pas."),
        ({"sight": ""}, "Choisissez qui peut voir ce document."),
        ({"title": "x" * 81}, "Ce nom est trop long"),
        ({"paper": ""}, "Choisissez le fichier"),
    ],
)
def test_what_is_missing_is_explained(sqlite_town: Town, wrong: dict[str, str], words: str) -> None:
    ref = welcome(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").post(f"/dossiers/{ref}/documents", data={**sent(), **wrong})
    assert answer.status_code == 422 and words in valid(answer)
    assert rows(sqlite_town.store, "held_document") == []


@pytest.mark.parametrize("form", [None, "JPEG"])
def test_a_double_click_adds_one_paper(sqlite_town: Town, form: str | None) -> None:
    ref = welcome(sqlite_town)
    client, path = signed_in(sqlite_town, "bruno"), f"/dossiers/{ref}/documents"
    file = photo(form) if form else pdf()
    assert client.post(path, data=sent(file)).status_code == 303
    again = client.post(path, data=sent(file))
    assert again.status_code == 422 and "double clic" in valid(again)
    assert len(seen(sqlite_town, ref)) == 1


def heavy(megabytes: int) -> bytes:
    """A form as a browser writes it, with a file of that weight: the test client would spool it to the disk."""
    words = b"".join(
        b'--edge\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name, value)
        for name, value in ((b"title", b"Attestation de mars"), (b"kind", b"cv"), (b"sight", b"own"))
    )
    part = b'--edge\r\nContent-Disposition: form-data; name="paper"; filename="cv.pdf"\r\n\r\n%PDF-'
    return words + part + b"0" * (megabytes * 1024 * 1024) + b"\r\n--edge--\r\n"


def test_a_file_too_heavy_loses_no_word_typed_beside_it(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    clients = (
        (signed_in(sqlite_town, "bruno"), f"/dossiers/{ref}/documents"),
        (at_home(sqlite_town, ref), "/mes-documents"),
    )
    for client, path in clients:
        answer = client.post(path, data=heavy(11), content_type="multipart/form-data; boundary=edge")
        page = valid(answer)
        assert answer.status_code == 422 and "Attestation de mars" in page
        assert "Ce fichier est trop lourd. Choisissez un fichier de 10 Mo au plus." in page
    assert rows(sqlite_town.store, "held_document") == []


def test_a_file_heavier_still_leads_back_to_its_form_with_the_limit(sqlite_town: Town) -> None:
    client, path = signed_in(sqlite_town, "bruno"), f"/dossiers/{welcome(sqlite_town)}/documents"
    answer = client.post(path, data=heavy(81), content_type="multipart/form-data; boundary=edge")
    assert (answer.status_code, answer.location) == (303, path)
    page = valid(client.get(path))
    for words in ("10 Mo au plus", "prenez la photo de moins près", 'name="paper"'):
        assert words in page


def test_a_file_too_heavy_is_told_before_it_is_sent(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    for client, path in (
        (signed_in(sqlite_town, "bruno"), f"/dossiers/{ref}/documents"),
        (at_home(sqlite_town, ref), "/mes-documents"),
    ):
        page = valid(client.get(path))
        assert f'data-most="{LARGEST}"' in page and "/static/js/paper.js" in page


def test_a_full_record_says_so(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    for one in range(MOST_OF_PERSON):
        hold(sqlite_town, ref, title=f"n° {one}")
    answer = signed_in(sqlite_town, "bruno").post(f"/dossiers/{ref}/documents", data=sent())
    assert answer.status_code == 422 and "Cette personne a déjà 40 documents" in said(answer)


def test_a_paper_is_taken_away_with_a_reason_and_given_back(sqlite_town: Town, clock: FixedClock) -> None:
    ref = welcome(sqlite_town)
    document = hold(sqlite_town, ref, title="de mars")
    path = f"/dossiers/{ref}/documents/{document}"
    client = signed_in(sqlite_town, "bruno")
    assert "CV (de mars)" in valid(client.get(f"{path}/retirer"))
    assert "Choisissez une raison." in said(client.post(f"{path}/retirer", data={}))
    assert client.post(f"{path}/retirer", data={"reason": "outdated"}).status_code == 303
    page = valid(client.get(f"/dossiers/{ref}/documents"))
    assert "n’est plus à jour" in page and f"{path}/remettre" in page and client.get(path).status_code == 404
    assert client.post(f"{path}/remettre").status_code == 303
    assert len(seen(sqlite_town, ref)) == 1
    take_away(sqlite_town, ref, document)
    clock.move(timedelta(minutes=11))
    assert "il est détruit" in said(client.post(f"{path}/remettre", follow_redirects=True))
    assert seen(sqlite_town, ref) == []


def test_a_partner_opens_what_is_shared_and_takes_nothing_away(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    agree(sqlite_town, ref, "mission-locale", "pathway")
    shared, ours = hold(sqlite_town, ref), hold(sqlite_town, ref, sight=Sight.OWN)
    client = signed_in(sqlite_town, "elise")
    page = valid(client.get(f"/dossiers/{ref}/documents"))
    assert shared in page and ours not in page and "/retirer" not in page
    answers = [client.get(f"/dossiers/{ref}/documents/{one}").status_code for one in (shared, ours)]
    assert answers == [200, 404]
    assert client.get(f"/dossiers/{ref}/documents/{shared}/retirer").status_code == 404
    assert client.post(f"/dossiers/{ref}/documents/{shared}/remettre").status_code == 404


def test_where_the_pathway_is_closed_there_is_no_page_of_papers(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    share(sqlite_town, ref, "mission-locale", sections={"identity", "contact"})
    client = signed_in(sqlite_town, "elise")
    assert "/documents" not in said(client.get(f"/dossiers/{ref}"))
    assert client.get(f"/dossiers/{ref}/documents").status_code == 404
    assert client.post(f"/dossiers/{ref}/documents", data=sent()).status_code == 404


def test_a_sensitive_structure_is_offered_its_own_eyes_alone(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town, "solene")
    client = signed_in(sqlite_town, "solene")
    assert 'value="shared"' not in valid(client.get(f"/dossiers/{ref}/documents"))
    refused = client.post(f"/dossiers/{ref}/documents", data=sent())
    assert refused.status_code == 422 and "n’en sortent pas" in said(refused)


def test_she_adds_opens_and_takes_away_her_own(town: Town) -> None:
    ref = welcome(town)
    theirs = hold(town, ref, sight=Sight.OWN, title="du PAE")
    client = at_home(town, ref)
    assert 'href="/mes-documents"' in said(client.get("/mes-informations"))
    assert "Moi seulement" in valid(client.get("/mes-documents"))
    assert client.post("/mes-documents", data=sent(photo(), sight="own")).location == "/mes-documents"
    page = valid(client.get("/mes-documents"))
    assert "visible par vous seulement" in page and "CV (du PAE)" in page
    hers = next(one.id for one in seen(town, ref, "herself") if one.id != theirs)
    assert client.get(f"/mes-documents/{hers}").headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"/mes-documents/{theirs}").status_code == 200
    assert client.get(f"/mes-documents/{theirs}/retirer").status_code == 404
    assert 'value="her_wish"' not in valid(client.get(f"/mes-documents/{hers}/retirer"))
    assert client.post(f"/mes-documents/{hers}/retirer", data={"reason": "mistake"}).status_code == 303
    assert client.post(f"/mes-documents/{hers}/remettre").status_code == 303
    wrong = client.post("/mes-documents", data=sent(b"<html>"))
    assert wrong.status_code == 422 and "n’est ni un PDF" in valid(wrong)


def test_nobody_opens_the_papers_of_somebody_else(sqlite_town: Town) -> None:
    amina, zoe = welcome(sqlite_town), welcome(sqlite_town)
    hers = hold(sqlite_town, amina, by="herself")
    client = at_home(sqlite_town, zoe)
    assert [client.get(f"/mes-documents/{hers}{end}").status_code for end in ("", "/retirer")] == [404, 404]
    assert client.post(f"/mes-documents/{hers}/remettre").status_code == 404
