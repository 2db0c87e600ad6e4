"""The warnings and errors of the package, from its code: what they say, and what to do, in bold.

``conf.py`` writes them to ``docs/generated/``. ``tests/test_messages.py`` checks that each names a way out, that each
file has a theme, and that the link at the end of a warning leads to its heading.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parents[1] / "skexpand"
THEMES = {  # files whose messages belong together; of two that fit, the longer path counts
    "The table": ["request/input", "request/rules", "codec", "base/files"],
    "The target": ["target", "request/target", "expansion/beside"],
    "How many rows": ["request/totals", "request/counts", "expansion/drawing"],
    "The law and the network": ["request/plan", "fitting", "training", "network", "dynamics", "base", "estimators"],
    "Images": ["codec/image", "images", "fitting/start"],
    "Pretraining": ["codec/agreement", "expansion/core", "fitting/pretraining", "estimators/cores"],
    "Rows on demand": ["request/given", "expansion/demand", "expansion/wishes", "cli/_given"],
    "Rows in parts": ["parts", "request/division", "cli/_parts"],
    "Groups and weights": ["request/groups", "estimators/inherited"],
    "Pipelines and learners": ["base/no_transformer", "estimators/regressor", "model_selection"],
    "Comparisons, metrics, displays and the report": ["comparison", "metrics", "plot", "report"],
    "Saved files": ["storage"],
    "The command line": ["cli"],
}
# A way out begins behind a stop, with one of these words; where none is found, it is what a value must be.
WORDS = (
    "add|bin|call|cast|check|choose|convert|copy|correct|count|cut|did|drop|expand|fill|fit|give|install|label|"
    "leave|load|loosen|lower|make|mark|mend|name|pass|pip|put|raise|remove|rename|repair|repeat|replace|save|"
    "scale|select|set|start|state|swap|take|try|two|unpack|use|widen|write|--decimal|--drop|--force|--gap|"
    "--strategy|the columns are|the column is|it has"
)
WAY_OUT = re.compile(rf"(?<=[.;:,] )(?:{WORDS})[ _(].*", re.IGNORECASE)
MUST = re.compile(r"\bmust .*?(?=, got |; got |;|\.?$)")
PLACEHOLDER = re.compile(r"\0(.*?)\0")


class Message(NamedTuple):
    """What a user reads: the class, the text with placeholders between zero bytes, and the file it comes from."""

    kind: str
    text: str
    file: str

    @property
    def way_out(self) -> re.Match[str] | None:
        """Where the text says what to do."""
        return WAY_OUT.search(self.text) or MUST.search(self.text)

    @property
    def theme(self) -> str:
        """The theme that the file belongs to."""
        fitting = {path: theme for theme, paths in THEMES.items() for path in paths if self.file.startswith(path)}
        return fitting[max(fitting, key=len)]


def read() -> Iterator[Message]:
    """Return all messages, in the order of the files."""
    for path in sorted(PACKAGE.rglob("*.py")):
        file = path.relative_to(PACKAGE).with_suffix("").as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = {(kind, words): None for kind, text in _sites(tree) for words in _texts(text, tree)}
        yield from (Message(kind, words, file) for kind, words in found if not _is_part(words, file))


def _sites(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Return the class and the text of each error that is raised and of each warning."""
    for node in ast.walk(tree):
        match node:
            case ast.Raise(exc=ast.Call(func=ast.Name(id=kind), args=[text, *_])) if kind != "AttributeError":
                yield kind, text
            case ast.Call(func=ast.Attribute(attr="warn"), args=[text, ast.Name(id=kind)]):
                yield kind, text
            case ast.Call(func=ast.Name(id="Sign"), keywords=given) if given:
                stated = {word.arg: word.value for word in given}
                advice = re.sub(r"\{(\w+)[^}]*\}", "\0\\1\0", ast.literal_eval(stated["advice"]))
                yield ast.unparse(stated["warning"]), ast.Constant(advice)


def _is_part(words: str, file: str) -> bool:
    """Return whether another message quotes this one, or it quotes one: in these rooms, whole ones end with a stop."""
    own = PLACEHOLDER.sub("", words)
    if " " not in own.strip() or re.fullmatch(r"--\w+ ?: ", own):
        return True
    return file.startswith(("storage", "network", "parts/manifest")) and not words.endswith(".")


def _texts(node: ast.expr, tree: ast.Module) -> list[str]:
    """Return what an expression can read, names in place of values."""
    match node:
        case ast.Constant(value=str(words)):
            return [words]
        case ast.JoinedStr(values=parts):
            return ["".join(chosen) for chosen in product(*(_texts(part, tree) for part in parts))]
        case ast.FormattedValue(value=inner):
            return _texts(inner, tree)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [one + other for one, other in product(_texts(left, tree), _texts(right, tree))]
        case ast.IfExp(body=ast.Constant(value=str(one)), orelse=ast.Constant(value=str(other))):
            return [one, other]
        case ast.Call(func=ast.Name(id=name)) | ast.Name(id=name) if said := _said(name, tree):
            return [words for value in said for words in _texts(value, tree)]
        case ast.Name(id=name) | ast.Attribute(attr=name) if not name.startswith("__"):
            return [f"\0{name}\0"]
    return ["\0…\0"]


def _said(name: str, tree: ast.Module) -> list[ast.expr]:
    """Return the text that a constant of the module holds, or the texts that a function of it returns."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                return [value]
            case ast.FunctionDef(name=found) if found == name:
                values = [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Return)]
                return [value for value in values if isinstance(value, ast.Constant | ast.JoinedStr)]
    return []


def write(target: Path) -> None:
    """Write the warnings, and the errors by theme, to a folder."""
    messages = list(read())
    warnings = [message for message in messages if message.kind.endswith("Warning")]
    errors = [message for message in messages if message not in warnings]
    lines = []
    for kind in dict.fromkeys(message.kind for message in warnings):
        lines += _section(kind, (message for message in warnings if message.kind == kind))
    (target / "warnings.inc").write_text("\n".join(lines), encoding="utf-8")
    lines = []
    for theme in THEMES:
        lines += _section(theme, (message for message in errors if message.theme == theme))
    (target / "errors.inc").write_text("\n".join(lines), encoding="utf-8")


def _section(title: str, messages: Iterable[Message]) -> list[str]:
    """Return a heading and a list of messages as reStructuredText; the usual class of errors is left out."""
    lines = [title, "~" * len(title), "", ".. rst-class:: messages", ""]
    for message in messages:
        kind = "" if message.kind == "ValueError" or message.kind == title else f" (`{message.kind}`)"
        lines.append(f"- {styled(message)}{kind}")
    return [*lines, ""]


def styled(message: Message) -> str:
    """Return a message as reStructuredText: names of values in italics, and the way out in bold."""
    found = message.way_out
    start, end = found.span() if found else (len(message.text),) * 2
    before, way_out, behind = message.text[:start], message.text[start:end], message.text[end:]
    pieces = [*_pieces(before, ""), *_pieces(way_out, "**"), *_pieces(behind, "")]
    return "\\ ".join(pieces)


def _pieces(text: str, mark: str) -> Iterator[str]:
    """Return a text as pieces of markup, which must not begin or end with a space."""
    for place, piece in enumerate(PLACEHOLDER.split(text)):
        words = re.sub(r"([\\*`_|])", r"\\\1", piece.strip())
        marked = f"*{words}*" if place % 2 else f"{mark}{words}{mark}"
        if words:
            yield " " * piece.startswith(" ") + marked + " " * piece.endswith(" ")
        elif piece:
            yield " "
