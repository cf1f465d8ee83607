from sqlalchemy.event import listen

from pathway.casework.alerts.actions import give_alert, sweep
from pathway.casework.alerts.queries import open_alerts
from pathway.casework.alerts.vocabulary import RuleId
from pathway.casework.partners.actions import declare_absence
from pathway.casework.records.actions import edit_section
from pathway.casework.records.rules import Section, Way
from pathway.demo.town import Town
from tests.casework.placements.test_placements import waiting
from tests.casework.policies.policies import ALSACE
from tests.casework.policies.test_versions import published
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import left, move, points, reads_of, said, valid, weight


def test_a_point_overdue_says_who_what_why_and_how_to_call(town: Town) -> None:
    left(town, days_ago=28)
    page = valid(signed_in(town, "bruno").get("/aujourd-hui"))
    assert "Amina Benkacem" in page
    assert "En retard" in page
    assert "fin sans solution, sortie de « Accompagnement Point Accueil Emploi » il y a 28 jours" in page
    assert "06 12 34 56 78" in page


def test_wishes_are_shown_beside_the_number(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=8)
    with sqlite_town.acting("bruno") as tx:
        wishes = {"no_message": "oui", "phone_is_shared": "oui"}
        edit_section(tx, record_id=ref, section=Section.CONTACT, values=wishes, seq=1, way=Way.SAID)
    page = said(signed_in(sqlite_town, "bruno").get("/aujourd-hui"))
    assert "ne pas laisser de message, téléphone partagé avec un proche" in page


def test_reached_in_one_gesture_closes_the_point(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=8)
    client = signed_in(sqlite_town, "bruno")
    point = points(sqlite_town, ref)[0]
    gesture = {"point": point.id, "channel": "phone", "made_on": "2026-11-20", "result": "reached", "back": "day"}
    answer = client.post(f"/dossiers/{ref}/contact", data=gesture)
    assert (answer.status_code, answer.location) == (303, "/aujourd-hui")
    assert point.id not in [one.id for one in points(sqlite_town, ref)]
    assert "Contact enregistré. 1 point de suivi fait." in said(client.get("/aujourd-hui"))


def test_no_answer_puts_the_point_off_to_the_day_proposed(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=8)
    client = signed_in(sqlite_town, "bruno")
    assert 'value="24/11/2026"' in client.get("/aujourd-hui").get_data(as_text=True)
    point = points(sqlite_town, ref)[0]
    gesture = {"point": point.id, "channel": "phone", "made_on": "2026-11-20", "result": "no_answer", "back": "day"}
    client.post(f"/dossiers/{ref}/contact", data={**gesture, "next_on": "24/11/2026"})
    assert points(sqlite_town, ref)[0].due_on.isoformat() == "2026-11-24"


def test_one_person_takes_one_line_however_many_points_she_has(sqlite_town: Town) -> None:
    left(sqlite_town, days_ago=40)
    page = signed_in(sqlite_town, "bruno").get("/aujourd-hui").get_data(as_text=True)
    assert page.count('class="task-person"') == 1


def test_a_point_of_a_colleague_is_not_in_my_day(sqlite_town: Town) -> None:
    left(sqlite_town, days_ago=8)
    assert "Amina" not in said(signed_in(sqlite_town, "fatou").get("/aujourd-hui"))


def test_an_alert_given_to_me_is_a_sentence(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=30)
    with sqlite_town.acting("denis") as tx:
        sweep(tx, [ref], on=tx.today)
        gap = next(one for one in open_alerts(tx) if one.rule is RuleId.R07)
        give_alert(tx, alert_id=gap.id, account_id=sqlite_town.accounts["bruno"])
    page = valid(signed_in(sqlite_town, "bruno").get("/aujourd-hui"))
    assert "Alertes qui vous sont confiées" in page
    assert "Amina Benkacem</a> : " in page
    assert "30 jours sans accompagnement" in page
    assert "L’alerte s’efface quand une nouvelle étape commence" in page


