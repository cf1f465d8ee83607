"""The steps of a night, in their order. Each reads what there is to do, then does it lot by lot; each may be run again,
or cut anywhere."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import timedelta
from time import sleep

from pathway.casework.accounts.actions import forget_old_traces
from pathway.casework.accounts.drafts import forget_drafts
from pathway.casework.alerts.actions import observe_work, sweep_looked_at
from pathway.casework.alerts.candidates import candidates
from pathway.casework.alerts.deciding import Look, look_at
from pathway.casework.alerts.reading import seen_at
from pathway.casework.alerts.returning import return_alerts, untaken
from pathway.casework.cards.actions import forget_old_codes
from pathway.casework.documents.actions import forget_documents
from pathway.casework.encounters.actions import remind_tomorrow
from pathway.casework.encounters.queries import expecting, to_remind
from pathway.casework.enrolments.actions import end_finished_supports
from pathway.casework.enrolments.queries import finished_supports
from pathway.casework.intake.receiving import forget_imports
from pathway.casework.lifecycle.actions import PassedOn, pass_on
from pathway.casework.lifecycle.expiring import carry_out
from pathway.casework.lifecycle.forgetting import tombstones
from pathway.casework.lifecycle.queries import Departure, departures, held_cards
from pathway.casework.links.actions import keep_matches
from pathway.casework.links.queries import cards_to_compare, plan_matches
from pathway.casework.notes.actions import forget_removed
from pathway.casework.preparation.actions import forget_typed
from pathway.casework.relays.actions import bounce_late, end_relayed_supports
from pathway.casework.relays.queries import late_relays, relayed_supports, waiting_senders
from pathway.casework.relays.rules import LateRelay
from pathway.casework.reports.vocabulary import LAST_STEP
from pathway.casework.resets.actions import forget_old_resets
from pathway.casework.retention.actions import forget_evidence, note_gestures
from pathway.casework.retention.queries import due
from pathway.casework.retention.rules import Step as KeepingStep
from pathway.casework.team.actions import forget_old_invitations
from pathway.casework.usage.actions import forget_old_usage
from pathway.jobs.night.digests import digests
from pathway.jobs.night.keeping import back_up_base, prune_journal
from pathway.jobs.night.lots import Counts, Moves, Stage, in_lots, looked_then_treated
from pathway.jobs.night.weekly import weekly
from pathway.jobs.tokens import renew_old_tokens
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Unavailable
from pathway.store.engine import connect
from pathway.store.erasing import truncate_log
from pathway.store.heads import append_head, head_line
from pathway.store.tombstones import bury, read_tombstones
from pathway.store.transaction import Transaction

Step = Callable[[Stage], Moves]

_FORGOTTEN_AT_ONCE = 50  # people in one transaction: each leaves every room
_GESTURES_SINCE = timedelta(days=7)
_PAUSE_SECONDS = 0.01  # between two lots, others write
_FORGET: tuple[Callable[[Transaction], int], ...] = (
    forget_old_traces,
    forget_old_usage,
    forget_old_codes,
    forget_old_resets,
    forget_old_invitations,
    forget_typed,
    forget_removed,
    forget_drafts,
    forget_documents,
    forget_evidence,
    forget_imports,
)


def relays(stage: Stage) -> Moves:
    """Give back to whoever sent them the people whose relay nobody answered: nobody is left between two structures."""
    with stage.reading() as tx:
        late = late_relays(tx)

    def treat(some: Sequence[str]) -> Counts:
        with stage.writing() as tx:
            done = bounce_late(tx, some[0])
        return {} if done is LateRelay.ANSWERED else {done.value: 1}

    return in_lots(stage, late, treat, lot=1, start={"back": 0, "reminded": 0, "failed": 0})


def departures_passed_on(stage: Stage) -> Moves:
    """Pass on what people who no longer work somewhere still hold there: all at once, else person by person."""
    with stage.reading() as tx:
        left = departures(tx)
    yield 0, len(left), asdict(PassedOn())
    for done, one in enumerate(left, start=1):
        for counts in _pass_on(stage, one):
            yield done, len(left), counts


def _pass_on(stage: Stage, left: Departure) -> list[Counts]:
    with stage.reading() as tx:
        cards = held_cards(tx, left)

    def treat(some: Sequence[str]) -> Counts:
        with stage.writing() as tx:
            return asdict(pass_on(tx, left, cards=some))

    # One lot whatever its size: an heir is told of people, not of lots.
    return [counts for _, _, counts in in_lots(stage, cards, treat, lot=max(len(cards), 1), start={})]


def supports(stage: Stage) -> Moves:
    """Let the supports end in which nothing is left to do."""
    with stage.reading() as tx:
        but = waiting_senders(tx) | expecting(tx)
        due = {*finished_supports(tx), *relayed_supports(tx)} - but
    cards = sorted({record_id for record_id, _ in due})

    def treat(some: Sequence[str]) -> Counts:
        with stage.writing() as tx:
            held = waiting_senders(tx, cards=some) | expecting(tx, cards=some)
            ended = end_finished_supports(tx, but=held, cards=some) + end_relayed_supports(tx, but=held, cards=some)
        return {"ended": ended}

    return in_lots(stage, cards, treat, start={"ended": 0})


def work(stage: Stage) -> Moves:
    """Keep who follows people where, as this night and any replay of it will know."""
    with stage.writing() as tx:
        changed = observe_work(tx)
    yield 1, 1, {"changed": changed}


def alerts(stage: Stage) -> Moves:
    """Evaluate the rules where something may have happened, on what was recorded at the night's instant.

    What was recorded since opens nothing; it clears, in the same transaction, what it has answered. Who must be written
    about, and what, is found in a snapshot: most nights, nearly nobody, and the others wait for none of it.
    """
    cutoff = stage.clock.now()
    is_late = stage.present.now() > cutoff
    with stage.reading() as tx:
        found = candidates(tx, on=stage.night, since=cutoff if is_late else None)
        seen = seen_at(tx, cutoff)  # once: who works where grows with the territory, and each lot would read it again

    def look(some: Sequence[str]) -> Sequence[Look]:
        with stage.reading(FixedClock(max(stage.present.now(), cutoff))) as tx:
            return look_at(tx, some, on=stage.night, seen=seen)

    tried: set[str] = set()

    def treat(some: Sequence[Look]) -> Counts:
        names = [one.name for one in some]
        if tried.intersection(names):  # cut off at its end, the first try may have been kept all the same
            some = look(names)
        tried.update(names)
        if not some:
            return {}
        with stage.writing(FixedClock(max(stage.present.now(), cutoff))) as tx:
            counts = asdict(sweep_looked_at(tx, some, on=stage.night, seen=seen))
            tx.journal("nightly_alerts", night=stage.night.isoformat(), counts=counts)
        return counts

    start = {"candidates": len(found), "opened": 0, "updated": 0, "cleared": 0}
    return looked_then_treated(stage, found, look, treat, start=start)


def returns(stage: Stage) -> Moves:
    """Give back to the responsables the alerts that nobody took."""
    with stage.reading() as tx:
        late = untaken(tx)

    def treat(some: Sequence[str]) -> Counts:
        with stage.writing() as tx:
            return {"returned": return_alerts(tx, some)}

    return in_lots(stage, late, treat, start={"returned": 0})


def reminders(stage: Stage) -> Moves:
    """Remind of tomorrow's appointments; a night caught up late reminds nobody of what is past."""
    now = stage.present.now()
    with stage.reading() as tx:
        due = to_remind(tx, now=now)

    def treat(some: Sequence[str]) -> Counts:
        with stage.writing() as tx:
            return {"reminded": remind_tomorrow(tx, now=now, among=some)}

    return in_lots(stage, due, treat, start={"reminded": 0})


