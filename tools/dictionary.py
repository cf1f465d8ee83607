"""Writes docs/dictionnaire.md from the data dictionary and from what each kind of scheme asks.

Run `python -m tools.dictionary` after changing either; a test of the house says when the page is late.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from pathway import reference
from pathway.casework.records.catalogue import (
    CATALOGUE,
    Item,
    ItemType,
    Match,
    Section,
    Sensitivity,
    SharedList,
    items_of,
)
from pathway.casework.records.rules import Requirement
from pathway.casework.schemes.standards import CARD, STANDARDS
from pathway.kernel.settings import ROOT

PAGE = ROOT / "docs" / "dictionnaire.md"
_HEAD = """# Dictionnaire des données

Tout ce que la carte peut savoir d’une personne est ici, écrit une fois : {count} informations, en {sections} parties.
Chaque information est demandée par au moins un genre de dispositif, qui dit pourquoi ; sinon elle sort du dictionnaire.

- Une réponse **tient** le nombre de jours écrit ici. Ensuite elle est à confirmer, jamais effacée pour cela.
- Ne pas répondre est toujours possible. « Non renseigné » n’est ni « non » ni « aucun ».
- Les données de **santé** ne sont demandées que par une structure dont la base légale pour la santé est enregistrée.
- Le numéro de sécurité sociale n’est ni demandé, ni lu, ni gardé.
- Les correspondances viennent des listes publiées citées dans `pathway/reference/SOURCES.md`. Aucun code numérique FSE+
  ou ASP n’est donné : aucun n’a pu être vérifié.

Cette page est écrite par `python -m tools.dictionary` : ne la corrigez pas à la main.
"""
_SENSITIVITIES = {
    Sensitivity.ORDINARY: "donnée courante",
    Sensitivity.PRIVATE: "donnée privée",
    Sensitivity.HEALTH: "donnée de santé",
}
_YES_NO = (("oui", "Oui"), ("non", "Non"))


def main() -> None:
    """Write the page where the house keeps it."""
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """The whole page in Markdown, the same for the same dictionary."""
    head = _HEAD.format(count=len(CATALOGUE), sections=len(Section))
    parts = [head, *(_section(section) for section in Section), _schemes()]
    return "\n".join(parts)


def asked_by(key: str) -> list[tuple[str, Requirement]]:
    """Who requires that item: the creation of a card or a kind of scheme, in words, and the requirement."""
    card = [("Création de la carte", one) for one in CARD if one.key == key]
    return card + [(kind.label, one) for kind, asked in STANDARDS.items() for one in asked if one.key == key]


def _section(section: Section) -> str:
    return "\n".join([f"## {section.label}\n", *(_item(one) for one in items_of(section))])


def _item(item: Item) -> str:
    lines = [
        f"### {item.label}\n",
        f"`{item.key}` · {item.type.label} · {_freshness(item)} · {_SENSITIVITIES[item.sensitivity]}",
        f"\n{item.help}\n",
        *_answers(item),
        "Demandée par :\n",
        *(f"- {who} ({_weight(one)}) : {_lowered(one.why)}." for who, one in asked_by(item.key)),
        "",
    ]
    return "\n".join(lines)


def _freshness(item: Item) -> str:
    return "tient pour toujours" if item.freshness_days is None else f"tient {item.freshness_days} jours"


def _weight(requirement: Requirement) -> str:
    return "attendue" if requirement.is_required else "facultative"


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _answers(item: Item) -> Iterator[str]:
    if any(not match.choice for match in item.matches):
        yield f"Les réponses sont des codes {_names(item.matches)}.\n"
    choices = (*(_YES_NO if item.type is ItemType.YES_NO and item.choices else ()), *item.choices)
    if not choices:
        return
    yield "| code | réponse | correspondances |\n|---|---|---|"
    for code, label in choices:
        yield f"| `{code}` | {label} | {_matches(item, code)} |"
    for code, label in item.retired:
        yield f"| `{code}` | {label} | n’est plus proposée, reste lisible |"
    yield ""


def _names(matches: Iterable[Match]) -> str:
    return ", ".join(dict.fromkeys(match.shared.label for match in matches))


def _matches(item: Item, choice: str) -> str:
    found = [match for match in item.matches if match.choice == choice]
    groups = groupby(found, key=attrgetter("shared"))
    return " ; ".join(f"{shared.label} : {', '.join(_code(one) for one in same)}" for shared, same in groups)


def _code(match: Match) -> str:
    kinds = {SharedList.FT_CONSTRAINT: "constraint", SharedList.FT_SITUATION: "situation"}
    kind = kinds.get(match.shared)
    label = next((f" ({one.label})" for one in reference.findings() if (one.kind, one.code) == (kind, match.code)), "")
    return f"`{match.code}`{label}"


def _schemes() -> str:
    lines = ["## Ce que demande chaque genre de dispositif\n"]
    lines += [
        "Un dispositif peut demander moins. Il peut aussi poser ses propres questions : celle qui porte une clé du"
    ]
    lines += ["dictionnaire est traitée comme l’information du même nom.\n"]
    lines += ["| dispositif | réponses attendues | réponses facultatives |", "|---|---|---|"]
    for who, asked in [("Création de la carte", CARD), *((kind.label, asked) for kind, asked in STANDARDS.items())]:
        lines.append(f"| {who} | {_keys(asked, is_required=True)} | {_keys(asked, is_required=False)} |")
    return "\n".join(lines) + "\n"


def _keys(asked: Iterable[Requirement], *, is_required: bool) -> str:
    return ", ".join(f"`{one.key}`" for one in asked if one.is_required is is_required)


if __name__ == "__main__":
    main()
