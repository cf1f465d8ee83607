from sqlalchemy import event

from pathway.casework.alerts.actions import sweep
from pathway.casework.enrolments.actions import record_entry, record_exit
from pathway.casework.followup.actions import mark_not_done, record_contact
from pathway.casework.followup.queries import open_points
from pathway.casework.followup.rules import Channel, ContactResult
from pathway.casework.journey.queries import journey_of
from pathway.casework.records.actions import SUPPORT_SECTIONS, edit_section, merge_claims
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Section, Way
from pathway.casework.schemes.exit_reasons import exit_reason
from pathway.casework.sharing.actions import open_support
from pathway.demo.town import Town
from tests.casework.enrolments.steps import enter, share
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import entered, left, move, reads_of, said, valid, weight
from tests.web.jobseeker.lives import at_home


def test_the_record_says_who_what_comes_next_and_what_presses(town: Town) -> None:
    ref, _ = left(town, days_ago=30)
    with town.acting("denis") as tx:
        sweep(tx, [ref], on=tx.today)
        tx.journal("nightly")
    client = signed_in(town, "bruno")
    answer = client.get(f"/dossiers/{ref}")
    page = valid(answer)
    assert "35 ans" in page
    assert "Bruno Lemaire, Point Accueil Emploi Centre" in page
    assert "Prochaine étape" in page
    assert "30 jours sans accompagnement depuis la fin de la dernière étape" in page
    assert weight(client, answer) < 100_000


def test_the_story_draws_steps_contacts_and_gaps(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=30)
    with sqlite_town.acting("bruno") as tx:
        record_contact(tx, record_id=ref, channel=Channel.PHONE, result=ContactResult.REACHED, made_on=tx.today)
    page = said(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}"))
    assert "30 jours sans accompagnement" in page
    assert "Sortie : Fin prévue du dispositif, sans solution" in page
    assert "Personne jointe – téléphone" in page


def test_a_contact_lies_on_the_step_it_was_made_in(sqlite_town: Town) -> None:
    ref, _ = entered(sqlite_town)
    with sqlite_town.acting("bruno") as tx:
        record_contact(tx, record_id=ref, channel=Channel.VISIT, result=ContactResult.REACHED, made_on=tx.today)
    page = signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}").get_data(as_text=True)
    step = page.index("timeline-step--open")
    assert step < page.index("timeline-entries") < page.index("Personne jointe")


