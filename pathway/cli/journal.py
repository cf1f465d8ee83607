"""`carte journal`: prove that nothing was changed behind the program's back."""

from dataclasses import asdict

import click

from pathway.cli.french import REFUSED, FrenchCommand, FrenchGroup
from pathway.cli.opening import opened, operating
from pathway.cli.output import emit, facts, table
from pathway.store.journal import verify


@click.group("journal", cls=FrenchGroup, short_help="Vérifie le journal.")
def command() -> None:
    """Vérifie le journal des lectures et des écritures.

    \b
    Exemple :
      ./carte journal verify
    """


@command.command("verify", cls=FrenchCommand, short_help="Relit toute la chaîne du journal.")
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
@click.pass_context
def verify_journal(ctx: click.Context, as_json: bool) -> None:
    """Relit toute la chaîne du journal, puis compare chaque dossier au dernier sceau qu’elle a vu.

    \b
    Exemple :
      ./carte journal verify --json
    """
    with opened() as store, operating(store) as tx:
        found = verify(tx.connection, store.keyring)
    if as_json:
        emit({"entries": found.entries, "broken": [asdict(one) for one in found.broken]})
    else:
        facts([("Lignes relues", found.entries), ("Endroits qui ne tiennent pas", len(found.broken))])
        if found.broken:
            table(("Ligne", "Problème"), [(one.seq, one.problem) for one in found.broken])
    if found.broken:
        ctx.exit(REFUSED)
