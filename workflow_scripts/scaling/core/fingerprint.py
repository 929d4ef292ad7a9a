"""A fingerprint of the code that a step runs, so that a change of code reruns exactly what depends on it.

Snakemake sees neither the modules that a script imports nor what in them is a comment. The fingerprint is a hash of
the syntax trees, without comments, docstrings and layout, of the step and of every local module that it imports,
directly or through others. What is chosen by name when the step runs (core.registry) is given by hand, and so are
files that the code reads; their bytes count.
"""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from scaling.core.errors import BadInput

ROOT = Path(__file__).parents[2]  # workflow_scripts


@cache
def fingerprint(step: str, *chosen: str) -> str:
    """Hash of the code of `step` (ROOM/STEP) and of what is `chosen` besides.

    chosen : modules ("scaling.networks.models.cnn"), or files that the code reads, below the library, as a pattern
        ("sources/printed/*.tsv"), or somebody's own ("file:/home/me/net.py", with the modules beside it that it
        imports), or "version:PACKAGE=NUMBER" of what is not ours.
    """
    modules = [name for name in chosen if name.startswith("scaling.")]
    digest = hashlib.sha256()
    for file in _files(step, modules):
        digest.update(f"{file.relative_to(ROOT)}\n{_syntax_hash(file)}\n".encode())
    for file in _own_files(chosen):
        digest.update(f"{file.name}\n{_syntax_hash(file)}\n".encode())
    for version in sorted(name for name in chosen if name.startswith("version:")):
        digest.update(version.encode())
    patterns = {name for name in chosen if not name.startswith(("scaling.", "file:", "version:"))}
    for pattern in sorted(patterns):
        for file in sorted((ROOT / "scaling").glob(pattern)):
            digest.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def bytes_hash(step: str, *chosen: str) -> str:
    """Hash of the bytes of the same files, comments and all; of what is `chosen` no patterns.

    A fingerprint has the syntax as one version of Python sees it. This one is the same under all of them.
    """
    digest = hashlib.sha256()
    for file in _files(step, [name for name in chosen if name.startswith("scaling.")]):
        digest.update(f"{file.relative_to(ROOT).as_posix()}\n".encode() + file.read_bytes())
    for file in _own_files(chosen):
        digest.update(f"{file.name}\n".encode() + file.read_bytes())
    for version in sorted(name for name in chosen if name.startswith("version:")):
        digest.update(version.encode())
    return digest.hexdigest()[:16]


def _own_files(chosen: tuple[str, ...]) -> list[Path]:
    """Somebody's own files among what is chosen, and those beside them that they import."""
    own = [Path(name.removeprefix("file:")) for name in chosen if name.startswith("file:")]
    return sorted(file for each in own for file in _with_its_neighbours(each))


def _files(step: str, modules: list[str]) -> list[Path]:
    """The files of the step and the modules, and of all local modules that they import."""
    files, waiting = set(), [ROOT / f"{step}.py", *(_files_of(module)[-1] for module in modules)]
    while waiting:
        file = waiting.pop()
        if file not in files:
            files.add(file)
            waiting.extend(_imported_files(file))
    return sorted(files)


@cache
def _syntax_hash(file: Path) -> str:
    tree = _syntax(file)
    for node in _statements(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [statement for statement in node.body if not _is_bare_string(statement)]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


@cache
def _syntax(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_bytes(), filename=str(file))
    except (SyntaxError, ValueError) as problem:  # of somebody's own file: ours are tested
        line = getattr(problem, "lineno", None)
        raise BadInput(f"{file}{f', line {line}' if line else ''}: not Python: {problem.args[0]}") from None


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """The tree and all statements in it, without what they are made of: no other node has an import or a docstring."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for blocks in ("body", "orelse", "finalbody", "handlers", "cases"):
            waiting += getattr(node, blocks, ())


def _is_bare_string(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


@cache
def _imported_files(file: Path) -> tuple[Path, ...]:
    found: list[Path] = []
    for node in _statements(_syntax(file)):
        if isinstance(node, ast.Import):
            for name in node.names:
                found += _files_of(name.name)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found += _files_of(node.module)
            for name in node.names:
                found += _files_of(f"{node.module}.{name.name}")
    return tuple(found)


def _with_its_neighbours(file: Path) -> set[Path]:
    """A file of somebody's own and those in its folder that it imports, directly or through others."""
    found, waiting = set(), [file]
    while waiting:
        each = waiting.pop()
        if each in found or not each.is_file():
            continue
        found.add(each)
        for node in _statements(_syntax(each)):
            names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or "", *(n.name for n in node.names)] if isinstance(node, ast.ImportFrom) else []
            waiting += [file.parent / f"{name.rpartition('.')[2]}.py" for name in names if name]
    return found


def _files_of(module: str) -> list[Path]:
    """The local files that importing `module` runs (its packages' __init__.py first); none if it is not local."""
    files, folder = [], ROOT
    for part in module.split("."):
        folder = folder / part
        if folder.with_suffix(".py").is_file():
            files.append(folder.with_suffix(".py"))
        elif (folder / "__init__.py").is_file():
            files.append(folder / "__init__.py")
        else:
            break  # the last part names something inside a module, or the module is not local
    return files
