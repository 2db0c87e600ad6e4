"""Make the environments of the peers, and start each peer once.

    python -m peers.install              # all; or: torch, forests, older
    SKEXPAND_PEERS=/some/folder          # where to, if not peers/.venvs

With Python 3.11 or 3.12: some of the pinned packages have no wheels for others.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import venv

from peers.catalogue import HERE, PEERS, REGRESSION, environments, interpreter, interpreter_of


def install(environment: str) -> None:
    """Make one environment anew."""
    venv.create(environments() / environment, clear=True, with_pip=True)
    requirements = HERE / "requirements" / f"{environment}.txt"
    pip = [str(interpreter(environment)), "-m", "pip", "install", "--quiet", "--no-deps", "-r", str(requirements)]
    subprocess.run(pip, check=True)


def starts(peer: str) -> bool:
    """Return whether a peer's worker imports and makes a first row."""
    command = [str(interpreter_of(peer)), str(HERE / "worker.py"), peer]
    return subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode == 0


def main() -> None:
    """Read the command line, install, and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("environments", nargs="*", help="default: all")
    wanted = parser.parse_args().environments or sorted(set(PEERS.values()))
    if unknown := set(wanted) - set(PEERS.values()):
        parser.error(f"unknown {sorted(unknown)}; there are {', '.join(sorted(set(PEERS.values())))}")
    if sys.version_info[:2] not in ((3, 11), (3, 12)):
        parser.error(f"the pinned packages need Python 3.11 or 3.12, this is {sys.version.split()[0]}")
    for environment in wanted:
        install(environment)
    working = {peer: starts(peer) for peer, environment in (PEERS | REGRESSION).items() if environment in wanted}
    for peer, works in working.items():
        print(f"{peer}: {'ready' if works else 'does not start'}")
    sys.exit(not all(working.values()))


if __name__ == "__main__":
    main()