def test_an_answer_shows_its_origin_and_when_two_disagree_both(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    with sqlite_town.acting("elise") as tx:
        open_support(tx, record_id=ref, structure_id=tx.actor.structure_id, cause_id="", sections=SUPPORT_SECTIONS)
        merge_claims(tx, ref, {"city": "Nantes"}, way=Way.SAID)
        tx.journal("test")
    page = valid(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}"))
    assert "Point Accueil Emploi Centre, dit par la personne" in page
    assert "deux réponses" in page
    assert "ou bien : Nantes (Mission locale du Bassin, dit par la personne)" in page
    assert "Autres structures" in page


def test_an_old_answer_is_marked_to_confirm(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    move(sqlite_town, 200)
    assert "à confirmer" in said(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}"))


def test_health_is_not_shown_to_those_who_only_support(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    assert "Santé et handicap" not in said(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}"))


def test_an_open_step_offers_its_exit(sqlite_town: Town) -> None:
    ref, step = entered(sqlite_town)
    page = said(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}"))
    assert f'href="/etapes/{step}/sortie"' in page
    assert "Enregistrer la sortie" in page


def test_a_record_without_anything_yet_says_what_to_do(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    page = said(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}"))
    assert "Aucune étape en cours" in page
    assert "Le parcours commence ici." in page


def test_each_reading_leaves_one_line_in_the_journal(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    before = reads_of(sqlite_town, ref)
    client.get(f"/dossiers/{ref}")
    assert reads_of(sqlite_town, ref) == before + 1


def test_the_page_asks_the_base_a_bounded_number_of_times(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=30)
    client = signed_in(sqlite_town, "bruno")
    asked: list[str] = []
    event.listen(sqlite_town.store.readers, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    client.get(f"/dossiers/{ref}")
    reading = [one for one in asked if one.lstrip().upper().startswith("SELECT")]
    assert 10 < len(reading) <= 28, reading


def test_a_contact_today_does_not_touch_a_point_far_away(sqlite_town: Town) -> None:
    ref, _ = entered(sqlite_town)
    with sqlite_town.acting("bruno") as tx:
        step = next(iter(journey_of(tx, ref).open_steps))
        record_exit(tx, enrolment_id=step.id, reason=exit_reason("other_structure"), event_on=tx.today)
        for point in open_points(tx, ref)[:-1]:
            mark_not_done(tx, point_id=point.id, reason="no_time")
    page = said(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}"))
    assert f'href="/dossiers/{ref}/contact"' in page
    assert "contact?point=" not in page
    assert "Non fait" not in page


def test_with_several_steps_the_exit_leads_to_their_list(sqlite_town: Town) -> None:
    ref, _ = entered(sqlite_town)
    with sqlite_town.acting("bruno") as tx:
        record_entry(tx, record_id=ref, scheme_id=sqlite_town.schemes["plie"], entered_on=tx.today, answers=())
    page = valid(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}"))
    assert 'href="#etapes"' in page
    assert 'id="etapes"' in page


def test_time_at_work_is_not_drawn_as_a_gap(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, reason="cdi", days_ago=40)
    page = said(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}"))
    assert "sans accompagnement" not in page
    assert "Prochaine étape, en retard" in page


def test_an_account_opened_for_her_is_shown_to_those_who_follow_her(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    bruno = signed_in(sqlite_town, "bruno")
    before = said(bruno.get(f"/dossiers/{amina}"))
    assert "Code d’activation" in before and "Compte personnel" not in before
    at_home(sqlite_town, amina)
    after = said(bruno.get(f"/dossiers/{amina}"))
    assert "Compte personnel ouvert le" in after and "Code d’activation" not in after


def test_two_structures_that_run_the_same_support_see_each_other(town: Town) -> None:
    ref, _ = entered(town, scheme="plie")
    told = "PLIE : plusieurs suivis en même temps ("
    assert told not in said(signed_in(town, "bruno").get(f"/dossiers/{ref}"))
    share(town, ref, "mission-locale", sections=[*SUPPORT_SECTIONS, "pathway"])
    assert told in said(signed_in(town, "elise").get(f"/dossiers/{ref}/entree/{town.schemes['plie']}"))
    enter(town, ref, by="elise", scheme="plie")
    for persona in ("bruno", "elise"):
        page = valid(signed_in(town, persona).get(f"/dossiers/{ref}"))
        assert f"{told}Mission locale du Bassin et Point Accueil Emploi Centre" in page or (
            f"{told}Point Accueil Emploi Centre et Mission locale du Bassin" in page
        )


def test_an_overlap_with_a_sensitive_structure_is_told_to_nobody_else(town: Town) -> None:
    ref, _ = entered(town, scheme="plie")
    share(town, ref, "quai-neuf", sections=[*SUPPORT_SECTIONS, "pathway"])
    enter(town, ref, by="solene", scheme="plie")
    assert "suivi en même temps" not in said(signed_in(town, "bruno").get(f"/dossiers/{ref}"))


def test_what_is_done_now_and_then_is_one_gesture_further(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=8)
    page = signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}").get_data(as_text=True)
    bar = page.split('class="verb-bar"')[1].split("</nav>")[0]
    first, others = bar.split("<details")
    assert all(verb in first for verb in ("Contact", "Rendez-vous", "Entrée", "Passer le relais"))
    assert all(verb in others for verb in ("Partage", "Référent", "Carte imprimée")) and "Contact" not in others


def test_remarks_are_told_to_who_may_see_what_they_speak_of(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=45)
    with sqlite_town.acting("bruno") as tx:
        values, seq = {"obstacles": "famille"}, record_opened(tx, ref).seqs["obstacles"]
        edit_section(tx, record_id=ref, section=Section.OBSTACLES, values=values, seq=seq, way=Way.SAID)
        merge_claims(tx, ref, {"city": "Nantes"}, way=Way.SAID)
    share(sqlite_town, ref, "plie", sections={"identity", "contact", "pathway"})
    assert "À noter" in valid(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}"))
    move(sqlite_town, 90)
    page = valid(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}"))
    assert "Des difficultés ont été dites le 20 novembre 2026, il y a 90 jours" in page
    assert "Plusieurs réponses à décider avec la personne : « Commune »." in page
    assert "Des difficultés" not in said(signed_in(sqlite_town, "lucie").get(f"/dossiers/{ref}"))
