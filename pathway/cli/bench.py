"""`carte bench`: what the product costs beside the least code that could do the same work."""

from collections.abc import Callable

import click

from pathway.cli.french import FrenchCommand
from pathway.cli.output import emit, say
from pathway.kernel.wording import listed
from tools.benchmarks import exit as exit_bench
from tools.benchmarks import record_page, seal
from tools.benchmarks.measure import Comparison, Say

BENCHMARKS: dict[str, Callable[[Say], Comparison]] = {
    record_page.NAME: record_page.run,
    exit_bench.NAME: exit_bench.run,
    seal.NAME: seal.run,
}


class _Name(click.ParamType[str]):
    """The name of a measure."""

    name = "NOM"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name, or a sentence that lists those there are."""
        if value not in BENCHMARKS:
            self.fail(f"cette mesure n’existe pas. Il y a : {listed(list(BENCHMARKS))}.", param, ctx)
        return value


@click.command("bench", cls=FrenchCommand, short_help="Mesure le produit à côté d’un plancher.")
@click.argument("name", metavar="NOM", type=_Name())
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def command(name: str, as_json: bool) -> None:
    """Mesure une opération à côté du moins de code possible pour le même travail, sur une base jetable.

    NOM : record-page (la page d’un dossier), exit (une sortie) ou seal (sceller et ouvrir).

    \b
    Exemple :
      ./carte bench exit
    """
    found = BENCHMARKS[name](say)
    if as_json:
        emit(_figures(found))
    else:
        click.echo(found.note)
        click.echo(_medians(found))
        click.echo(_slow_ones(found))


def _figures(found: Comparison) -> dict[str, str | float]:
    return {
        "name": found.name,
        "floor_ms": round(found.floor.median_ms, 4),
        "ours_ms": round(found.ours.median_ms, 4),
        "ratio": round(found.ratio, 2),
    }


def _medians(found: Comparison) -> str:
    ours, floor = _ms(found.ours.median_ms), _ms(found.floor.median_ms)
    return f"Temps processeur, médianes : {ours} contre {floor} pour le plancher, soit {_said(found.ratio, 1)} fois."


def _slow_ones(found: Comparison) -> str:
    slow = f"95 % des mesures : au plus {_ms(found.ours.p95_ms)} contre {_ms(found.floor.p95_ms)}."
    passed = f"{_ms(found.ours.elapsed_ms)} contre {_ms(found.floor.elapsed_ms)}"
    return f"{slow} Attente du disque comprise, médianes : {passed}."


def _ms(value: float) -> str:
    return f"{_said(value, 3)} ms"


def _said(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",")
