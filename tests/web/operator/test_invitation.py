from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows
from tests.casework.resets.letters import letters
from tests.casework.team.scenes import invited
from tests.town import signed_in
from tests.web.operator.keeping import refused_to_others, said
from tests.web.operator.test_structure_invite import sent


def waiting(town: Town, code: str = "passerelle") -> str:
    """The path of the invitation that waits there."""
    here = town.structures[code]
    (one,) = rows(town.store, "invitation", f"WHERE structure_id = '{here}'")
    return f"/structures/{here}/invitations/{one['id']}"


def test_an_invitation_is_sent_again_then_taken_back(town: Town) -> None:
    sent(town)
    path, client = waiting(town), signed_in(town, "root")
    assert "Claire" not in said(client, path)
    assert client.post(f"{path}/envoi").status_code == 303 and len(letters(town, "invitation")) == 2
    assert client.post(f"{path}/annulation").status_code == 303
    assert rows(town.store, "invitation")[0]["state"] == "revoked"
    for method, end in (("GET", ""), ("POST", "/envoi"), ("POST", "/annulation")):
        assert client.open(f"{path}{end}", method=method).status_code == 404


def test_what_a_responsable_sent_may_be_taken_back_and_names_nobody(sqlite_town: Town) -> None:
    invited(sqlite_town)
    path, client = waiting(sqlite_town, "pae-centre"), signed_in(sqlite_town, "root")
    assert "Claire" not in said(client, path)
    assert client.post(f"{path}/annulation").status_code == 303


def test_nobody_else_reaches_it(sqlite_town: Town) -> None:
    sent(sqlite_town)
    refused_to_others(sqlite_town, waiting(sqlite_town))
    for end in ("envoi", "annulation"):
        refused_to_others(sqlite_town, f"{waiting(sqlite_town)}/{end}", "POST")
