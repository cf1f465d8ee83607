"""The main job from the file that comes in to the alert that clears, through actions alone, on both engines."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from pathway.casework.accounts import passwords
from pathway.casework.accounts.actions import activate, give_activation, record_behind_code, same_birth_date
from pathway.casework.accounts.queries import account_by_login
from pathway.casework.alerts.actions import clear_settled, dismiss_alert, give_alert
from pathway.casework.alerts.queries import alerts_about, alerts_given_to_me, open_alerts
from pathway.casework.alerts.vocabulary import DismissReason, RuleId
from pathway.casework.enrolments.actions import Entered, preview_exit, record_entry
from pathway.casework.followup.queries import work_of_the_day
from pathway.casework.intake.actions import Imported, import_people
from pathway.casework.journey.queries import Journey, journey_of
from pathway.casework.records.actions import create_person, edit_section
from pathway.casework.records.names import Query
from pathway.casework.records.queries import found, record_opened
from pathway.casework.records.rules import Answer, Gesture, ReuseState, Section, Way, meter_sentence, reuse
from pathway.casework.schemes.exit_reasons import exit_reason
from pathway.casework.schemes.queries import scheme_for_entry
from pathway.demo.personas import PASSWORD
from pathway.demo.town import Town
from pathway.jobs import nightly
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import NotFound
from pathway.store.actor import Actor
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import SAID, call, leave, orphans, points, system
from tests.store.hands import broken
from tests.town import AMINA

TODAY = date(2026, 11, 20)
FILE = """\ufeffPrénom;Nom;Date de naissance;Téléphone;Code postal;Ville;Niveau d’étude;Numéro de sécurité sociale
"Amina";"Benkacem";22/04/1991;"06 12 34 56 78 / 07.98.76.54.32";35000;Rennes;CAP;2910435000000
Bilal;Ndiaye;1988-02-03;pas de téléphone;49000;Angers;;
;Anonyme;01/01/1990;;;;;
AMINA;BENKACEM;22.04.1991;;;;;
"""


@dataclass(kw_only=True)
class Story:
    """What the six steps share: the town, its clock, and Amina's record once she came in."""

    town: Town
    clock: FixedClock
    amina: str = ""

    def night(self) -> None:
        """Live tonight's night."""
        nightly.run_night(self.town.store, self.clock, report=lambda step, done, total: None)

    def rules(self, by: str = "denis") -> set[RuleId]:
        """The rules that alert that professional now."""
        with self.town.acting(by, write=False) as tx:
            return {line.rule for line in open_alerts(tx)}


def test_amina_s_story(town: Town, clock: FixedClock, tmp_path: Path) -> None:
    story = Story(town=town, clock=clock)
    people_come_in(story, tmp_path)
    step = bruno_enrols_her(story)
    bruno_records_her_exit(story, step)
    time_passes_and_denis_sees_it(story)
    bruno_calls_and_it_clears(story)
    amina_reads_her_own_story(story)
    chloe_learns_nothing(story)
    assert orphans(town) == [] and broken(town.store) == []


def people_come_in(story: Story, folder: Path) -> None:
    path = folder / "people.csv"
    path.write_text(FILE)
    first, again = imported(story, path), imported(story, path)
    assert (first.created, first.known) == (2, 1) and (again.created, again.known) == (0, 3)
    assert [(one.line, one.column) for one in first.refused] == [(4, "Prénom")]
    columns = [one.column for one in first.warnings]
    assert "Numéro de sécurité sociale" in columns and "Téléphone" in columns


def imported(story: Story, path: Path) -> Imported:
    return import_people(lambda: story.town.acting("bruno"), path=path, today=story.clock.now().date())


def bruno_enrols_her(story: Story) -> str:
    with story.town.acting("bruno") as tx:
        hits = found(tx, Query(last_name="benkacem", first_name="amina", birth_date=AMINA.birth_date))
        story.amina = hits[0].record_id
    entered = entered_by_bruno(story)
    assert meter_sentence(entered.meter) == "4 réponses reprises, 2 questions posées"
    return entered.enrolment_id


def entered_by_bruno(story: Story) -> Entered:
    with story.town.acting("bruno") as tx:
        scheme = scheme_for_entry(tx, story.town.schemes["pae"])
        record = record_opened(tx, story.amina)
        proposals = reuse(scheme.requirements, record.facts, visible_sections=record.sections, on=tx.today)
        asked = [one.item.key for one in proposals if one.is_required and one.state is ReuseState.MISSING]
        shown = [one.fact for one in proposals if one.state is ReuseState.FRESH and one.fact]
        assert asked == ["situation", "rome_jobs"]
        assert {fact.provenance.way for fact in shown} == {Way.IMPORTED}
        gestures = [Answer(key="phones", gesture=Gesture.CONFIRMED)]
        gestures += [Answer(key=key, value=SAID[key], gesture=Gesture.ANSWERED) for key in asked]
        gestures += [Answer(key="rsa", gesture=Gesture.LEFT_EMPTY)]
        return record_entry(tx, record_id=story.amina, scheme_id=scheme.id, entered_on=tx.today, answers=gestures)


