"""`carte keys`: the keys that seal everything: their state, their change, their end, and where they are put away."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import click

from pathway.casework import schema
from pathway.casework.records.holders import KINDS_OF_A_ROOT
from pathway.casework.records.writing import rekey_record
from pathway.cli.french import REFUSED, FrenchCommand, FrenchGroup, Number
from pathway.cli.opening import opened, operating, settings
from pathway.cli.output import emit, facts, progress, say, table
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Refused, Unavailable
from pathway.kernel.wording import counted, said_date
from pathway.store import rotation
from pathway.store.clocks import clock_of
from pathway.store.key_states import Custody, KeyState, custody_of, key_states, note_custody, warnings
from pathway.store.opening import Store, keyring_provider
from pathway.vault import custody
from pathway.vault.keyfile import write_apart

DECLARED = schema.__all__  # importing them is what makes every sealed column known to `rekey`
_STATES = {"active": "en service", "retired": "retirée"}
_WAYS = {"passphrases": "deux phrases de passe", "codes": "trois codes, deux suffisent"}
_NO_FILE = "Le fichier {path} ne se lit pas. Vérifiez son chemin et ses droits."
_BESIDE = "Ce fichier serait dans le dossier de la base : choisissez un autre endroit, sur un autre support."
_AMONG = (
    "Ce fichier serait avec les copies de la base, qu’il ouvre : choisissez un autre endroit, sur un autre support."
)
_CONFIRM = "Détruire la clé {kid} ? Ce qui en dépend encore ailleurs ne se lira plus jamais."


class _Pause(click.ParamType[float]):
    """A pause written 20ms or 1s; gives seconds."""

    name = "DURÉE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds, or a sentence."""
        if isinstance(value, float):
            return value
        text = str(value)
        for unit, share in (("ms", 0.001), ("s", 1.0)):
            number = text.removesuffix(unit)
            if number != text and number.isascii() and number.isdigit() and int(number) * share <= 60:
                return int(number) * share
        self.fail("il faut une durée comme 20ms ou 1s, une minute au plus.", param, ctx)


@click.group("keys", cls=FrenchGroup, short_help="Montre, change et met de côté les clés.")
def command() -> None:
    """Montre, change et met de côté les clés qui scellent les dossiers.

    \b
    Exemples :
      ./carte keys status
      ./carte keys rotate && ./carte keys rewrap
    """


