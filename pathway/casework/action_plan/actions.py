"""Writing a plan with her: difficulties, goals, actions, what is done, what was a mistake; contrats d’engagement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from pathway.casework.action_plan.queries import (
    engagement_kept,
    engagement_seen,
    engagements_of,
    is_live,
    line_seen,
    may_change,
    plan_of,
)
from pathway.casework.action_plan.reading import EngagementView, opened_words
from pathway.casework.action_plan.rules import (
    ENGAGEMENT_SECTION,
    LONGEST_OBJECTIVES,
    PLAN_SECTION,
    TWICE_WITHIN,
    EngagementState,
    Line,
    LineKind,
    LineState,
    check_due,
    check_engagement,
    check_engagement_step,
    check_put_back,
    check_step,
    check_text,
    check_theme,
)
from pathway.casework.action_plan.tables import ActionPlanChange
from pathway.casework.action_plan.writing import (
    CHANGED,
    CONTRACT_CHANGED,
    change_engagement_row,
    change_line,
    insert_engagement,
    insert_line,
)
from pathway.casework.partners.queries import works_in
from pathway.casework.sharing.queries import own_card, require_part, same_person
from pathway.kernel.errors import Conflict, Invalid, NotFound, Refused
from pathway.kernel.languages import marked
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_change = table_of(ActionPlanChange)

_ALREADY = "Cette difficulté est déjà ouverte dans le plan."
_NOT_OPEN = "Cette difficulté est réglée. Rouvrez-la pour y ajouter une action."
_NOBODY = "Cette personne ne suit personne dans votre structure. Choisissez un·e collègue."
_NOT_OURS = "Cette ligne du plan est tenue par une autre structure."
_NEEDED = "Écrivez l’action en quelques mots."
_LAST_NOT_YOURS = "Le dernier geste n’est pas celui de votre structure : il ne s’annule pas d’ici."
_ONE_CONTRACT = "Un contrat est déjà en cours dans votre structure. Modifiez-le, ou terminez-le d’abord."
_TWICE = "La même ligne vient d’être ajoutée, peut-être par un double clic. Elle est dans le plan."
_OBJECTIVES = "Écrivez au moins un objectif du contrat."


@dataclass(frozen=True, kw_only=True)
class Doing:
    """Who does an action and when: herself, somebody of the structure (`owner_id`), or nobody yet; a day, or none."""

    is_hers: bool = False
    owner_id: str = ""
    due_on: date | None = None


def open_obstacles(tx: Transaction, *, record_id: str, themes: Sequence[str], text: str = "") -> list[str]:
    """Open difficulties in her plan, by the codes of their themes; gives their ids.

    `Invalid` (field `theme`) for one that is not in the list of that sight, `Refused` for one the structure has open.
    """
    _require_plan(tx, record_id)
    plan = plan_of(tx, record_id)
    card, words = own_card(tx, record_id), check_text(text, field="text")
    if not themes:
        raise Invalid("Choisissez une difficulté.", field="theme")
    for theme in themes:
        check_theme(theme, with_health=plan.sees_health)
        if own_obstacle(tx, plan.lines, theme) is not None:
            raise Refused(_ALREADY, field="theme")
    ids = [insert_line(tx, card, kind=LineKind.OBSTACLE, theme=one, text=words) for one in dict.fromkeys(themes)]
    tx.journal("open_obstacle", records=same_person(tx, record_id), lines=ids)
    return ids


def add_to_plan(
    tx: Transaction,
    *,
    obstacle_id: str,
    action: str,
    goal: str = "",
    goal_id: str = "",
    doing: Doing | None = None,
) -> list[str]:
    """Add an action under a difficulty of the actor's structure, or under one of its goals (`goal_id`), or under a new
    one (`goal`), or that goal alone; gives the ids of the new lines.

    `Invalid` or `Refused` (fields `action`, `goal`, `goal_id`, `owner_id`, `due_on`) by the rules, `Conflict` when the
    same professional has just added the very same.
    """
    record_id, under = _ours(tx, obstacle_id)
    new_goal = check_text(goal, field="goal")
    words = check_text(action, field="action", needed="" if new_goal else _NEEDED)
    doing = doing or Doing()
    said = _said_doing(tx, doing) if words else {}
    if under.kind is not LineKind.OBSTACLE or not under.is_open:
        raise Refused(_NOT_OPEN)
    _refuse_twice(tx, under, words, new_goal or goal_id, said)
    ids = []
    if new_goal:
        ids.append(insert_line(tx, under.record_id, kind=LineKind.GOAL, theme=under.theme, text=new_goal, under=under))
        above = line_seen(tx, ids[0])[1]
    else:
        above = _goal(tx, under, goal_id) if goal_id else under
    if words:
        ids.append(
            insert_line(
                tx, under.record_id, kind=LineKind.ACTION, theme=under.theme, text=words, under=above, doing=said
            )
        )
    tx.journal("add_to_plan", records=same_person(tx, record_id), lines=ids)
    return ids


def reword(tx: Transaction, *, line_id: str, text: str, version: int, doing: Doing | None = None) -> None:
    """Change the words of a line, and of an action who does it and when. An unchanged past day may stay."""
    record_id, found = _ours(tx, line_id, version)
    needed = "" if found.kind is LineKind.OBSTACLE else "Écrivez ce texte en quelques mots."
    words = check_text(text, field="text", needed=needed)
    changes: dict[str, Any] = {}
    if found.kind is LineKind.ACTION and doing is not None:
        changes = _said_doing(tx, doing, before=found)
    change_line(tx, found, text=words, **changes)
    tx.journal("change_plan", records=same_person(tx, record_id), line=line_id)


def settle_line(tx: Transaction, *, line_id: str, state: LineState, version: int) -> None:
    """Say where a line stands: done, given up, a difficulty settled; or take it up again. `Refused` by the rules."""
    record_id, found = _ours(tx, line_id, version)
    check_step(found.kind, found.state, state)
    change_line(tx, found, state=state.value)
    tx.journal("change_plan", records=same_person(tx, record_id), line=line_id, state=state.value)


def undo_last(tx: Transaction, *, line_id: str, version: int) -> None:
    """Take back the last gesture of the actor's structure on a line: it stands as before, or is gone when it was just
    written, with all that hangs under it. Both gestures stay in its history."""
    record_id, found = _ours(tx, line_id, version)
    changes = select(_change).where(_change.c.line_id == line_id).order_by(_change.c.number.desc()).limit(2)
    last, *earlier = tx.execute(changes).all()
    if last.changed_in != tx.actor.structure_id:
        raise Refused(_LAST_NOT_YOURS)
    if earlier:
        back = earlier[0]
        said = opened_words(tx, found.record_id, line_id, back.number, back.content)
        kept = {"state": back.state, "is_hers": back.is_hers, "owner_id": back.owner_id, "due_on": back.due_on}
        change_line(tx, found, text=said["text"], **kept)
    else:
        change_line(tx, found, state=LineState.CANCELLED.value)
    tx.journal("undo_plan", records=same_person(tx, record_id), line=line_id)


def tick(tx: Transaction, *, line_id: str, version: int) -> LineState:
    """She says that one of her own actions is done, or takes it back; gives where it stands. `NotFound` for anybody
    else, and for what is not hers to do."""
    if not tx.actor.record_id:
        raise NotFound
    record_id, found = line_seen(tx, line_id)
    if found.kind is not LineKind.ACTION or not found.is_hers:
        raise NotFound
    if found.version != version:
        raise Conflict(CHANGED)
    after = LineState.DONE if found.is_open else LineState.OPEN
    if found.is_open and not is_live(tx, line_id):
        raise Refused(marked("Cette difficulté est déjà réglée."))
    check_step(found.kind, found.state, after)
    change_line(tx, found, state=after.value)
    tx.journal("tick_action", records=same_person(tx, record_id), line=line_id, state=after.value)
    return after


def own_obstacle(tx: Transaction, lines: Sequence[Line], theme: str) -> Line | None:
    """The difficulty of that theme that the actor's structure has open among those lines, None without one."""
    roots = (one for one in lines if one.kind is LineKind.OBSTACLE and one.is_open and one.theme == theme)
    return next((one for one in roots if one.structure_id == tx.actor.structure_id), None)


