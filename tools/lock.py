"""Writes the hashed locks from pyproject.toml: what the product runs on, what its makers need besides, and measures.

python tools/lock.py             keeps the versions already locked, as far as pyproject.toml allows
python tools/lock.py --upgrade   takes the newest versions
"""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OPTIONS = (
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-header",
    "--no-annotate",
)


def main(arguments: list[str]) -> int:
    """Write the four locks; 2 when uv is missing or when an argument is unknown."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None or set(arguments) - {"--upgrade"}:
        print(f"Il faut uv (pip install uv).\n{__doc__}", file=sys.stderr)
        return 2
    compile_line = [uv, "pip", "compile", *OPTIONS, *arguments]
    # The makers' lock first: their tools narrow what the product may run on, and both must hold the same versions.
    _run([*compile_line, "--extra=dev", "pyproject.toml", "--output-file=requirements-dev.lock"])
    tested = "--constraints=requirements-dev.lock"
    _run([*compile_line, tested, "pyproject.toml", "--output-file=requirements.lock"])
    # The server's binaries alone: no library of the extra is imported, so none of its own dependencies is needed.
    _run([*compile_line, "--no-deps", "-", "--output-file=requirements-postgres.lock"], given=_extra("postgres"))
    # Installed beside what the makers have, at the same versions.
    _run([*compile_line, tested, "-", "--output-file=requirements-measures.lock"], given=_extra("measures"))
    return 0


def _extra(name: str) -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return "\n".join(project["optional-dependencies"][name])


def _run(line: list[str], given: str = "") -> None:
    subprocess.run(line, cwd=ROOT, input=given, text=True, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
