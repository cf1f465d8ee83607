from dataclasses import replace
from datetime import date

import pytest

from pathway.casework.enrolments.queries import ExitView, StepView
from pathway.casework.followup.queries import ContactLine
from pathway.casework.followup.rules import Channel, ContactResult, ExitKind, PointKind
from pathway.casework.journey.queries import Journey
from pathway.casework.journey.rules import Span, timeline
from pathway.casework.schemes.queries import SchemeView
from pathway.casework.schemes.rules import Intensity, SchemeKind
from pathway.web.jobseeker import story
from pathway.web.jobseeker.story import Companion, story_of

TODAY = date(2026, 11, 20)
COMPANION = Companion(account_id="bruno", name="Bruno Lemaire", structure="PAE")


def step(name: str, begun: date, ended: date | None = None, kind: ExitKind = ExitKind.NO_SOLUTION) -> StepView:
    left = ExitView(id=f"exit-{name}", kind=kind, event_on=ended, reason="", said="", plan_id=None) if ended else None
    return StepView(
        id=name,
        record_id="amina",
        scheme_id="long" if name != "short" else "short",
        structure_id="pae",
        account_id="bruno",
        entered_on=begun,
        planned_end_on=None,
        exit=left,
    )


def contact(on: date, structure: str = "pae") -> ContactLine:
    return ContactLine(
        id=on.isoformat(),
        channel=Channel.PHONE,
        result=ContactResult.REACHED,
        made_on=on,
        structure_id=structure,
        account_id="bruno",
    )


def scheme(*, short: bool) -> SchemeView:
    return SchemeView(
        id="",
        code="",
        name="Atelier" if short else "Accompagnement",
        kind=SchemeKind.DESK_SUPPORT,
        structure_id=None,
        intensity=Intensity.STANDARD,
        planned_days=None,
        asks_results=False,
        is_short_activity=short,
        requirements=(),
        questions=(),
    )


def journey(steps: list[StepView], contacts: list[ContactLine] | None = None) -> Journey:
    spoken = contacts or []
    spans = [Span(step_id=s.id, from_on=s.entered_on, until_on=s.exit.event_on if s.exit else None) for s in steps]
    return Journey(
        closed=(),
        moments=timeline(spans, [(one.id, one.made_on) for one in spoken], today=TODAY),
        steps={one.id: one for one in steps},
        contacts={one.id: one for one in spoken},
        points=(),
        schemes={"long": scheme(short=False), "short": scheme(short=True)},
        names={"pae": "PAE", "plie": "PLIE"},
        people={},
    )


def told(steps: list[StepView], contacts: list[ContactLine] | None = None) -> list[tuple[str, str | None]]:
    return [(one.title, one.outcome) for one in story_of(journey(steps, contacts), COMPANION, today=TODAY)]


def test_the_story_goes_from_the_newest_to_the_oldest() -> None:
    one = step("one", date(2026, 1, 5), date(2026, 3, 5))
    two = step("two", date(2026, 6, 1))
    assert told([one, two]) == [
        ("Accompagnement", None),
        ("88 jours entre deux étapes", None),
        ("Accompagnement", "Étape arrêtée"),
    ]


def test_a_contact_is_told_inside_the_step_of_its_structure() -> None:
    steps = [step("one", date(2026, 1, 5)), step("short", date(2026, 2, 1))]
    chapters = story_of(journey(steps, [contact(date(2026, 3, 1))]), COMPANION, today=TODAY)
    assert [len(chapter.events) for chapter in chapters] == [1, 0]
    assert chapters[0].events[0].origin == "Bruno Lemaire"


def test_a_contact_outside_every_step_is_told_alone() -> None:
    chapters = story_of(journey([], [contact(date(2026, 3, 1))]), None, today=TODAY)
    assert [(one.kind, one.origin) for one in chapters] == [("contact", "PAE")]


@pytest.mark.parametrize("kind", [ExitKind.DURABLE_JOB, ExitKind.SHORT_JOB, ExitKind.TRAINING, ExitKind.CLOSED])
def test_time_at_work_or_in_training_is_no_gap(kind: ExitKind) -> None:
    chapters = told([step("one", date(2026, 1, 5), date(2026, 3, 5), kind)])
    assert len(chapters) == 1


def test_a_short_activity_that_ended_is_done_not_stopped() -> None:
    assert told([step("short", date(2026, 11, 10), date(2026, 11, 10))]) == [("Atelier", "Activité terminée")]


@pytest.mark.parametrize("kind", list(ExitKind))
def test_no_end_is_told_with_an_administrative_word(kind: ExitKind) -> None:
    outcome = told([step("one", date(2026, 11, 1), date(2026, 11, 19), kind)])[0][1] or ""
    assert outcome and not {"abandon", "solution", "perdue", "lost"} & set(outcome.lower().split())


def test_every_point_has_words_for_her() -> None:
    assert set(story._POINTS) == set(PointKind)
    assert set(story._CONTACTS) == set(Channel)


def test_sentences_to_her_stay_within_fifteen_words() -> None:
    sentences = [*story._POINTS.values(), *story._CONTACTS.values(), *(said for _, said in story._OUTCOMES.values())]
    assert all(len(sentence.split()) <= 15 for sentence in sentences)


@pytest.mark.parametrize(
    ("channel", "drawn"),
    [(Channel.VISIT, "met"), (Channel.EMAIL, "letter"), (Channel.SMS, "message"), (Channel.PHONE, "contact")],
)
def test_the_drawing_says_how_they_spoke(channel: Channel, drawn: str) -> None:
    spoken = replace(contact(date(2026, 3, 1)), channel=channel)
    assert [one.kind for one in story_of(journey([], [spoken]), None, today=TODAY)] == [drawn]
