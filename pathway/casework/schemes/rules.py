"""What a scheme is: its kind, how closely it follows, what it asks and why, the stages one passes through in it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from hashlib import sha256

from pathway.casework.records.catalogue import CATALOGUE
from pathway.casework.records.rules import Requirement
from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid, Refused
from pathway.kernel.wording import counted

LONGEST_DAYS = 3650
LONGEST_TEXT = 200
MOST_REQUIREMENTS, MOST_QUESTIONS = 60, 20
MOST_STAGES, LONGEST_STAGE = 8, 40
_KEY = re.compile(r"[a-z0-9_]{1,40}")
_SEVERAL_TIMES = "Cette question est déjà dans le formulaire. Retirez l’une des deux."


class SchemeKind(Choice):
    """The family of a scheme, in the field's own words."""

    DESK_SUPPORT = "desk_support", "Accompagnement Point Accueil Emploi"
    PLIE = "plie", "PLIE"
    CEJ = "cej", "Contrat d’engagement jeune"
    IAE = "iae", "Emploi en insertion (IAE)"
    SOCIAL_CLAUSE = "social_clause", "Clause sociale"
    TRAINING = "training", "Formation"
    WORKSHOP = "workshop", "Atelier"
    FORUM = "forum", "Forum ou rencontre"
    IMMERSION = "immersion", "Immersion professionnelle"
    BUSINESS = "business", "Création d’entreprise"
    SOCIAL_SUPPORT = "social_support", "Accompagnement social"


class Intensity(Choice):
    """How closely a scheme follows people; it sets how long a silence may last."""

    INTENSIVE = "intensive", "Renforcé"
    STANDARD = "standard", "Régulier"
    LIGHT = "light", "Léger"
    IN_WORK = "in_work", "Suivi en emploi"


