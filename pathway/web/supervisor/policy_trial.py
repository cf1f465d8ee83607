"""« Essayer »: a draft of the follow-up rules on what the structure really holds, twenty-six weeks ahead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue

from pathway.casework.forecast.queries import Trial, trial
from pathway.casework.forecast.rules import BEARABLE, Load, heavy_weeks
from pathway.casework.policies.queries import draft_seen, writes_for
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import NotFound
from pathway.kernel.wording import counted, said_date
from pathway.web.gate import allow, gate
from pathway.web.sheets import Cell
from pathway.web.supervisor.policy_words import draft_href, scope_name, short_months

_QUEUE = "File de la structure"
_WEEK, _NOW, _DRAFT = "Semaine du", "Règles en vigueur", "Ce brouillon"

Bars = list[tuple[str, int, int]]


@dataclass(frozen=True, kw_only=True)
class Share:
    """What the weeks would ask of one person, or of the queue: (short month, with the draft, in force)."""

    name: str
    bars: Bars


@dataclass(frozen=True, kw_only=True)
class TrialPage:
    """The draft tried: its weeks, by whom, beside what is in force; the sentences that warn."""

    ref: str
    scope: str
    edit_href: str
    open_points: int
    exits: int
    draft_total: int
    now_total: int
    later: int
    warnings: tuple[str, ...]
    is_heavier: bool
    bars: Bars
    shares: tuple[Share, ...]
    head: tuple[str, ...]
    rows: list[list[Cell]]


@allow(Permission.POLICY_MANAGE)
def view(ref: str) -> ResponseReturnValue:
    """Show it."""
    with gate().reading() as tx:
        draft = draft_seen(tx, ref)
        if not writes_for(tx):  # the work of a structure is tried by its responsable, who may read it
            raise NotFound
        tried, scope = trial(tx, draft), scope_name(tx, draft.scheme_id)
        page = _page(ref, tried, scope, draft_href(draft.scheme_id), tx.today)
        tx.journal("try_policy", policy=ref)
    return render_template("supervisor/policy_trial.html", page=page, bearable=BEARABLE)


def _page(ref: str, tried: Trial, scope: str, edit_href: str, today: date) -> TrialPage:
    owners = _owners(tried)
    months = short_months([week.begins_on for week in tried.draft.weeks])
    draft, now = ([week.total for week in load.weeks] for load in (tried.draft, tried.in_force))
    return TrialPage(
        ref=ref,
        scope=scope,
        edit_href=edit_href,
        open_points=tried.open_points,
        exits=tried.exits,
        draft_total=sum(draft),
        now_total=sum(now),
        later=tried.draft.later,
        warnings=_warnings(tried, today),
        is_heavier=len(heavy_weeks(tried.draft)) > len(heavy_weeks(tried.in_force)),
        bars=list(zip(months, draft, now, strict=True)),
        shares=tuple(
            Share(name=name, bars=list(zip(months, _of(tried.draft, key), _of(tried.in_force, key), strict=True)))
            for key, name in owners.items()
        ),
        head=(_WEEK, _NOW, _DRAFT, *owners.values()),
        rows=[
            [said_date(week.begins_on), before, week.total, *(week.counts.get(key, 0) for key in owners)]
            for week, before in zip(tried.draft.weeks, now, strict=True)
        ],
    )


def _owners(tried: Trial) -> Mapping[str | None, str]:
    """Who has points under either rules, by name; the queue last. Never by their number: nobody is ranked."""
    held = {key for load in (tried.draft, tried.in_force) for week in load.weeks for key in week.counts}
    named: dict[str | None, str] = {key: name for key, name in tried.names.items() if key in held}
    return {**named, None: _QUEUE} if None in held else named


def _of(load: Load, key: str | None) -> list[int]:
    return [week.counts.get(key, 0) for week in load.weeks]


def _warnings(tried: Trial, today: date) -> tuple[str, ...]:
    """One sentence for each person with a week above what she can bear, by name."""
    heavy = heavy_weeks(tried.draft)
    said = []
    for key, name in tried.names.items():
        weeks = [one for one in heavy if one.owner_id == key]
        if weeks:
            most = max(weeks, key=lambda one: one.count)
            when = said_date(most.begins_on, with_year=most.begins_on.year != today.year)
            number = counted(len(weeks), "semaine")
            said.append(f"{name} : {number} à plus de {BEARABLE} points, jusqu’à {most.count} la semaine du {when}.")
    return tuple(said)
