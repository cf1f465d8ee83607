"""`carte accounts`: the professionals' accounts of an instance, by id: nobody is named here."""

from dataclasses import asdict
from datetime import date

import click

from pathway.casework.accounts.rules import AccountState
from pathway.casework.accounts.sessions import end_every_session
from pathway.casework.partners.queries import every_structure
from pathway.casework.partners.rules import Role
from pathway.casework.records.values import read_email
from pathway.casework.team.actions import Sent, invite, prolong, set_account_state
from pathway.casework.team.queries import team
from pathway.casework.team.reading import staff_accounts
from pathway.casework.team.rules import default_end
from pathway.cli.french import FrenchCommand, FrenchGroup
from pathway.cli.opening import opened, operating, settings
from pathway.cli.output import emit, say, table
from pathway.kernel.clock import local_day
from pathway.kernel.errors import NotFound
from pathway.kernel.settings import public_link
from pathway.kernel.wording import counted, said_date
from pathway.store.clocks import clock_of
from pathway.store.opening import Store
from pathway.store.transaction import Transaction

_ROLES = [role.value for role in Role if role is not Role.JOBSEEKER]
_LONGEST = 80


class Day(click.ParamType[date]):
    """A day written AAAA-MM-JJ."""

    name = "AAAA-MM-JJ"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or a sentence."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail("il faut un jour écrit AAAA-MM-JJ, par exemple 2027-11-28.", param, ctx)


