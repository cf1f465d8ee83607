"""What tests of her papers start from."""

from pathway.casework.documents.actions import hold_document, remove_document, restore_document
from pathway.casework.documents.queries import HeldView, document_opened, held_documents
from pathway.casework.documents.rules import HeldKind, MediaType, RemovalReason, Sight, Upload
from pathway.demo.town import Town
from pathway.store.transaction import Transaction
from tests.town import herself

CONTENT = b"%PDF-1.7 le parcours d'une soudeuse"


def acting(town: Town, ref: str, by: str, *, write: bool = True) -> Transaction:
    """A transaction of that professional, or of the person herself."""
    return herself(town, ref, write=write) if by == "herself" else town.acting(by, write=write)


def hold(
    town: Town,
    ref: str,
    *,
    by: str = "bruno",
    kind: HeldKind = HeldKind.CV,
    sight: Sight = Sight.SHARED,
    title: str = "",
    content: bytes = CONTENT,
) -> str:
    """A paper of hers; gives its id."""
    upload = Upload(media_type=MediaType.PDF, content=content)
    with acting(town, ref, by) as tx:
        return hold_document(tx, record_id=ref, kind=kind, upload=upload, sight=sight, title=title)


def take_away(
    town: Town, ref: str, document: str, *, by: str = "bruno", reason: RemovalReason = RemovalReason.OUTDATED
) -> None:
    """It goes."""
    with acting(town, ref, by) as tx:
        remove_document(tx, record_id=ref, document_id=document, reason=reason)


def give_back(town: Town, ref: str, document: str, *, by: str = "bruno") -> None:
    """It comes back."""
    with acting(town, ref, by) as tx:
        restore_document(tx, record_id=ref, document_id=document)


def seen(town: Town, ref: str, by: str = "bruno") -> list[HeldView]:
    """The papers that are there for that reader."""
    with acting(town, ref, by, write=False) as tx:
        return [one for one in held_documents(tx, ref) if one.removed_at is None]


def content(town: Town, ref: str, document: str, by: str = "bruno") -> bytes:
    """What it says."""
    with acting(town, ref, by, write=False) as tx:
        return document_opened(tx, record_id=ref, document_id=document).content