@command.command("status", cls=FrenchCommand, short_help="Dit où en sont les clés.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def status(as_json: bool) -> None:
    """Dit où en sont les clés : âge, ce qui en dépend, ce qui les protège, si elles ont été mises de côté.

    \b
    Exemple :
      ./carte keys status --json
    """
    with opened() as store, operating(store) as tx:
        states = key_states(tx.connection, store.keyring, now=tx.now)
        saved = custody_of(tx.connection, store.keyring)
        answer = _status(store, states, saved)
    if as_json:
        emit(answer)
        return
    rows = [
        (one.kid, _STATES[one.state], said_date(local_day(one.created_at)), one.days, one.use.rows) for one in states
    ]
    table(("Clé", "État", "Depuis le", "Jours", "Contenus"), rows)
    facts(
        [
            ("Clés de recherche", ", ".join(map(str, answer["index"]["versions"]))),
            ("Clé du journal", answer["journal"]["epoch"]),
            ("Protection du trousseau", answer["provider"]),
            ("Mis de côté", _said_custody(saved)),
        ]
    )
    for warning in answer["warnings"]:
        say(warning)


@command.command("rotate", cls=FrenchCommand, short_help="Fait une nouvelle clé, qui sert aussitôt.")
@click.option("--index", is_flag=True, help="Change la clé de la recherche.")
@click.option("--journal", is_flag=True, help="Change la clé du journal.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def rotate(index: bool, journal: bool, as_json: bool) -> None:
    """Fait une nouvelle clé des dossiers, qui sert aussitôt partout, sans arrêter le service.

    Avec --index ou --journal, change la clé de la recherche ou celle du journal à la place.

    \b
    Exemples :
      ./carte keys rotate
      ./carte keys rotate --index --journal
    """
    wanted: list[tuple[str, Callable[[Any], int], str]] = []
    if index:
        wanted.append(
            ("index", rotation.rotate_index, "clé de recherche {} en service ; la nuit récrit les anciennes.")
        )
    if journal:
        wanted.append(("journal", rotation.rotate_journal, "clé du journal {} en service."))
    if not wanted:
        then = "clé {} en service ; « ./carte keys rewrap » fait suivre le reste."
        wanted.append(("kid", rotation.rotate_kek, then))
    made = {}
    with opened() as store:
        for name, turn, sentence in wanted:
            with operating(store, write=True) as tx:
                made[name] = turn(tx)
            say(sentence.format(made[name]))
    if as_json:
        emit(made)
    say("Le trousseau a changé : mettez-le de nouveau de côté (« ./carte keys save »).")


@command.command("rewrap", cls=FrenchCommand, short_help="Fait passer tout ce qui reste à la clé en service.")
@click.option("--lot", type=Number(1, 10_000), default=rotation.LOT, show_default=True, help="Combien à la fois.")
@click.option("--pause", type=_Pause(), default=rotation.PAUSE_SECONDS, help="Pause entre deux lots ; 20ms par défaut.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
@click.pass_context
def rewrap(ctx: click.Context, lot: int, pause: float, as_json: bool) -> None:
    """Fait passer tout ce qui reste à la clé en service, par lots, pendant que le service tourne.

    Peut être arrêté à tout moment et relancé : il reprend où il en était. Deux à la fois se partagent le travail.
    Avec Vault, le trousseau passe aussi à la dernière version de la clé de Vault.

    \b
    Exemple :
      ./carte keys rewrap --lot 500 --pause 20ms
    """
    with opened() as store:
        clock = clock_of(store)
        if settings().vault_addr:
            rotation.save_again(store, clock)
        with progress("Contenus") as report:
            done, shut = rotation.rewrap(store, clock, lot=lot, pause=pause, report=report)
    if as_json:
        emit({"rewrapped": done, "unopened": shut})
    else:
        facts([("Passés à la nouvelle clé", done), ("Qui ne s’ouvrent pas", shut)])
    if shut:
        say("Ce qui ne s’ouvre pas a été modifié hors du programme : voyez « ./carte journal verify ».")
        ctx.exit(REFUSED)


@command.command("rekey", cls=FrenchCommand, short_help="Donne une nouvelle clé à un seul dossier.")
@click.argument("record", metavar="RÉFÉRENCE")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def rekey(record: str, as_json: bool) -> None:
    """Donne une nouvelle clé à un seul dossier, quand la sienne a pu être prise, et scelle de nouveau tout ce qu’il
    contient. Tout se fait d’un coup, ou rien.

    Ce qui a été copié avant reste lisible avec l’ancienne clé. Les fichiers joints et le compte ont leurs propres clés.

    \b
    Exemple :
      ./carte keys rekey 2lahflis5kcqc7oteohsqh2zvu
    """
    with opened() as store, operating(store, write=True) as tx:
        done = rekey_record(tx, record)
    if as_json:
        emit({"rekeyed": record, "values": done})
    say(f"dossier scellé sous une nouvelle clé, avec {counted(done, 'valeur à part', 'valeurs à part')}.")


@command.command("destroy", cls=FrenchCommand, short_help="Détruit une clé dont plus rien ne dépend.")
@click.argument("kid", type=Number(1, 2**32 - 1), metavar="NUMÉRO")
@click.option("--index", is_flag=True, help="Le numéro est celui d’une clé de recherche.")
@click.option("--yes", is_flag=True, help="Ne demande pas de confirmation.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def destroy(kid: int, index: bool, yes: bool, as_json: bool) -> None:
    """Détruit une clé retirée. Refuse tant qu’un contenu, ou une copie de la base encore gardée, en dépend.

    Après cela, ce que cette clé scellait ne se lit plus nulle part : ni dans une vieille copie, ni sur un disque.

    \b
    Exemple :
      ./carte keys destroy 1
    """
    chosen = settings()
    with opened() as store:
        check, end = _end_of_root(kid) if index else _end_of_key(store, kid, timedelta(days=chosen.backup_days))
        with operating(store) as tx:
            check(tx)  # refused at once, before asking
        if not yes:
            click.confirm(_CONFIRM.format(kid=kid), abort=True, err=True)
        with operating(store, write=True) as tx:
            end(tx)
        if not index:
            with operating(store, write=True) as tx:
                rotation.drop_kek(tx, kid)
    if as_json:
        emit({"destroyed": kid})
    say(
        f"clé {kid} détruite. Remplacez aussi le trousseau mis de côté (« ./carte keys save »), qui la contient encore."
    )


@command.command("save", cls=FrenchCommand, short_help="Met le trousseau de côté, à deux.")
@click.option("--to", "to", type=click.Path(path_type=Path), required=True, help="Fichier à écrire.")
@click.option("--codes", is_flag=True, help="Trois codes à écrire sur papier ; deux suffisent pour rouvrir.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def save(to: Path, codes: bool, as_json: bool) -> None:
    """Met le trousseau de côté dans un fichier que personne n’ouvre seul.

    Deux personnes tapent chacune une phrase de passe (16 caractères au moins) : il faudra les deux. Avec --codes,
    trois codes sont écrits une seule fois : un par personne, sur papier ; deux suffiront.

    \b
    Exemples :
      ./carte keys save --to /media/cle/trousseau.json
      ./carte keys save --to /media/cle/trousseau.json --codes
    """
    _check_apart(to)
    with opened() as store:
        keyring = store.keyring
        content, papers = custody.under_codes(keyring) if codes else (_under_two(keyring), ())
        write_apart(to, content)
        with operating(store, write=True) as tx:
            note_custody(tx, keyring, way="codes" if codes else "passphrases")
    if as_json:
        emit({"file": str(to), "codes": list(papers)})
    else:
        for paper in papers:
            click.echo(paper)
    say(f"trousseau mis de côté dans {to}. Gardez ce fichier loin des copies de la base.")


@command.command("restore", cls=FrenchCommand, short_help="Remet en place un trousseau mis de côté.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FICHIER")
def restore(file: Path) -> None:
    """Remet en place un trousseau mis de côté, là où il manque, sous la protection que disent les réglages.

    Demande les deux phrases de passe dans leur ordre, ou deux des trois codes.

    \b
    Exemple :
      ./carte keys restore /media/cle/trousseau.json
    """
    chosen = settings()
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Unavailable(_NO_FILE.format(path=file)) from error
    word = "code" if custody.asks_codes(content) else "phrase de passe"
    first, second = _asked(f"Première {word}" if word != "code" else "Un code"), _asked(f"Autre {word}")
    keyring = custody.opened_again(content, first, second, path=file)
    provider = keyring_provider(chosen)
    provider.create(keyring)
    say(f"trousseau remis en place. Protection : {provider.describe()}. Lancez « ./carte doctor ».")


def _check_apart(to: Path) -> None:
    """`Refused` beside the base or among its copies, however the path is written: a thief of one would have both."""
    chosen, place = settings(), to.resolve()
    if place.is_relative_to(chosen.instance.resolve()):
        raise Refused(_BESIDE)
    if chosen.backups is not None and place.is_relative_to(chosen.backups.resolve()):
        raise Refused(_AMONG)


def _under_two(keyring: Any) -> bytes:
    first, second = (_asked(f"{which} phrase de passe", twice=True) for which in ("Première", "Seconde"))
    return custody.under_passphrases(keyring, first, second)


def _asked(what: str, *, twice: bool = False) -> str:
    again = f"{what}, une seconde fois" if twice else False
    return str(click.prompt(what, hide_input=True, confirmation_prompt=again, err=True))


def _end_of_key(store: Store, kid: int, retention: timedelta) -> tuple[Callable[[Any], None], Callable[[Any], Any]]:
    rotation.note_empty_keys(store, clock_of(store))
    given = {"retention": retention}
    return partial(_with, rotation.check_kek_needless, kid, given), partial(_with, rotation.destroy_kek, kid, given)


def _end_of_root(version: int) -> tuple[Callable[[Any], None], Callable[[Any], Any]]:
    lowest = KINDS_OF_A_ROOT * (version - 1)
    given = {"kinds": (lowest, lowest + KINDS_OF_A_ROOT - 1)}
    check, end = rotation.check_index_needless, rotation.destroy_index
    return partial(_with, check, version, given), partial(_with, end, version, given)


def _with(act: Callable[..., Any], number: int, given: dict[str, Any], tx: Any) -> Any:
    return act(tx, number, **given)


def _status(store: Store, states: list[KeyState], saved: Custody | None) -> dict[str, Any]:
    ring, provider = store.keyring, store.keys.provider
    return {
        "keys": [
            {
                "kid": one.kid,
                "state": one.state,
                "created_at": one.created_at.isoformat(),
                "days": one.days,
                "rows": one.use.rows,
                "wraps": max(one.use.wraps, one.use.rows),
                "emptied_at": one.use.emptied_at.isoformat() if one.use.emptied_at else None,
            }
            for one in states
        ],
        "index": {"version": ring.index_version, "versions": sorted(ring.index_roots)},
        "journal": {"epoch": ring.journal_epoch},
        "provider": provider.describe() if provider else "",
        "custody": {"at": saved.at.isoformat(), "way": saved.way, "is_current": saved.is_current} if saved else None,
        "warnings": warnings(states, saved, now=clock_of(store).now(), retention=_retention()),
    }


def _retention() -> timedelta:
    return timedelta(days=settings().backup_days)


def _said_custody(saved: Custody | None) -> str:
    if saved is None:
        return "jamais"
    how = f"le {said_date(local_day(saved.at))}, {_WAYS[saved.way]}"
    return how if saved.is_current else f"{how} ; le trousseau a changé depuis"