class Name(click.ParamType[str]):
    """A name, neither empty nor too long."""

    name = "NOM"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name without spaces around it, or a sentence."""
        name = value.strip()
        if not 0 < len(name) <= _LONGEST:
            self.fail(f"il faut un nom de 1 à {_LONGEST} caractères.", param, ctx)
        return name


@click.group("accounts", cls=FrenchGroup, short_help="Invite, liste et ferme les comptes des professionnels.")
def command() -> None:
    """Invite, liste et ferme les comptes des professionnels.

    \b
    Exemples :
      ./carte accounts invite --email d.martin@valmer.fr --first-name Dominique --last-name Martin \\
          --role supervisor --structure pae-centre
      ./carte accounts list
    """


@command.command("invite", cls=FrenchCommand, short_help="Invite une personne dans une structure.")
@click.option("--email", required=True, metavar="ADRESSE", help="Son adresse e-mail professionnelle.")
@click.option("--first-name", required=True, type=Name(), help="Son prénom.")
@click.option("--last-name", required=True, type=Name(), help="Son nom.")
@click.option("--role", required=True, type=click.Choice(_ROLES), metavar="RÔLE", help=f"{', '.join(_ROLES)}.")
@click.option("--structure", required=True, metavar="CODE", help="Code de la structure (./carte partners list).")
@click.option("--until", type=Day(), help="Dernier jour de l’habilitation ; sans lui, dans un an.")
@click.option(
    "--show-link", is_flag=True, help="Écrit aussi le lien : pour le tout premier compte, sans envoi d’e-mail."
)
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def invite_account(
    email: str,
    first_name: str,
    last_name: str,
    role: str,
    structure: str,
    until: date | None,
    show_link: bool,
    as_json: bool,
) -> None:
    """Invite une personne : une lettre part avec un lien qui sert une fois, pendant 7 jours.

    Elle choisit son mot de passe, puis installe une double vérification. Cette commande seule donne les rôles du
    territoire (reviewer, coordinator, operator). Un·e responsable invite les autres depuis « Mon équipe ».

    \b
    Exemple :
      ./carte accounts invite --email d.martin@valmer.fr --first-name Dominique --last-name Martin \\
          --role supervisor --structure pae-centre --until 2027-11-28
    """
    with opened() as store:
        last_on = until or default_end(local_day(clock_of(store).now()))
        with operating(store, write=True) as tx:
            sent = invite(
                tx,
                structure_id=structure_id_of(tx, structure),
                email=read_email(email),
                first_name=first_name,
                last_name=last_name,
                role=Role(role),
                until_on=last_on,
            )
    _tell(sent, last_on, show_link=show_link, as_json=as_json)


@command.command("list", cls=FrenchCommand, short_help="Donne les comptes, leurs postes et leur état.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def list_accounts(as_json: bool) -> None:
    """Donne l’identifiant, le rôle, la structure, la fin d’habilitation et l’état de chaque compte. Aucun nom.

    \b
    Exemple :
      ./carte accounts list --json
    """
    with opened() as store, operating(store) as tx:
        lines = staff_accounts(tx)
    if as_json:
        emit([asdict(line) for line in lines])
        return
    rows = [
        (one.account_id, one.role or "—", one.structure or "—", one.until_on or "—", one.state.label) for one in lines
    ]
    table(("Compte", "Rôle", "Structure", "Jusqu’au", "État"), rows)


@command.command("prolong", cls=FrenchCommand, short_help="Change la fin d’une habilitation.")
@click.argument("account_id", metavar="COMPTE")
@click.option("--structure", required=True, metavar="CODE", help="Code de la structure (./carte partners list).")
@click.option("--until", required=True, type=Day(), help="Nouveau dernier jour, trois ans au plus.")
def prolong_account(account_id: str, structure: str, until: date) -> None:
    """Change le dernier jour d’un compte dans une structure : pour les responsables et les rôles du territoire.

    \b
    Exemple :
      ./carte accounts prolong aaaaaaaaaaaaaaaaaaaaaaaaaa --structure pae-centre --until 2027-11-28
    """
    with opened() as store:
        with operating(store) as tx:
            structure_id = structure_id_of(tx, structure)
        with operating(store, structure_id=structure_id, write=True) as tx:
            _prolong(tx, account_id, until)
    say(f"habilitation jusqu’au {said_date(until)}.")


@command.command("disable", cls=FrenchCommand, short_help="Ferme un compte et ses sessions.")
@click.argument("account_id", metavar="COMPTE")
def disable(account_id: str) -> None:
    """Ferme un compte : il ne se connecte plus, ses sessions se terminent à l’instant.

    Ses points de suivi restent dans la file de sa structure.

    \b
    Exemple :
      ./carte accounts disable aaaaaaaaaaaaaaaaaaaaaaaaaa
    """
    _set_state(account_id, AccountState.DISABLED, "Le compte est fermé.")


@command.command("enable", cls=FrenchCommand, short_help="Rouvre un compte fermé.")
@click.argument("account_id", metavar="COMPTE")
def enable(account_id: str) -> None:
    """Rouvre un compte fermé : mot de passe et double vérification sont ceux d’avant.

    \b
    Exemple :
      ./carte accounts enable aaaaaaaaaaaaaaaaaaaaaaaaaa
    """
    _set_state(account_id, AccountState.ACTIVE, "Le compte est rouvert.")


@command.command("sign-out", cls=FrenchCommand, short_help="Ferme toutes les sessions, de tout le monde.")
@click.option("--all", "everybody", is_flag=True, required=True, help="À écrire : la commande ne trie pas.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def sign_out(everybody: bool, as_json: bool) -> None:
    """Ferme toutes les sessions ouvertes, celles des personnes aussi : chacun·e se reconnecte. Pour une fuite.

    Rien d’autre ne change : mots de passe et double vérification restent. Un texte en cours d’écriture est gardé, et
    retrouvé à la connexion suivante.

    \b
    Exemple :
      ./carte accounts sign-out --all
    """
    with opened() as store, operating(store, write=True) as tx:
        ended = end_every_session(tx)
    say(f"{counted(ended, 'session fermée', 'sessions fermées')}.")
    if as_json:
        emit({"ended": ended})


def structure_id_of(tx: Transaction, code: str) -> str:
    """The id of the active structure of that code; `NotFound` in French when there is none."""
    found = next((one.id for one in every_structure(tx) if one.code == code), None)
    if found is None:
        raise NotFound(f"Aucune structure active n’a le code « {code} ». « ./carte partners list » les donne.")
    return found


def _tell(sent: Sent, last_on: date, *, show_link: bool, as_json: bool) -> None:
    link = public_link(settings(), sent.path) if show_link else ""
    say(f"invitation prête, habilitation jusqu’au {said_date(last_on)}. La lettre part avec « ./carte worker ».")
    if as_json:
        emit({"invitation": sent.invitation_id, "until": last_on, **({"link": link} if link else {})})
    elif link:
        click.echo(link)


def _prolong(tx: Transaction, account_id: str, until: date) -> None:
    held = [one.membership_id for one in team(tx) if one.account_id == account_id]
    if not held:
        raise NotFound("Ce compte n’a pas d’habilitation dans cette structure. « ./carte accounts list » les donne.")
    for membership_id in held:
        prolong(tx, membership_id, until_on=until)


def _set_state(account_id: str, state: AccountState, said: str) -> None:
    with opened() as store:
        _change(store, account_id, state)
    say(said)


def _change(store: Store, account_id: str, state: AccountState) -> None:
    with operating(store, write=True) as tx:
        set_account_state(tx, account_id, state)
