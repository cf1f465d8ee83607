import csv
import io

from pathway.demo.town import Town
from tests.town import signed_in
from tests.web.counsellor.scenes import ZOE, entered, move, said, valid


def test_the_responsable_reads_what_was_not_asked_again(town: Town) -> None:
    entered(town)
    page = valid(signed_in(town, "denis").get("/dites-le-une-fois"))
    assert "1 entrée dans votre structure" in page
    assert "Accompagnement Point Accueil Emploi" in page
    assert "<title" in signed_in(town, "denis").get("/dites-le-une-fois").get_data(as_text=True)


def test_totals_by_month_and_by_scheme_add_up_in_the_file(town: Town) -> None:
    entered(town)
    move(town, 40)
    entered(town, identity=ZOE)
    client = signed_in(town, "denis")
    lines = _lines(client.get("/dites-le-une-fois/fichier").data)
    assert [line["Mois"] for line in lines] == ["2026-11", "2026-12"]
    assert sum(int(line["Entrées"]) for line in lines) == 2
    assert "2 entrées dans votre structure" in said(client.get("/dites-le-une-fois"))


def test_every_line_adds_up_to_what_is_needed(town: Town) -> None:
    entered(town)
    move(town, 40)
    entered(town, identity=ZOE)
    client = signed_in(town, "denis")
    lines = _lines(client.get("/dites-le-une-fois/fichier").data)
    for line in lines:
        parts = [int(line[name]) for name in ("Reprises", "Questions posées", "Sans réponse")]
        assert sum(parts) == int(line["Réponses utiles"]) and min(parts) >= 0
    assert any(int(line["Sans réponse"]) for line in lines)
    assert "restées sans réponse" in said(client.get("/dites-le-une-fois"))


def test_nothing_of_another_structure_nor_of_anybody_s_work(sqlite_town: Town) -> None:
    entered(sqlite_town)
    page = said(signed_in(sqlite_town, "sylvie").get("/dites-le-une-fois"))
    assert "Aucune entrée depuis" in page
    own = said(signed_in(sqlite_town, "denis").get("/dites-le-une-fois"))
    assert "Bruno" not in own and "Amina" not in own
    assert signed_in(sqlite_town, "bruno").get("/dites-le-une-fois").status_code == 403


def test_entries_of_more_than_twelve_months_are_left_out(sqlite_town: Town) -> None:
    entered(sqlite_town)
    move(sqlite_town, 400)
    assert "Aucune entrée depuis" in said(signed_in(sqlite_town, "denis").get("/dites-le-une-fois"))


def _lines(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
