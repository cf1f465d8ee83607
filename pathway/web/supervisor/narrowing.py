"""How the queue of alerts is read: of which rule, held by whom, in which order, which page; kept from page to page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from pathway.casework.alerts.vocabulary import Held, Order, RuleId


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """One way to read the list. `count` is None for an order."""

    label: str
    href: str
    current: bool
    count: int | None = None


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """What the address asks of the list; what it does not say, or what is unknown, is left open."""

    rule: RuleId | None = None
    held: Held | None = None
    order: Order = Order.PRESSING
    page: int = 1

    def words(self, **changes: Any) -> dict[str, Any]:
        """The same as words of an address, with those changes; the first page unless said."""
        now = {"rule": self.rule, "held": self.held, "order": self.order, "page": 1, **changes}
        return {
            "regle": now["rule"].value if now["rule"] else None,
            "qui": now["held"].value if now["held"] else None,
            "tri": now["order"].value if now["order"] is not Order.PRESSING else None,
            "page": now["page"] if now["page"] > 1 else None,
        }

    @property
    def here(self) -> dict[str, Any]:
        """The words of this very page."""
        return self.words(page=self.page)

    @property
    def list_href(self) -> str:
        """The address of this very page of the list."""
        return url_for("supervisor.alerts", **self.here)

    def href(self, **changes: Any) -> str:
        """The address of the list with those changes."""
        return url_for("supervisor.alerts", **self.words(**changes))


def asked() -> Narrowed:
    """What this request asks."""
    said = request.args
    return Narrowed(
        rule=next((one for one in RuleId if one.value == said.get("regle")), None),
        held=next((one for one in Held if one.value == said.get("qui")), None),
        order=next((one for one in Order if one.value == said.get("tri")), Order.PRESSING),
        page=max(said.get("page", 1, type=int), 1),
    )


def total(counts: Mapping[tuple[RuleId, Held], int], rule: RuleId | None, held: Held | None) -> int:
    """How many alerts are of that rule and held so."""
    return sum(alerts for (one, who), alerts in counts.items() if rule in (None, one) and held in (None, who))


def by_rule(counts: Mapping[tuple[RuleId, Held], int], now: Narrowed) -> list[Narrowing]:
    """All rules, then each that has alerts."""
    rules = [None, *dict.fromkeys(rule for rule, _ in counts)]
    return [
        Narrowing(
            label=rule.label if rule else "Toutes les règles",
            href=now.href(rule=rule),
            current=rule is now.rule,
            count=total(counts, rule, now.held),
        )
        for rule in rules
    ]


def by_holder(counts: Mapping[tuple[RuleId, Held], int], now: Narrowed) -> list[Narrowing]:
    """All, those nobody has, those given."""
    return [
        Narrowing(
            label=held.label if held else "Toutes",
            href=now.href(held=held),
            current=held is now.held,
            count=total(counts, now.rule, held),
        )
        for held in (None, *Held)
    ]


def orders(now: Narrowed) -> list[Narrowing]:
    """The two orders."""
    return [Narrowing(label=one.label, href=now.href(order=one), current=one is now.order) for one in Order]
