"""`carte partners`: the structures of the network, by the code that files and operators use; adding, closing."""

from collections.abc import Callable, Iterable
from dataclasses import asdict

import click

from pathway.casework.agreements.actions import record_basis
from pathway.casework.agreements.rules import NOTICE_VERSION, Basis, Purpose
from pathway.casework.lifecycle.actions import Closed, close_empty, close_structure
from pathway.casework.lifecycle.changes import check_called, open_structure
from pathway.casework.lifecycle.unused import is_empty
from pathway.casework.partners.queries import StructureLine, every_structure, heirs_of
from pathway.casework.partners.rules import SensitiveKind, StructureKind, read_address, read_code, read_name
from pathway.cli.french import FrenchCommand, FrenchGroup
from pathway.cli.opening import opened, operating
from pathway.cli.output import emit, facts, say, table
from pathway.kernel.errors import Invalid, NotFound, Refused
from pathway.store.transaction import Transaction

_KINDS = [kind.value for kind in StructureKind]
_SENSITIVE = [kind.value for kind in SensitiveKind]
_PURPOSES = [purpose.value for purpose in Purpose]
_BASES = [basis.value for basis in Basis]
_CHECKED = "Si c’est voulu, recommencez avec --checked."
_NO_HEIR = "Cette structure ne peut pas reprendre."
_UNKNOWN = "Aucune structure active ne porte ce code. Voyez ./carte partners list."


