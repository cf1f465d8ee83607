"""`carte bench`: what the product costs beside the least code that could do the same work."""

from collections.abc import Callable
from typing import Any

import click

from pathway.cli.french import FrenchCommand, Number
from pathway.cli.output import emit, say
from pathway.kernel.wording import listed
from tools.benchmarks import caseload, cockpit, nightly, record_page, rotate, seal, seal_peers, search, today
from tools.benchmarks import exit as exit_bench
from tools.benchmarks.measure import Comparison, Times

# Each takes what it says its progress to; those of _FEWEST also take how many people.
BENCHMARKS: dict[str, Callable[..., Comparison | search.Growth | nightly.Nights | seal_peers.Sealings]] = {
    record_page.NAME: record_page.run,
    caseload.NAME: caseload.run,
    today.NAME: today.run,
    cockpit.NAME: cockpit.run,
    exit_bench.NAME: exit_bench.run,
    seal.NAME: seal_peers.run,
    rotate.NAME: rotate.run,
    search.NAME: search.run,
    nightly.NAME: nightly.run,
}
_MOST = 2_000_000
_MEASURED = ("write", "read_one", "read_all")
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
    « Aujourd’hui »), cockpit (la page « Pilotage »), exit (une sortie), seal (sceller et ouvrir, à côté d’autres
    bibliothèques quand elles sont installées), rotate (changer de clé), search (chercher dans une grande base
    plutôt que dans une petite ; quelques minutes) ou nightly (les alertes d’une nuit).

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
    elif isinstance(found, seal_peers.Sealings):
        _show_sealings(found, as_json=as_json)
    elif as_json:
        emit(_figures(found))
    else:
        _show(found)


def _check_people(name: str, people: int | None) -> None:
    if people is None:
        return
    if name not in _FEWEST:
        raise click.UsageError(f"--people ne sert qu’aux mesures {listed(list(_FEWEST))}.")
    if people < _FEWEST[name]:
        raise click.UsageError(f"--people : {_FEWEST[name]} au moins pour la mesure {name}.")


def _show(found: Comparison) -> None:
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


def _show_sealings(found: seal_peers.Sealings, *, as_json: bool) -> None:
    if as_json:
        emit(_figures(found.memory) | _sealings(found))
        return
    _show(found.memory)
    floor = found.costs[seal_peers.FLOOR]
    click.echo(
        f"\n{found.records} dossiers de la démonstration, {_said(found.record_bytes / 1024, 1)} Ko de JSON chacun, une"
        " base SQLite par façon de faire ; ce que coûte chacune, en fois le plancher (temps processeur, médianes) :"
    )
    click.echo(_columns("", "les écrire", "en lire un", "les lire tous", "sur le disque"))
    click.echo(_columns(floor.label, *(_ms(one.median_ms) for one in _times(floor)), f"{floor.disk // 1024} Ko"))
    for name, cost in found.costs.items():
        if name != seal_peers.FLOOR:
            click.echo(_columns(cost.label, *(_said(one, 2) for one in _ratios(cost, floor).values())))
    if found.missing:
        click.echo(
            f"Pas installés ici, donc pas mesurés : {listed(list(found.missing))}. Pour les ajouter :"
            " .venv/bin/pip install --require-hashes -r requirements-measures.lock"
        )


def _sealings(found: seal_peers.Sealings) -> dict[str, Any]:
    floor = found.costs[seal_peers.FLOOR]
    return {
        "records": found.records,
        "record_bytes": found.record_bytes,
        "kept_floor": {
            **{f"{name}_ms": round(one.median_ms, 4) for name, one in zip(_MEASURED, _times(floor), strict=True)},
            "disk_bytes": floor.disk,
        },
        "kept": {
            name: {measured: round(ratio, 2) for measured, ratio in _ratios(cost, floor).items()}
            for name, cost in found.costs.items()
            if name != seal_peers.FLOOR
        },
        "missing": sorted(set(found.missing.values())),
    }


def _ratios(cost: seal_peers.Cost, floor: seal_peers.Cost) -> dict[str, float]:
    both = zip(_MEASURED, _times(cost), _times(floor), strict=True)
    return {name: one.median_ms / least.median_ms for name, one, least in both} | {"disk": cost.disk / floor.disk}


def _times(cost: seal_peers.Cost) -> tuple[Times, Times, Times]:
    return cost.write, cost.read_one, cost.read_all


def _columns(label: str, *cells: str) -> str:
    return f"{label:33}" + "".join(f"{cell:>15}" for cell in cells)


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
