"""`carte demo`: a small invented town to try everything, and its sign-ins."""

from dataclasses import asdict
from datetime import datetime

import click

from pathway.casework.factors.one_time import code_of, step_at
from pathway.cli.carrying import carry_beside
from pathway.cli.french import REFUSED, FrenchCommand, FrenchGroup, Number
from pathway.cli.opening import settings
from pathway.cli.output import emit, facts, long_progress, progress, say, table
from pathway.cli.serve import PORT
from pathway.cli.serving import LOOPBACK, check_free, check_may_serve, run_server, serving_environment
from pathway.demo.instance import Ready, ready_demo, throw_away_store
from pathway.demo.personas import SignIn, sign_ins
from pathway.demo.simulated import ENDS_AT, simulate
from pathway.kernel.clock import SystemClock, local_day
from pathway.kernel.errors import Unavailable
from pathway.kernel.settings import Settings
from pathway.kernel.wording import listed, said_date
from pathway.store.clocks import clock_of
from pathway.store.opening import open_store

_WORKERS = 2
_LABELS = {
    "exits": "Sorties",
    "points_due": "Points de suivi échus",
    "points_done": "Points faits",
    "points_late": "Points faits ou restés après leur date",
    "to_responsable": "Points confiés au responsable",
    "load_per_counsellor_week": "Points par conseiller et par semaine",
    "orphan_exits": "Sorties sans suite (pire nuit)",
    "duplicate_alerts": "Alertes en double (pire nuit)",
    "entries": "Entrées",
    "returns": "Retours",
    "cancelled_exits": "Sorties annulées",
    "contacts": "Contacts",
    "relays": "Relais",
    "appointments": "Rendez-vous",
    "cards_linked": "Cartes réunies",
    "cards_unlinked": "Cartes séparées ensuite",
    "structures_closed": "Structures fermées",
    "absences": "Absences",
    "absences_with_stand_in": "Absences avec un remplacement",
    "leavers": "Départs",
    "leavers_with_heir": "Départs avec un·e successeur·e",
    "accounts_shut": "Départs dits par la seule fermeture du compte",
    "turnover_percent": "Départs pour 100 années de travail",
    "nights": "Nuits",
    "nights_missed": "Nuits manquées",
    "nights_twice": "Nuits faites deux fois",
    "crashes": "Nuits coupées",
    "refusals": "Refus des règles",
    "journal_broken": "Journal abîmé",
}
_MUST_BE_ZERO = ("orphan_exits", "duplicate_alerts", "journal_broken")
_NAME = "localhost"  # this machine by its name: a browser makes no passkey for a bare address


@click.group("demo", cls=FrenchGroup, invoke_without_command=True, short_help="Crée et sert une petite ville inventée.")
@click.option("--port", type=PORT, default=8000, show_default=True, help="Port où écouter.")
@click.option("--seed-only", is_flag=True, help="Crée la ville sans la servir.")
@click.option("--reseed", is_flag=True, help="Refait la ville : ses deux ans se terminent de nouveau aujourd’hui.")
@click.pass_context
def command(ctx: click.Context, port: int, seed_only: bool, reseed: bool) -> None:
    """Crée une petite ville inventée (deux ans d’activité), puis la sert sur cette machine.

    La ville est créée une fois : les lancements suivants la retrouvent telle que vous l’avez laissée.

    \b
    Exemples :
      ./carte demo
      ./carte demo --port 8080
      ./carte demo --seed-only --reseed
      ./carte demo accounts
    """
    if ctx.invoked_subcommand:
        return
    chosen = settings()
    if not seed_only:
        check_free(LOOPBACK, port)
    _tell(_ready(chosen, is_reseeded=reseed))
    if not seed_only:
        check_may_serve(chosen, host=LOOPBACK)
        _show_sign_ins()
        click.echo(f"\nOuvrez http://{_NAME}:{port} (Ctrl-C pour arrêter).")
        carry_beside(serving_environment(chosen))
        run_server(chosen, host=LOOPBACK, port=port, workers=_WORKERS)