def record_engagement(
    tx: Transaction,
    *,
    record_id: str,
    from_on: date,
    until_on: date | None,
    review_on: date | None,
    reference: str,
    objectives: str,
) -> str:
    """Record the contrat d’engagement of the actor's structure with her; gives its id. One under way at a time."""
    require_part(tx, record_id, ENGAGEMENT_SECTION.value)
    terms = _terms(from_on, until_on, review_on, reference, objectives)
    own = tx.actor.structure_id
    if any(one.structure_id == own and one.state is EngagementState.CURRENT for one in engagements_of(tx, record_id)):
        raise Refused(_ONE_CONTRACT)
    days = {"from_on": from_on, "until_on": until_on, "review_on": review_on}
    engagement_id = insert_engagement(tx, own_card(tx, record_id), days, terms)
    tx.journal("record_engagement", records=same_person(tx, record_id), engagement=engagement_id)
    return engagement_id


def amend_engagement(
    tx: Transaction,
    *,
    engagement_id: str,
    from_on: date,
    until_on: date | None,
    review_on: date | None,
    reference: str,
    objectives: str,
    version: int,
) -> None:
    """Change the days and words of a contract; what they were stays in its history."""
    record_id, found = _our_engagement(tx, engagement_seen(tx, engagement_id), version)
    terms = _terms(from_on, until_on, review_on, reference, objectives)
    change_engagement_row(tx, found, terms=terms, from_on=from_on, until_on=until_on, review_on=review_on)
    tx.journal("change_engagement", records=same_person(tx, record_id), engagement=engagement_id)


