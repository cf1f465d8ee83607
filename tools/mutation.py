"""Measures whether tests would notice: changes one thing at a time in the vault and in rules, and counts what they see.

    python -m tools.mutation                        the vault and the rules of every room; a table
    python -m tools.mutation vault followup         those only
    python -m tools.mutation followup --survivors   with what no test noticed, as differences
    python -m tools.mutation --sample 60 --seed 1   at most so many changes in each, drawn
    python -m tools.mutation links --whole          with all the tests of the room, those on a base too
    python -m tools.mutation --json                 one line a file

Needs mutmut (`requirements-measures.lock`). It works on a copy of the tree, in a temporary folder; each part is tried
by its own tests alone: `tests/vault` and the known answers for the vault; for rules, those tests of the room that need
no base (all of them where there are none, or with `--whole`), on SQLite. What is drawn (hypothesis) is drawn the same
each time. Decorated functions and what is written outside functions are not changed. Half an hour on two cores.
"""

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from pathway.kernel.settings import ROOT

VAULT = "vault"
_VAULT_TESTS = ("tests/vault", "tests/hostile/test_24_known_answers.py")
_LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "instance", "node_modules", "mutants", "test-results")
_COPIED = ("app.py", "docs", "static", "templates", "tools")
_ARGUMENTS = ("-p", "no:randomly", "-p", "no:cacheprovider", "-n0", "-q", "-k", "not postgresql")
_ON_A_BASE = re.compile(r"\b(town|store|sqlite_url|database_url|lived)\b: ")  # a fixture with its type
_NAME = re.compile(r"\bpathway\.\S+__mutmut_\d+")
_ANSWER = re.compile(r"^\s+(pathway\.\S+): (.+)$", re.MULTILINE)
_NOTICED = ("killed", "timeout", "suspicious", "segfault", "caught by type check")
# One process shows them all: beginning one for each takes longer than trying the changes.
_SHOW = """
import sys
from mutmut.__main__ import cli
for name in sys.argv[1:]:
    cli(["show", name], standalone_mode=False)
"""
_NO_TOOL = "Il faut mutmut : .venv/bin/pip install --require-hashes -r requirements-measures.lock"


@dataclass(frozen=True, kw_only=True)
class Score:
    """One file: how many changes were tried, how many its tests noticed, how many no test of its own even reached."""

    file: str
    changes: int
    noticed: int
    unreached: int

    @property
    def share(self) -> float:
        """What was noticed, of 1."""
        return self.noticed / self.changes if self.changes else 1.0