def links(stage: Stage) -> Moves:
    """Compare the cards written since the last time with all the others; a person will decide on those that look
    alike. Never inside a request: creating a card tells nothing of other cards."""
    yield from _renewed(stage)
    with stage.reading() as tx:
        found = cards_to_compare(tx)

    def treat(some: Sequence[str]) -> Counts:
        with stage.reading() as tx:
            plan = plan_matches(tx, some)  # names are opened and scored outside the write lock
        with stage.writing() as tx:
            proposed = keep_matches(tx, plan)
        sleep(_PAUSE_SECONDS)
        return {"compared": len(some), "proposed": proposed}

    yield from in_lots(stage, found, treat, start={"compared": 0, "proposed": 0})


def _renewed(stage: Stage) -> Moves:
    """Search tokens first; where they cannot be renewed, cards are compared by those they have."""
    renewals = renew_old_tokens(stage.store, stage.clock)
    while True:
        try:
            renewed = next(renewals, 0)
        except Unavailable:
            raise
        except Exception as error:  # begun again from there the next night
            yield 0, 0, stage.troubles.note(error)
            return
        if not renewed:
            return
        yield 0, 0, {"renewed": renewed}
        sleep(_PAUSE_SECONDS)


def retention(stage: Stage) -> Moves:
    """Archive, tell, open again and erase the records whose day has come; then what is outside the base: its log of
    what was forgotten, which a crash may have left behind, and on SQLite the write-ahead log.

    A night caught up late tells and erases by the days of the night it is: nobody is told less than the notice.
    """
    with stage.writing() as tx:
        seen = note_gestures(tx, since=stage.night - _GESTURES_SINCE)
        tx.journal("note_gestures", count=seen)
    with stage.reading() as tx:
        found = [one for one in due(tx, on=stage.night) if one.step not in (KeepingStep.BLOCKED, KeepingStep.HELD)]

    def treat(some: Sequence[str]) -> Counts:
        with stage.writing() as tx:
            return carry_out(tx, some, on=stage.night)

    start = {"archived": 0, "told": 0, "reopened": 0, "erased": 0}
    yield from in_lots(stage, [one.record_id for one in found], treat, lot=_FORGOTTEN_AT_ONCE, start=start)
    with stage.reading() as tx:
        buried = tombstones(tx)
    known = {one.record_id for one in read_tombstones(stage.store).entries}
    missing = [one for one in buried if one.record_id not in known]
    if missing:
        bury(stage.store, missing)
    truncate_log(stage.store.engine)


