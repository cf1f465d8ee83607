import pytest

from pathway.casework.intake.shapes import shape_of, tells_somebody


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([], "vide"),
        (["", "NR"], "vide"),
        (["22/04/1991", "1er février 1990", "19900201"], "dates"),
        (["06 12 34 56 78", "+33612345678"], "numéros de téléphone"),
        (["2055990", "2055991"], "7 chiffres"),
        (["a@exemple.fr"], "adresses e-mail"),
        (["oui", "Non"], "oui ou non"),
        (["Rennes", "Angers"], "texte"),
        (["x" * 80], "texte long"),
        (["Rennes", "35000"], "texte, 5 chiffres"),
        (["Rennes", "291047511212345"], "numéros de sécurité sociale : jamais repris"),
    ],
)
def test_a_column_is_told_by_its_shape_and_never_by_its_words(cells: list[str], said: str) -> None:
    assert shape_of(cells) == said


@pytest.mark.parametrize(
    ("titles", "is_somebody"),
    [
        (["Awa", "Ndiaye", "03/02/1990"], True),
        (["Awa", "Ndiaye", "06 12 34 56 78"], True),
        (["Awa", "awa@exemple.fr"], True),
        (["Prénom", "Nom", "Né(e) le", "col1", "2026"], False),
    ],
)
def test_a_line_that_tells_somebody_is_no_line_of_titles(titles: list[str], is_somebody: bool) -> None:
    assert tells_somebody(titles) is is_somebody
