from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfWriter

from pathway.casework.agreements.actions import deposit_paper, draft_agreement
from pathway.casework.agreements.queries import waiting_papers
from pathway.casework.documents.actions import add_document
from pathway.casework.documents.queries import document_opened
from pathway.casework.documents.reading import read_upload
from pathway.casework.documents.rules import DocumentKind, MediaType, Upload, file_name
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Invalid, NotFound, Refused
from pathway.store.journal import verify
from pathway.store.transaction import Transaction
from tests.casework.agreements.deciding import agree, seen, sharing, stop
from tests.casework.agreements.test_actions import exceptional
from tests.casework.enrolments.steps import rows
from tests.town import FRIDAY, herself, welcome

CANARY = b"une phrase que le disque ne doit jamais porter"


def paper() -> Upload:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    kept = BytesIO()
    writer.write(kept)
    return read_upload(kept.getvalue())


def kept(town: Town, record_id: str, *, by: str = "bruno", content: bytes = CANARY) -> str:
    with town.acting(by) as tx:
        upload = Upload(media_type=MediaType.JPEG, content=content)
        return add_document(tx, record_id=record_id, kind=DocumentKind.SIGNED_AGREEMENT, upload=upload)


def opened(tx: Transaction, record_id: str, document_id: str) -> bytes:
    return document_opened(tx, record_id=record_id, document_id=document_id).content


def drafted(town: Town, record_id: str, *, sections: tuple[str, ...] = ("contact",), to: str = "mission-locale") -> str:
    with town.acting("bruno") as tx:
        return draft_agreement(tx, record_id=record_id, structure_id=town.structures[to], sections=sections)


def deposited(town: Town, record_id: str, reference: str, *, by: str = "bruno") -> str:
    with town.acting(by) as tx:
        return deposit_paper(tx, record_id=record_id, reference=reference, upload=paper())


def test_a_document_comes_back_as_it_was_under_a_generated_name(town: Town) -> None:
    amina = welcome(town)
    document_id = kept(town, amina)
    with town.acting("bruno", write=False) as tx:
        found = document_opened(tx, record_id=amina, document_id=document_id)
    assert found.content == CANARY and found.media_type is MediaType.JPEG
    assert found.name == "accord-de-partage-2026-11-20.jpg"


def test_a_document_is_sealed_under_its_own_key_and_never_stands_in_clear(sqlite_town: Town, tmp_path: Path) -> None:
    amina = welcome(sqlite_town)
    document_id = kept(sqlite_town, amina)
    assert len(rows(sqlite_town.store, "data_key", f"WHERE subject_id = '{document_id}'")) == 1
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files and not any(CANARY in path.read_bytes() for path in files)
    with sqlite_town.store.engine.connect() as connection:
        assert verify(connection, sqlite_town.store.keyring).broken == ()


def test_a_large_document_is_kept_whole(town: Town) -> None:
    amina = welcome(town)
    content = bytes(range(256)) * 4 * 1024 * 4  # 4 MiB
    document_id = kept(town, amina, content=content)
    with town.acting("bruno", write=False) as tx:
        assert opened(tx, amina, document_id) == content


def test_reading_a_document_needs_the_grant_and_is_journalled(town: Town) -> None:
    amina, other = welcome(town), welcome(town)
    document_id = kept(town, amina)
    agree(town, amina, "mission-locale", "contact")
    for by in ("chloe", "elise", "ines"):
        with town.acting(by, write=False) as tx, pytest.raises(NotFound):
            opened(tx, amina, document_id)
    with herself(town, other, write=False) as tx, pytest.raises(NotFound):
        opened(tx, amina, document_id)
    with town.acting("bruno", write=False) as tx:
        with pytest.raises(NotFound):
            opened(tx, other, document_id)
        assert opened(tx, amina, document_id) == CANARY
        assert [(act.action, act.records) for act in tx.acts] == [("document_read", (amina,))]
    with herself(town, amina, write=False) as tx:
        assert opened(tx, amina, document_id) == CANARY


def test_after_a_stop_a_structure_reads_only_the_documents_it_added(town: Town) -> None:
    amina = welcome(town)
    agree(town, amina, "mission-locale", "pathway")
    theirs, ours = kept(town, amina, by="elise"), kept(town, amina)
    stop(town, amina, "pae-centre")
    with town.acting("bruno", write=False) as tx:
        assert opened(tx, amina, ours) == CANARY
        with pytest.raises(NotFound):
            opened(tx, amina, theirs)


def test_nobody_adds_a_document_without_a_grant_or_from_an_exceptional_access(town: Town) -> None:
    amina = welcome(town)
    with pytest.raises(NotFound):
        kept(town, amina, by="chloe")
    exceptional(town, amina, "mission-locale")
    with pytest.raises(Refused):
        kept(town, amina, by="sylvie")


def test_the_signed_paper_puts_its_agreement_in_force(town: Town) -> None:
    amina = welcome(town)
    reference = drafted(town, amina)
    deposited(town, amina, reference[:8].upper())
    access = seen(town, amina, "elise")
    assert access and access.sections == {"identity", "contact"}
    (opening,) = sharing(town, amina)["Mission locale du Bassin"].openings
    assert opening.document_id
    with town.acting("bruno", write=False) as tx:
        assert waiting_papers(tx, amina) == []
        assert opened(tx, amina, opening.document_id).startswith(b"%PDF-")


@pytest.mark.parametrize("typed", ["", "aaaa aaaa", "a" * 26, "%", "z"])
def test_a_reference_that_is_no_paper_of_hers_is_refused(sqlite_town: Town, typed: str) -> None:
    amina, other = welcome(sqlite_town), welcome(sqlite_town)
    reference = drafted(sqlite_town, amina)
    with pytest.raises(Invalid):
        deposited(sqlite_town, amina, typed)
    with pytest.raises(Invalid):
        deposited(sqlite_town, other, reference)
    assert rows(sqlite_town.store, "document") == []


def test_a_paper_is_deposited_once_and_not_after_its_end(sqlite_town: Town, clock: FixedClock) -> None:
    amina = welcome(sqlite_town)
    once, late = drafted(sqlite_town, amina), drafted(sqlite_town, amina, to="ccas")
    deposited(sqlite_town, amina, once)
    with pytest.raises(Invalid):
        deposited(sqlite_town, amina, once)
    clock.move(timedelta(days=400))
    with pytest.raises(Invalid):
        deposited(sqlite_town, amina, late)


def test_names_of_files_say_what_they_are_and_when() -> None:
    names = {file_name(DocumentKind.SIGNED_AGREEMENT, one, FRIDAY.date()) for one in MediaType}
    assert names == {f"accord-de-partage-2026-11-20.{ending}" for ending in ("pdf", "jpg", "png")}