def traces(stage: Stage) -> Moves:
    """Forget sessions, codes, failed tries, counts of use and what was typed in vain, that no longer serve."""

    def treat(some: Sequence[Callable[[Transaction], int]]) -> Counts:
        with stage.writing() as tx:
            forgotten = sum(forget(tx) for forget in some)
            tx.journal("nightly_traces", forgotten=forgotten)
        return {"forgotten": forgotten}

    return in_lots(stage, _FORGET, treat, start={})


def journal_head(stage: Stage) -> Moves:
    """Keep the journal's head in a second place, as it stands now even for a night caught up late."""
    counts = {"exported": 0, "failed": 0}
    if stage.heads is not None:
        try:
            with connect(stage.store.engine, write=False) as connection:
                line = head_line(stage.store, connection, at=stage.present.now())
            append_head(stage.heads, line, territory=stage.store.territory)
            counts["exported"] = 1
        except Unavailable as error:  # the second place, not the base: the doctor tells
            counts |= stage.troubles.note(error)
    yield 1, 1, counts


STEPS: tuple[tuple[str, Step], ...] = (
    ("relays", relays),  # before the supports end: who comes back has somebody to call her
    ("departures", departures_passed_on),
    ("supports", supports),
    ("work", work),
    ("alerts", alerts),  # after what the night itself moves
    ("returns", returns),
    ("digest", digests),  # after what it speaks of
    ("weekly", weekly),
    ("reminders", reminders),
    ("links", links),
    ("retention", retention),  # before traces: they forget who signed in
    ("traces", traces),
    ("pruning", prune_journal),
    ("backup", back_up_base),  # with all that the night did
    (LAST_STEP, journal_head),  # what the other steps journalled is under the head
)
