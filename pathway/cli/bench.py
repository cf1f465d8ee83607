"""`carte bench`: what the product costs beside the least code that could do the same work."""

from collections.abc import Callable
from typing import Any

import click

from pathway.cli.french import FrenchCommand, Number
from pathway.cli.output import emit, say
from pathway.kernel.wording import listed
from tools.benchmarks import caseload, cockpit, nightly, record_page, rotate, seal, search, today
from tools.benchmarks import exit as exit_bench
from tools.benchmarks.measure import Comparison

# Each takes what it says its progress to; those of _FEWEST also take how many people.
BENCHMARKS: dict[str, Callable[..., Comparison | search.Growth | nightly.Nights]] = {
    record_page.NAME: record_page.run,
    caseload.NAME: caseload.run,
    today.NAME: today.run,
    cockpit.NAME: cockpit.run,
    exit_bench.NAME: exit_bench.run,
    seal.NAME: seal.run,
    rotate.NAME: rotate.run,
    search.NAME: search.run,
    nightly.NAME: nightly.run,
}
_MOST = 2_000_000
_FEWEST = {search.NAME: 20_000, caseload.NAME: 100, today.NAME: 200, cockpit.NAME: 200, nightly.NAME: nightly.FEWEST}


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
        f"Pour search et nightly : combien de personnes dans la grande base ({search.PEOPLE} sans cette option) ; pour"
        f" caseload, today et cockpit : combien dans la structure ({caseload.PEOPLE})."
    ),
)
@click.option(
    "--database",
    default="",
    metavar="ADRESSE",
    help="Pour nightly : un serveur PostgreSQL où créer une base jetable, au lieu de SQLite.",
)
@click.option("--json", "as_json", is_flag=True, help="Écrit une valeur JSON.")
def command(name: str, people: int | None, database: str, as_json: bool) -> None:
    """Mesure une opération à côté du moins de code possible pour le même travail, sur une base jetable.

    NOM : record-page (la page d’un dossier), caseload (la liste « Mes personnes »), today (la page
    « Aujourd’hui »), cockpit (la page « Pilotage »), exit (une sortie), seal (sceller et ouvrir), rotate
    (changer de clé), search (chercher dans
    une grande base plutôt que dans une petite ; quelques minutes) ou nightly (les alertes d’une nuit).

    \b
    Exemples :
      ./carte bench exit
      ./carte bench search --people 100000
      ./carte bench nightly --people 100000 --database postgresql://compte@serveur/postgres
    """
    _check_people(name, people)
    if database and name != nightly.NAME:
        raise click.UsageError(f"--database ne sert qu’à la mesure {nightly.NAME}.")
    asked = ({"people": people} if people is not None else {}) | ({"database": database} if database else {})
    found = BENCHMARKS[name](say, **asked)
    if isinstance(found, nightly.Nights):
        _show_nights(found, as_json=as_json)
    elif isinstance(found, search.Growth):
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


def _show_nights(found: nightly.Nights, *, as_json: bool) -> None:
    if as_json:
        emit(_nights(found))
        return
    click.echo(f"Les alertes d’une nuit sur {found.engine} ; le plancher : une requête par règle, un ajout groupé.")
    for which, night in zip(("Première nuit", "Nuit suivante"), found.large, strict=True):
        click.echo(
            f"{which}, {night.people} personnes, {night.looked_at} regardées, {night.swept.opened} alertes ouvertes :"
            f" {_said(night.ours.cpu, 2)} s de processeur contre {_said(night.floor.cpu, 2)}, soit"
            f" {_said(night.ratio, 1)} fois ; {_said(night.ours.elapsed, 2)} s en tout."
        )
    growth = f"Avec dix fois plus de personnes : {_said(found.growth, 1)} fois plus long."
    click.echo(f"{growth} Mémoire : {found.peak_mb} Mo au plus.")


def _nights(found: nightly.Nights) -> dict[str, Any]:
    first, following = found.large
    return {
        "name": found.name,
        "engine": found.engine,
        "people": found.people,
        "floor_ms": round(first.floor.cpu * 1000, 1),
        "ours_ms": round(first.ours.cpu * 1000, 1),
        "ratio": round(found.ratio, 2),
        "following_ratio": round(following.ratio, 2),
        "growth": round(found.growth, 2),
        "peak_mb": found.peak_mb,
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
