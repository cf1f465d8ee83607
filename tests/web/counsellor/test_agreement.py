import re
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from pathway.casework.documents.rules import LARGEST
from pathway.demo.town import Town
from pathway.store.journal import entries_about
from tests.casework.agreements.deciding import agree, seen, sharing, stop
from tests.casework.agreements.test_actions import exceptional
from tests.casework.enrolments.steps import rows
from tests.town import signed_in, web, welcome
from tests.web.jobseeker.lives import at_home
from tests.web.jobseeker.test_access import read

HEARD = {"sections": ["contact", "pathway"], "months": "12", "present": "y"}


def where(town: Town, record_id: str, rest: str = "") -> str:
    return f"/dossiers/{record_id}/accord{rest}"


def typed(town: Town, structure: str = "mission-locale", **more: object) -> dict[str, object]:
    return {**HEARD, "structure": town.structures[structure], **more}


def drafted(town: Town, record_id: str) -> str:
    answer = signed_in(town, "bruno").post(where(town, record_id), data=typed(town, way="paper", present=""))
    assert answer.status_code == 303 and answer.location.endswith("/accord/papier")
    (row,) = rows(town.store, "agreement", "WHERE given_at IS NULL")
    return str(row["id"])


def pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    kept = BytesIO()
    writer.write(kept)
    return kept.getvalue()


def photo(wide: int = 60) -> bytes:
    kept = BytesIO()
    Image.effect_noise((wide, wide), 90).save(kept, "PNG")
    return kept.getvalue()


