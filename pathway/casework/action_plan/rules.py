"""What may be a difficulty, what may follow from where a line stands, what of a plan is read by whom. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pathway import reference
from pathway.casework.action_plan.themes import labels
from pathway.casework.action_plan.vocabulary import EngagementState, LineKind, LineState, Standing
from pathway.casework.records.vocabulary import OBSTACLES, Section
from pathway.casework.sharing.rules import Access
from pathway.kernel.calendar import add_months
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Invalid, Refused
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked

__all__ = [
    "ENGAGEMENT_SECTION",
    "HEALTH_THEME",
    "LONGEST_OBJECTIVES",
    "LONGEST_REFERENCE",
    "LONGEST_TEXT",
    "PLAN_SECTION",
    "EngagementState",
    "Line",
    "LineKind",
    "LineState",
    "Standing",
    "Theme",
    "by_theme",
    "category_of",
    "check_due",
    "check_engagement",
    "check_engagement_step",
    "check_put_back",
    "check_step",
    "check_text",
    "check_theme",
    "is_health",
    "is_shown",
    "may_put_back",
    "next_action",
    "rooted",
    "sees_engagement",
    "sees_health",
    "sees_plan",
    "standings",
    "theme_groups",
    "theme_label",
    "to_open",
]

PLAN_SECTION, ENGAGEMENT_SECTION = Section.OBSTACLES, Section.SITUATION
PLAN_ITEM = "obstacles"  # the dictionary's answer: hidden or contested, so is what was drawn from it
NO_OBSTACLE = "none"
HEALTH_THEME = "sante"
CATEGORIES = tuple(code for code, _ in OBSTACLES if code != NO_OBSTACLE)
LONGEST_TEXT, LONGEST_REFERENCE, LONGEST_OBJECTIVES = 500, 60, 2000
FURTHEST_MONTHS = 24
PUT_BACK_WITHIN = timedelta(hours=24)
TWICE_WITHIN = timedelta(minutes=2)

_SETTLED = frozenset({LineState.DONE, LineState.GIVEN_UP})
# From where to where. What was settled may be taken up again; what was written by mistake is over.
_STEPS: Mapping[LineKind, Mapping[LineState, frozenset[LineState]]] = {
    LineKind.OBSTACLE: {
        LineState.OPEN: frozenset({LineState.CLOSED}),
        LineState.CLOSED: frozenset({LineState.OPEN}),
    },
    **{
        kind: {
            LineState.OPEN: _SETTLED,
            LineState.DONE: frozenset({LineState.OPEN}),
            LineState.GIVEN_UP: frozenset({LineState.OPEN}),
        }
        for kind in (LineKind.GOAL, LineKind.ACTION)
    },
}
_ENGAGEMENT_STEPS: Mapping[EngagementState, frozenset[EngagementState]] = {
    EngagementState.CURRENT: frozenset({EngagementState.ENDED, EngagementState.CANCELLED}),
    EngagementState.ENDED: frozenset({EngagementState.CURRENT}),
    EngagementState.CANCELLED: frozenset({EngagementState.CURRENT}),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a plan, opened. `record_id`: the card it is kept under. `root_id`: the difficulty it answers, itself
    for a difficulty; `theme`: that difficulty's. `text`: what was written, empty for a difficulty said by its theme
    alone. `is_hers`: she does it herself. `by_herself`: the last gesture was hers (`changed_by`: the account)."""

    id: str
    record_id: str
    structure_id: str
    kind: LineKind
    parent_id: str | None
    root_id: str
    state: LineState
    theme: str
    text: str
    is_hers: bool
    owner_id: str | None
    due_on: date | None
    recorded_at: datetime
    changed_at: datetime
    changed_by: str
    by_herself: bool
    version: int

    @property
    def is_open(self) -> bool:
        """Whether it waits for something; a line under a settled one waits no more, see `by_theme`."""
        return self.state is LineState.OPEN


@dataclass(frozen=True, kw_only=True)
class Theme:
    """What all structures wrote about one theme. `goals` and `actions` in the order they are read: what is open first,
    by its day; `closed` those that are settled, or under what is."""

    code: str
    obstacles: tuple[Line, ...]
    goals: tuple[Line, ...]
    actions: tuple[Line, ...]
    closed: tuple[Line, ...]

    @property
    def is_open(self) -> bool:
        """Whether somebody still has it to settle."""
        return any(one.is_open for one in self.obstacles)


