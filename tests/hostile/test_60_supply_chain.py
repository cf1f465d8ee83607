"""Check 60: every library is in the inventory, known weaknesses are asked about, nothing published holds a secret."""

import json
import math
import os
import re
import shutil
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from pathway.kernel.clock import SystemClock, local_day
from pathway.kernel.settings import ROOT
from pathway.vault.keyring import new_keyring
from tools import audit, sbom

LINES = re.compile(r"^(\S+?)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)
# The shapes that makers of secrets give them.
SECRETS = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}",
    "a key of AWS": r"\bAKIA[0-9A-Z]{16}\b",
    "a token of GitHub": r"\b(?:ghp|gho|ghs|ghr)_[A-Za-z0-9]{36}\b|\bgithub_pat_\w{60}",
    "a token of GitLab": r"\bglpat-[\w-]{20}",
    "a token of Vault": r"\bhv[sb]\.[A-Za-z0-9_-]{24}",
    "a token of PyPI": r"\bpypi-[A-Za-z0-9_-]{50}",
    "a token of Slack": r"\bxox[abprs]-[0-9A-Za-z-]{20}",
    "a key of Google": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "a signed token": r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.",
    "a password in an address": r"\b(?:postgres(?:ql)?(?:\+\w+)?|https?|smtp|amqp|redis)://[\w.-]+:[^\s@{}:/'\"<…$*]{6,}@",
    "a setting with its secret": (
        r"\bCARTE_(?:ROOT_KEY|VAULT_TOKEN|SMTP_PASSWORD|SMS_TOKEN)\s*=\s*[\"']?[A-Za-z0-9+/=_.-]{16,}"
    ),
}
FOUND = re.compile("|".join(f"(?P<s{place}>{shape})" for place, shape in enumerate(SECRETS.values())))
KEYRINGS = ("keyring", "carte.sqlite")


def published() -> Iterator[Path]:
    """Every file under version control; where there is none (an archive), every file that is not made here."""
    if shutil.which("git") and (ROOT / ".git").exists():
        line = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(line, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
        yield from (ROOT / name for name in names if name and (ROOT / name).is_file())
        return
    made = {".venv", "instance", "node_modules", "__pycache__", ".git"}
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [name for name in inner if name not in made and not name.endswith("_cache")]
        yield from (Path(folder, name) for name in names)


def secrets_in(text: str) -> list[str]:
    """What of our list that text seems to hold."""
    return [list(SECRETS)[int(str(one.lastgroup)[1:])] for one in FOUND.finditer(text)]


def test_nothing_published_holds_a_secret() -> None:
    files = list(published())
    assert len(files) > 500
    held = {str(path.relative_to(ROOT)): set(secrets_in(path.read_text(errors="replace"))) for path in files}
    invented = {"a password in an address"}  # tests make up addresses, to see that none is repeated
    assert {
        name: what for name, what in held.items() if what - (invented if name.startswith("tests/") else set())
    } == {}


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE " + "KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ",
        "AKIA" + "IOSFODNN7EXAMPLX",
        "hvs." + "CAESIJ1234567890abcdefghij",
        "postgresql://carte:" + "motdepasse1" + "@db/carte",
        "CARTE_ROOT_" + "KEY=q83vEjRWeJq83vEjRWeJq83vEjRWeJq83vEjRWeJq8=",
    ],
)
def test_a_secret_left_there_would_be_seen(text: str) -> None:
    assert secrets_in(f"x = '{text}'") or secrets_in(text)


def test_no_keyring_no_base_and_no_file_of_an_instance_is_published() -> None:
    inside = [path for path in published() if ROOT / "instance" in path.parents and path.name != ".gitkeep"]
    assert inside == []
    for path in published():
        head = path.read_bytes()[:16]
        assert path.name not in KEYRINGS and not head.startswith((b"SQLite format 3", b"carte-keyring")), path
    assert new_keyring(SystemClock().now()).session_key not in (ROOT / "README.md").read_bytes()