def test_a_day_without_work_says_so(sqlite_town: Town) -> None:
    welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    answer = client.get("/aujourd-hui")
    assert "C’est fait pour aujourd’hui." in valid(answer)
    assert weight(client, answer) < 100_000


def test_reading_the_numbers_of_the_day_leaves_its_line_in_the_journal(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=8)
    client = signed_in(sqlite_town, "bruno")
    before = reads_of(sqlite_town, ref)
    client.get("/aujourd-hui")
    assert reads_of(sqlite_town, ref) == before + 1


def test_a_point_to_come_waits_under_this_week(sqlite_town: Town) -> None:
    left(sqlite_town)
    assert "Cette semaine" in said(signed_in(sqlite_town, "bruno").get("/aujourd-hui"))


def test_what_a_stand_in_does_is_told_apart_and_may_be_put_off(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=8)
    with sqlite_town.acting("bruno") as tx:
        bruno, fatou = tx.actor.account_id, sqlite_town.accounts["fatou"]
        declare_absence(tx, account_id=bruno, from_on=tx.today, until_on=tx.today, stand_in_id=fatou)
    client = signed_in(sqlite_town, "fatou")
    page = said(client.get("/aujourd-hui"))
    assert "En remplacement" in page and "Sans propriétaire" not in page
    point = points(sqlite_town, ref)[0]
    path = f"/points/{point.id}/reporter"
    assert f"{path}?back=day" in client.get("/aujourd-hui").get_data(as_text=True)
    sent = {"reason": "no_time", "on": "24/11/2026", "version": point.version, "back": "day"}
    assert client.post(path, data=sent).location == "/aujourd-hui"


def test_the_days_proposed_keep_the_holidays_of_the_policy(sqlite_town: Town) -> None:
    move(sqlite_town, 124)  # Wednesday 24 March 2027, before Good Friday
    published(sqlite_town, ALSACE)
    ref, _ = left(sqlite_town, days_ago=8)
    client, point = signed_in(sqlite_town, "bruno"), points(sqlite_town, ref)[0].id
    for path, proposed in (
        ("/aujourd-hui", "30/03/2027"),
        (f"/dossiers/{ref}/contact", "30/03/2027"),
        (f"/points/{point}/reporter", "02/04/2027"),
        (f"/dossiers/{ref}/rendez-vous", "02/04/2027"),
        (f"/dossiers/{ref}/rappel", "02/04/2027"),
    ):
        assert f'value="{proposed}"' in client.get(path).get_data(as_text=True), path


def test_whoever_holds_the_queue_reads_in_her_day_that_somebody_waits_there(town: Town) -> None:
    waiting(town)
    page = valid(signed_in(town, "maud").get("/aujourd-hui"))
    assert '1 personne attend qu’une structure la suive. <a href="/a-confier">' in page
    assert "C’est fait" not in page and "Aucun point de suivi à faire." in page
    for other in ("denis", "bruno"):
        assert "attend qu’une structure" not in said(signed_in(town, other).get("/aujourd-hui"))


def test_whoever_reads_alerts_reads_in_her_day_how_many_pathways_risk_a_break(town: Town) -> None:
    ref, _ = left(town, days_ago=30)
    with town.acting("denis") as tx:
        sweep(tx, [ref], on=tx.today)
        tx.journal("nightly")
    page = valid(signed_in(town, "denis").get("/aujourd-hui"))
    assert '1 parcours risque une rupture. <a href="/alertes">' in page and "C’est fait" not in page
    assert "risque une rupture" not in said(signed_in(town, "bruno").get("/aujourd-hui"))


def test_the_day_asks_the_base_no_more_of_whoever_has_neither_screen(sqlite_town: Town) -> None:
    welcome(sqlite_town)
    asked: list[str] = []
    listen(sqlite_town.store.readers, "before_cursor_execute", lambda *said: asked.append(said[2]))
    signed_in(sqlite_town, "bruno").get("/aujourd-hui")
    assert asked and not [one for one in asked if "count(distinct" in one.lower()]
    signed_in(sqlite_town, "maud").get("/aujourd-hui")
    assert len([one for one in asked if "count(distinct" in one.lower()]) == 2
