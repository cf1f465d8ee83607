"""« À savoir »: she reads why, answers in one gesture, sees who reads it, and may answer again."""

import re
from datetime import timedelta

import pytest

from pathway.casework.agreements.actions import give_agreement
from pathway.casework.alerts.answering import answers_to_read
from pathway.casework.alerts.queries import alerts_about
from pathway.casework.records.actions import set_referent
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.enrolments.steps import enter as enter_again
from tests.casework.enrolments.steps import rows, share
from tests.town import herself, signed_in, welcome
from tests.web.counsellor.scenes import said, valid
from tests.web.jobseeker.lives import at_home, enter, evaluate, leave


def warned(town: Town, clock: FixedClock) -> tuple[str, str]:
    """Amina, whose first point is late: her record, and the alert about it."""
    amina = welcome(town)
    leave(town, enter(town, amina, days_ago=200))
    clock.move(timedelta(days=15))
    evaluate(town, amina)
    return amina, alert_of(town, amina)


def alert_of(town: Town, record_id: str) -> str:
    with herself(town, record_id, write=False) as tx:
        return alerts_about(tx, record_id)[0].id


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("fine", "C’est noté. Votre référent de parcours lira votre réponse."),
        ("not_true", "C’est noté. Votre référent de parcours lira votre réponse."),
        ("call_me", "C’est noté : nous vous appelons lundi 7 décembre. Votre référent de parcours lira votre réponse."),
    ],
)
def test_one_gesture_answers_and_the_answer_stays_in_sight(
    sqlite_town: Town, clock: FixedClock, answer: str, words: str
) -> None:
    amina, alert = warned(sqlite_town, clock)
    client = at_home(sqlite_town, amina)
    page = valid(client.get("/mon-parcours"))
    assert "Cela ne change rien à vos droits." in page and "Bruno Lemaire lira votre réponse." in page
    label = {"fine": "Je vais bien", "not_true": "Ce n’est pas exact", "call_me": "Rappelez-moi"}[answer]
    assert f'name="a{alert}-answer" value="{answer}">{label}</button>' in page
    sent = client.post(f"/mon-parcours/alertes/{alert}", data={f"a{alert}-answer": answer})
    assert (sent.status_code, sent.location) == (303, "/mon-parcours")
    page = valid(client.get("/mon-parcours"))
    assert words in page
    assert f"Vous avez répondu : <strong>{label}</strong>" in page and "Bruno Lemaire lira votre réponse." in page


def test_her_message_is_kept_sealed_shown_to_her_and_may_be_changed(sqlite_town: Town, clock: FixedClock) -> None:
    amina, alert = warned(sqlite_town, clock)
    client, path = at_home(sqlite_town, amina), f"/mon-parcours/alertes/{alert}"
    client.post(path, data={f"a{alert}-answer": "fine", f"a{alert}-note": " Je travaille <le soir> "})
    page = client.get("/mon-parcours").get_data(as_text=True)
    assert "«\u00a0Je travaille &lt;le soir&gt;\u00a0»" in page and "Répondre autre chose" in page
    assert b"le soir" not in b"".join(bytes(row["note"] or b"") for row in rows(sqlite_town.store, "alert_change"))
    client.post(path, data={f"a{alert}-answer": "not_true"})
    page = said(client.get("/mon-parcours"))
    assert "<strong>Ce n’est pas exact</strong>" in page and "le soir" not in page


def test_what_cannot_be_kept_is_said_beside_it_with_what_she_typed(sqlite_town: Town, clock: FixedClock) -> None:
    amina, alert = warned(sqlite_town, clock)
    client, path = at_home(sqlite_town, amina), f"/mon-parcours/alertes/{alert}"
    long = "mot " * 251
    answer = client.post(path, data={f"a{alert}-answer": "fine", f"a{alert}-note": long})
    assert answer.status_code == 422
    page = valid(answer)
    assert "Votre message est trop long." in page and "mot mot mot" in page and f'href="#a{alert}-note"' in page
    for nothing in ("", "perhaps"):
        answer = client.post(path, data={f"a{alert}-answer": nothing})
        assert answer.status_code == 422 and "réponse" in valid(answer)
    with sqlite_town.acting("bruno", write=False) as tx:
        assert answers_to_read(tx) == []