def sent(reference: str, content: bytes, name: str = "scan.pdf") -> dict[str, Any]:
    """The body as a browser writes it: the test client would spool large files to the disk by itself."""
    parts = (
        f'--edge\r\nContent-Disposition: form-data; name="reference"\r\n\r\n{reference}\r\n'
        f'--edge\r\nContent-Disposition: form-data; name="paper"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = parts.encode() + content + b"\r\n--edge--\r\n"
    return {"data": body, "content_type": "multipart/form-data; boundary=edge"}


def test_what_she_accepts_in_front_of_her_counsellor_counts_at_once(town: Town) -> None:
    amina = welcome(town)
    bruno = signed_in(town, "bruno")
    page = read(bruno, where(town, amina))
    assert "La personne est présente et accepte" in page and "« Acceptez-vous que cette structure" in page
    assert bruno.post(where(town, amina), data=typed(town)).status_code == 303
    access = seen(town, amina, "elise")
    assert access and access.sections == {"identity", "contact", "pathway"}
    told = read(at_home(town, amina))
    assert "a enregistré votre accord de partage" in told


def test_without_her_presence_nothing_is_recorded(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").post(where(sqlite_town, amina), data=typed(sqlite_town, present=""))
    assert answer.status_code == 422 and "Cochez cette case" in answer.get_data(as_text=True)
    assert rows(sqlite_town.store, "agreement") == []


def test_health_is_refused_beside_its_field_without_a_ground(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").post(
        where(sqlite_town, amina), data=typed(sqlite_town, sections=["health"])
    )
    assert answer.status_code == 422 and "pas le droit de voir la partie santé" in answer.get_data(as_text=True)


@pytest.mark.parametrize("rest", ["", "/retirer", "/papier"])
def test_whoever_does_not_follow_her_finds_no_such_page(sqlite_town: Town, rest: str) -> None:
    amina = welcome(sqlite_town)
    for persona, status in (("chloe", 404), ("elise", 404), ("theo", 403), ("root", 403), ("ines", 403)):
        assert signed_in(sqlite_town, persona).get(where(sqlite_town, amina, rest)).status_code == status
    exceptional(sqlite_town, amina, "mission-locale")
    assert signed_in(sqlite_town, "sylvie").post(
        where(sqlite_town, amina, rest), data=typed(sqlite_town)
    ).status_code in (
        403,
        422,
    )
    assert rows(sqlite_town.store, "withdrawal") == rows(sqlite_town.store, "agreement") == []


def test_a_withdrawal_she_asks_for_is_recorded(town: Town) -> None:
    amina = welcome(town)
    agree(town, amina, "mission-locale", "contact")
    bruno, elise = signed_in(town, "bruno"), signed_in(town, "elise")
    asked = {"structure": town.structures["mission-locale"], "asked": "y"}
    assert bruno.post(where(town, amina, "/retirer"), data={**asked, "asked": ""}).status_code == 422
    assert elise.get(f"/dossiers/{amina}").status_code == 200
    assert bruno.post(where(town, amina, "/retirer"), data=asked).status_code == 303
    assert elise.get(f"/dossiers/{amina}").status_code == 404


def test_all_sharing_is_stopped_at_her_request_by_whoever_supports_her(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    agree(sqlite_town, amina, "mission-locale", "contact")
    everybody = {"structure": "all", "asked": "y"}
    elise, bruno = signed_in(sqlite_town, "elise"), signed_in(sqlite_town, "bruno")
    assert elise.post(where(sqlite_town, amina, "/retirer"), data=everybody).status_code == 422
    assert bruno.post(where(sqlite_town, amina, "/retirer"), data=everybody).status_code == 303
    access = seen(sqlite_town, amina, "bruno")
    assert access and access.is_own_only and seen(sqlite_town, amina, "elise") is None


def test_a_reader_without_support_is_offered_its_own_structure_alone_and_leaves_the_record_it_stops(
    sqlite_town: Town,
) -> None:
    amina = welcome(sqlite_town)
    agree(sqlite_town, amina, "mission-locale", "contact")
    elise, own = signed_in(sqlite_town, "elise"), sqlite_town.structures["mission-locale"]
    for rest in ("", "/retirer"):
        page = elise.get(where(sqlite_town, amina, rest)).get_data(as_text=True)
        assert set(re.findall(r'value="(\w{26})"', page)) == {own} and 'value="all"' not in page
    assert elise.post(where(sqlite_town, amina), data=typed(sqlite_town, "ccas")).status_code == 422
    answer = elise.post(where(sqlite_town, amina, "/retirer"), data={"structure": own, "asked": "y"})
    assert answer.status_code == 303 and answer.location.endswith("/dossiers")


def test_a_structure_she_stopped_is_not_told_of_the_others(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    agree(sqlite_town, amina, "mission-locale", "contact")
    stop(sqlite_town, amina, "pae-centre")
    bruno, own = signed_in(sqlite_town, "bruno"), sqlite_town.structures["pae-centre"]
    page = read(bruno, where(sqlite_town, amina, "/retirer"))
    assert "Mission locale" not in page and "a déjà arrêté le partage avec votre structure" in page
    page = read(bruno, where(sqlite_town, amina))
    assert "La personne a arrêté le partage avec votre structure." in page and "Mission locale" not in page
    assert bruno.post(where(sqlite_town, amina), data=typed(sqlite_town, "mission-locale")).status_code == 422
    everybody = {"structure": "all", "asked": "y"}
    assert bruno.post(where(sqlite_town, amina, "/retirer"), data=everybody).status_code == 422
    asked = {"structure": own, "sections": ["contact"], "months": "12", "way": "paper"}
    assert bruno.post(where(sqlite_town, amina), data=asked).status_code == 303


def test_the_paper_is_a_tagged_pdf_that_says_what_is_shared(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    reference = drafted(sqlite_town, amina)
    answer = signed_in(sqlite_town, "bruno").get(where(sqlite_town, amina, f"/papier/{reference}"))
    assert answer.mimetype == "application/pdf" and "attachment" in answer.headers["Content-Disposition"]
    paper = PdfReader(BytesIO(answer.data))
    said = " ".join(paper.pages[0].extract_text().split())
    assert "Amina Benkacem" in said and "Mission locale du Bassin" in said and "20 novembre 2027" in said
    assert "Coordonnées et contact" in said and "Signature" in said and f"{reference[:4]} {reference[4:8]}" in said
    root = paper.root_object
    assert "'/Marked': True" in str(root["/MarkInfo"]) and str(root["/Lang"]) == "fr-FR"
    assert "/StructTreeRoot" in root
    assert seen(sqlite_town, amina, "elise") is None


def test_the_paper_of_another_person_or_structure_is_not_printed(sqlite_town: Town) -> None:
    amina, other = welcome(sqlite_town), welcome(sqlite_town)
    reference = drafted(sqlite_town, amina)
    assert signed_in(sqlite_town, "bruno").get(where(sqlite_town, other, f"/papier/{reference}")).status_code == 404
    assert signed_in(sqlite_town, "chloe").get(where(sqlite_town, amina, f"/papier/{reference}")).status_code == 404


def test_the_signed_paper_is_deposited_then_read_by_her(town: Town) -> None:
    amina = welcome(town)
    reference = drafted(town, amina)
    bruno, home = signed_in(town, "bruno"), at_home(town, amina)
    answer = bruno.post(where(town, amina, "/papier"), **sent(f"{reference[:4]} {reference[4:8]}", pdf()))
    assert answer.status_code == 303
    assert seen(town, amina, "elise")
    (link,) = re.findall(r'href="(/mes-documents/\w+)"', home.get("/qui-voit-quoi").get_data(as_text=True))
    paper = home.get(link)
    assert paper.data.startswith(b"%PDF-") and paper.headers["X-Content-Type-Options"] == "nosniff"
    assert paper.headers["Content-Disposition"] == 'attachment; filename="accord-de-partage-2026-11-20.pdf"'
    (staff,) = re.findall(
        rf'href="(/dossiers/{amina}/documents/\w+)"', bruno.get(where(town, amina)).get_data(as_text=True)
    )
    assert bruno.get(staff).data == paper.data
    assert signed_in(town, "chloe").get(staff).status_code == 404
    with town.store.engine.connect() as connection:
        told = [act["do"] for one in entries_about(connection, amina, limit=50) for act in one["acts"]]
    assert {"document_added", "document_read", "agreement_given", "agreement_printed"} - set(told) == {
        "agreement_printed"
    }


@pytest.mark.parametrize(
    "content", [b"", b"<script>alert(1)</script>", b"%PDF-1.4 nothing", b"GIF89a", b"PK\x03\x04", b"\xff\xd8\xff<?php"]
)
def test_what_is_no_paper_is_refused_beside_its_field_and_nothing_is_kept(sqlite_town: Town, content: bytes) -> None:
    amina = welcome(sqlite_town)
    reference = drafted(sqlite_town, amina)
    answer = signed_in(sqlite_town, "bruno").post(
        where(sqlite_town, amina, "/papier"), **sent(reference, content, "../../accord\u202efdp.exe")
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'href="#paper"' in page and "fdp.exe" not in page
    assert rows(sqlite_town.store, "document") == []


def test_a_photo_over_two_megabytes_passes_there_and_nowhere_else(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    reference, large = drafted(sqlite_town, amina), photo(2000)
    assert 2 * 1024 * 1024 < len(large) < LARGEST
    bruno = signed_in(sqlite_town, "bruno")
    elsewhere = bruno.post(where(sqlite_town, amina), **sent(reference, large))
    assert elsewhere.status_code == 413
    assert bruno.post(where(sqlite_town, amina, "/papier"), **sent(reference, large, "a.png")).status_code == 303
    assert sharing(sqlite_town, amina)["Mission locale du Bassin"].openings[0].document_id


def test_a_file_over_ten_megabytes_is_refused(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    reference = drafted(sqlite_town, amina)
    bruno = signed_in(sqlite_town, "bruno")
    heavy = bruno.post(where(sqlite_town, amina, "/papier"), **sent(reference, b"%PDF-" + b"0" * LARGEST))
    assert heavy.status_code == 422 and "10 Mo" in heavy.get_data(as_text=True)
    assert reference in heavy.get_data(as_text=True)
    huge = bruno.post(where(sqlite_town, amina, "/papier"), **sent(reference, b"0" * (8 * LARGEST + 200_000)))
    assert huge.status_code == 303 and "10 Mo au plus" in bruno.get(huge.location).get_data(as_text=True)


def test_a_stranger_does_not_get_to_send_a_large_file(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    answer = web(sqlite_town).post(where(sqlite_town, amina, "/papier"), **sent("a" * 26, b"0" * 3_000_000))
    assert answer.status_code in (302, 303)


def test_an_upload_is_never_spooled_to_the_disk(sqlite_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def spooled(*_: object, **__: object) -> None:
        raise AssertionError("an unsealed file was about to be written")

    for name in ("SpooledTemporaryFile", "TemporaryFile", "NamedTemporaryFile"):
        monkeypatch.setattr(f"tempfile.{name}", spooled)
        monkeypatch.setattr(f"werkzeug.formparser.{name}", spooled, raising=False)
    amina = welcome(sqlite_town)
    reference = drafted(sqlite_town, amina)
    posted = sent(reference, photo(1000), "a.png")
    assert signed_in(sqlite_town, "bruno").post(where(sqlite_town, amina, "/papier"), **posted).status_code == 303
