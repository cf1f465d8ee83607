from pathway.casework.followup.rules import ExitKind
from pathway.casework.schemes.actions import add_exit_reason
from pathway.casework.schemes.exit_reasons import REASONS, PlieOutcome, ReasonDraft
from pathway.demo.town import Town
from tests.town import signed_in
from tests.web.operator.keeping import refused_to_others, said

PATH = "/motifs-de-sortie"


def test_every_reason_says_its_kind_and_what_each_network_calls_it(town: Town) -> None:
    empty = said(signed_in(town, "root"), PATH)
    assert "Aucun motif de votre territoire" in empty and all(one.label in empty for one in REASONS)
    with town.acting("root") as tx:
        draft = ReasonDraft(label="Autre parcours local", kind=ExitKind.RELAY, plie=PlieOutcome.POSITIVE)
        code = add_exit_reason(tx, draft)
    client = signed_in(town, "root")
    assert "Autre parcours local Passage de relais IAE : non repris PLIE : Sortie positive CEJ : non repris" in said(
        client, PATH
    )
    assert client.post(f"{PATH}/{code}/fermeture").status_code == 303
    assert "Motif fermé" in said(client, PATH)
    assert client.post(f"{PATH}/{code}/fermeture").status_code == 404
    assert client.post(f"{PATH}/{code}/reouverture").status_code == 303
    assert "Motif rouvert" in said(client, PATH)


def test_nobody_else_keeps_them(sqlite_town: Town) -> None:
    refused_to_others(sqlite_town, PATH)
    refused_to_others(sqlite_town, f"{PATH}/cdi/fermeture", "POST")
