"""Bringing in past steps, one transaction a lot: nobody is created, no old exit stays without somebody to answer."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from sqlalchemy import select, update

from pathway.casework.enrolments.actions import exit_holder, preview_exit, record_exit
from pathway.casework.enrolments.reading import stages_of_step
from pathway.casework.enrolments.rules import check_exit
from pathway.casework.enrolments.tables import Enrolment
from pathway.casework.followup.rules import PlannedPoint, PointKind
from pathway.casework.intake.reading import Rows, open_rows
from pathway.casework.intake.rules import Refusal, Remark
from pathway.casework.partners.queries import followers
from pathway.casework.past_steps.queries import KnownStay, planned_by_holder, stays, taken_up
from pathway.casework.past_steps.rules import (
    ReadStep,
    Stay,
    check_stays,
    load_of,
    map_step_columns,
    read_step,
    reasons_by_name,
    resume_day,
)
from pathway.casework.policies.queries import holidays_of, policy_for
from pathway.casework.policies.rules import Policy
from pathway.casework.records.queries import certain_matches
from pathway.casework.records.spelling import glued
from pathway.casework.relays.actions import enter_past_scheme
from pathway.casework.schemes.exit_reasons import ExitReason
from pathway.casework.schemes.queries import known_reasons, open_schemes
from pathway.casework.sharing.queries import has_lasting_support, own_card
from pathway.kernel.errors import Refused
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_enrolment = table_of(Enrolment)

LOT = 200
Begin = Callable[[], Transaction]
_UNKNOWN = (
    "Aucune personne suivie par cette structure n’a ce nom et cette date de naissance. "
    "Importez d’abord les personnes, puis leurs étapes."
)
_Key = tuple[str, str]


@dataclass(kw_only=True)
class ImportedSteps:
    """What an import did: steps and exits created, steps already known, rows refused, remarks.

    `resumed`: old exits that got a « point de reprise »; `last_resume_on`: the day of the latest one.
    """

    created: int = 0
    exits: int = 0
    known: int = 0
    resumed: int = 0
    last_resume_on: date | None = None
    refused: list[Refusal] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)


@dataclass(kw_only=True)
class _Run:
    """One file under way. `seen`: stays of this file, by person and scheme; `load`: points a week by holder."""

    begin: Begin
    is_dry: bool
    load: Counter[tuple[str, date]]
    done: ImportedSteps = field(default_factory=ImportedSteps)
    seen: dict[_Key, list[Stay]] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A step that may be written: whose it is, and its id when only its exit is new."""

    record_id: str
    step: ReadStep
    enrolment_id: str = ""


def import_steps(
    begin: Begin, *, path: Path, dry_run: bool = False, sheet: str = "", progress: Callable[[int], None] | None = None
) -> ImportedSteps:
    """Bring the past entries and exits of a file (CSV or workbook, `sheet` saying which table) into the actor's
    structure. Safe to run again: no step twice.

    `begin` opens each transaction (a writer's); `progress` is told the number of rows read. With `dry_run` nothing is
    kept but the journal's line, and no point is counted. `Invalid` in French when the file itself cannot be read.
    """
    rows = open_rows(path, mapped=map_step_columns, sheet=sheet)
    with begin() as tx:
        own = tx.actor.structure_id
        open_now = open_schemes(tx)
        schemes = {glued(name): one.id for one in open_now for name in (one.name, one.code)}
        policies = {one.id: policy_for(tx, structure_id=own, scheme_id=one.id, on=tx.today) for one in open_now}
        run = _Run(begin=begin, is_dry=dry_run, load=load_of(planned_by_holder(tx)))
        today, reasons = tx.today, reasons_by_name(known_reasons(tx).values())
        tx.journal("start_import_steps", dry_run=dry_run)
    read = 0
    for lot in _lots(_read(rows, schemes, policies, today, reasons)):
        run.done.refused += [one for one in lot if isinstance(one, Refusal)]
        _bring(run, [one for one in lot if isinstance(one, ReadStep)])
        read += len(lot)
        if progress:
            progress(read)
    run.done.refused.sort(key=lambda one: one.line)
    run.done.warnings = sorted([*rows.remarks(), *run.done.warnings], key=lambda one: (one.line, one.column))
    return run.done


def _read(
    rows: Rows,
    schemes: Mapping[str, str],
    policies: Mapping[str, Policy],
    today: date,
    reasons: Mapping[str, ExitReason],
) -> Iterator[ReadStep | Refusal]:
    for row in rows:
        if isinstance(row, Refusal):
            yield row
        else:
            yield read_step(row, rows.columns, schemes, policies, today=today, reasons=reasons)


def _lots(steps: Iterator[ReadStep | Refusal]) -> Iterator[list[ReadStep | Refusal]]:
    while lot := list(islice(steps, LOT)):
        yield lot


def _bring(run: _Run, steps: Sequence[ReadStep]) -> None:
    with run.begin() as tx:
        people = _people(tx, steps)
        known = stays(tx, set(people.values()))
        run.days = {**taken_up(tx, set(people.values())), **run.days}
        found = [one for step in steps if (one := _sort(tx, run, step, people.get(step.line, ""), known)) is not None]
        records = sorted({one.record_id for one in found})
        if run.is_dry:
            tx.journal("try_import_steps", records=sorted(set(people.values())))
        else:
            for one in found:
                with _aside(tx, one):
                    _write(tx, run, one)
            tx.journal("import_steps", records=records, steps=len(found))
    run.done.warnings += [remark for step in steps for remark in step.warnings]


