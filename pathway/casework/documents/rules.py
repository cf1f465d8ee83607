"""What a file must be to be kept: its kinds, its types, its limits, the name it leaves under."""

from dataclasses import dataclass
from datetime import date

from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid

LARGEST = 10 * 1024 * 1024  # bytes
MOST_PAGES = 30
MOST_PIXELS = 40_000_000  # an A4 sheet at 600 dots an inch has 35 million

_TOO_LARGE = "Ce fichier est trop lourd. Choisissez un fichier de 10 Mo au plus."
_EMPTY = "Ce fichier est vide. Choisissez le papier signé, scanné ou photographié."


class DocumentKind(Choice):
    """What a kept file is."""

    SIGNED_AGREEMENT = "signed_agreement", "Accord de partage signé"


class MediaType(Choice):
    """The types of file that are kept."""

    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"


_STEMS = {DocumentKind.SIGNED_AGREEMENT: "accord-de-partage"}
_ENDINGS = {MediaType.PDF: "pdf", MediaType.JPEG: "jpg", MediaType.PNG: "png"}


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that was checked: its type read in its content, and what is kept of it."""

    media_type: MediaType
    content: bytes


def check_size(size: int) -> None:
    """Refuse an empty file or one over `LARGEST` bytes; `Invalid` names the field `paper`."""
    if not size:
        raise Invalid(_EMPTY, field="paper")
    if size > LARGEST:
        raise Invalid(_TOO_LARGE, field="paper")


def file_name(kind: DocumentKind, media_type: MediaType, on: date) -> str:
    """The name a file leaves under: what it is and its day. It never holds a name that somebody typed."""
    return f"{_STEMS[kind]}-{on.isoformat()}.{_ENDINGS[media_type]}"