def test_the_most_pressing_comes_first_and_the_others_wait_behind_one_gesture(
    sqlite_town: Town, clock: FixedClock
) -> None:
    amina, _ = warned(sqlite_town, clock)
    share(sqlite_town, amina, "quai-neuf", sections={"identity", "contact", "pathway", "followup", "alerts"})
    enter(sqlite_town, amina, by="solene", scheme="quai-neuf", days_ago=14)
    clock.move(timedelta(days=60))
    evaluate(sqlite_town, amina)
    page = valid(at_home(sqlite_town, amina).get("/mon-parcours"))
    first, _, others = page.partition("<summary>Voir ")
    assert first.count("Cela ne change rien à vos droits.") == 1
    # What a sensitive structure alone knows is told to her too, under its true name.
    assert "Nous devions prendre de vos nouvelles" in first
    assert others.startswith("2 autres informations") and "CSAPA du Port" in others


def test_where_her_referent_does_not_read_the_structure_is_named(sqlite_town: Town, clock: FixedClock) -> None:
    amina, alert = warned(sqlite_town, clock)
    share(sqlite_town, amina, "mission-locale", sections={"identity", "contact", "pathway", "followup", "alerts"})
    enter_again(sqlite_town, amina, by="elise", scheme="cej")
    with sqlite_town.acting("elise") as tx:
        set_referent(tx, record_id=amina, account_id=tx.actor.account_id)
    client = at_home(sqlite_town, amina, by="elise")
    client.post(f"/mon-parcours/alertes/{alert}", data={f"a{alert}-answer": "fine"})
    page = said(client.get("/mon-parcours"))
    assert "La structure qui vous suit lira votre réponse." in page
    assert "Point Accueil Emploi Centre lira votre réponse." in page


def test_her_screen_says_it_in_short_sentences(sqlite_town: Town, clock: FixedClock) -> None:
    amina, alert = warned(sqlite_town, clock)
    client = at_home(sqlite_town, amina)
    client.post(f"/mon-parcours/alertes/{alert}", data={f"a{alert}-answer": "call_me"})
    page = said(client.get("/mon-parcours"))
    section = page.partition('id="alerts"')[2].partition("</section>")[0] + page.partition("C’est noté")[2][:150]
    words = re.sub(r"<[^>]+>", ". ", section)
    assert max(len(sentence.split()) for sentence in re.split(r"[.:] ?", words)) <= 15


def test_nobody_else_answers_for_her(sqlite_town: Town, clock: FixedClock) -> None:
    _, alert = warned(sqlite_town, clock)
    data = {f"a{alert}-answer": "fine"}
    assert signed_in(sqlite_town, "bruno").post(f"/mon-parcours/alertes/{alert}", data=data).status_code == 403
    other = welcome(sqlite_town)
    assert at_home(sqlite_town, other).post(f"/mon-parcours/alertes/{alert}", data=data).status_code == 404
    assert not [row for row in rows(sqlite_town.store, "alert_change") if row["change"] == "answered"]


def sharing_that_ends(sqlite_town: Town, clock: FixedClock) -> str:
    """Amina, whose agreement with a structure that supports her ends soon."""
    amina = welcome(sqlite_town)
    share(sqlite_town, amina, "mission-locale", sections={"identity", "pathway", "alerts"})
    enter_again(sqlite_town, amina, by="elise", scheme="cej")
    with herself(sqlite_town, amina) as tx:
        give_agreement(
            tx, record_id=amina, structure_id=sqlite_town.structures["mission-locale"], sections=["contact"], months=1
        )
    clock.move(timedelta(days=14))
    evaluate(sqlite_town, amina)
    return amina


def test_what_is_hers_to_decide_leads_to_where_she_decides(sqlite_town: Town, clock: FixedClock) -> None:
    amina = sharing_that_ends(sqlite_town, clock)
    page = valid(at_home(sqlite_town, amina).get("/mon-parcours"))
    first = page.split('id="alerts"')[1].split("</section>")[0]
    assert "Vous décidez de la suite." in first and '<a href="/qui-voit-quoi">Décider dans' in first
    assert first.count("Décider dans") == 1


def test_an_answer_that_says_nothing_of_a_sharing_is_neither_offered_nor_kept(
    sqlite_town: Town, clock: FixedClock
) -> None:
    amina = sharing_that_ends(sqlite_town, clock)
    client, alert = at_home(sqlite_town, amina), alert_of(sqlite_town, amina)
    first = valid(client.get("/mon-parcours")).split('id="alerts"')[1].split("</section>")[0]
    assert "Rappelez-moi" in first and "Ce n’est pas exact" in first and "Je vais bien" not in first
    answer = client.post(f"/mon-parcours/alertes/{alert}", data={f"a{alert}-answer": "fine"})
    assert answer.status_code == 422 and "Choisissez une réponse." in valid(answer)
    assert client.post(f"/mon-parcours/alertes/{alert}", data={f"a{alert}-answer": "call_me"}).status_code == 303
