"""The heaviest paper, the last one there is room for, the last second to give it back; what is said just beyond."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from pathway.casework.documents.rules import (
    DocumentKind,
    HeldKind,
    MediaType,
    check_room,
    check_size,
    file_name,
    is_forgotten,
    read_title,
)
from pathway.kernel.errors import Invalid, PathwayError, Refused

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
KB, MB, GB = 1024, 1024**2, 1024**3


def refused(said: Callable[[], object], kind: type[PathwayError]) -> tuple[str, str]:
    """The field it names, and its sentence."""
    with pytest.raises(kind) as refusal:
        said()
    return getattr(refusal.value, "field", ""), refusal.value.sentence


def room(
    *, size: int = KB, files: int = 0, weight: int = 0, structure_weight: int = 0, is_herself: bool = False
) -> Callable[[], None]:
    return lambda: check_room(
        size=size, files=files, weight=weight, structure_weight=structure_weight, is_herself=is_herself
    )


def test_a_file_weighs_something_and_ten_megabytes_at_most() -> None:
    check_size(1)
    check_size(10 * MB)
    assert refused(lambda: check_size(0), Invalid) == (
        "paper",
        "Ce fichier est vide. Choisissez le papier, scanné ou photographié.",
    )
    assert refused(lambda: check_size(10 * MB + 1), Invalid) == (
        "paper",
        "Ce fichier est trop lourd. Choisissez un fichier de 10 Mo au plus.",
    )


@pytest.mark.parametrize(
    ("kind", "media_type", "name"),
    [
        (DocumentKind.SIGNED_AGREEMENT, MediaType.PDF, "accord-de-partage-2026-01-05.pdf"),
        (HeldKind.CV, MediaType.PDF, "cv-2026-01-05.pdf"),
        (HeldKind.IDENTITY, MediaType.JPEG, "piece-d-identite-2026-01-05.jpg"),
        (HeldKind.PAYSLIP, MediaType.PNG, "bulletin-de-salaire-2026-01-05.png"),
    ],
)
def test_a_file_leaves_under_what_it_is_and_its_day(
    kind: DocumentKind | HeldKind, media_type: MediaType, name: str
) -> None:
    assert file_name(kind, media_type, date(2026, 1, 5)) == name


def test_every_kind_and_type_has_a_plain_name_of_its_own() -> None:
    kinds = (*DocumentKind, *HeldKind)
    names = {file_name(kind, media_type, date(2026, 1, 5)) for kind in kinds for media_type in MediaType}
    assert len(names) == len(kinds) * len(MediaType)
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.") for name in names)


def test_a_title_holds_in_one_line_of_eighty_characters() -> None:
    assert read_title("  CV \n de\tfévrier ") == "CV de février" and read_title(" \n") == ""
    assert read_title(f" {'é' * 80} ") == "é" * 80
    assert refused(lambda: read_title("é" * 81), Invalid) == (
        "title",
        "Ce nom est trop long : 80 caractères au plus.",
    )


@pytest.mark.parametrize("is_herself", [False, True])
def test_the_last_paper_there_is_room_for_is_kept(is_herself: bool) -> None:
    room(files=39, is_herself=is_herself)()
    room(weight=60 * MB - KB, is_herself=is_herself)()
    room(structure_weight=4 * GB - KB, is_herself=is_herself)()
    room(files=39, weight=60 * MB - KB, structure_weight=4 * GB - KB, is_herself=is_herself)()


@pytest.mark.parametrize("files", [40, 41])
def test_the_forty_first_paper_is_refused_to_each_in_other_words(files: int) -> None:
    assert refused(room(files=files), Refused) == (
        "paper",
        "Cette personne a déjà 40 documents. Retirez-en un avant d’en ajouter.",
    )
    assert refused(room(files=files, is_herself=True), Refused) == (
        "paper",
        "Vous avez déjà 40 documents. Retirez-en un avant d’en ajouter.",
    )


def test_one_byte_beyond_sixty_megabytes_is_refused_to_each_in_other_words() -> None:
    assert refused(room(weight=60 * MB - KB + 1), Refused) == (
        "paper",
        "Cette personne a déjà 60 Mo de documents ou presque. Retirez-en un avant d’en ajouter.",
    )
    assert refused(room(weight=60 * MB - KB + 1, is_herself=True), Refused) == (
        "paper",
        "Vous avez déjà 60 Mo de documents ou presque. Retirez-en un avant d’en ajouter.",
    )


def test_one_byte_beyond_four_gigabytes_is_refused_to_the_structure() -> None:
    assert refused(room(structure_weight=4 * GB - KB + 1), Refused) == (
        "paper",
        "Votre structure a atteint ses 4 Go de documents. Retirez ceux qui ne servent plus.",
    )


def test_a_paper_taken_away_is_given_back_until_the_last_second_of_ten_minutes() -> None:
    ten = timedelta(minutes=10)
    assert not is_forgotten(NOW, now=NOW) and not is_forgotten(NOW, now=NOW + ten - timedelta(seconds=1))
    assert is_forgotten(NOW, now=NOW + ten)
