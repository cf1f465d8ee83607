"""The exact reasons of an exit: what the counsellor picks, the kind kept in clear, what each network calls it.

Sources: exit lists of the IAE, of the CEJ, of PLIE reports (Toulouse, CIDEME 2013) and of FSE+ follow-ups, read in the
field. No numeric code of the ASP or of FSE+ is given: none could be verified. Justice is neither asked nor kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pathway.casework.followup.rules import ExitKind
from pathway.casework.partners.rules import name_key, telling_word
from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid, Refused

LONGEST_REASON, LONGEST_REASON_CODE = 80, 40
MOST_OWN_REASONS = 60
_OWN = "t_"  # what the code of a territory's own reason begins with: the program's own never will


class IaeOutcome(Choice):
    """How the IAE reports an exit."""

    DURABLE = "durable", "Emploi durable"
    TRANSITION = "transition", "Emploi de transition"
    POSITIVE = "positive", "Sortie positive"
    OTHER = "other", "Autre sortie"
    WITHDRAWN = "withdrawn", "Retrait des sorties constatées"


class PlieOutcome(Choice):
    """How a PLIE reports an exit."""

    POSITIVE = "positive", "Sortie positive"
    ADMINISTRATIVE = "administrative", "Sortie administrative"
    OTHER = "other", "Autre sortie"


class FseSituation(Choice):
    """The situation after an exit as FSE+ follow-ups name it."""

    IN_WORK = "in_work", "En emploi"
    IN_TRAINING = "in_training", "En formation"
    LOOKING = "looking", "En recherche d’emploi"
    INACTIVE = "inactive", "Sans activité"
    UNKNOWN = "unknown", "Situation inconnue"


class CejOutcome(Choice):
    """How a contrat d’engagement jeune reports an exit, in plain words: no official code could be verified."""

    WORK = "work", "Sortie en emploi"
    TRAINING = "training", "Sortie en formation"
    NEXT = "next", "Autre accompagnement"
    OTHER = "other", "Autre fin"


class ReasonGroup(Choice):
    """How the reasons are grouped on the exit form."""

    WORK = "work", "Emploi"
    TRAINING = "training", "Formation"
    NEXT = "next", "Suite avec une autre structure"
    END = "end", "Fin sans solution"
    PAUSE = "pause", "Pause"
    CLOSED = "closed", "Fin du suivi"


@dataclass(frozen=True, kw_only=True)
class ExitReason:
    """One exact reason. `asks_end`: the contract or the training has an end date worth asking.

    `iae`, `plie`, `fse`: what each network calls it; None: it is not reported there.
    """

    code: str
    label: str
    group: ReasonGroup
    kind: ExitKind
    iae: IaeOutcome | None
    plie: PlieOutcome | None
    fse: FseSituation | None
    asks_end: bool = False
    is_retirement: bool = False
    own_cej: CejOutcome | None = None

    @property
    def cej(self) -> CejOutcome | None:
        """What the CEJ calls it: for the program’s reasons it follows from the kind; a territory says its own."""
        return self.own_cej if self.is_own else _CEJ.get(self.kind)

    @property
    def is_own(self) -> bool:
        """Whether the territory added it."""
        return is_own_code(self.code)


@dataclass(frozen=True, kw_only=True)
class ReasonDraft:
    """A reason the territory adds. An outcome of None: that network does not report it."""

    label: str
    kind: ExitKind
    iae: IaeOutcome | None = None
    plie: PlieOutcome | None = None
    cej: CejOutcome | None = None
    fse: FseSituation | None = None
    asks_end: bool = False


_CEJ: Mapping[ExitKind, CejOutcome] = {
    ExitKind.DURABLE_JOB: CejOutcome.WORK,
    ExitKind.SHORT_JOB: CejOutcome.WORK,
    ExitKind.TRAINING: CejOutcome.TRAINING,
    ExitKind.RELAY: CejOutcome.NEXT,
    ExitKind.NO_SOLUTION: CejOutcome.OTHER,
    ExitKind.LOST_CONTACT: CejOutcome.OTHER,
}
_GROUPS: Mapping[ExitKind, ReasonGroup] = {
    ExitKind.DURABLE_JOB: ReasonGroup.WORK,
    ExitKind.SHORT_JOB: ReasonGroup.WORK,
    ExitKind.TRAINING: ReasonGroup.TRAINING,
    ExitKind.RELAY: ReasonGroup.NEXT,
    ExitKind.NO_SOLUTION: ReasonGroup.END,
    ExitKind.LOST_CONTACT: ReasonGroup.END,
    ExitKind.PAUSED: ReasonGroup.PAUSE,
}
# The kinds a territory may add reasons to. Nothing is followed after `closed`: those reasons stay the program's.
OWN_KINDS: tuple[ExitKind, ...] = tuple(_GROUPS)
ENDING_KINDS = frozenset({ExitKind.DURABLE_JOB, ExitKind.SHORT_JOB, ExitKind.TRAINING})


def _work(code: str, label: str, kind: ExitKind, iae: IaeOutcome, *, asks_end: bool = False) -> ExitReason:
    plie = PlieOutcome.POSITIVE if kind is ExitKind.DURABLE_JOB else PlieOutcome.OTHER
    return ExitReason(
        code=code,
        label=label,
        group=ReasonGroup.WORK,
        kind=kind,
        iae=iae,
        plie=plie,
        fse=FseSituation.IN_WORK,
        asks_end=asks_end,
    )


def _training(code: str, label: str, *, plie: PlieOutcome) -> ExitReason:
    return ExitReason(
        code=code,
        label=label,
        group=ReasonGroup.TRAINING,
        kind=ExitKind.TRAINING,
        iae=IaeOutcome.POSITIVE,
        plie=plie,
        fse=FseSituation.IN_TRAINING,
        asks_end=True,
    )


def _end(
    code: str,
    label: str,
    *,
    kind: ExitKind = ExitKind.NO_SOLUTION,
    plie: PlieOutcome = PlieOutcome.OTHER,
    fse: FseSituation = FseSituation.LOOKING,
) -> ExitReason:
    group = ReasonGroup.NEXT if kind is ExitKind.RELAY else ReasonGroup.END
    return ExitReason(code=code, label=label, group=group, kind=kind, iae=IaeOutcome.OTHER, plie=plie, fse=fse)


def _last(
    code: str, label: str, kind: ExitKind, group: ReasonGroup, iae: IaeOutcome, *, is_retirement: bool = False
) -> ExitReason:
    return ExitReason(
        code=code,
        label=label,
        group=group,
        kind=kind,
        iae=iae,
        plie=PlieOutcome.ADMINISTRATIVE,
        fse=FseSituation.INACTIVE,
        is_retirement=is_retirement,
    )


_DURABLE, _SHORT = ExitKind.DURABLE_JOB, ExitKind.SHORT_JOB

REASONS: tuple[ExitReason, ...] = (
    _work("cdi", "CDI", _DURABLE, IaeOutcome.DURABLE),
    _work("subsidised_cdi", "CDI aidé", _DURABLE, IaeOutcome.DURABLE),
    _work("cdd_6_months_or_more", "CDD ou intérim de 6 mois ou plus", _DURABLE, IaeOutcome.DURABLE, asks_end=True),
    _work(
        "apprenticeship",
        "Alternance : apprentissage ou professionnalisation",
        _DURABLE,
        IaeOutcome.POSITIVE,
        asks_end=True,
    ),
    _work("civil_service", "Intégration dans la fonction publique", _DURABLE, IaeOutcome.DURABLE),
    _work("business_created", "Création ou reprise d’entreprise", _DURABLE, IaeOutcome.DURABLE),
    _work("esat", "Entrée en ESAT", _DURABLE, IaeOutcome.POSITIVE),
    _work("cdd_under_6_months", "CDD de moins de 6 mois", _SHORT, IaeOutcome.TRANSITION, asks_end=True),
    _work("agency_work", "Mission d’intérim", _SHORT, IaeOutcome.TRANSITION, asks_end=True),
    _work("seasonal_work", "Contrat saisonnier", _SHORT, IaeOutcome.TRANSITION, asks_end=True),
    _work("subsidised_contract", "Contrat aidé à durée déterminée", _SHORT, IaeOutcome.TRANSITION, asks_end=True),
    _work("iae_job", "Contrat en insertion (IAE)", _SHORT, IaeOutcome.POSITIVE, asks_end=True),
    _work("civic_service", "Service civique", _SHORT, IaeOutcome.POSITIVE, asks_end=True),
    _training("qualifying_training", "Formation qualifiante ou certifiante", plie=PlieOutcome.POSITIVE),
    _training("other_training", "Autre formation", plie=PlieOutcome.OTHER),
    _training("back_to_school", "Retour en études", plie=PlieOutcome.OTHER),
    _end("other_structure", "Passage de relais à une autre structure", kind=ExitKind.RELAY),
    _end("other_scheme", "Passage dans un autre dispositif", kind=ExitKind.RELAY),
    _end(
        "moved_with_relay",
        "Déménagement, avec relais dans le nouveau territoire",
        kind=ExitKind.RELAY,
        plie=PlieOutcome.ADMINISTRATIVE,
    ),
    _end("end_of_scheme", "Fin prévue du dispositif, sans solution"),
    _end("maximum_duration", "Durée maximale atteinte, sans solution"),
    _end("age_limit", "Limite d’âge atteinte", plie=PlieOutcome.ADMINISTRATIVE),
    _end("abandoned", "Arrêt à l’initiative de la personne"),
    _end("stopped_by_structure", "Arrêt à l’initiative de la structure"),
    _end("trial_ended_by_employer", "Fin de période d’essai, par l’employeur"),
    _end("trial_ended_by_person", "Fin de période d’essai, par la personne"),
    _end("contract_ended", "Fin de contrat, sans solution"),
    _end("registration_ended", "Fin d’inscription à France Travail"),
    _end(
        "moved_without_relay",
        "Déménagement, sans relais",
        plie=PlieOutcome.ADMINISTRATIVE,
        fse=FseSituation.UNKNOWN,
    ),
    _end(
        "no_news",
        "Plus de nouvelles de la personne",
        kind=ExitKind.LOST_CONTACT,
        fse=FseSituation.UNKNOWN,
    ),
    _last("personal_pause", "Pause pour raison personnelle", ExitKind.PAUSED, ReasonGroup.PAUSE, IaeOutcome.OTHER),
    _last("retirement", "Retraite", ExitKind.CLOSED, ReasonGroup.CLOSED, IaeOutcome.POSITIVE, is_retirement=True),
    _last(
        "follow_up_refused",
        "La personne ne souhaite pas être suivie",
        ExitKind.CLOSED,
        ReasonGroup.CLOSED,
        IaeOutcome.OTHER,
    ),
    _last("death", "Décès", ExitKind.CLOSED, ReasonGroup.CLOSED, IaeOutcome.WITHDRAWN),
)
_BY_CODE: Mapping[str, ExitReason] = {reason.code: reason for reason in REASONS}


def is_own_code(code: str) -> bool:
    """Whether that is the code of a reason the territory added."""
    return code.startswith(_OWN)


def exit_reason(code: str) -> ExitReason:
    """The reason of that code; `Invalid` in French when there is none."""
    if code not in _BY_CODE:
        raise Invalid("Choisissez le motif de la sortie dans la liste.", field="reason")
    return _BY_CODE[code]


def grouped(reasons: Iterable[ExitReason]) -> list[tuple[ReasonGroup, list[ExitReason]]]:
    """Those reasons as forms show them: group, then its reasons, in order; a group without any is left out."""
    given = list(reasons)
    groups = [(group, [reason for reason in given if reason.group is group]) for group in ReasonGroup]
    return [(group, those) for group, those in groups if those]


def grouped_reasons() -> list[tuple[ReasonGroup, list[ExitReason]]]:
    """The program’s own reasons, grouped."""
    return grouped(REASONS)


# What may happen to anybody in any scheme: without them an exit would be recorded under a false reason, or not at all.
ALWAYS_OFFERED: tuple[str, ...] = ("other_structure", "abandoned", "no_news", "follow_up_refused", "death")


def check_offered(codes: Iterable[str], known: Iterable[str]) -> None:
    """Refuse a choice that leaves out what may happen to anybody, or names a reason that is none (field `reasons`)."""
    chosen, there = set(codes), set(known)
    if not chosen <= there:
        raise Invalid(f"Ces motifs n’existent pas : {', '.join(sorted(chosen - there))}.", field="reasons")
    missing = [exit_reason(code).label for code in ALWAYS_OFFERED if code not in chosen]
    if missing:
        raise Refused(
            f"Ces motifs restent toujours proposés, ils peuvent arriver à chacun : {', '.join(missing)}.",
            field="reasons",
        )


def check_own_reason(draft: ReasonDraft) -> None:
    """Refuse a reason that tells of a life, that opens no follow-up, or asks an end where nothing ends."""
    if not 0 < len(draft.label) <= LONGEST_REASON:
        raise Invalid(f"Écrivez le motif, en {LONGEST_REASON} caractères au plus.", field="label")
    telling = telling_word(draft.label)
    if telling:
        raise Refused(
            f"Un motif ne dit rien de la santé, de la vie privée ni de la justice : retirez « {telling} ». "
            "« Pause pour raison personnelle » suffit.",
            field="label",
        )
    if draft.kind not in OWN_KINDS:
        raise Refused(
            "Ce genre n’ouvre aucun point de suivi : ses motifs (retraite, refus, décès) restent ceux de la carte.",
            field="kind",
        )
    if draft.asks_end and draft.kind not in ENDING_KINDS:
        raise Refused("Aucun contrat ni formation ne se termine après cette sortie.", field="asks_end")


def own_code(label: str) -> str:
    """The code a territory’s reason keeps for ever, from its first label."""
    return f"{_OWN}{name_key(label).replace(' ', '_')}"[:LONGEST_REASON_CODE]


def own_reason(code: str, draft: ReasonDraft) -> ExitReason:
    """A territory’s reason as every screen handles reasons."""
    return ExitReason(
        code=code,
        label=draft.label,
        group=_GROUPS[draft.kind],
        kind=draft.kind,
        iae=draft.iae,
        plie=draft.plie,
        fse=draft.fse,
        own_cej=draft.cej,
        asks_end=draft.asks_end,
    )
