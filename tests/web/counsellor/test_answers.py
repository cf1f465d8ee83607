"""« Réponses à lire »: who answered what, her message, « Lu », in the day of whoever follows her."""

from datetime import timedelta

from sqlalchemy import event

from pathway.casework.alerts.answering import answer_alert
from pathway.casework.alerts.queries import alerts_about
from pathway.casework.alerts.vocabulary import Answer
from pathway.casework.oversight.queries import own_log
from pathway.casework.partners.actions import declare_absence
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.town import herself, signed_in
from tests.web.counsellor.scenes import UNKNOWN, left, reads_of, said, shape, valid
from tests.web.jobseeker.lives import evaluate

MESSAGE = "Je suis chez ma sœur jusqu’à jeudi"


def answered(town: Town, answer: Answer = Answer.CALL_ME) -> tuple[str, str]:
    """Amina, who left a month ago, answered the alert about it: her record, the alert."""
    amina, _ = left(town, days_ago=30)
    evaluate(town, amina)
    with herself(town, amina, write=False) as tx:
        alert = alerts_about(tx, amina)[0].id
    say(town, amina, alert, answer)
    return amina, alert


def say(town: Town, amina: str, alert: str, answer: Answer) -> None:
    with herself(town, amina) as tx:
        answer_alert(tx, alert_id=alert, record_id=amina, answer=answer, note=MESSAGE)


def version_in(page: str) -> str:
    return page.partition("/lue")[2].partition('name="version" value="')[2].partition('"')[0]


def test_an_answer_is_in_the_day_until_it_is_read(town: Town) -> None:
    amina, alert = answered(town)
    client = signed_in(town, "bruno")
    page = valid(client.get("/aujourd-hui"))
    assert "Réponses à lire" in page and f"<strong>Rappelez-moi</strong> : « {MESSAGE} »" in page
    assert f'<a href="/dossiers/{amina}">Amina Benkacem</a>' in page
    sent = client.post(f"/reponses/{alert}/lue", data={"version": version_in(page)})
    assert (sent.status_code, sent.location) == (303, "/aujourd-hui")
    page = said(client.get("/aujourd-hui"))
    assert "Réponse lue." in page and "Réponses à lire" not in page
    # The call she asked for is work of the day by itself.
    assert "Amina Benkacem" in page


def test_an_answer_given_again_meanwhile_is_shown_rather_than_taken_for_read(
    sqlite_town: Town, clock: FixedClock
) -> None:
    amina, alert = answered(sqlite_town, Answer.FINE)
    client = signed_in(sqlite_town, "bruno")
    old = version_in(said(client.get("/aujourd-hui")))
    clock.move(timedelta(minutes=1))
    say(sqlite_town, amina, alert, Answer.NOT_TRUE)
    client.post(f"/reponses/{alert}/lue", data={"version": old})
    page = said(client.get("/aujourd-hui"))
    assert "La personne a répondu de nouveau." in page and "Ce n’est pas exact" in page


def test_whoever_stands_in_has_the_answers_of_who_is_away(sqlite_town: Town) -> None:
    answered(sqlite_town)
    assert MESSAGE not in said(signed_in(sqlite_town, "fatou").get("/aujourd-hui"))
    with sqlite_town.acting("bruno") as tx:
        bruno, fatou = tx.actor.account_id, sqlite_town.accounts["fatou"]
        declare_absence(tx, account_id=bruno, from_on=tx.today, until_on=tx.today, stand_in_id=fatou)
    assert MESSAGE in said(signed_in(sqlite_town, "fatou").get("/aujourd-hui"))


def test_the_reading_is_in_her_log_and_a_stranger_gets_nothing(sqlite_town: Town) -> None:
    amina, alert = answered(sqlite_town)
    before = reads_of(sqlite_town, amina)
    signed_in(sqlite_town, "bruno").get("/aujourd-hui")
    assert reads_of(sqlite_town, amina) > before
    with herself(sqlite_town, amina, write=False) as tx:
        assert "read_answers" in {line.action for line in own_log(tx)}
    client = signed_in(sqlite_town, "chloe")
    hers, nobodys = (client.post(f"/reponses/{ref}/lue", data={"version": "2"}) for ref in (alert, UNKNOWN))
    assert (hers.status_code, shape(hers)) == (404, shape(nobodys))


def test_the_record_and_the_alert_say_what_she_answered(sqlite_town: Town) -> None:
    amina, alert = answered(sqlite_town)
    sentence = f"La personne a répondu « Rappelez-moi », vendredi 20 novembre. Son message : « {MESSAGE} »"
    assert sentence in valid(signed_in(sqlite_town, "bruno").get(f"/dossiers/{amina}"))
    assert sentence in valid(signed_in(sqlite_town, "denis").get(f"/alertes/{alert}"))


def test_a_day_without_answers_asks_for_them_once(sqlite_town: Town) -> None:
    left(sqlite_town, days_ago=30)
    client, asked = signed_in(sqlite_town, "bruno"), list[str]()
    event.listen(sqlite_town.store.readers, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    client.get("/aujourd-hui")
    assert len([one for one in asked if "alert_change" in one]) == 1