@dataclass(frozen=True, kw_only=True)
class OwnQuestion:
    """A question only this scheme asks: its key in the scheme, its French label, whether it must be answered."""

    key: str
    label: str
    is_required: bool = False


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage (« phase ») of a scheme: its key in the scheme, and its French name, which says nothing of anybody."""

    key: str
    name: str


@dataclass(frozen=True, kw_only=True)
class SchemeDraft:
    """All that may be written of a scheme. `structure_id` None: open to every structure; `planned_days` None: no
    planned length; `asks_results`: questions on results follow each exit (FSE+); `stages`: in order, often none."""

    name: str
    kind: SchemeKind
    structure_id: str | None
    intensity: Intensity
    planned_days: int | None
    is_short_activity: bool
    asks_results: bool
    requirements: tuple[Requirement, ...]
    questions: tuple[OwnQuestion, ...]
    stages: tuple[Stage, ...] = ()

    @property
    def mark(self) -> str:
        """What tells this writing from another: two people who change one scheme at once do not undo each other."""
        said = repr([getattr(self, one.name) for one in fields(SchemeDraft)])
        return sha256(said.encode()).hexdigest()[:16]


def check_draft(draft: SchemeDraft) -> None:
    """Refuse a draft for the first of its faults."""
    for fault in draft_faults(draft):
        raise fault


def draft_faults(draft: SchemeDraft) -> Iterator[Invalid]:
    """What is wrong with a draft: its duration, too many lines, then one fault a line, which names its field and its
    number in the list (`requirements-0`)."""
    if draft.planned_days is not None and not 1 <= draft.planned_days <= LONGEST_DAYS:
        yield Invalid(
            f"La durée prévue va de 1 à {LONGEST_DAYS} jours. Laissez vide s’il n’y en a pas.", field="planned_days"
        )
    if len(draft.requirements) > MOST_REQUIREMENTS or len(draft.questions) > MOST_QUESTIONS:
        yield Invalid(f"Un formulaire a {MOST_REQUIREMENTS} données et {MOST_QUESTIONS} questions au plus. Retirez-en.")
    if len(draft.stages) > MOST_STAGES:
        yield Invalid(f"Un dispositif a {MOST_STAGES} phases au plus. Retirez-en.")
    yield from _line_faults(draft)


def _line_faults(draft: SchemeDraft) -> Iterator[Invalid]:
    asked, own, stages = draft.requirements, draft.questions, draft.stages
    checks: list[Callable[[], None]] = []
    for number, one in enumerate(asked):
        checks.append(partial(_check_requirement, one, f"requirements-{number}", {it.key for it in asked[:number]}))
    for number, question in enumerate(own):
        checks.append(partial(_check_question, question, f"questions-{number}", {it.key for it in own[:number]}))
    for number, stage in enumerate(stages):
        checks.append(partial(_check_stage, stage, f"stages-{number}", stages[:number]))
    for check in checks:
        try:
            check()
        except Invalid as fault:
            yield fault


def check_change(before: SchemeDraft, after: SchemeDraft, *, is_used: bool) -> None:
    """Refuse to change the kind of a scheme; once somebody has entered it, its structure and the words of its own
    questions too: what was answered then must keep its meaning. A question is taken away, another is added."""
    if before.kind is not after.kind:
        raise Refused(
            "Le genre d’un dispositif ne change pas. Fermez celui-ci, puis ajoutez-en un autre.", field="kind"
        )
    if not is_used:
        return
    if before.structure_id != after.structure_id:
        raise Refused("Des personnes y sont entrées : la structure ne change plus.", field="structure_id")
    known = {one.key: one.label for one in before.questions}
    for number, question in enumerate(after.questions):
        if known.get(question.key, question.label) != question.label:
            raise Refused(
                "Des personnes ont répondu à cette question : ses mots ne changent plus. "
                "Retirez-la, puis ajoutez la nouvelle.",
                field=f"questions-{number}",
            )


def check_stages_left(before: SchemeDraft, after: SchemeDraft, *, standing: Mapping[str, int]) -> None:
    """Refuse to take away a stage in which somebody stands; one may be renamed and moved. `standing`: stage key → how
    many steps under way stand in it."""
    kept = {one.key for one in after.stages}
    for stage in before.stages:
        if stage.key not in kept and standing.get(stage.key):
            raise Refused(stood_in(stage.name, standing[stage.key]))


def stood_in(name: str, count: int) -> str:
    """Why a stage stays."""
    who = counted(count, "personne est", "personnes sont")
    return f"{who} dans la phase « {name} » : elle ne peut pas être retirée. Changez son nom, ou gardez-la."


def _check_requirement(one: Requirement, field: str, earlier: set[str]) -> None:
    if one.key not in CATALOGUE:
        raise Invalid("Cette donnée n’est pas dans le dictionnaire. Retirez-la.", field=field)
    if one.key in earlier:
        raise Invalid(_SEVERAL_TIMES, field=field)
    if not 0 < len(one.why) <= LONGEST_TEXT:
        raise Invalid(f"Dites pourquoi, en {LONGEST_TEXT} caractères au plus : la personne le lit.", field=field)


def _check_question(one: OwnQuestion, field: str, earlier: set[str]) -> None:
    if not _KEY.fullmatch(one.key) or one.key in earlier:
        raise Invalid(_SEVERAL_TIMES, field=field)
    if not 0 < len(one.label) <= LONGEST_TEXT:
        raise Invalid(f"Écrivez la question, en {LONGEST_TEXT} caractères au plus.", field=field)


def _check_stage(one: Stage, field: str, earlier: Sequence[Stage]) -> None:
    if not 0 < len(one.name) <= LONGEST_STAGE:
        raise Invalid(f"Écrivez le nom de la phase, en {LONGEST_STAGE} caractères au plus.", field=field)
    is_twice = any(one.key == other.key or one.name.casefold() == other.name.casefold() for other in earlier)
    if not _KEY.fullmatch(one.key) or is_twice:
        raise Invalid("Cette phase est déjà dans la liste. Retirez l’une des deux.", field=field)


def with_facts(
    requirements: Sequence[Requirement], questions: Sequence[OwnQuestion]
) -> tuple[tuple[Requirement, ...], tuple[OwnQuestion, ...]]:
    """What a scheme asks, once its own questions that the dictionary knows are requirements, last in order.

    Their answers are then facts, reused elsewhere and counted. An item asked twice is required if either says so.
    """
    wanted = {one.key: one for one in requirements}
    for question in questions:
        if question.key in CATALOGUE:
            wanted[question.key] = _as_requirement(question, wanted.get(question.key))
    own = tuple(question for question in questions if question.key not in CATALOGUE)
    return tuple(wanted.values()), own


def _as_requirement(question: OwnQuestion, known: Requirement | None) -> Requirement:
    if known:
        return replace(known, is_required=known.is_required or question.is_required)
    why = f"Question de ce dispositif : « {question.label} »"
    return Requirement(key=question.key, is_required=question.is_required, why=why)
