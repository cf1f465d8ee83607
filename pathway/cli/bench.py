"""`carte bench`: what the product costs beside the least code that could do the same work."""

from collections.abc import Callable
from typing import Any

import click

from pathway.cli.french import FrenchCommand, Number
from pathway.cli.output import emit, say
from pathway.kernel.wording import listed
from tools.benchmarks import caseload, record_page, seal, search, today
from tools.benchmarks import exit as exit_bench
from tools.benchmarks.measure import Comparison

# Each takes what it says its progress to; those of _FEWEST also take how many people.
BENCHMARKS: dict[str, Callable[..., Comparison | search.Growth]] = {
    record_page.NAME: record_page.run,
    caseload.NAME: caseload.run,
    today.NAME: today.run,
    exit_bench.NAME: exit_bench.run,
    seal.NAME: seal.run,
    search.NAME: search.run,
}
_MOST = 2_000_000
_FEWEST = {search.NAME: 20_000, caseload.NAME: 100, today.NAME: 200}


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
@click.option(
    "--people",
    type=Number(min(_FEWEST.values()), _MOST),
    default=None,
    metavar="N",
    help=(
        f"Pour search : combien de personnes dans la grande base ({search.PEOPLE} sans cette option) ; pour caseload et"
        f" today : combien dans la structure ({caseload.PEOPLE})."
    ),
)
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def command(name: str, people: int | None, as_json: bool) -> None:
    """Mesure une opération à côté du moins de code possible pour le même travail, sur une base jetable.

    NOM : record-page (la page d’un dossier), caseload (la liste « Mes personnes »), today (la page
    « Aujourd’hui »), exit (une sortie), seal (sceller et ouvrir) ou search (chercher dans une grande base plutôt que
    dans une petite ; quelques minutes).

    \b
    Exemples :
      ./carte bench exit
      ./carte bench search --people 100000
    """
    _check_people(name, people)
    found = BENCHMARKS[name](say, **({"people": people} if people is not None else {}))
    if isinstance(found, search.Growth):
        _show_growth(found, as_json=as_json)
    elif as_json:
        emit(_figures(found))
    else:
        click.echo(found.note)
        click.echo(_medians(found))
        click.echo(_slow_ones(found))


def _check_people(name: str, people: int | None) -> None:
    if people is None:
        return
    if name not in _FEWEST:
        raise click.UsageError(f"--people ne sert qu’aux mesures {listed(list(_FEWEST))}.")
    if people < _FEWEST[name]:
        raise click.UsageError(f"--people : {_FEWEST[name]} au moins pour la mesure {name}.")


def _figures(found: Comparison) -> dict[str, str | float]:
    return {
        "name": found.name,
        "floor_ms": round(found.floor.median_ms, 4),
        "ours_ms": round(found.ours.median_ms, 4),
        "ratio": round(found.ratio, 2),
    }


def _show_growth(found: search.Growth, *, as_json: bool) -> None:
    if as_json:
        emit(_growth(found))
        return
    click.echo(found.note)
    for way, one in found.ways.items():
        small, large = _ms(one.floor.p95_ms), _ms(one.ours.p95_ms)
        click.echo(f"{way} : 95 % des recherches en {large} au plus, contre {small} dans la petite base.")
    click.echo(f"Toutes ensemble : {_said(found.ratio, 2)} fois.")


def _growth(found: search.Growth) -> dict[str, Any]:
    return {
        "name": found.name,
        "people": found.people,
        "floor_p95_ms": round(found.small.p95_ms, 4),
        "ours_p95_ms": round(found.large.p95_ms, 4),
        "ratio": round(found.ratio, 2),
        "ways": {way: round(one.ours.p95_ms / one.floor.p95_ms, 2) for way, one in found.ways.items()},
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