def theme_label(code: str) -> str:
    """The theme in words: a category of data·inclusion, or one of its themes; the code for one that is no more."""
    return _(labels().get(code, code))


def category_of(code: str) -> str:
    """The category of a theme, which is the dictionary's answer; a category is its own."""
    return code.partition("--")[0]


def is_health(code: str) -> bool:
    """Whether that theme is about her health: it needs the ground and the right of the health section."""
    return category_of(code) == HEALTH_THEME


def theme_groups(*, with_health: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    """(category, [(code, label)]) as a screen offers them: the category by itself, then its themes."""
    return [(theme_label(code), [(code, theme_label(code)), *_themes(code)]) for code in _categories(with_health)]


def check_theme(code: str, *, with_health: bool) -> str:
    """The theme, when somebody of that sight may write it; `Invalid` (field `theme`) otherwise."""
    if category_of(code) not in _categories(with_health) or code not in labels():
        raise Invalid("Choisissez une difficulté de la liste.", field="theme")
    return code


def check_text(text: str, *, field: str, needed: str = "") -> str:
    """The text without its edges. `Invalid` when it is too long, or empty although `needed` says what to write."""
    kept = text.strip()
    if needed and not kept:
        raise Invalid(needed, field=field)
    if len(kept) > LONGEST_TEXT:
        raise Invalid(f"Ce texte est trop long : {LONGEST_TEXT} caractères au plus.", field=field)
    return kept


def check_due(due_on: date | None, *, today: date) -> None:
    """`Refused` (field `due_on`) for a day that is past or more than two years ahead."""
    if due_on is None:
        return
    if due_on < today:
        raise Refused("Ce jour est passé. Choisissez un jour à venir, ou aucun.", field="due_on")
    if due_on > add_months(today, FURTHEST_MONTHS):
        raise Refused("Ce jour est dans plus de deux ans. Vérifiez l’année.", field="due_on")


def check_step(kind: LineKind, before: LineState, after: LineState) -> None:
    """`Refused` when a line of that kind does not go from there to there."""
    if after not in _STEPS[kind].get(before, frozenset()):
        raise Refused(marked("Cette ligne du plan a déjà changé. Rechargez la page."))


def check_engagement(from_on: date, until_on: date | None, review_on: date | None, *, reference: str) -> None:
    """`Invalid` unless the days of a contract follow each other and its reference is short. Hours are no part of it."""
    if until_on is not None and until_on < from_on:
        raise Invalid("La fin vient avant le début. Vérifiez les deux jours.", field="until_on")
    if review_on is not None and review_on < from_on:
        raise Invalid("La prochaine revue vient avant le début. Vérifiez le jour.", field="review_on")
    if len(reference) > LONGEST_REFERENCE:
        raise Invalid(f"Cette référence est trop longue : {LONGEST_REFERENCE} signes au plus.", field="reference")


def check_engagement_step(before: EngagementState, after: EngagementState) -> None:
    """`Refused` when a contract does not go from there to there."""
    if after not in _ENGAGEMENT_STEPS.get(before, frozenset()):
        raise Refused("Ce contrat a déjà changé. Rechargez la page.")


def may_put_back(cancelled_at: datetime, *, now: datetime) -> bool:
    """Whether a contract said to be a mistake may still be put back: for 24 hours."""
    return now < cancelled_at + PUT_BACK_WITHIN


def check_put_back(cancelled_at: datetime, *, now: datetime) -> None:
    """`Refused` when that mistake is no longer taken back."""
    if not may_put_back(cancelled_at, now=now):
        raise Refused("Ce contrat est annulé depuis plus de 24 heures. Notez-le de nouveau.")


def sees_plan(access: Access) -> bool:
    """Whether difficulties and what is done about them are open to that access: section and answer."""
    return access.opens(PLAN_SECTION) and PLAN_ITEM not in access.hidden_items


def sees_health(access: Access) -> bool:
    """Whether difficulties of health are open to it too."""
    return access.opens(Section.HEALTH)


def sees_engagement(access: Access) -> bool:
    """Whether contrats d’engagement are open to it."""
    return access.opens(ENGAGEMENT_SECTION)


def is_shown(line: Line, access: Access, *, structure_id: str) -> bool:
    """Whether a structure reads that line, that SQL already gave it: never what was written by mistake, health with its
    own right only, and what another structure gave up stays with it (never a tool of control). `structure_id`: the
    reader's, empty for the person herself, who reads all the rest."""
    if line.state is LineState.CANCELLED or (is_health(line.theme) and not sees_health(access)):
        return False
    return line.state is not LineState.GIVEN_UP or structure_id in ("", line.structure_id)


def rooted(lines: Iterable[Line]) -> list[Line]:
    """Those lines without what hangs under one that is not among them: kept from the reader, or written by mistake."""
    known = {one.id: one for one in lines}
    return [one for one in known.values() if _is_rooted(one, known)]


def by_theme(lines: Iterable[Line]) -> list[Theme]:
    """The lines by theme, open ones first, then by the day they began. What is under a settled line is settled with it,
    and comes back with it."""
    known = {one.id: one for one in rooted(lines)}
    roots = sorted((one for one in known.values() if one.kind is LineKind.OBSTACLE), key=_since)
    codes = dict.fromkeys(one.theme for one in roots)
    themes = [_theme(code, [one for one in roots if one.theme == code], known) for code in codes]
    return sorted(themes, key=lambda one: not one.is_open)


def next_action(theme: Theme) -> Line | None:
    """What comes next about a theme: the open action whose day comes first, else the oldest without a day."""
    return theme.actions[0] if theme.actions else None


def standings(
    lines: Iterable[Line], answered: Collection[str], *, said_on: date | None, with_health: bool
) -> dict[str, Standing]:
    """category → what is known of it. `answered`: the dictionary's answer, confirmed on `said_on`; empty if none."""
    roots = [one for one in lines if one.kind is LineKind.OBSTACLE]
    return {code: _standing(code, roots, answered, said_on) for code in _categories(with_health)}


def to_open(lines: Iterable[Line], answered: Collection[str], *, said_on: date | None) -> list[str]:
    """The categories she said that no line takes up yet: proposed, so that nothing is asked twice. One that was settled
    since is not proposed again; one said again later is."""
    found = standings(lines, answered, said_on=said_on, with_health=False)
    return [code for code in CATEGORIES if found[code] is Standing.SAID]


def _standing(code: str, roots: Sequence[Line], answered: Collection[str], said_on: date | None) -> Standing:
    about = [one for one in roots if category_of(one.theme) == code]
    if any(one.is_open for one in about):
        return Standing.OPEN
    settled_on = max((local_day(one.changed_at) for one in about if one.state is LineState.CLOSED), default=None)
    if code in answered and (settled_on is None or (said_on is not None and said_on > settled_on)):
        return Standing.SAID
    if settled_on is not None:
        return Standing.CLOSED
    return Standing.NONE if NO_OBSTACLE in answered and code in CATEGORIES else Standing.NOT_ASSESSED


def _theme(code: str, roots: list[Line], known: Mapping[str, Line]) -> Theme:
    ids = {one.id for one in roots}
    under = [one for one in known.values() if one.root_id in ids and one.id not in ids]
    live = sorted((one for one in under if _is_live(one, known)), key=_order)
    return Theme(
        code=code,
        obstacles=tuple(roots),
        goals=tuple(one for one in live if one.kind is LineKind.GOAL),
        actions=tuple(one for one in live if one.kind is LineKind.ACTION),
        closed=tuple(sorted((one for one in under if one not in live), key=_since)),
    )


def _is_live(line: Line, known: Mapping[str, Line]) -> bool:
    """Whether it is open, and all that it hangs under."""
    above = known.get(line.parent_id) if line.parent_id else None
    return line.is_open and (line.parent_id is None or (above is not None and _is_live(above, known)))


def _is_rooted(line: Line, known: Mapping[str, Line]) -> bool:
    above = known.get(line.parent_id or "")
    return line.parent_id is None or (above is not None and _is_rooted(above, known))


def _since(line: Line) -> tuple[datetime, str]:
    return line.recorded_at, line.id


def _order(line: Line) -> tuple[bool, date, datetime, str]:
    return line.due_on is None, line.due_on or date.max, line.recorded_at, line.id


def _categories(with_health: bool) -> tuple[str, ...]:
    return (*CATEGORIES, HEALTH_THEME) if with_health else CATEGORIES


def _themes(category: str) -> list[tuple[str, str]]:
    return [(one.code, one.label) for one in reference.themes() if one.category == category]
