"""Build the wheel and the source distribution, and use each as a reader of the README would.

    python packaging/release_check.py [--commands] [--tag v0.1.0]

Each is installed into an empty environment with an empty home, where nothing is set but pip's own settings. There the
README's code and its command line run literally as they stand. ``--commands`` also runs the README's ``make`` commands
in a fresh copy of the repository; ``--tag`` checks that the tag and the repository are those of the release.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
sys.path.insert(0, str(ROOT / "tests"))

from readme import blocks, commands  # noqa: E402  - the README is read in one way, in tests and here

from skexpand._version import __version__  # noqa: E402

WHEEL = DIST / f"skexpand-{__version__}-py3-none-any.whl"
SDIST = DIST / f"skexpand-{__version__}.tar.gz"
MAX_SIZE = {WHEEL: 1_000_000, SDIST: 6_000_000}  # bytes
IN_WHEEL = {"skexpand/py.typed", "skexpand/report/templates/page.html"}
IN_SDIST = {"LICENSE", "README.md", "CHANGELOG.md", "CITATION.cff", "Makefile", "tests/readme.py", "docs/conf.py"}
UNWANTED = ("__pycache__", ".pyc", "_build/", "auto_examples/", "docs/generated", "demo.png", ".hypothesis")


def build() -> None:
    """Build both, from a clean folder."""
    shutil.rmtree(DIST, ignore_errors=True)
    run([sys.executable, "-m", "build", "--outdir", DIST, ROOT], env=dict(os.environ))


def check_metadata() -> None:
    """Let twine read the metadata, and the README as PyPI will show it."""
    run([sys.executable, "-m", "twine", "check", "--strict", WHEEL, SDIST], env=dict(os.environ))


def check_contents() -> None:
    """Check which files are in, and how large both are."""
    wheel = set(zipfile.ZipFile(WHEEL).namelist())
    with tarfile.open(SDIST) as archive:
        sdist = {name.partition("/")[2] for name in archive.getnames()}
    licence = f"skexpand-{__version__}.dist-info/licenses/LICENSE"
    require(wheel >= IN_WHEEL | {licence}, f"the wheel lacks {(IN_WHEEL | {licence}) - wheel}")
    require(sdist >= IN_WHEEL | IN_SDIST, f"the source distribution lacks {(IN_WHEEL | IN_SDIST) - sdist}")
    others = {name for name in wheel if not name.startswith(("skexpand/", f"skexpand-{__version__}.dist-info/"))}
    require(not others, f"the wheel has {others}")
    unwanted = {name for name in wheel | sdist if any(word in name for word in UNWANTED)}
    require(not unwanted, f"unwanted: {unwanted}")
    for path, limit in MAX_SIZE.items():
        size, digest = path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()
        print(f"{path.name}: {size:,} bytes, sha256 {digest}")
        require(size <= limit, f"{path.name} has more than {limit:,} bytes")


def check_install(path: Path) -> None:
    """Install one of them as the README says, into an empty environment, and run the README's code."""
    say(f"{path.name} in an empty environment")
    with TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(ROOT / "examples" / "data", place / "examples" / "data")
        run([sys.executable, "-m", "venv", place / "venv"], env=dict(os.environ))
        (place / "readme.py").write_text("\n".join(blocks("python")), encoding="utf-8")
        own = {"PIP_NO_BINARY": "skexpand"} if path == SDIST else {"PIP_ONLY_BINARY": "skexpand"}
        env = empty_environment(place) | own
        env["PIP_FIND_LINKS"] = f"{env.get('PIP_FIND_LINKS', '')} {DIST}".strip()
        installs = commands("export", "pip")
        run_lines([*installs, "pip check", "python readme.py", *commands("skexpand")], place, env)
        found = subprocess.check_output([place / "venv/bin/python", "-c", WHERE], cwd=place, env=env, text=True)
        require(found.split() == [__version__, "True"], f"installed was {found}")
        require((place / "big.parquet").stat().st_size > 0, "the command line has written nothing")


WHERE = "import skexpand, sys; print(skexpand.__version__, skexpand.__file__.startswith(sys.prefix))"


def check_commands() -> None:
    """Run the README's ``make`` commands in a fresh copy of the repository."""
    say("the commands in a fresh copy")
    with TemporaryDirectory() as folder:
        place = Path(folder)
        archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x"], cwd=place, input=archive, check=True)
        run_lines(
            [*commands("export"), *commands("make")], place, empty_environment(place) | {"PYTHON": sys.executable}
        )
        require((place / "demo.png").stat().st_size > 0, "make demo has saved no picture")


def check_tag(tag: str) -> None:
    """Check that a tag names this version, and that the repository is the one that the metadata names."""
    require(tag == f"v{__version__}", f"the tag is {tag}, and the version {__version__}")
    source = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Source"]
    repository = os.environ.get("GITHUB_REPOSITORY", "")
    require(source.endswith(f"github.com/{repository}"), f"this is {repository}, and the metadata names {source}")


def empty_environment(place: Path) -> dict[str, str]:
    """Return an environment with an empty home, and with nothing set but pip's settings."""
    (place / "home").mkdir()
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    return kept | {"HOME": str(place / "home"), "PATH": f"{place}/venv/bin:/usr/local/bin:/usr/bin:/bin"}


def run_lines(lines: list[str], place: Path, env: dict[str, str]) -> None:
    """Run lines in one shell, as one would type them; the first that fails ends it."""
    run(["bash", "-euxc", "\n".join(lines)], env=env, cwd=place)


def run(command: list[object], **how: object) -> None:
    """Run a command; its failure is ours."""
    if subprocess.run([str(word) for word in command], check=False, **how).returncode:
        raise SystemExit(f"release-check: failed: {command[0]} {command[1]} ...")


def require(holds: bool, otherwise: str) -> None:
    """End with an error unless something holds."""
    if not holds:
        raise SystemExit(f"release-check: {otherwise}")


def say(what: str) -> None:
    """Print a heading."""
    print(f"\n== {what}", flush=True)


def main() -> None:
    """Read the command line and check all there is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commands", action="store_true", help="also run the README's make commands")
    parser.add_argument("--tag", help="the tag of the release")
    chosen = parser.parse_args()
    if chosen.tag:
        check_tag(chosen.tag)
    build()
    check_metadata()
    check_contents()
    for path in (WHEEL, SDIST):
        check_install(path)
    if chosen.commands:
        check_commands()
    say(f"skexpand {__version__} can be released")


if __name__ == "__main__":
    main()
