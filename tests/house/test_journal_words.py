"""Whatever is done with a record has its words in the person's log."""

import ast
from collections.abc import Iterator
from pathlib import Path

from pathway.casework.accounts.rules import EventKind
from pathway.casework.oversight.own_deeds import OWN_DEEDS
from pathway.casework.oversight.vocabulary import DEEDS, SAME_DEED, deed_of
from pathway.kernel.settings import ROOT

PROGRAM = sorted((ROOT / "pathway").rglob("*.py"))
# Acts whose name is not written where they are journalled: who decides it, and which names it takes.
_NAMED_ELSEWHERE = {
    "pathway/casework/accounts/sessions.py": {kind.value for kind in EventKind},
    "pathway/casework/accounts/actions.py": {"refused"},
    "pathway/casework/records/queries.py": {"read_list"},
    "pathway/casework/oversight/queries.py": {"read_contest", "read_review"},
    "pathway/store/journal.py": set(),  # reads again what was said
}


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            called = node.func
            yield called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", ""), node


def given(call: ast.Call, name: str) -> ast.expr | None:
    return next((one.value for one in call.keywords if one.arg == name), None)


def action_of(call: ast.Call, name: str) -> ast.expr | None:
    if name == "Act":
        return given(call, "action")
    return call.args[0] if call.args else None


def names_a_record(call: ast.Call) -> bool:
    return any(one.arg in ("records", None) for one in call.keywords)


def test_every_act_on_a_record_has_its_words() -> None:
    mute = set()
    for path in PROGRAM:
        here = str(path.relative_to(ROOT))
        for name, call in calls(path):
            if name not in ("journal", "Act") or not names_a_record(call):
                continue
            action = action_of(call, name)
            named = {action.value} if isinstance(action, ast.Constant) else _NAMED_ELSEWHERE.get(here)
            if here != "pathway/store/transaction.py":
                assert named is not None, f"{here}:{call.lineno}: say in this test which acts it writes"
                mute |= {str(one) for one in named} - set(DEEDS)
    assert not mute, f"give them words in casework/oversight/vocabulary.py: {sorted(mute)}"


def test_every_list_that_names_its_own_act_has_words() -> None:
    acts = {
        act.value
        for path in PROGRAM
        for name, call in calls(path)
        if name in ("identities", "count_failure", "open_people")
        for act in (given(call, "act"), given(call, "action"))
        if isinstance(act, ast.Constant) and (name == "identities" or given(call, "records") is not None)
    }
    assert acts
    assert acts <= set(DEEDS)


def test_every_deed_is_a_claim_about_somebody_else() -> None:
    assert all(deed.said.split()[0] in {"a", "vous"} for deed in DEEDS.values())
    assert deed_of("something_of_tomorrow").said == "a utilisé votre dossier"


def test_what_she_did_herself_is_said_in_the_same_words() -> None:
    assert all(said == f"Vous avez {DEEDS[act].said.removeprefix('a ')}" for act, said in OWN_DEEDS.items())
    assert deed_of("something_of_tomorrow").own == "Vous avez utilisé votre dossier"


def test_what_is_told_once_has_its_words() -> None:
    assert set(SAME_DEED) | set(SAME_DEED.values()) <= set(DEEDS)
