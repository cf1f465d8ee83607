from pathway.casework.schemes.queries import scheme_seen
from pathway.demo.town import Town
from tests.casework.enrolments.steps import enter
from tests.town import signed_in, welcome
from tests.web.operator.keeping import refused_to_others, said
from tests.web.supervisor.test_alerts import words


def path(town: Town) -> str:
    return f"/dispositifs/{town.schemes['pae']}/motifs"


def mark(town: Town) -> str:
    with town.acting("root", write=False) as tx:
        return scheme_seen(tx, town.schemes["pae"]).reasons_mark


def test_the_exit_offers_those_chosen_and_refuses_the_others(town: Town) -> None:
    root = signed_in(town, "root")
    assert "Tous, et ceux que le territoire ajoutera" in said(root, path(town))
    seen = mark(town)
    sent = {"which": "chosen", "reasons": ["cdi"], "seen": seen}
    assert "6 motifs proposés." in words(root.post(path(town), data=sent, follow_redirects=True).get_data(as_text=True))
    assert "Ceux qui ont été choisis" in said(root, f"/dispositifs/{town.schemes['pae']}")
    assert root.post(path(town), data=sent).status_code == 422
    step = enter(town, welcome(town)).enrolment_id
    bruno = signed_in(town, "bruno")
    form = bruno.get(f"/etapes/{step}/sortie").get_data(as_text=True)
    assert 'value="cdi"' in form and 'value="death"' in form and 'value="esat"' not in form
    late = bruno.post(f"/etapes/{step}/sortie", data={"reason": "esat", "event_on": "20/11/2026"})
    assert late.status_code == 422 and "Choisissez le motif" in late.get_data(as_text=True)
    assert bruno.post(f"/etapes/{step}/sortie", data={"reason": "cdi", "event_on": "20/11/2026"}).status_code == 303


def test_all_are_offered_again_and_a_reason_that_is_none_is_refused(sqlite_town: Town) -> None:
    root = signed_in(sqlite_town, "root")
    wrong = {"which": "chosen", "reasons": ["prison"], "seen": mark(sqlite_town)}
    assert "n’existent pas" in root.post(path(sqlite_town), data=wrong).get_data(as_text=True)
    assert root.post(path(sqlite_town), data={"which": "all", "seen": mark(sqlite_town)}).status_code == 303
    with sqlite_town.acting("root", write=False) as tx:
        assert scheme_seen(tx, sqlite_town.schemes["pae"]).exit_reasons == ()


def test_nobody_else_chooses_them(sqlite_town: Town) -> None:
    refused_to_others(sqlite_town, path(sqlite_town), "GET", "POST")
