"""What goes on the paper of her pathway: named one by one, chosen by her, seen by who prints it, good for her alone."""

from datetime import timedelta

import pytest

from pathway.casework.documents.rules import HeldKind, Sight
from pathway.casework.followup.rules import ExitKind
from pathway.casework.portfolio.actions import print_pathway
from pathway.casework.portfolio.export import PathwayPaper
from pathway.casework.portfolio.rules import ITEMS, USUAL, Chapter, good_end, offered, sections_of
from pathway.casework.records.catalogue import CATALOGUE, Section
from pathway.casework.sharing.rules import HERSELF, Access, Part
from pathway.casework.usage.queries import room_for_rows
from pathway.casework.usage.rules import Budgets, QuotaReached
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Invalid, NotFound
from tests.casework.agreements.deciding import agree, hide, stop
from tests.casework.documents.scenes import hold, take_away
from tests.casework.encounters.scenes import plan
from tests.casework.enrolments.steps import call, enter, leave, share
from tests.casework.records.test_settling import conflict, says, support
from tests.town import FRIDAY, herself, welcome
from tests.web.test_quota import acts

ALL = tuple(Chapter)


def paper(town: Town, ref: str, by: str = "bruno", chapters: tuple[Chapter, ...] = ALL) -> PathwayPaper:
    """Her paper, printed by that professional or by herself."""
    with herself(town, ref) if by == "herself" else town.acting(by) as tx:
        return print_pathway(tx, record_id=ref, chapters=chapters)


def contact(town: Town, ref: str, by: str = "bruno") -> dict[str, str]:
    return dict(paper(town, ref, by).facts[Chapter.CONTACT])


def test_every_item_is_in_the_dictionary_and_none_is_of_health_or_difficulties() -> None:
    kept = {CATALOGUE[key].section for keys in ITEMS.values() for key in keys}
    assert not kept & {Section.HEALTH, Section.OBSTACLES, Section.SITUATION, Section.HOUSEHOLD}
    assert "trusted_contact" not in ITEMS[Chapter.CONTACT] and set(USUAL) < set(Chapter)


def test_a_chapter_is_offered_to_who_sees_something_of_it() -> None:
    assert offered(HERSELF) == list(Chapter)
    assert offered(Access(sections=frozenset({"identity", "health", "obstacles", Part.ALERTS.value}))) == []
    assert offered(Access(sections=frozenset({Part.PATHWAY.value}))) == [Chapter.STEPS, Chapter.DOCUMENTS]
    for chapter in ITEMS:
        for section in sections_of(chapter):
            assert offered(Access(sections=frozenset({section.value}))) == [chapter]


@pytest.mark.parametrize("kind", list(ExitKind))
def test_only_a_success_is_told_of_an_end(kind: ExitKind) -> None:
    assert good_end(kind) in (None, kind)
    assert (good_end(kind) is None) == (kind not in (ExitKind.DURABLE_JOB, ExitKind.SHORT_JOB, ExitKind.TRAINING))
    assert good_end(None) is None


def test_she_prints_what_she_ticked_and_nothing_else(town: Town) -> None:
    ref = welcome(town)
    enter(town, ref)
    made = paper(town, ref, "herself", (Chapter.STEPS,))
    assert (made.chapters, made.facts, made.referent, made.documents) == ((Chapter.STEPS,), {}, None, ())
    (step,) = made.steps
    assert (step.scheme, step.structure) == ("Accompagnement Point Accueil Emploi", "Point Accueil Emploi Centre")
    assert made.prepared_by == "" and paper(town, ref).prepared_by == "Point Accueil Emploi Centre"


def test_a_professional_prints_only_what_her_structure_sees(town: Town) -> None:
    ref = welcome(town)
    enter(town, ref)
    agree(town, ref, "mission-locale", "contact")
    assert paper(town, ref, "elise").chapters == (Chapter.CONTACT,)
    with pytest.raises(Invalid):
        paper(town, ref, "elise", (Chapter.STEPS, Chapter.DOCUMENTS))
    with pytest.raises(NotFound):
        paper(town, ref, "chloe")


def test_what_she_hides_or_stopped_is_not_printed_there(town: Town) -> None:
    ref = welcome(town)
    hide(town, ref, "pae-centre", "contact", "phones")
    assert "Téléphones" not in contact(town, ref) and contact(town, ref)["Commune"] == "Rennes"
    assert contact(town, ref, "herself")["Téléphones"] == "06 12 34 56 78"
    agree(town, ref, "mission-locale", "contact")
    assert contact(town, ref, "elise")["Téléphones"] == "06 12 34 56 78"
    stop(town, ref, "mission-locale")
    with pytest.raises(NotFound):
        paper(town, ref, "elise")


