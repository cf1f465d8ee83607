"""What the people of the town answer: plausible values for every item a scheme asks, drawn once for each person."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from pathway.casework.records.rules import Answer, Gesture, Proposal, ReuseState
from pathway.demo.person import DemoPerson

# Invented communes; numbers of the range kept for films and books, which nobody has.
_COMMUNES = (
    ("35980", "Valmer"),
    ("35980", "Valmer"),
    ("35981", "Les Hauts-de-Valmer"),
    ("35982", "Port-Lanvier"),
    ("35983", "Brélidan"),
)
_STREETS = (
    "rue des Tanneurs",
    "avenue du Canal",
    "rue Marie-Curie",
    "place des Lices",
    "allée des Peupliers",
    "rue du Port",
)
_JOBS = ("K1304", "K2204", "G1603", "G1602", "N1103", "N1105", "N4105", "D1507", "M1607", "H2909", "F1606", "N1101")
_LEVELS = ("lower_secondary", "brevet", "upper_secondary", "level_3", "level_3", "level_4", "level_4", "level_5")
_OBSTACLES = ("mobilite", "logement-hebergement", "famille", "numerique")
_IDEAS = (
    "Un camion de plats sénégalais sur les marchés",
    "Un atelier de retouches et de couture",
    "Du ménage écologique pour les bureaux",
    "Réparer des vélos au pied des immeubles",
    "Un service de jardinage avec des outils électriques",
)
_GOALS = (
    "Obtenir le permis B",
    "Faire une immersion dans une cuisine",
    "Reprendre confiance à l’oral",
    "Passer un titre professionnel",
)

_DRAWN: Mapping[str, Callable[[Random], Any]] = {
    "contact_channel": lambda rng: rng.choice(("call", "call", "sms", "email")),
    "contact_hours": lambda rng: [rng.choice(("morning", "midday", "afternoon", "evening"))],
    "address": lambda rng: f"{rng.randint(1, 90)} {rng.choice(_STREETS)}",
    "situation": lambda rng: rng.choice(("seeking_job", "seeking_job", "seeking_training", "building_project")),
    "rsa": lambda rng: rng.choice(("none", "none", "open", "open", "pending")),
    "education_level": lambda rng: rng.choice(_LEVELS),
    "rome_jobs": lambda rng: rng.sample(_JOBS, rng.randint(1, 2)),
    "mobility_zone": lambda rng: rng.choice((5, 10, 15, 20, 30, 50)),
    "driving_licences": lambda rng: [rng.choice(("none", "learning", "b", "b"))],
    "vehicles": lambda rng: [rng.choice(("none", "bike", "car", "shared_car", "moped"))],
    "housing": lambda rng: rng.choice(("tenant", "tenant", "tenant", "hosted", "owner", "shelter")),
    "children": lambda rng: rng.choice((0, 0, 1, 2, 3)),
    "childcare": lambda rng: rng.choice(("not_needed", "found", "partial", "needed")),
    "obstacles": lambda rng: rng.sample(_OBSTACLES, rng.randint(1, 2)),
    "desired_hours": lambda rng: rng.choice((20, 24, 28, 30, 35, 35)),
    "digital_autonomy": lambda rng: rng.choice(("alone", "alone", "helped", "not_alone")),
    "digital_equipment": lambda rng: [rng.choice(("smartphone", "computer", "tablet"))],
    "work_experience": lambda rng: rng.choice(("none", "under_1_year", "from_1_to_5_years", "over_5_years")),
    "work_times": lambda rng: rng.sample(("day", "early", "evening", "weekend"), 2),
    "french": lambda rng: rng.choice(("speaks", "writes", "fluent", "fluent")),
    "france_travail_registration": lambda rng: rng.random() < 0.8,
    "last_job_ended_on": lambda rng: f"{rng.randint(2019, 2023)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
    "other_languages": lambda rng: rng.choice(("Arabe", "Portugais", "Turc", "Anglais", "Peul", "Breton")),
    "are": lambda rng: rng.choice((False, False, True, "not_claimed")),
    "ass": lambda rng: rng.choice((False, False, False, True)),
    "needs_interpreter": lambda rng: rng.random() < 0.1,
    "no_message": lambda rng: rng.random() < 0.1,
}
_OFTEN_LEFT = ("childcare", "desired_hours", "contact_hours", "mobility_zone")


def draw_answers(person: DemoPerson, rng: Random, *, number: int) -> dict[str, Any]:
    """Every answer that person would give, None where she gives none; `number` (up to 9999) makes her phone her own."""
    postcode, city = rng.choice(_COMMUNES)
    drawn = {key: make(rng) for key, make in _DRAWN.items()}
    drawn |= {key: None for key in _OFTEN_LEFT if rng.random() < 0.2}
    own = {"phones": [f"+3363998{number:04d}"], "postcode": postcode, "city": city}
    return {**drawn, **own, **person.known}


def answers_to(proposals: tuple[Proposal, ...], said: Mapping[str, Any], rng: Random, *, today: date) -> list[Answer]:
    """What she answers to an entry form: confirms what is known, answers what is missing, leaves some of it empty."""
    return [_answer(proposal, said, rng, today) for proposal in proposals]


def own_answers(keys: tuple[str, ...], rng: Random) -> dict[str, str]:
    """Her answers to the questions that only one scheme asks."""
    ideas = {"idea": _IDEAS, "plie_goal": _GOALS}
    return {key: rng.choice(ideas[key]) for key in keys}


def _answer(proposal: Proposal, said: Mapping[str, Any], rng: Random, today: date) -> Answer:
    key = proposal.item.key
    if proposal.state in (ReuseState.FRESH, ReuseState.STALE):
        return _about_known(proposal, rng)
    value = _value(key, said, today)
    if value is None:
        return Answer(key=key, gesture=Gesture.LEFT_EMPTY)
    gesture = Gesture.CHANGED if proposal.fact else Gesture.ANSWERED
    return Answer(key=key, value=value, gesture=gesture)


def _about_known(proposal: Proposal, rng: Random) -> Answer:
    key = proposal.item.key
    moved = proposal.state is ReuseState.STALE and key in _DRAWN and rng.random() < 0.3
    if not moved:
        return Answer(key=key, gesture=Gesture.CONFIRMED)
    return Answer(key=key, value=_DRAWN[key](rng), gesture=Gesture.CHANGED)


def _value(key: str, said: Mapping[str, Any], today: date) -> Any:
    if key == "available_from":
        return today + timedelta(days=10)
    return said.get(key)