def settle_engagement(tx: Transaction, *, engagement_id: str, state: EngagementState, version: int) -> None:
    """End a contract, take it up again, or say it was recorded by mistake; what was said so is put back within
    24 hours. `Refused` by the rules."""
    record_id, found = _our_engagement(tx, engagement_kept(tx, engagement_id), version)
    check_engagement_step(found.state, state)
    if found.state is EngagementState.CANCELLED:
        check_put_back(found.changed_at, now=tx.now)
    own = [one for one in engagements_of(tx, record_id) if one.structure_id == found.structure_id]
    if state is EngagementState.CURRENT and any(one.state is EngagementState.CURRENT for one in own):
        raise Refused(_ONE_CONTRACT)
    change_engagement_row(tx, found, state=state.value)
    tx.journal("change_engagement", records=same_person(tx, record_id), engagement=engagement_id, state=state.value)


def _require_plan(tx: Transaction, record_id: str) -> None:
    if not plan_of(tx, record_id).may_read:
        raise NotFound
    require_part(tx, record_id, PLAN_SECTION.value)


def _ours(tx: Transaction, line_id: str, version: int | None = None) -> tuple[str, Line]:
    """The card that stands for her and a line that the actor's structure answers for."""
    if tx.actor.record_id:
        raise NotFound
    record_id, found = line_seen(tx, line_id)
    _require_plan(tx, record_id)
    if not may_change(tx, record_id, found):
        raise Refused(_NOT_OURS)
    if version is not None and found.version != version:
        raise Conflict(CHANGED)
    return record_id, found


def _refuse_twice(tx: Transaction, under: Line, words: str, goal: str, said: dict[str, Any]) -> None:
    """Refuse what a double click sends again. `goal`: its words, or the id of one that is there; empty for none."""
    lines = {one.id: one for one in plan_of(tx, under.record_id).lines if one.root_id == under.id}
    fresh = [one for one in lines.values() if one.version == 1 and one.recorded_at > tx.now - TWICE_WITHIN]
    own = [one for one in fresh if one.changed_by == tx.actor.account_id and one.text == (words or goal)]
    if not words:
        same = [one for one in own if one.kind is LineKind.GOAL]
    else:
        actions = (one for one in own if one.kind is LineKind.ACTION and _doing_of(one) == said)
        same = [one for one in actions if _hangs(lines.get(one.parent_id or ""), under, goal)]
    if same:
        raise Conflict(_TWICE)


def _doing_of(line: Line) -> dict[str, Any]:
    return {"is_hers": line.is_hers, "owner_id": line.owner_id, "due_on": line.due_on}


def _hangs(above: Line | None, under: Line, goal: str) -> bool:
    """Whether that is the goal meant, or the difficulty itself when no goal was."""
    return above is not None and (goal in (above.id, above.text) if goal else above.id == under.id)


def _goal(tx: Transaction, under: Line, goal_id: str) -> Line:
    _record_id, goal = line_seen(tx, goal_id)
    if goal.kind is not LineKind.GOAL or goal.root_id != under.id or not goal.is_open:
        raise Invalid("Choisissez un objectif de cette difficulté.", field="goal_id")
    return goal


def _said_doing(tx: Transaction, doing: Doing, *, before: Line | None = None) -> dict[str, Any]:
    owner = None if doing.is_hers else doing.owner_id or None
    is_kept = before is not None and owner == before.owner_id
    if owner and not is_kept and not works_in(tx, owner, tx.actor.structure_id):
        raise Refused(_NOBODY, field="owner_id")
    if before is None or doing.due_on != before.due_on:
        check_due(doing.due_on, today=tx.today)
    return {"is_hers": doing.is_hers, "owner_id": owner, "due_on": doing.due_on}


def _terms(
    from_on: date, until_on: date | None, review_on: date | None, reference: str, objectives: str
) -> dict[str, str]:
    check_engagement(from_on, until_on, review_on, reference=reference.strip())
    kept = objectives.strip()
    if not kept:
        raise Invalid(_OBJECTIVES, field="objectives")
    if len(kept) > LONGEST_OBJECTIVES:
        raise Invalid(f"Ce texte est trop long : {LONGEST_OBJECTIVES} caractères au plus.", field="objectives")
    return {"reference": reference.strip(), "objectives": kept}


def _our_engagement(tx: Transaction, seen: tuple[str, EngagementView], version: int) -> tuple[str, EngagementView]:
    record_id, found = seen
    require_part(tx, record_id, ENGAGEMENT_SECTION.value)
    if found.structure_id != tx.actor.structure_id:
        raise NotFound
    if found.version != version:
        raise Conflict(CONTRACT_CHANGED)
    return record_id, found