@dataclass(frozen=True, kw_only=True)
class Part:
    """What is changed together, and by which tests it is tried. Paths from the root of the tree."""

    name: str
    changed: str
    tests: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How to measure. `sample`: changes drawn in each part; all of them at 0."""

    children: int
    survivors: bool
    sample: int
    seed: int


def parts(*, whole: bool = False) -> dict[str, Part]:
    """The vault, then every room whose rules decide something, by name. `whole`: with all the tests of the room."""
    found = {VAULT: Part(name=VAULT, changed="pathway/vault/*", tests=_VAULT_TESTS)}
    for path in sorted(ROOT.glob("pathway/casework/*/rules.py")):
        if not _decides(path):
            continue
        room = path.parent.name
        found[room] = Part(name=room, changed=f"pathway/casework/{room}/rules.py", tests=_tests_of(room, whole=whole))
    return found


def _decides(path: Path) -> bool:
    """Whether it holds a function: words alone are not changed."""
    return any(isinstance(node, ast.FunctionDef) for node in ast.walk(ast.parse(path.read_text())))


def _tests_of(room: str, *, whole: bool) -> tuple[str, ...]:
    every = sorted((ROOT / "tests" / "casework" / room).glob("test_*.py"))
    of_rules = [path for path in every if path.name.startswith("test_rules")]
    quick = [path for path in every if path in of_rules or not _ON_A_BASE.search(path.read_text())]
    return tuple(str(path.relative_to(ROOT)) for path in (every if whole or not of_rules else quick))


def scores(answer: str) -> list[Score]:
    """The files that `mutmut results --all true` speaks of, in its order."""
    counted: dict[str, Counter[str]] = {}
    for name, status in _tried(answer):
        module = name.partition("__mutmut_")[0].rpartition(".")[0]
        counted.setdefault(module, Counter())[status] += 1
    return [_score(module, statuses) for module, statuses in counted.items()]


def _tried(answer: str) -> Iterator[tuple[str, str]]:
    return ((name, status) for name, status in _ANSWER.findall(answer) if status != "not checked")


def _score(module: str, statuses: Counter[str]) -> Score:
    return Score(
        file=module.replace(".", "/") + ".py",
        changes=statuses.total(),
        noticed=sum(statuses[one] for one in _NOTICED),
        unreached=statuses["no tests"],
    )


def measure(part: Part, asked: Asked) -> Iterator[Score | str]:
    """The scores of its files, and, when asked, the difference of each change that nothing noticed. `RuntimeError` when
    mutmut cannot run, with its last lines: most often, tests that fail as they are."""
    with TemporaryDirectory(prefix="carte-mutation-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=_LEFT_OUT)
        with (tree / "pyproject.toml").open("a") as project:
            project.write(_settings(part))
        names = _drawn(tree, asked) if asked.sample else []
        _ran(tree, "-m", "mutmut", "run", "--max-children", str(asked.children), *names)
        answer = _ran(tree, "-m", "mutmut", "results", "--all", "true")
        yield from scores(answer)
        left = [name for name, status in _tried(answer) if status not in _NOTICED]
        if asked.survivors and left:
            yield _ran(tree, "-c", _SHOW, *left)


def _drawn(tree: Path, asked: Asked) -> list[str]:
    # Asked for a change there is not, mutmut writes them all down, then stops.
    _begun(tree, "-m", "mutmut", "run", "pathway.none")
    names = {name for path in (tree / "mutants").rglob("*.py.meta") for name in _NAME.findall(path.read_text())}
    return Random(asked.seed).sample(sorted(names), min(asked.sample, len(names)))


def _settings(part: Part) -> str:
    kept = {
        "source_paths": ["pathway"],
        "only_mutate": [part.changed],
        "also_copy": list(_COPIED),
        "pytest_add_cli_args_test_selection": list(part.tests),
        "pytest_add_cli_args": list(_ARGUMENTS),
    }
    return "\n[tool.mutmut]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in kept.items())


def _ran(tree: Path, *line: str) -> str:
    done = _begun(tree, *line)
    if done.returncode:
        raise RuntimeError((done.stdout + done.stderr)[-2000:])
    return done.stdout


def _begun(tree: Path, *line: str) -> subprocess.CompletedProcess[str]:
    # CI: few examples, always the same ones (tests/conftest.py).
    told = {**os.environ, "CI": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, *line], cwd=tree, env=told, capture_output=True, text=True, check=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Say the table, part after part; 0, or 2 when mutmut is missing or cannot measure, or a part is unknown."""
    asked = argparse.ArgumentParser(
        prog="python -m tools.mutation",
        description="Change le code ligne à ligne, sur une copie, et compte ce que les tests remarquent.",
    )
    asked.add_argument("part", nargs="*", help="vault, ou une salle de pathway/casework ; tout, sans ce mot")
    asked.add_argument("--children", type=int, default=os.cpu_count() or 1, help="changements essayés à la fois")
    asked.add_argument("--sample", type=int, default=0, help="changements tirés au sort dans chaque partie ; tous à 0")
    asked.add_argument("--seed", type=int, default=1, help="le même nombre tire les mêmes")
    asked.add_argument("--whole", action="store_true", help="essaie les règles avec tous les tests de leur salle")
    asked.add_argument("--survivors", action="store_true", help="montre ce qu’aucun test n’a remarqué")
    asked.add_argument("--json", action="store_true", help="une ligne JSON par fichier")
    given = asked.parse_args(arguments)
    known = parts(whole=given.whole)
    if unknown := [name for name in given.part if name not in known]:
        asked.error(f"{', '.join(unknown)} : il n’y a pas de règles de ce nom. Il y a : {', '.join(known)}.")
    if find_spec("mutmut") is None:
        print(_NO_TOOL, file=sys.stderr)
        return 2
    how = Asked(children=given.children, survivors=given.survivors, sample=given.sample, seed=given.seed)
    return _say_all([known[name] for name in given.part or known], how, as_json=given.json)


def _say_all(those: Sequence[Part], how: Asked, *, as_json: bool) -> int:
    every: list[Score] = []
    code = 0
    for part in those:
        try:
            for one in measure(part, how):
                if isinstance(one, Score):
                    every.append(one)
                _say(one, as_json=as_json)
        except RuntimeError as broken:
            print(f"{part.name} : mutmut n’a pas pu mesurer.\n{broken}", file=sys.stderr)
            code = 2
    if not as_json:
        _say(_together(every), as_json=False)
    return code


def _together(every: Sequence[Score]) -> Score:
    return Score(
        file="ensemble",
        changes=sum(one.changes for one in every),
        noticed=sum(one.noticed for one in every),
        unreached=sum(one.unreached for one in every),
    )


def _say(one: Score | str, *, as_json: bool) -> None:
    if isinstance(one, str):
        print(one, file=sys.stderr if as_json else sys.stdout)
    elif as_json:
        print(json.dumps({**asdict(one), "share": round(one.share, 4)}), flush=True)
    else:
        left = f"{one.changes - one.noticed} restent, dont {one.unreached} que rien n’atteint"
        print(f"{one.file:45} {one.share:7.1%} de {one.changes:4} changements ; {left}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