def bruno_records_her_exit(story: Story, step: str) -> None:
    ends_on = TODAY + timedelta(days=120)
    story.clock.move(timedelta(days=10))
    with story.town.acting("bruno", write=False) as tx:
        reason = exit_reason("agency_work")
        announced = preview_exit(tx, enrolment_id=step, reason=reason, event_on=tx.today, ends_on=ends_on)
    exited = leave(story.town, step, reason="agency_work", ends_on=ends_on)
    assert exited.opened.points == announced and len(announced) == 5
    assert exited.owner_id == story.town.accounts["bruno"]


def time_passes_and_denis_sees_it(story: Story) -> None:
    story.clock.move(timedelta(days=14))
    story.night()
    assert story.rules() == {RuleId.R02}
    story.clock.move(timedelta(days=16))
    story.night()
    assert story.rules() == {RuleId.R02, RuleId.R07}
    with story.town.acting("denis") as tx:
        late, gap = sorted(open_alerts(tx), key=lambda line: line.rule)
        give_alert(tx, alert_id=late.id, account_id=story.town.accounts["bruno"])
        dismiss_alert(tx, alert_id=gap.id, reason=DismissReason.HANDLED)
    assert story.rules() == {RuleId.R02}


def bruno_calls_and_it_clears(story: Story) -> None:
    with story.town.acting("bruno", write=False) as tx:
        assert [line.rule for line in alerts_given_to_me(tx)] == [RuleId.R02]
        late = [line.id for line in work_of_the_day(tx) if line.record_id == story.amina]
    for point_id in late:
        if point_id in {line.id for line in points(story.town, story.amina)}:
            call(story.town, story.amina, point_id=point_id, note="En mission, tout va bien.")
    with story.town.acting("bruno") as tx:
        clear_settled(tx, record_id=story.amina)
        tx.journal("clear")
        assert alerts_about(tx, story.amina) == []
    story.night()
    assert story.rules() == set()


def amina_reads_her_own_story(story: Story) -> None:
    with story.town.acting("bruno") as tx:
        code = give_activation(tx, record_id=story.amina)
        card = record_opened(tx, story.amina).card
    with system(story.town.store, story.clock) as tx:
        activation_id, record_id = record_behind_code(tx, code) or ("", "")
        assert same_birth_date(card.identity.birth_date.isoformat(), AMINA.birth_date)
        hashed = passwords.hash_password(PASSWORD)
        arguments = {"card_number": card.card_number, "password_hash": hashed}
        account = activate(tx, activation_id=activation_id, record_id=record_id, **arguments)
        row = account_by_login(tx, card.card_number)
    assert row is not None and row.id == account and passwords.check(row.password_hash, PASSWORD)
    journey = journey_of_amina(story, account)
    assert [moment.kind.value for moment in journey.moments][-2:] == ["exit", "entry"]
    assert journey.next_point is not None and journey.next_point.due_on > story.clock.now().date()
    assert journey.people[journey.next_point.owner_id or ""] == "Bruno Lemaire"


def journey_of_amina(story: Story, account: str) -> Journey:
    herself = Actor(role="jobseeker", account_id=account, record_id=story.amina)
    with Transaction(story.town.store, actor=herself, clock=story.clock, door="web", write=False) as tx:
        return journey_of(tx, story.amina)


def chloe_learns_nothing(story: Story) -> None:
    point = points(story.town, story.amina)[0].id
    nobody = "z" * 26
    with story.town.acting("chloe") as tx:
        assert found(tx, Query(last_name="Benkacem", first_name="Amina", birth_date=AMINA.birth_date)) == []
        assert alerts_about(tx, story.amina) == [] and journey_of(tx, story.amina).moments == ()
    for asked in (story.amina, nobody):
        with pytest.raises(NotFound) as refusal, story.town.acting("chloe") as tx:
            record_opened(tx, asked)
        assert refusal.value.sentence == NotFound().sentence
    with pytest.raises(NotFound):
        call(story.town, story.amina, by="chloe", point_id=point)
    with story.town.acting("chloe") as tx:
        hers, is_new = create_person(tx, identity=AMINA, claims={})
        assert is_new and hers != story.amina
        edit_section(tx, record_id=hers, section=Section.CONTACT, values={"city": "Nantes"}, seq=0, way=Way.SAID)
    with story.town.acting("bruno") as tx:
        assert record_opened(tx, story.amina).facts["city"].value == "Rennes"
