"""What is written with the people of the town: difficulties and actions, a contract, notes, papers kept once."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from io import BytesIO

from PIL import Image, ImageDraw

from pathway.casework.action_plan.actions import (
    Doing,
    add_to_plan,
    open_obstacles,
    record_engagement,
    settle_line,
    tick,
)
from pathway.casework.action_plan.queries import line_seen
from pathway.casework.action_plan.rules import LineState
from pathway.casework.documents.actions import hold_document
from pathway.casework.documents.reading import read_upload
from pathway.casework.documents.rules import HeldKind, Sight
from pathway.casework.notes.actions import write_note
from pathway.casework.notes.vocabulary import Audience
from pathway.demo.agenda import Agenda
from pathway.demo.lives import Life
from pathway.demo.told import Told, plan_told

_CHILDCARE, _HOUSING, _MONEY, _TRAVEL = "famille", "logement-hebergement", "difficultes-financieres", "mobilite"
_AMINA, _YANIS, _GULSUM = "Amina Benkacem (elise)", "Yanis Aït Slimane (bruno)", "Gülsüm Yıldız (bruno)"
_MONTHS_OF_CONTRACT, _REVIEW = 180, 21  # days
_SHEET = (620, 877)  # pixels: an A4 at 75 to the inch


def plan_plans(lives: Mapping[str, Life], agenda: Agenda) -> None:
    """Plan all of it, for those of these people who live in the town."""
    plan_told(WRITTEN, lives, agenda)


def _childcare(life: Life) -> None:
    """Two actions under a goal: hers, done since; Bruno's, for today."""
    with life.town.acting("bruno") as tx:
        (here,) = open_obstacles(tx, record_id=life.record_id, themes=[_CHILDCARE])
        due_on, goal = tx.today + timedelta(days=7), "Être libre trois matins par semaine"
        hers = "Appeler le relais petite enfance"
        ids = add_to_plan(tx, obstacle_id=here, goal=goal, action=hers, doing=Doing(is_hers=True, due_on=due_on))
        mine = Doing(owner_id=life.town.accounts["bruno"], due_on=life.today)
        add_to_plan(tx, obstacle_id=here, goal_id=ids[0], action="Demander une place en crèche d’insertion", doing=mine)
    with life.herself() as tx:
        tick(tx, line_id=ids[1], version=line_seen(tx, ids[1])[1].version)


def _housing(life: Life) -> None:
    with life.town.acting("bruno") as tx:
        (here,) = open_obstacles(tx, record_id=life.record_id, themes=[_HOUSING], text="Hébergée chez des amis.")
        hers = Doing(is_hers=True, due_on=life.today + timedelta(days=9))
        add_to_plan(tx, obstacle_id=here, action="Déposer la demande de logement social", doing=hers)


def _licence(life: Life) -> None:
    with life.town.acting("bruno") as tx:
        (here,) = open_obstacles(tx, record_id=life.record_id, themes=[_TRAVEL])
        hers = Doing(is_hers=True, due_on=life.today + timedelta(days=14))
        add_to_plan(tx, obstacle_id=here, action="S’inscrire au code de la route", doing=hers)


def _debt_settled(life: Life) -> None:
    with life.town.acting("bruno") as tx:
        (here,) = open_obstacles(tx, record_id=life.record_id, themes=[_MONEY])
        mine = Doing(owner_id=life.town.accounts["bruno"], due_on=tx.today)
        (done,) = add_to_plan(tx, obstacle_id=here, action="Prendre rendez-vous au Point conseil budget", doing=mine)
    for line_id, state in ((done, LineState.DONE), (here, LineState.CLOSED)):
        with life.town.acting("bruno") as tx:
            settle_line(tx, line_id=line_id, state=state, version=line_seen(tx, line_id)[1].version)


def _contract(life: Life) -> None:
    with life.town.acting("bruno") as tx:
        record_engagement(
            tx,
            record_id=life.record_id,
            from_on=tx.today,
            until_on=tx.today + timedelta(days=_MONTHS_OF_CONTRACT),
            review_on=life.today + timedelta(days=_REVIEW),
            reference="",
            objectives="Trouver une garde pour trois matins.\nFaire deux immersions auprès de jeunes enfants.",
        )


def _note(by: str, audience: Audience, text: str, life: Life) -> None:
    with life.town.acting(by) as tx:
        write_note(tx, record_id=life.record_id, audience=audience, text=text)


def _own_paper(kind: HeldKind, words: str, life: Life) -> None:
    """She adds it from her phone."""
    paper = read_upload(_sheet(words))
    with life.herself() as tx:
        hold_document(tx, record_id=life.record_id, kind=kind, upload=paper, sight=Sight.SHARED)


def _paper(kind: HeldKind, words: str, life: Life) -> None:
    paper = read_upload(_sheet(words))
    with life.town.acting("bruno") as tx:
        hold_document(tx, record_id=life.record_id, kind=kind, upload=paper, sight=Sight.SHARED)


def _sheet(words: str) -> bytes:
    """A page that says it is an example."""
    page = Image.new("L", _SHEET, 255)
    ImageDraw.Draw(page).text((60, 80), words, fill=0, font_size=24)
    kept = BytesIO()
    page.save(kept, "PNG")
    return kept.getvalue()


WRITTEN: tuple[Told, ...] = (
    Told(_AMINA, 33, 12 * 60, _childcare),
    Told(_AMINA, 33, 12 * 60 + 10, _contract),
    Told(_AMINA, 20, 10 * 60 + 5, _housing),
    Told(_AMINA, 44, 11 * 60, partial(_own_paper, HeldKind.CV, "Curriculum vitae\n(exemple de la démonstration)")),
    Told(_AMINA, 40, 12 * 60, partial(_paper, HeldKind.DIPLOMA, "CAP petite enfance\n(exemple de la démonstration)")),
    Told(
        _AMINA,
        40,
        12 * 60 + 5,
        partial(_note, "bruno", Audience.PERSON, "Nous visons un poste auprès d’enfants."),
    ),
    Told(
        _AMINA, 19, 12 * 60, partial(_note, "bruno", Audience.FOLLOWERS, "Préfère les rendez-vous du matin, par SMS.")
    ),
    Told(_AMINA, 12, 12 * 60, partial(_note, "bruno", Audience.OWN, "Revoir avec la direction l’aide à la garde.")),
    Told(_YANIS, 60, 12 * 60, _licence),
    Told(
        _YANIS, 18, 12 * 60, partial(_note, "bruno", Audience.OWN, "Refaire le point sur le transport avant l’hiver.")
    ),
    Told(_GULSUM, 90, 12 * 60, _debt_settled),
)