def test_a_wheel_of_it_would_hold_no_file_of_ours() -> None:
    """The product runs from its folder: built as a wheel, it would tell its name and what it needs, nothing else."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["setuptools"] == {"packages": [], "dynamic": {"version": {"attr": "pathway.__version__"}}}
    assert not [name for name in ("MANIFEST.in", "setup.py", "setup.cfg", "Dockerfile") if (ROOT / name).exists()]


def test_the_inventory_is_the_lock_and_nothing_else() -> None:
    made = sbom.inventory()
    told = Counter((one["name"], one["version"]) for one in made["components"] if one["purl"].startswith("pkg:pypi/"))
    lock = (ROOT / sbom.RUNTIME).read_text()
    locked = Counter((re.sub(r"[-_.]+", "-", name).lower(), version) for name, version in LINES.findall(lock))
    assert told == locked and sum(told.values()) > 30
    hashes = [
        one["content"] for part in made["components"] for r in part.get("externalReferences", []) for one in r["hashes"]
    ]
    assert sorted(hashes) == sorted(re.findall(r"sha256:([0-9a-f]{64})", lock))


def test_the_inventory_has_the_form_its_readers_expect() -> None:
    made = sbom.inventory()
    assert (made["bomFormat"], made["specVersion"], made["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(
        r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", made["serialNumber"]
    )
    assert made == sbom.inventory()  # the same, whenever it is made
    names = [one["bom-ref"] for one in made["components"]]
    assert len(set(names)) == len(names)
    kept = json.loads((ROOT / sbom.VENDORED).read_text())["packages"]
    assert {one["name"] for one in made["components"]} >= set(kept)


def test_it_is_written_by_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sbom.main(["--to", str(tmp_path / "sbom.json")]) == 0 == sbom.main([])
    assert json.loads((tmp_path / "sbom.json").read_text()) == json.loads(capsys.readouterr().out) == sbom.inventory()


def test_every_exception_says_why_and_runs_out() -> None:
    today = local_day(SystemClock().now())
    for one in audit.accepted():
        assert len(one.why) > 20 and today <= one.until <= today + audit.LONGEST, one


ANSWER = json.dumps(
    {
        "dependencies": [
            {"name": "sound", "version": "1.0", "vulns": []},
            {"name": "unknown", "skip_reason": "not on the list"},
            {
                "name": "weak",
                "version": "2.0",
                "vulns": [
                    {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": ["2.1"], "description": ""}
                ],
            },
        ],
        "fixes": [],
    }
)


def test_a_weakness_is_told_until_an_exception_of_the_day_covers_it() -> None:
    day = date(2026, 11, 22)
    (weak,) = audit.weaknesses(ANSWER)
    known = audit.Accepted(name="CVE-2026-1", why="never called", until=day)
    assert (weak.library, weak.mended_in) == ("weak 2.0", ("2.1",))
    assert audit.left([weak], [], day) == [weak]
    assert audit.left([weak], [known], day) == []
    assert audit.left([weak], [known], day + timedelta(days=1)) == [weak]


@pytest.mark.parametrize(("said", "code"), [(ANSWER, 1), ('{"dependencies": []}', 0), ("", 2)])
def test_the_command_tells_whether_anything_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, code: int
) -> None:
    tool = tmp_path / "pip-audit"
    tool.write_text(f"#!/bin/sh\ncat <<'END'\n{said}\nEND\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert audit.main() == code


def test_without_the_tool_nothing_is_said_to_be_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert audit.main() == 2


def test_no_long_drawn_text_stands_in_our_code() -> None:
    """A key in base64 has no shape of its own: only that each of its letters comes about as often as the others."""
    drawn = re.compile(r"(?<![\w/+])[A-Za-z0-9+/]{43}=(?!=)")
    for folder in ("pathway", "tools"):
        for path in (ROOT / folder).rglob("*.py"):
            for one in drawn.findall(path.read_text()):
                counts = Counter(one).values()
                bits = -sum(count / len(one) * math.log2(count / len(one)) for count in counts)
                assert bits < 3, f"{path}: {one}"
