"""A life in which everything that may be kept of somebody is kept: what the export must hold."""

from datetime import timedelta

from pathway.casework.alerts.actions import dismiss_alert
from pathway.casework.alerts.answering import answer_alert
from pathway.casework.alerts.queries import alerts_about
from pathway.casework.alerts.vocabulary import Answer, DismissReason
from pathway.casework.documents.actions import add_document
from pathway.casework.documents.rules import DocumentKind, MediaType, Upload
from pathway.casework.followup.actions import choose_rhythm, record_contact
from pathway.casework.followup.rules import Channel, ContactResult, Rhythm
from pathway.casework.notes.rules import Audience, RemovalReason
from pathway.casework.oversight.actions import answer_contest
from pathway.casework.preparation.actions import invite_to_prepare
from pathway.casework.records.actions import merge_claims
from pathway.casework.records.erasure import erase_answer
from pathway.casework.records.facts import claim_id, claims_of
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import EraseReason, Section, Way
from pathway.casework.relays.actions import make_link, refuse_relay
from pathway.casework.relays.rules import RefusalReason
from pathway.casework.rights.actions import correct_answer
from pathway.casework.schemes.rules import Stage
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.action_plan.scenes import action, engagement, obstacle
from tests.casework.agreements.deciding import agree, hide, stop
from tests.casework.documents.scenes import hold, take_away
from tests.casework.encounters.scenes import plan
from tests.casework.enrolments.staged import passed, rewritten, taken_back
from tests.casework.enrolments.steps import enter
from tests.casework.notes.scenes import correct, remove, write
from tests.casework.oversight.scenes import ask, open_it
from tests.casework.relays.scenes import send
from tests.casework.rights.asking import answer, limit, rectify
from tests.casework.walk_ins.scenes import met
from tests.town import herself
from tests.web.counsellor.scenes import left
from tests.web.jobseeker.lives import at_home, evaluate


def whole_life(town: Town, clock: FixedClock) -> str:
    """Her record, with at least one row of everything; gives its id."""
    record_id, _ = left(town, days_ago=40)
    evaluate(town, record_id)
    _answer_alerts(town, record_id)
    rewritten(town, Stage(key="project", name="Projet"), Stage(key="training", name="Formation"), code="plie")
    step = enter(town, record_id, scheme="plie", plie_goal="Devenir soudeuse").enrolment_id
    passed(town, step, "training", by="bruno")
    taken_back(town, step, by="bruno")
    clock.move(timedelta(hours=1))
    with town.acting("bruno") as tx:
        record_contact(
            tx,
            record_id=record_id,
            channel=Channel.PHONE,
            result=ContactResult.NO_ANSWER,
            made_on=tx.today,
            next_on=tx.today + timedelta(days=3),
            note="Rappeler après 14 h.",
        )
        choose_rhythm(tx, record_id=record_id, rhythm=Rhythm.MONTHLY)
        merge_claims(tx, record_id, {"city": "Brest"}, way=Way.IMPORTED)
        upload = Upload(media_type=MediaType.PDF, content=b"%PDF-1.7 a signed paper")
        add_document(tx, record_id=record_id, kind=DocumentKind.SIGNED_AGREEMENT, upload=upload)
    plan(town, record_id, subject="Rapporter le contrat.")
    action(town, obstacle(town, record_id, text="Le car passe trop tôt."), goal="Passer le permis", days=9)
    engagement(town, record_id)
    _write(town, record_id)
    _pass_on(town, record_id)
    _prepare(town, record_id)
    _decide(town, record_id)
    _ask(town, record_id)
    met(town, record_id, place="À l’accueil")
    return record_id


def _write(town: Town, record_id: str) -> None:
    """A note for the structure alone, mended; another that was taken away; a paper that stays, and one that goes."""
    hold(town, record_id, title="CV de soudeuse")
    take_away(town, record_id, hold(town, record_id))
    note = write(town, record_id, "Cherche un CACES 3.")
    correct(town, note, "Cherche un CACES 5.")
    remove(town, write(town, record_id, "À ne plus lire", audience=Audience.PERSON), RemovalReason.MISTAKE)


def _answer_alerts(town: Town, record_id: str) -> None:
    """She answers an alert, and the responsable sets it aside."""
    with herself(town, record_id) as tx:
        alert = alerts_about(tx, record_id)[0]
        answer_alert(tx, alert_id=alert.id, record_id=record_id, answer=Answer.FINE, note="J’ai changé de numéro.")
    with town.acting("denis") as tx:
        dismiss_alert(tx, alert_id=alert.id, reason=DismissReason.HANDLED, note="Vue ce matin.")


def _pass_on(town: Town, record_id: str) -> None:
    """A relay outside, with its link, that was refused."""
    relay = send(town, record_id, "", "situation", message="Une place se libère en janvier ?")
    with town.acting("bruno") as tx:
        make_link(tx, relay_id=relay)
        refuse_relay(tx, relay_id=relay, version=1, reason=RefusalReason.NO_PLACE, note="Pas avant l’été.")


def _prepare(town: Town, record_id: str) -> None:
    at_home(town, record_id)
    with town.acting("bruno") as tx:
        merge_claims(tx, record_id, {"trusted_contact": "À ne pas garder"}, way=Way.SAID)
        fact = record_opened(tx, record_id).facts["trusted_contact"]
        choice = claim_id(claims_of(fact)[0])
        reason = EraseReason.NEVER_TRUE
        erase_answer(tx, record_id=record_id, item_key="trusted_contact", choice=choice, reason=reason)
        invite_to_prepare(tx, record_id=record_id, scheme_id=town.schemes["pae"])


def _decide(town: Town, record_id: str) -> None:
    agree(town, record_id, "mission-locale", "contact", "situation")
    hide(town, record_id, "mission-locale", "contact", "city")
    agree(town, record_id, "plie", "contact")
    stop(town, record_id, "plie")
    with herself(town, record_id) as tx:
        seq = record_opened(tx, record_id).seqs[Section.CONTACT.value]
        correct_answer(tx, item_key="postcode", value="35200", seq=seq)


def _ask(town: Town, record_id: str) -> None:
    limit(town, record_id, "situation", "situation", "Je ne cherche plus.")
    answer(town, rectify(town, record_id), text="C’est corrigé.")
    with town.acting("fatou") as tx:
        record_opened(tx, record_id)
    contest = ask(town, record_id, message="Qui est-ce ?")
    with town.acting("denis") as tx:
        answer_contest(tx, contest_id=contest, text="Une collègue.")
    open_it(town, record_id, by="sylvie", note="Urgent.")