class Written(click.ParamType[str]):
    """A word of a structure, read by the rule that screens read it by."""

    def __init__(self, name: str, read: Callable[[str], str]) -> None:
        """`read` gives the word as it is kept, or raises `Invalid`."""
        self.name = name
        self.read = read

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word as it is kept, or a sentence."""
        try:
            return self.read(value)
        except Invalid as refusal:
            self.fail(refusal.sentence, param, ctx)


@click.group("partners", cls=FrenchGroup, short_help="Donne et ajoute les structures partenaires.")
def command() -> None:
    """Donne et ajoute les structures partenaires.

    \b
    Exemples :
      ./carte partners add-structure --code pae-centre --name "Point Accueil Emploi Centre" --kind employment_desk
      ./carte partners list
    """


@command.command("list", cls=FrenchCommand, short_help="Donne le code et le nom de chaque structure.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def list_partners(as_json: bool) -> None:
    """Donne le code et le nom de chaque structure active.

    \b
    Exemple :
      ./carte partners list --json
    """
    lines = known_structures()
    if as_json:
        emit([{"code": line.code, "name": line.name, "kind": line.kind.value} for line in lines])
    else:
        table(("Code", "Nom", "Sorte"), [(line.code, line.name, line.kind.label) for line in lines])


@command.command("add-structure", cls=FrenchCommand, short_help="Ajoute une structure.")
@click.option(
    "--code", required=True, type=Written("CODE", read_code), help="Comment les commandes et les fichiers l’appellent."
)
@click.option("--name", required=True, type=Written("NOM", read_name), help="Son nom, comme les personnes le lisent.")
@click.option("--kind", type=click.Choice(_KINDS), metavar="SORTE", help=f"{', '.join(_KINDS)}.")
@click.option("--sensitive-kind", type=click.Choice(_SENSITIVE), metavar="SORTE", help=f"{', '.join(_SENSITIVE)}.")
@click.option(
    "--address",
    default="",
    type=Written("ADRESSE", read_address),
    help="Où elle reçoit ; jamais pour une structure sensible.",
)
@click.option("--checked", is_flag=True, help="Le nom et le code ont été relus : ne les refuse plus.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
@click.pass_context
def add(
    ctx: click.Context,
    code: str,
    name: str,
    kind: str | None,
    sensitive_kind: str | None,
    address: str,
    checked: bool,
    as_json: bool,
) -> None:
    """Ajoute une structure, avec sa base légale ordinaire : la mission d’intérêt public.

    Avec --sensitive-kind, son nom et sa sorte sont scellés : les autres structures ne voient ni elle ni ses étapes.
    Son code reste en clair : il ne doit rien dire de ce qu’elle est. Un code qui semble le dire, ou un nom qu’une autre
    structure porte déjà, est refusé, comme à l’écran : --checked dit que c’est voulu.

    \b
    Exemples :
      ./carte partners add-structure --code pae-centre --name "Point Accueil Emploi Centre" --kind employment_desk
      ./carte partners add-structure --code ccas --name "CCAS" --kind ccas --address "1 place de la Halle, Valmer"
      ./carte partners add-structure --code quai-neuf --name "CSAPA du Port" --sensitive-kind addiction_care
    """
    if (kind is None) == (sensitive_kind is None):
        raise click.UsageError("Donnez « --kind » ou « --sensitive-kind », l’un des deux.", ctx)
    with opened() as store, operating(store, write=True) as tx:
        sort = SensitiveKind(sensitive_kind) if sensitive_kind else StructureKind(str(kind))
        structure_id = _add(tx, code=code, name=name, kind=sort, address=address, is_checked=checked)
    if as_json:
        emit({"structure": structure_id, "code": code})
    else:
        say(f"structure « {code} » ajoutée.")


@command.command("record-basis", cls=FrenchCommand, short_help="Note sur quoi repose le droit d’une structure.")
@click.option("--code", required=True, help="Le code de la structure.")
@click.option("--purpose", required=True, type=click.Choice(_PURPOSES), metavar="FINALITÉ", help=", ".join(_PURPOSES))
@click.option("--basis", required=True, type=click.Choice(_BASES), metavar="BASE", help=", ".join(_BASES))
def ground(code: str, purpose: str, basis: str) -> None:
    """Note la base légale d’une structure pour une finalité, à la place de l’ancienne, qui reste dans l’historique.

    Sans base notée pour « health », aucun accord n’ouvre la partie santé à cette structure.

    \b
    Exemple :
      ./carte partners record-basis --code ccas --purpose health --basis explicit_consent
    """
    with opened() as store, operating(store, write=True) as tx:
        found = [one.id for one in every_structure(tx) if one.code == code]
        if not found:
            raise NotFound(_UNKNOWN)
        record_basis(
            tx, structure_id=found[0], purpose=Purpose(purpose), basis=Basis(basis), notice_version=NOTICE_VERSION
        )
    say(f"base légale de « {code} » notée.")


@command.command("close-structure", cls=FrenchCommand, short_help="Ferme une structure, reprise par une autre.")
@click.option("--code", required=True, help="Le code de la structure qui ferme.")
@click.option("--to", "heir", default="", metavar="CODE", help="Le code de la structure qui reprend.")
@click.option("--yes", is_flag=True, help="Ne demande pas de confirmation.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def close(code: str, heir: str, yes: bool, as_json: bool) -> None:
    """Ferme une structure pour de bon : une autre reprend ses personnes, leurs points de suivi et leurs étapes.

    Ses rendez-vous à venir sont annulés, et la structure qui reprend est chargée d’en prévoir d’autres. Les relais
    qu’elle a envoyés passent à cette structure ; ceux qu’elle a reçus reviennent à qui les a envoyés.

    Chaque personne est prévenue. Les points de celles qui ne partagent plus avec la structure qui reprend attendent
    dans la file de la coordination du territoire. Les habilitations de la structure fermée se terminent.

    Sans --to, seule une structure vide se ferme : personne n’y travaille, personne n’y est suivi. Sinon, la commande
    dit quelles structures peuvent reprendre, comme l’écran.

    \b
    Exemple :
      ./carte partners close-structure --code passerelle --to ccas
    """
    if not yes:
        click.confirm(f"Fermer « {code} » pour de bon ?", abort=True, err=True)
    with opened() as store, operating(store, write=True) as tx:
        known = {one.code: one.id for one in every_structure(tx)}
        if code not in known:
            raise NotFound(_UNKNOWN)
        heir_id, done = _heir(tx, known[code], heir), Closed()
        if heir_id:
            done = close_structure(tx, structure_id=known[code], heir_id=heir_id)
        else:
            close_empty(tx, known[code])
    if as_json:
        emit(asdict(done))
    else:
        labels = (
            "Personnes reprises",
            "Points de suivi repris",
            "Étapes reprises",
            "Personnes en attente",
            "Rendez-vous annulés",
            "Relais repris ou rendus",
        )
        facts(list(zip(labels, asdict(done).values(), strict=True)))


def _add(
    tx: Transaction, *, code: str, name: str, kind: StructureKind | SensitiveKind, address: str, is_checked: bool
) -> str:
    if not is_checked:
        try:
            check_called(tx, code=code, name=name, kind=kind)
        except Refused as refusal:
            raise Refused(f"{refusal.sentence} {_CHECKED}", field=refusal.field) from None
    return open_structure(tx, code=code, name=name, kind=kind, address=address)


def _heir(tx: Transaction, structure_id: str, code: str) -> str:
    """Which structure takes over; empty when none is needed. `Refused`, naming those that may, if none is given."""
    heirs = {one.code: one.id for one in heirs_of(tx, structure_id)}
    if code and code not in heirs:
        raise NotFound(f"{_NO_HEIR} {_those(heirs)}")
    if not code and not is_empty(tx, structure_id):
        raise Refused(f"Des personnes y travaillent ou y sont suivies : dites avec --to qui reprend. {_those(heirs)}")
    return heirs.get(code, "")


def _those(codes: Iterable[str]) -> str:
    return f"Peuvent reprendre : {', '.join(codes)}." if codes else "Aucune autre structure ne peut reprendre."


def known_structures() -> list[StructureLine]:
    """Every active structure of the configured base, by name."""
    with opened() as store, operating(store) as tx:
        return every_structure(tx)
