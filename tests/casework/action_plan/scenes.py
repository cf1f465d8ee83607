"""What tests of plans start from."""

from datetime import date, timedelta

from pathway.casework.action_plan.actions import Doing, add_to_plan, open_obstacles, record_engagement, settle_line
from pathway.casework.action_plan.queries import Plan, line_seen, plan_of
from pathway.casework.action_plan.rules import Line, LineState
from pathway.demo.town import Town
from tests.town import herself


def obstacle(town: Town, ref: str, theme: str = "mobilite", *, by: str = "bruno", text: str = "") -> str:
    """A difficulty opened in her plan; gives its id."""
    with town.acting(by) as tx:
        return open_obstacles(tx, record_id=ref, themes=[theme], text=text)[0]


def action(
    town: Town,
    under: str,
    text: str = "Voir l’auto-école",
    *,
    by: str = "bruno",
    goal: str = "",
    is_hers: bool = False,
    owner: str = "",
    days: int | None = None,
) -> str:
    """An action under that difficulty; gives its id. `owner`: a persona; `days`: due in so many."""
    with town.acting(by) as tx:
        due_on = tx.today + timedelta(days=days) if days is not None else None
        doing = Doing(is_hers=is_hers, owner_id=town.accounts[owner] if owner else "", due_on=due_on)
        return add_to_plan(tx, obstacle_id=under, action=text, goal=goal, doing=doing)[-1]


def plan(town: Town, ref: str, by: str = "bruno") -> Plan:
    """Her plan as that professional sees it."""
    with town.acting(by, write=False) as tx:
        return plan_of(tx, ref)


def hers(town: Town, ref: str) -> Plan:
    """Her plan as she sees it."""
    with herself(town, ref, write=False) as tx:
        return plan_of(tx, ref)


def line(town: Town, line_id: str, by: str = "bruno") -> Line:
    """One line as that professional sees it."""
    with town.acting(by, write=False) as tx:
        return line_seen(tx, line_id)[1]


def settle(town: Town, line_id: str, state: LineState, by: str = "bruno") -> None:
    """Say where a line stands."""
    version = line(town, line_id, by).version
    with town.acting(by) as tx:
        settle_line(tx, line_id=line_id, state=state, version=version)


def engagement(town: Town, ref: str, by: str = "bruno", objectives: str = "Passer le permis") -> str:
    """A contrat d’engagement that began on 1 November; gives its id."""
    with town.acting(by) as tx:
        return record_engagement(
            tx,
            record_id=ref,
            from_on=date(2026, 11, 1),
            until_on=date(2027, 4, 30),
            review_on=date(2026, 12, 15),
            reference="CE-2026-118",
            objectives=objectives,
        )
