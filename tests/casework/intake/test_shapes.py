import pytest

from pathway.casework.intake.shapes import shape_of


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
