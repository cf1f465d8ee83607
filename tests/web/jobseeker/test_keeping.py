from datetime import timedelta

from pathway.casework.lifecycle.expiring import carry_out
from pathway.casework.retention.actions import hold_ours
from pathway.casework.rights.rules import RequestKind
from pathway.demo.town import Town
from pathway.kernel.calendar import add_months
from pathway.kernel.clock import FixedClock, local_day
from pathway.kernel.wording import said_date
from tests.casework.enrolments.steps import rows, system
from tests.casework.rights.asking import mine
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import said, valid
from tests.web.jobseeker.lives import at_home


def told(town: Town, clock: FixedClock) -> str:
    """Amina, archived long ago, told last night."""
    amina = welcome(town)
    for months, days in ((24, 0), (24, -30)):
        day = add_months(local_day(clock.now()), months) + timedelta(days=days)
        clock.move(timedelta(days=(day - local_day(clock.now())).days))
        with system(town.store, clock) as tx:
            carry_out(tx, [amina], on=day)
    return amina


def test_an_active_record_says_how_long_and_asks_for_its_erasure(town: Town) -> None:
    amina = welcome(town)
    client = at_home(town, amina)
    assert "/conservation" in said(client.get("/vos-droits"))
    page = valid(client.get("/conservation"))
    assert "archivé après 24 mois" in page and "30 jours avant" in page and "Garder mon dossier" not in page
    refused = client.post("/conservation/effacement", data={"text": "Je déménage."})
    assert refused.status_code == 422 and "Je déménage." in refused.get_data(as_text=True)
    done = client.post("/conservation/effacement", data={"text": "Je déménage.", "asked": "y"})
    assert (done.status_code, done.location) == (303, "/mes-demandes")
    assert mine(town, amina)[0].kind is RequestKind.ERASURE
    assert "rien n’est effacé" in said(client.get("/mes-demandes"))
    assert rows(town.store, "record", f"WHERE id = '{amina}'")


def test_the_responsable_erases_by_a_confirmed_gesture_and_says_the_last_day(town: Town) -> None:
    amina = welcome(town)
    client = at_home(town, amina)
    client.post("/conservation/effacement", data={"asked": "y"})
    request = mine(town, amina)[0]
    denis, path = signed_in(town, "denis"), f"/droits-des-personnes/{request.id}"
    assert "efface tout le dossier" in valid(denis.get(path))
    answer = {"version": request.version, "outcome": "granted", "answer": "C’est fait."}
    assert denis.post(path, data=answer).status_code == 422 and rows(town.store, "record", f"WHERE id = '{amina}'")
    assert denis.post(path, data={**answer, "confirmed": "y"}).status_code == 303
    page = said(denis.get("/droits-des-personnes"))
    assert "Irrécupérable dans toutes les sauvegardes au plus tard le" in page
    assert not rows(town.store, "record", f"WHERE id = '{amina}'")
    assert client.get("/mon-parcours").status_code == 302 and denis.get(path).status_code == 404


def test_a_refused_erasure_keeps_everything(town: Town) -> None:
    amina = welcome(town)
    at_home(town, amina).post("/conservation/effacement", data={"asked": "y"})
    request = mine(town, amina)[0]
    answer = {"version": request.version, "outcome": "refused", "answer": "Un litige est en cours.", "confirmed": "y"}
    assert signed_in(town, "denis").post(f"/droits-des-personnes/{request.id}", data=answer).status_code == 303
    assert rows(town.store, "record", f"WHERE id = '{amina}'")


def test_told_she_reads_the_day_and_keeps_her_record(town: Town, clock: FixedClock) -> None:
    amina = told(town, clock)
    client = at_home(town, amina)
    assert "Votre dossier sera effacé le" in said(client.get("/mon-parcours"))
    assert "Garder mon dossier" in valid(client.get("/conservation"))
    assert client.post("/conservation/garder").location == "/mon-parcours"
    assert "sera effacé le" not in said(client.get("/mon-parcours"))
    assert not rows(town.store, "archived_record")


def test_kept_for_a_litigation_she_reads_until_when_and_no_day_that_is_false(
    sqlite_town: Town, clock: FixedClock
) -> None:
    amina = told(sqlite_town, clock)
    until = local_day(clock.now()) + timedelta(days=300)
    with sqlite_town.acting("denis") as tx:
        hold_ours(tx, record_id=amina, until_on=until, reason="Recours")
        tx.journal("test")
    client = at_home(sqlite_town, amina)
    page = valid(client.get("/conservation")).replace("\u00a0", " ")
    assert f"gardé pour un litige jusqu’au {said_date(until)}".replace("\u00a0", " ") in page
    assert f"sera effacé le {said_date(until + timedelta(days=1))}".replace("\u00a0", " ") in page
    assert "L’effacer maintenant" not in page and "Garder mon dossier" in page
    first = valid(client.get("/mon-parcours")).replace("\u00a0", " ")
    assert f"sera effacé le {said_date(until + timedelta(days=1))}".replace("\u00a0", " ") in first


def test_told_she_may_have_it_erased_at_once(town: Town, clock: FixedClock) -> None:
    amina = told(town, clock)
    client = at_home(town, amina)
    done = client.post("/conservation/effacement", data={"asked": "y"})
    assert (done.status_code, done.location) == (303, "/connexion")
    assert "irrécupérable dans toutes les sauvegardes au plus tard le" in said(client.get("/connexion"))
    assert not rows(town.store, "record") or amina not in {row["id"] for row in rows(town.store, "record")}
    assert client.get("/mon-parcours").status_code == 302


def test_her_first_page_says_the_day_until_she_keeps_her_record(sqlite_town: Town, clock: FixedClock) -> None:
    amina = told(sqlite_town, clock)
    client = at_home(sqlite_town, amina)
    page = valid(client.get("/mon-parcours"))
    assert "Votre dossier sera effacé le" in page and 'href="/conservation"' in page
    client.post("/conservation/garder")
    assert "sera effacé" not in said(client.get("/mon-parcours"))