@command.command("accounts", cls=FrenchCommand, short_help="Donne les identifiants de la démonstration.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def accounts(as_json: bool) -> None:
    """Donne les identifiants de la démonstration : tout y est inventé, mots de passe et codes compris.

    « totp » est le code de cet instant : il sert une fois et change toutes les 30 secondes.

    \b
    Exemple :
      ./carte demo accounts --json
    """
    if as_json:
        now = _demo_now(settings())
        emit([{**asdict(one), "login": one.email, "totp": _code(one, now)} for one in sign_ins()])
    else:
        _show_sign_ins()


@command.command("simulate", cls=FrenchCommand, short_help="Vit une ville nuit après nuit, et compte.")
@click.option("--people", type=Number(1, 20_000), default=200, show_default=True, help="Combien de personnes.")
@click.option("--months", type=Number(1, 60), default=12, show_default=True, help="Combien de mois.")
@click.option(
    "--seed", type=Number(0, 1_000_000), default=1, show_default=True, help="Le même nombre vit la même ville."
)
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
@click.pass_context
def simulated(ctx: click.Context, people: int, months: int, seed: int, as_json: bool) -> None:
    """Vit une ville nuit après nuit sur une base jetable, et compte les sorties, les points de suivi et la charge.

    Relais, rendez-vous, cartes réunies, congés, départs, structures qui ferment, nuits manquées, faites deux fois ou
    coupées en route en font partie. « orphan_exits » et « duplicate_alerts » sont les pires de toutes les nuits : ils
    doivent être à zéro, sinon la commande échoue.

    \b
    Exemple :
      ./carte demo simulate --people 2000 --months 24 --seed 1 --json
    """
    with throw_away_store(ENDS_AT) as store, long_progress("La ville vit") as report:
        told = simulate(store, people=people, months=months, seed=seed, now=ENDS_AT, report=report)
    if as_json:
        emit(told)
    else:
        facts([(_LABELS.get(name, name), _in_words(value)) for name, value in told.items()])
    broken = [f"{name} = {told[name]}" for name in _MUST_BE_ZERO if told[name]]
    if broken:
        say(f"Cela ne doit jamais arriver : {listed(broken)}.")
        ctx.exit(REFUSED)


def _in_words(value: object) -> object:
    return ", ".join(f"{name} {one}" for name, one in value.items()) if isinstance(value, dict) else value


def _code(one: SignIn, now: datetime) -> str:
    """The code her telephone shows at that instant; empty for whoever has none."""
    return code_of(one.totp_secret, step_at(now)) if one.totp_secret else ""


def _demo_now(chosen: Settings) -> datetime:
    """The demonstration's instant: ahead of the machine's when its nights were lived early."""
    try:
        store = open_store(chosen)
    except Unavailable:  # nothing there yet, or nothing that opens: its codes are today's
        return SystemClock().now()
    try:
        return clock_of(store).now()
    finally:
        store.engine.dispose()


def _ready(chosen: Settings, *, is_reseeded: bool) -> Ready:
    with progress("Deux ans de la ville") as report:
        return ready_demo(chosen, now=SystemClock().now(), report=report, say=say, is_reseeded=is_reseeded)


def _tell(ready: Ready) -> None:
    if ready.is_new:
        say("La démonstration est prête.")
        return
    say("La démonstration existe déjà : elle est reprise telle quelle.")
    if ready.seeded_on < local_day(SystemClock().now()):
        day = said_date(ready.seeded_on)
        say(f"Ses deux ans se terminent le {day}. « ./carte demo --reseed » la refait jusqu’à aujourd’hui.")


def _show_sign_ins() -> None:
    rows = [(one.name, one.role_label, one.email, one.password) for one in sign_ins()]
    table(("Qui", "Rôle", "Adresse", "Mot de passe"), rows)
    say("Après le mot de passe, la page montre le code de cette personne : c’est une démonstration.")
