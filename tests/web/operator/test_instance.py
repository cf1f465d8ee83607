import re
from datetime import timedelta

from pathway.demo.town import Town
from pathway.jobs.nightly import run_night
from pathway.kernel.clock import FixedClock
from pathway.store.outbox import post
from tests.casework.oversight.scenes import ask, open_it
from tests.casework.oversight.test_exceptional import gone
from tests.store.hands import altered
from tests.town import signed_in, welcome
from tests.web.jobseeker.lives import enter, leave


def read(town: Town) -> str:
    answer = signed_in(town, "root").get("/instance")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True).split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_operator_reads_counts_and_no_name(town: Town) -> None:
    leave(town, enter(town, welcome(town)))
    page = read(town)
    assert "1 personne 1 entrée dans une étape 1 sortie" in page
    assert "4 points de suivi ouverts" in page or "5 points de suivi ouverts" in page
    assert "0 sortie sans suite" in page
    assert "Amina" not in page


def test_a_key_older_than_ninety_days_is_told_where_the_operator_looks(sqlite_town: Town, clock: FixedClock) -> None:
    ring = sqlite_town.store.keyring
    clock.at = ring.keks[ring.primary].created_at + timedelta(days=90)
    assert "Des clés attendent" not in read(sqlite_town)
    clock.at += timedelta(days=1)
    assert "La clé 1 sert depuis 91 jours, plus de 90. Lancez « ./carte keys rotate »" in read(sqlite_town)


def test_an_instance_without_nights_says_so(sqlite_town: Town) -> None:
    page = read(sqlite_town)
    assert "Les alertes ne sont pas à jour. Aucune nuit n’a encore tourné." in page


def test_a_night_that_ran_is_shown(sqlite_town: Town) -> None:
    run_night(sqlite_town.store, sqlite_town.clock, report=lambda *_: None)
    page = read(sqlite_town)
    assert "vendredi 20 novembre" in page and "faite" in page and "échec" not in page
    assert "ne sont pas à jour" not in page


def test_a_night_that_could_not_do_all_is_not_said_to_be_done(sqlite_town: Town) -> None:
    run_night(sqlite_town.store, sqlite_town.clock, report=lambda *_: None)
    altered(sqlite_town.store, "UPDATE night_step SET failed = 2, failure = 'Sealed' WHERE step = 'alerts'")
    assert "faite, avec des échecs" in read(sqlite_town)


def test_a_missed_night_is_told(sqlite_town: Town, clock: FixedClock) -> None:
    run_night(sqlite_town.store, clock, report=lambda *_: None)
    clock.move(timedelta(days=2))
    assert "Dernière nuit complète : vendredi 20 novembre" in read(sqlite_town)


def test_the_letters_to_send_are_counted_and_their_delay_told(sqlite_town: Town, clock: FixedClock) -> None:
    assert "Lettres 0 en attente, 0 abandonnée" in read(sqlite_town)
    with sqlite_town.acting("root") as tx:
        post(tx, kind="invitation", to="amina@courriel.example", variables={"link": "/invitation/kd82hs"})
    assert "n’ont pas pu partir" not in read(sqlite_town)
    clock.move(timedelta(minutes=61))
    page = read(sqlite_town)
    assert "Lettres 1 en attente, 0 abandonnée" in page
    assert "Des lettres n’ont pas pu partir. La plus ancienne attend depuis le 20 novembre 2026 à 10 h" in page
    assert "courriel.example" not in page


def test_an_access_explained_too_late_is_counted(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = welcome(sqlite_town)
    with sqlite_town.acting("fatou") as tx:
        tx.journal("read_record", records=[record_id])
    ask(sqlite_town, record_id)
    open_it(sqlite_town, gone(sqlite_town))
    assert "Des accès attendent une réponse." not in page_of(sqlite_town)
    clock.move(timedelta(days=31))
    page = page_of(sqlite_town)
    assert "1 question d’une personne sur un accès est en retard." in page
    assert "1 accès exceptionnel n’est pas vérifié à temps." in page and "Amina" not in page


def page_of(town: Town) -> str:
    return signed_in(town, "root").get("/instance").get_data(as_text=True)


def test_no_other_role_reads_the_instance(sqlite_town: Town) -> None:
    for persona in ("bruno", "denis", "ines", "theo"):
        assert signed_in(sqlite_town, persona).get("/instance").status_code == 403
