"""What was typed is never lost: « Reprendre » gives back a form that came too late."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pathway.casework.sharing.tables import AccessGrant
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.columns import table_of
from pathway.web.drafts import READ_AGAIN, keeps_form_of
from tests.casework.accounts.test_drafts import drafts
from tests.casework.enrolments.steps import rows, system
from tests.casework.notes.scenes import texts
from tests.town import code_of_now, signed_in, web, welcome
from tests.web.account.doors import FOUND, RESUME, given_back
from tests.web.account.test_sign_in import through
from tests.web.counsellor.scenes import said, valid
from tests.web.counsellor.test_documents import heavy
from tests.web.jobseeker.lives import SECRET, at_home

ASLEEP, UNPROVED = timedelta(minutes=21), timedelta(minutes=10)
NOTE = {"text": "Cherche un poste de nuit.\r\nReviendra « jeudi ».", "audience": "followers"}
HOLD = {"until_on": "31/01/2028", "reason": "Recours au tribunal administratif"}
WAITS = "Vous aviez rempli une page qui n’a pas pu être enregistrée."
# Nothing is typed there: a button, and at most a choice among two or three on the page one comes back to.
BUTTONS = {
    "counsellor": {
        "absence_cancelled",
        "answer_read",
        "confirm_help",
        "contract_state",
        "document_restored",
        "elsewhere",
        "invite",
        "note_restored",
        "people_forget",
        "plan_state",
        "plan_undo",
        "stage_undone",
    },
    "jobseeker": {
        "card_stop",
        "document_restored",
        "excuse",
        "keep_record",
        "not_enough",
        "plan_done",
        "relay_no",
        "same_answer",
        "show",
        "withdraw_request",
    },
    "operator": {
        "account_reopen",
        "exit_reason_close",
        "exit_reason_reopen",
        "import_dropped",
        "import_resumed",
        "import_started",
        "invitation_again",
        "invitation_revoked",
        "refuse_request",
        "scheme_reopen",
        "setting_back",
    },
    "supervisor": {"check_access", "lift", "policy_withdraw", "precision_file", "resend", "revoke", "snooze"},
}
# What is typed there is a search, or opens something: it is not kept.
UNKEPT = {"counsellor.presented", "counsellor.presented_on_paper", "counsellor.search", "operator.account_find"}


def proved(client: FlaskClient, town: Town, persona: str, location: str) -> TestResponse:
    """She types the code of her telephone where she is asked again who she is."""
    suite = location.partition("suite=")[2]
    return client.post("/mon-compte/confirmer", data={"code": code_of_now(town, persona), "suite": suite})


def test_a_session_that_ends_loses_no_word(town: Town, clock: FixedClock) -> None:
    ref = welcome(town)
    client, path = signed_in(town, "bruno"), f"/dossiers/{ref}/note"
    clock.move(ASLEEP)
    late = client.post(path, data=NOTE)
    assert (late.status_code, late.location) == (302, f"/connexion?suite={RESUME}")
    assert through(client, town, suite=RESUME).location == RESUME
    again = given_back(client)
    page = valid(again)
    assert again.status_code == 422 and FOUND in page and "Erreur" not in page
    assert "Reviendra « jeudi »." in page and 'value="followers" checked' in page
    assert texts(town, ref) == []
    assert client.post(path, data=NOTE).status_code == 303
    assert len(texts(town, ref)) == 1 and drafts(town) == []
    assert client.get(RESUME).location == "/"


def test_proving_again_who_one_is_loses_no_word(town: Town, clock: FixedClock) -> None:
    client, path = signed_in(town, "denis"), f"/dossiers/{welcome(town)}/conservation"
    clock.move(UNPROVED)
    asked = client.post(path, data=HOLD)
    assert (asked.status_code, asked.location) == (303, f"/mon-compte/confirmer?suite={RESUME}")
    assert proved(client, town, "denis", asked.location).location == RESUME
    page = valid(given_back(client))
    assert HOLD["until_on"] in page and HOLD["reason"] in page
    assert rows(town.store, "retention_hold") == []
    assert client.post(path, data=HOLD).status_code == 303
    assert len(rows(town.store, "retention_hold")) == 1 and drafts(town) == []


def test_a_page_left_open_for_hours_loses_no_word_either(sqlite_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/dossiers/{welcome(sqlite_town)}/note"
    client = signed_in(sqlite_town, "bruno")
    client.application.config.update(WTF_CSRF_ENABLED=True, WTF_CSRF_TIME_LIMIT=-1)
    token = client.get(path).get_data(as_text=True).split('name="csrf_token" value="')[1].partition('"')[0]
    refused = client.post(path, data={**NOTE, "csrf_token": token})
    assert refused.status_code == 400 and "Ce que vous aviez rempli est gardé." in said(refused)
    assert f'href="{RESUME}"' in said(refused)
    forged = client.post(path, data={**NOTE, "text": "d’ailleurs", "csrf_token": "forged"})
    assert forged.status_code == 400 and "est gardé" not in said(forged)
    client.application.config.update(WTF_CSRF_TIME_LIMIT=3600)
    token = client.get(path).get_data(as_text=True).split('name="csrf_token" value="')[1].partition('"')[0]
    page = said(client.post(path, data={READ_AGAIN: "1", "csrf_token": token}))
    assert "Reviendra" in page and "d’ailleurs" not in page


def test_a_form_that_stands_on_another_page_comes_back_too(sqlite_town: Town, clock: FixedClock) -> None:
    """An account is asked to be closed on « Un compte », by a POST that answers no GET."""
    root = signed_in(sqlite_town, "root")
    fatou = sqlite_town.actor("fatou").account_id
    page = said(root.get(f"/comptes/{fatou}"))
    path = re.search(r'action="(/habilitations/[a-z2-7]{26}/prolongation)"', page)
    assert path
    clock.move(UNPROVED)
    asked = root.post(path[1], data={"until_on": "31/12/2027"})
    assert proved(root, sqlite_town, "root", asked.location).location == RESUME
    again = given_back(root)
    assert again.status_code == 422 and "31/12/2027" in said(again) and FOUND in said(again)


def test_she_finds_her_own_words_again(sqlite_town: Town, clock: FixedClock) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    client.post("/conservation/effacement", data={"text": "Je pars vivre ailleurs."})
    clock.move(UNPROVED)
    asked = client.post("/conservation/effacement", data={"text": "Je pars vivre ailleurs.", "asked": "y"})
    assert asked.location == f"/mon-compte/confirmer?suite={RESUME}"
    back = client.post("/mon-compte/confirmer", data={"password": SECRET, "suite": RESUME})
    assert back.location == RESUME
    page = said(given_back(client))
    assert "Je pars vivre ailleurs." in page and FOUND in page
    assert rows(sqlite_town.store, "rights_request") == []


def test_only_its_author_is_given_it_back(sqlite_town: Town, clock: FixedClock) -> None:
    path = f"/dossiers/{welcome(sqlite_town)}/note"
    client = signed_in(sqlite_town, "bruno")
    clock.move(ASLEEP)
    client.post(path, data=NOTE)
    fatou, bruno = signed_in(sqlite_town, "fatou"), signed_in(sqlite_town, "bruno")
    assert fatou.get(RESUME).location == "/" and WAITS not in said(fatou.get("/aujourd-hui"))
    assert WAITS in valid(bruno.get("/aujourd-hui")) and "Reviendra" in said(given_back(bruno))


def test_nothing_is_kept_for_a_stranger_nor_of_an_empty_form(sqlite_town: Town, clock: FixedClock) -> None:
    path = f"/dossiers/{welcome(sqlite_town)}/note"
    assert web(sqlite_town).post(path, data=NOTE).location == "/connexion"
    bruno = signed_in(sqlite_town, "bruno")
    clock.move(ASLEEP)
    assert bruno.post(path, data={"text": " "}).location == "/connexion"
    assert bruno.post(path, data={"text": "x" * 100_001}).location == "/connexion"
    assert drafts(sqlite_town) == []


def test_a_file_is_asked_for_again(sqlite_town: Town, clock: FixedClock) -> None:
    path = f"/dossiers/{welcome(sqlite_town)}/documents"
    bruno = signed_in(sqlite_town, "bruno")
    sent = {"title": "Attestation de 2026", "file": (BytesIO(b"%PDF-1.7"), "cv.pdf")}
    clock.move(ASLEEP)
    bruno.post(path, data=sent, content_type="multipart/form-data")
    bruno = signed_in(sqlite_town, "bruno")
    assert "Le fichier joint n’est pas gardé." in said(bruno.get(RESUME))
    assert "Attestation de 2026" in valid(given_back(bruno))


def test_a_photo_sent_too_late_leaves_the_words_beside_it(sqlite_town: Town, clock: FixedClock) -> None:
    path = f"/dossiers/{welcome(sqlite_town)}/documents"
    bruno = signed_in(sqlite_town, "bruno")
    clock.move(ASLEEP)
    late = bruno.post(path, data=heavy(3), content_type="multipart/form-data; boundary=edge")
    assert late.location == f"/connexion?suite={RESUME}"
    assert "Attestation de mars" in valid(given_back(signed_in(sqlite_town, "bruno")))


def test_no_social_security_number_is_kept(sqlite_town: Town, clock: FixedClock) -> None:
    path = f"/dossiers/{welcome(sqlite_town)}/note"
    bruno = signed_in(sqlite_town, "bruno")
    clock.move(ASLEEP)
    bruno.post(path, data={**NOTE, "text": "Son numéro : 2 91 04 35 238 123 41, à vérifier."})
    page = valid(given_back(signed_in(sqlite_town, "bruno")))
    assert "Son numéro : [numéro de sécurité sociale], à vérifier." in page and "238 123" not in page


def test_what_is_kept_of_a_record_is_not_shown_to_who_may_see_it_no_more(sqlite_town: Town, clock: FixedClock) -> None:
    ref = welcome(sqlite_town)
    bruno = signed_in(sqlite_town, "bruno")
    clock.move(ASLEEP)
    bruno.post(f"/dossiers/{ref}/informations/contact", data={"phones": "06 12 34 56 78"})
    bruno = signed_in(sqlite_town, "bruno")
    assert "06 12 34 56 78" not in said(bruno.get(RESUME))
    assert "06 12 34 56 78" in said(given_back(bruno))
    with system(sqlite_town.store, sqlite_town.clock) as tx:
        tx.execute(table_of(AccessGrant).delete())
        tx.journal("test")
    gone = given_back(bruno)
    assert gone.status_code == 404 and "06 12 34 56 78" not in said(gone)


def test_the_button_that_gives_back_may_come_too_late_too(sqlite_town: Town, clock: FixedClock) -> None:
    client, path = signed_in(sqlite_town, "denis"), f"/dossiers/{welcome(sqlite_town)}/conservation"
    clock.move(UNPROVED)
    proved(client, sqlite_town, "denis", client.post(path, data=HOLD).location)
    clock.move(UNPROVED)
    asked = given_back(client)
    assert asked.location == f"/mon-compte/confirmer?suite={RESUME}"
    proved(client, sqlite_town, "denis", asked.location)
    assert HOLD["reason"] in said(given_back(client))


def test_what_is_kept_can_be_given_up(town: Town, clock: FixedClock) -> None:
    bruno = signed_in(town, "bruno")
    clock.move(ASLEEP)
    bruno.post(f"/dossiers/{welcome(town)}/note", data=NOTE)
    bruno = signed_in(town, "bruno")
    assert bruno.post(RESUME).location == "/"
    assert drafts(town) == [] and "C’est abandonné." in said(bruno.get("/aujourd-hui"))


def test_a_form_read_again_writes_nothing_whatever_the_door(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    bruno = signed_in(sqlite_town, "bruno")
    assert bruno.post(f"/dossiers/{ref}/note", data={**NOTE, READ_AGAIN: "1"}).status_code == 422
    refused = bruno.post(f"/dossiers/{ref}/contact/hors-carte", data={READ_AGAIN: "1"})
    assert refused.status_code == 422
    no_form = bruno.post("/langue", data={"langue": "en", READ_AGAIN: "1"})
    assert no_form.status_code in (303, 422)
    out = bruno.post("/deconnexion", data={READ_AGAIN: "1"})
    assert out.status_code == 422 and "Rien n’a été enregistré." in said(out)
    assert texts(sqlite_town, ref) == [] and rows(sqlite_town.store, "contact_attempt") == []
    assert bruno.get("/aujourd-hui").status_code == 200


def test_every_form_with_words_is_kept_and_no_secret_is(sqlite_town: Town) -> None:
    app = web(sqlite_town).application
    with app.app_context():
        posted = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
        lost = {one for one in posted if not keeps_form_of(one)}
    public = {one for one in lost if getattr(app.view_functions[one], "permission", "") == "everybody"}
    buttons = {f"{audience}.{name}" for audience, names in BUTTONS.items() for name in names}
    assert lost - public - UNKEPT - buttons == {one for one in lost - public if one.startswith("account.")}
    assert not (buttons | UNKEPT) - lost, "kept now: take it out of the list"
