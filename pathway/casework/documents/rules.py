"""What a file must be to be kept: its kinds, its types, its limits, the name it leaves under."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid, Refused
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked

LARGEST = 10 * 1024 * 1024  # bytes
MOST_PAGES = 30
MOST_PIXELS = 40_000_000  # an A4 sheet at 600 dots an inch has 35 million
LONGEST_TITLE = 80
MOST_OF_PERSON, HEAVIEST_OF_PERSON = 40, 60 * 1024 * 1024  # files, bytes
HEAVIEST_OF_STRUCTURE = 4 * 1024 * 1024 * 1024  # bytes: about 8 000 papers photographed
RESTORED_WITHIN = timedelta(minutes=10)
TWICE_WITHIN = timedelta(minutes=2)

_TOO_LARGE = marked("Ce fichier est trop lourd. Choisissez un fichier de 10 Mo au plus.")
_EMPTY = marked("Ce fichier est vide. Choisissez le papier, scanné ou photographié.")
# Said of somebody, and to herself.
_TOO_MANY = (
    "Cette personne a déjà %(most)s documents. Retirez-en un avant d’en ajouter.",
    marked("Vous avez déjà %(most)s documents. Retirez-en un avant d’en ajouter."),
)
_TOO_HEAVY = (
    "Cette personne a déjà %(most)s Mo de documents ou presque. Retirez-en un avant d’en ajouter.",
    marked("Vous avez déjà %(most)s Mo de documents ou presque. Retirez-en un avant d’en ajouter."),
)


class DocumentKind(Choice):
    """What a kept file is."""

    SIGNED_AGREEMENT = "signed_agreement", marked("Accord de partage signé")


class HeldKind(Choice):
    """What a paper of hers is. No paper on health or justice has a name here; nor is there « autre »."""

    CV = "cv", marked("CV")
    COVER_LETTER = "cover_letter", marked("Lettre de motivation")
    IDENTITY = "identity", marked("Pièce d’identité ou titre de séjour")
    DIPLOMA = "diploma", marked("Diplôme ou certificat")
    LICENCE = "licence", marked("Permis ou habilitation")
    ATTESTATION = "attestation", marked("Attestation")
    CONTRACT = "contract", marked("Contrat de travail ou de formation")
    PAYSLIP = "payslip", marked("Bulletin de salaire")


class Sight(Choice):
    """Who may open a paper of hers, besides herself."""

    OWN = "own", marked("Seulement qui l’ajoute")
    SHARED = "shared", marked("Les structures qui voient son parcours")


class RemovalReason(Choice):
    """Why a paper is taken away."""

    MISTAKE = "mistake", marked("Ajouté par erreur")
    OUTDATED = "outdated", marked("N’est plus à jour")
    OUT_OF_PLACE = "out_of_place", marked("N’a pas sa place ici")
    HER_WISH = "her_wish", marked("La personne le demande")


class MediaType(Choice):
    """The types of file that are kept."""

    PDF = "application/pdf", marked("PDF")
    JPEG = "image/jpeg", marked("JPEG")
    PNG = "image/png", marked("PNG")


_STEMS: Mapping[DocumentKind | HeldKind, str] = {
    DocumentKind.SIGNED_AGREEMENT: "accord-de-partage",
    HeldKind.CV: "cv",
    HeldKind.COVER_LETTER: "lettre-de-motivation",
    HeldKind.IDENTITY: "piece-d-identite",
    HeldKind.DIPLOMA: "diplome",
    HeldKind.LICENCE: "permis",
    HeldKind.ATTESTATION: "attestation",
    HeldKind.CONTRACT: "contrat",
    HeldKind.PAYSLIP: "bulletin-de-salaire",
}
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


def file_name(kind: DocumentKind | HeldKind, media_type: MediaType, on: date) -> str:
    """The name a file leaves under: what it is and its day. It never holds a name that somebody typed."""
    return f"{_STEMS[kind]}-{on.isoformat()}.{_ENDINGS[media_type]}"


def read_title(typed: str) -> str:
    """What a paper is called, in one line; `Invalid` (field `title`) when it is too long. It may be empty."""
    title = " ".join(typed.split())
    if len(title) > LONGEST_TITLE:
        raise Invalid(_("Ce nom est trop long : %(most)s caractères au plus.", most=LONGEST_TITLE), field="title")
    return title


def check_room(*, size: int, files: int, weight: int, structure_weight: int, is_herself: bool) -> None:
    """Refuse a paper for which there is no room left; `Refused` names the field `paper`.

    `size`: its bytes. `files`, `weight`: what is kept of that person already. `structure_weight`: what the structure
    that adds it keeps of everybody; 0 for herself.
    """
    if files >= MOST_OF_PERSON:
        raise Refused(_(_TOO_MANY[is_herself], most=MOST_OF_PERSON), field="paper")
    if weight + size > HEAVIEST_OF_PERSON:
        raise Refused(_(_TOO_HEAVY[is_herself], most=HEAVIEST_OF_PERSON // 1024**2), field="paper")
    if structure_weight + size > HEAVIEST_OF_STRUCTURE:
        most = f"{HEAVIEST_OF_STRUCTURE // 1024**3} Go"
        raise Refused(
            f"Votre structure a atteint ses {most} de documents. Retirez ceux qui ne servent plus.", field="paper"
        )


def is_forgotten(removed_at: datetime, *, now: datetime) -> bool:
    """Whether a paper taken away may no longer be given back: ten minutes later its key is destroyed."""
    return now >= removed_at + RESTORED_WITHIN
