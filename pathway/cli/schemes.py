"""`carte schemes`: the catalogue of schemes, described in files; closing one."""

from pathlib import Path

import click
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pathway.casework.lifecycle.actions import close_scheme
from pathway.casework.lifecycle.changes import open_scheme
from pathway.casework.records.rules import Requirement
from pathway.casework.schemes.queries import scheme_id_of
from pathway.casework.schemes.rules import Intensity, OwnQuestion, SchemeDraft, SchemeKind, Stage
from pathway.casework.schemes.standards import STANDARDS
from pathway.cli.accounts import structure_id_of
from pathway.cli.french import FrenchCommand, FrenchGroup
from pathway.cli.opening import opened, operating
from pathway.cli.output import emit, say
from pathway.kernel.errors import Invalid
from pathway.kernel.wording import counted
from pathway.store.transaction import Transaction

_CODE = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_WRONG = "Ce fichier ne décrit pas un dispositif : voyez « {place} ». « ./carte schemes add --help » montre un exemple."


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class AskedItem(_Part):
    """An item of the dictionary asked on entry, and why."""

    key: str
    mandatory: bool = False
    why: str = Field(min_length=1, max_length=200)


class AskedQuestion(_Part):
    """A question of the scheme's own."""

    key: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    label: str = Field(min_length=1, max_length=200)
    mandatory: bool = False


class HadStage(_Part):
    """A stage one passes through in the scheme."""

    key: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    name: str = Field(min_length=1)


class SchemeFile(_Part):
    """A scheme as its file describes it; without `structure` it is open to all, without `asks` it asks its kind's,
    without `exit_reasons` it offers them all."""

    code: str = Field(pattern=_CODE, max_length=40)
    name: str = Field(min_length=1, max_length=120)
    kind: SchemeKind
    structure: str = ""
    intensity: Intensity = Intensity.STANDARD
    planned_days: int | None = Field(default=None, ge=1, le=3650)
    is_short_activity: bool = False
    asks_results: bool = False
    asks: tuple[AskedItem, ...] | None = None
    questions: tuple[AskedQuestion, ...] = ()
    stages: tuple[HadStage, ...] = ()
    exit_reasons: tuple[str, ...] = ()

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """What it asks on entry: its own list, else that of its kind."""
        if self.asks is None:
            return STANDARDS[self.kind]
        return tuple(Requirement(key=one.key, is_required=one.mandatory, why=one.why) for one in self.asks)


@click.group("schemes", cls=FrenchGroup, short_help="Ajoute et ferme des dispositifs.")
def command() -> None:
    """Ajoute et ferme des dispositifs.

    \b
    Exemples :
      ./carte schemes add plie.json
      ./carte schemes close --code atelier
    """


@command.command("add", cls=FrenchCommand, short_help="Ajoute un dispositif décrit dans un fichier JSON.")
@click.argument("file", metavar="FICHIER", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def add(file: Path, as_json: bool) -> None:
    """Ajoute un dispositif décrit dans un fichier JSON : ce qu’il demande à l’entrée, et pourquoi.

    Sans « structure », toutes les structures peuvent y faire entrer des personnes. Sans « asks », il demande ce que
    docs/dictionnaire.md donne pour ce genre de dispositif. Une question dont le nom est dans le dictionnaire est
    demandée comme lui : la réponse est reprise ailleurs. Avec « asks_results », chaque sortie ouvre les questions que
    demande le FSE+ : dans les 28 jours, puis à six mois. « stages » donne ses phases, dans l’ordre. « exit_reasons »
    donne les codes des motifs de sortie qu’il propose ; sans lui, il les propose tous. Les vérifications sont celles
    de l’écran.

    \b
    Exemple : ./carte schemes add plie.json, où le fichier contient
      {"code": "plie", "name": "Parcours PLIE", "kind": "plie", "planned_days": 730,
       "asks": [{"key": "phones", "mandatory": true, "why": "Pour prendre de vos nouvelles"}],
       "questions": [{"key": "goal", "label": "Premier objectif"}],
       "stages": [{"key": "project", "name": "Projet"}, {"key": "work", "name": "Emploi"}]}
    """
    described = _read(file)
    with opened() as store, operating(store, write=True) as tx:
        scheme_id = _add(tx, described)
    if as_json:
        emit({"scheme": scheme_id, "code": described.code})
    else:
        say(f"dispositif « {described.code} » ajouté.")


@command.command("close", cls=FrenchCommand, short_help="Ferme un dispositif : plus personne n’y entre.")
@click.option("--code", required=True, help="Le code du dispositif.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def close(code: str, as_json: bool) -> None:
    """Ferme un dispositif : plus personne n’y entre. Les étapes en cours y restent, et se terminent comme les autres,
    chacune avec ses points de suivi.

    \b
    Exemple :
      ./carte schemes close --code atelier
    """
    with opened() as store, operating(store, write=True) as tx:
        under_way = close_scheme(tx, scheme_id_of(tx, code))
    if as_json:
        emit({"code": code, "steps_under_way": under_way})
    else:
        say(f"dispositif « {code} » fermé ; {counted(under_way, 'étape en cours', 'étapes en cours')}.")


def _read(file: Path) -> SchemeFile:
    try:
        return SchemeFile.model_validate_json(file.read_bytes())
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"]) or "le fichier entier"
        raise Invalid(_WRONG.format(place=place)) from None


def _add(tx: Transaction, described: SchemeFile) -> str:
    draft = SchemeDraft(
        name=described.name,
        kind=described.kind,
        structure_id=structure_id_of(tx, described.structure) if described.structure else None,
        intensity=described.intensity,
        planned_days=described.planned_days,
        is_short_activity=described.is_short_activity,
        asks_results=described.asks_results,
        requirements=described.requirements,
        questions=tuple(
            OwnQuestion(key=one.key, label=one.label, is_required=one.mandatory) for one in described.questions
        ),
        stages=tuple(Stage(key=one.key, name=one.name) for one in described.stages),
    )
    return open_scheme(tx, code=described.code, draft=draft, exit_reasons=described.exit_reasons)
