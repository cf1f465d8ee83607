"""`carte partners`: the structures of the network, by the code that files and operators use."""

import click

from pathway.casework.partners.queries import StructureLine, structures
from pathway.cli.french import FrenchCommand, FrenchGroup
from pathway.cli.opening import opened, operating
from pathway.cli.output import emit, table


@click.group("partners", cls=FrenchGroup, short_help="Donne les structures partenaires.")
def command() -> None:
    """Donne les structures partenaires.

    \b
    Exemple :
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


def known_structures() -> list[StructureLine]:
    """Every active structure of the configured base, by name."""
    with opened() as store, operating(store) as tx:
        return structures(tx)