def test_a_protected_address_is_not_printed_even_for_herself(town: Town) -> None:
    ref = welcome(town)
    support(town, ref)
    says(town, "elise", ref, "address_is_protected", True)
    for by in ("bruno", "herself"):
        assert not {"Adresse", "Code postal", "Commune"} & contact(town, ref, by).keys()
    stop(town, ref, "pae-centre")
    assert "Commune" not in contact(town, ref)


def test_what_to_respect_goes_with_the_number(town: Town) -> None:
    ref = welcome(town)
    says(town, "bruno", ref, "no_message", True)
    assert contact(town, ref)["Ne pas laisser de message"] == "oui"
    hide(town, ref, "pae-centre", "contact", "phones")
    assert "Ne pas laisser de message" not in contact(town, ref)


def test_an_answer_in_dispute_is_left_out(sqlite_town: Town) -> None:
    ref = conflict(sqlite_town)
    assert "Commune" not in contact(sqlite_town, ref, "herself")


def test_the_next_contact_is_never_a_late_one_nor_says_its_kind(town: Town, clock: FixedClock) -> None:
    ref = welcome(town)
    step = enter(town, ref).enrolment_id
    leave(town, step, reason="end_of_scheme")
    first = paper(town, ref).contact_on
    assert first == FRIDAY.date() + timedelta(days=7)
    clock.move(timedelta(days=10))
    later = paper(town, ref)
    assert later.contact_on and later.contact_on > clock.now().date()
    assert later.contact_by == "Point Accueil Emploi Centre"


def test_appointments_to_come_are_there_without_their_subject(town: Town) -> None:
    ref = welcome(town)
    plan(town, ref, days=3, subject="canari-sujet")
    for by in ("bruno", "herself"):
        made = paper(town, ref, by)
        ((meeting, who),) = made.meetings
        assert meeting.starts_at > town.clock.now() and who.person == "Bruno Lemaire"
        assert made.referent is not None and made.referent.person == "Bruno Lemaire"
    share(town, ref, "mission-locale", sections={"identity", "followup"})
    assert paper(town, ref, "elise").meetings == ()


def test_a_sensitive_structure_is_on_no_paper_not_even_hers(town: Town) -> None:
    ref = welcome(town)
    share(town, ref, "quai-neuf", sections={"identity", "contact", "pathway", "followup"})
    enter(town, ref, by="solene", scheme="quai-neuf")
    hold(town, ref, by="solene", sight=Sight.OWN, title="Attestation du Quai neuf")
    call(town, ref, by="solene")
    plan(town, ref, by="solene", days=2)
    for by in ("herself", "solene", "bruno"):
        made = paper(town, ref, by)
        assert (made.steps, made.documents, made.meetings) == ((), (), ())
        assert "uai neuf" not in repr(made) and "Solène" not in repr(made)


def test_the_list_of_documents_holds_what_is_there_and_seen(town: Town) -> None:
    ref = welcome(town)
    hold(town, ref, by="herself", kind=HeldKind.CV, sight=Sight.OWN)
    hold(town, ref, kind=HeldKind.DIPLOMA, title="CAP cuisine")
    take_away(town, ref, hold(town, ref, kind=HeldKind.PAYSLIP))
    assert [one.title or one.kind.label for one in paper(town, ref).documents] == ["CAP cuisine"]
    assert {one.kind for one in paper(town, ref, "herself").documents} == {HeldKind.CV, HeldKind.DIPLOMA}


def test_one_act_says_who_printed_what_and_a_professional_pays_a_line(town: Town) -> None:
    ref = welcome(town)
    paper(town, ref, "bruno", (Chapter.PROJECT, Chapter.STEPS))
    paper(town, ref, "herself", (Chapter.CONTACT,))
    first, second = acts(town, "print_pathway")
    assert (first["on"], first["sections"], first["chapters"]) == ([ref], ["project"], ["steps", "project"])
    assert (second["on"], second["chapters"]) == ([ref], ["contact"])
    with town.acting("bruno", write=False) as tx:
        assert room_for_rows(tx) == Budgets().rows_day - 1


def test_beyond_the_budget_nothing_is_opened(town: Town) -> None:
    ref = welcome(town)
    with pytest.raises(QuotaReached), town.acting("bruno") as tx:
        try:
            print_pathway(tx, record_id=ref, chapters=ALL, budgets=Budgets(rows_day=0))
        finally:
            assert tx.acts == []