def _people(tx: Transaction, steps: Sequence[ReadStep]) -> dict[int, str]:
    """Line → the person the actor's structure supports, for the lines that name one."""
    matches = certain_matches(tx, [step.identity for step in steps])
    supported = {match: has_lasting_support(tx, match, tx.actor.structure_id) for match in matches if match}
    lines = zip(steps, matches, strict=True)
    return {step.line: match for step, match in lines if match is not None and supported[match]}


def _sort(
    tx: Transaction, run: _Run, step: ReadStep, record_id: str, known: Mapping[_Key, Sequence[KnownStay]]
) -> _Found | None:
    """What to write of that row; None when it is already known, or refused."""
    if not record_id:
        _refuse(run, step, _UNKNOWN)
        return None
    key = (record_id, step.scheme_id)
    stay = Stay(entered_on=step.entered_on, until_on=step.exit.on if step.exit else None)
    kept = {one.stay: one.enrolment_id for one in known.get(key, ())}
    under_way = kept.get(Stay(entered_on=step.entered_on, until_on=None), "")
    if stay in kept or stay in run.seen.get(key, ()) or (under_way and not step.exit):
        run.done.known += 1
        return None
    others = [one for one, name in kept.items() if name != under_way]
    try:
        check_stays(step, [*others, *run.seen.get(key, ())])
        _check_stages(tx, step, under_way)
    except Refused as refusal:
        _refuse(run, step, refusal.sentence)
        return None
    run.seen.setdefault(key, []).append(stay)
    run.done.created += not under_way
    run.done.exits += step.exit is not None
    return _Found(record_id=record_id, step=step, enrolment_id=under_way)


def _check_stages(tx: Transaction, step: ReadStep, enrolment_id: str) -> None:
    """Refuse now an exit before the stage a step under way came to last: a lot is written whole."""
    said = stages_of_step(tx, enrolment_id) if enrolment_id and step.exit else ()
    if said and step.exit:
        check_exit(entered_on=step.entered_on, event_on=step.exit.on, stage_on=said[-1].on)


def _refuse(run: _Run, step: ReadStep, sentence: str) -> None:
    run.done.refused.append(Refusal(line=step.line, column="", reason=sentence))


@contextmanager
def _aside(tx: Transaction, found: _Found) -> Iterator[None]:
    """While a stay that is over is written, her step under way in the same scheme stands aside: files often begin with
    the newest, and a scheme holds one open step of hers at a time."""
    if found.enrolment_id or found.step.exit is None:
        yield
        return
    under_way = (
        _enrolment.c.record_id == own_card(tx, found.record_id),
        _enrolment.c.scheme_id == found.step.scheme_id,
        _enrolment.c.structure_id == tx.actor.structure_id,
        _enrolment.c.exited_at.is_(None),
    )
    held = [row.id for row in tx.execute(select(_enrolment.c.id).where(*under_way).with_for_update())]
    them = _enrolment.c.id.in_(held)
    if held:
        tx.execute(update(_enrolment).where(them).values(exited_at=tx.now))
    yield
    if held:
        tx.execute(update(_enrolment).where(them).values(exited_at=None))


def _write(tx: Transaction, run: _Run, found: _Found) -> None:
    step = found.step
    enrolment_id = found.enrolment_id or enter_past_scheme(
        tx,
        record_id=found.record_id,
        scheme_id=step.scheme_id,
        entered_on=step.entered_on,
        is_under_way=step.exit is None,
    )
    if step.exit is None:
        return
    reason, on, ends_on = step.exit.reason, step.exit.on, step.exit.ends_on
    planned = preview_exit(tx, enrolment_id=enrolment_id, reason=reason, event_on=on, ends_on=ends_on)
    resume_on = _resume_on(tx, run, found.record_id, enrolment_id) if _is_taken_up(planned) else None
    if resume_on:
        run.done.resumed += 1
        run.done.last_resume_on = max(run.done.last_resume_on or resume_on, resume_on)
    record_exit(tx, enrolment_id=enrolment_id, reason=reason, event_on=on, ends_on=ends_on, resume_on=resume_on)


def _is_taken_up(points: Sequence[PlannedPoint]) -> bool:
    """Whether points are already past, so that somebody must take the person up again."""
    return any(one.kind is PointKind.CATCH_UP for one in points)


def _resume_on(tx: Transaction, run: _Run, record_id: str, enrolment_id: str) -> date:
    """One day for one person, however many of her exits are old: one call closes them all."""
    if record_id not in run.days:
        structure_id, owner_id = exit_holder(tx, enrolment_id=enrolment_id)
        hands = 1 if owner_id else len(followers(tx, structure_id))
        holder = owner_id or structure_id
        holidays = holidays_of(tx, structure_id)
        run.days[record_id] = resume_day(run.load, holder, hands=hands, today=tx.today, holidays=holidays)
        run.load += load_of([(holder, run.days[record_id])])
    return run.days[record_id]
