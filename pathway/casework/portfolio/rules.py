"""What a line of the portfolio or a paper of her pathway holds: what serves to work with her, never to judge her."""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from pathway.casework.followup.rules import ExitKind
from pathway.casework.portfolio.vocabulary import Chapter
from pathway.casework.records.catalogue import item, shown
from pathway.casework.records.facts import Fact, cautions_in
from pathway.casework.records.names import Identity
from pathway.casework.records.vocabulary import Section
from pathway.casework.sharing.rules import Access, Part

__all__ = [
    "ITEMS",
    "USUAL",
    "Chapter",
    "PersonRow",
    "good_end",
    "in_order",
    "offered",
    "sections_of",
    "told_contact",
    "told_facts",
]

USUAL = (Chapter.CONTACT, Chapter.NEXT, Chapter.STEPS, Chapter.PROJECT, Chapter.SKILLS)

# Items are named one by one, for one added to the dictionary to stay off the paper until somebody thinks of it.
ITEMS: Mapping[Chapter, tuple[str, ...]] = {
    Chapter.CONTACT: (
        "phones",
        "email",
        "address",
        "postcode",
        "city",
        "contact_channel",
        "contact_hours",
        "contact_language",
        "needs_interpreter",
    ),
    Chapter.PROJECT: ("rome_jobs", "work_experience"),
    Chapter.SKILLS: ("education_level", "last_diploma", "french", "other_languages"),
    Chapter.PRACTICAL: ("driving_licences", "vehicles", "mobility_zone", "available_from", "work_times"),
}
_CAUTIONS = ("no_message", "phone_is_shared")
_REACHED_BY = frozenset({"phones", "email"})
_NEEDS: Mapping[Chapter, str] = {
    Chapter.NEXT: Part.FOLLOWUP.value,
    Chapter.STEPS: Part.PATHWAY.value,
    Chapter.DOCUMENTS: Part.PATHWAY.value,
}
_GOOD_ENDS = frozenset({ExitKind.DURABLE_JOB, ExitKind.SHORT_JOB, ExitKind.TRAINING})

_CONTACT = ("phones", "email", "postcode", "city")
_PLACE = frozenset({"postcode", "city"})
_PROTECTED = "address_is_protected"


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """One person as the file tells her.

    `phones` to `city` are texts as they are read, empty when nothing is known or nothing may be told; `schemes` are
    those of the actor's structure she is in; `referent` is None when nobody is.
    """

    record_id: str
    identity: Identity
    phones: str
    email: str
    postcode: str
    city: str
    referent_id: str | None
    schemes: tuple[str, ...]
    next_due_on: date | None


def told_contact(facts: Mapping[str, Fact], cautions: AbstractSet[str] = frozenset()) -> dict[str, str]:
    """The four contact texts of a line. A protected address never leaves, not even its town (product rule, contact
    preferences). `cautions`: those said by others, beside the facts in sight."""
    # One structure that says so is enough, whatever the others say.
    withheld = _PLACE if _PROTECTED in cautions_in(facts) | cautions else frozenset()
    return {key: _text(facts.get(key)) if key not in withheld else "" for key in _CONTACT}


def sections_of(chapter: Chapter) -> frozenset[Section]:
    """The sections of the record that a chapter is drawn from; none for what is no answer."""
    return frozenset(item(key).section for key in ITEMS.get(chapter, ()))


def offered(access: Access) -> list[Chapter]:
    """The chapters that somebody of that sight may print: each with one section of it open at least."""
    return [chapter for chapter in Chapter if any(access.opens(one) for one in _needs(chapter))]


def told_facts(
    chapter: Chapter, facts: Mapping[str, Fact], cautions: AbstractSet[str] = frozenset()
) -> list[tuple[str, str]]:
    """The answers of a chapter: (question, answer), in order.

    Nothing on which two structures disagree. A protected address never leaves, not even by her own hand: papers are
    left on tables. Where a number or an e-mail is printed, so is what to respect with it. `cautions`: those said by
    others, beside the facts in sight.
    """
    careful = cautions_in(facts) | cautions
    withheld = _PLACE | {"address"} if _PROTECTED in careful else frozenset()
    kept = [facts[key] for key in ITEMS.get(chapter, ()) if key in facts and key not in withheld]
    lines = [(item(one.key).label, shown(item(one.key), one.value)) for one in kept if not one.rivals]
    is_reached = any(one.key in _REACHED_BY and not one.rivals for one in kept)
    said = [key for key in _CAUTIONS if key in careful] if is_reached else []
    return [*lines, *((item(key).label, "oui") for key in said)]


def good_end(kind: ExitKind | None) -> ExitKind | None:
    """How a step ended, when it is a success that she may show; None for all the rest alike: stopped, vanished, paused
    or passed on are told apart by nobody who reads the paper (never a tool of control)."""
    return kind if kind in _GOOD_ENDS else None


def in_order(rows: list[PersonRow]) -> list[PersonRow]:
    """By name, as a paper list is."""
    return sorted(rows, key=lambda row: (row.identity.last_name.casefold(), row.identity.first_name.casefold()))


def _text(fact: Fact | None) -> str:
    if fact is None:
        return ""
    values = fact.value if isinstance(fact.value, list) else [fact.value]
    return " / ".join(shown(item(fact.key), [one]) for one in values)


def _needs(chapter: Chapter) -> Collection[str]:
    needed = _NEEDS.get(chapter)
    return [needed] if needed else [one.value for one in sections_of(chapter)]
