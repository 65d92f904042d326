"""The project's own files, as the architecture tests read them."""

import ast
import functools
import subprocess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
ROOMS: Final = ("domain", "transparency", "ledger", "projections", "api", "cli")


@functools.cache
def project_files() -> tuple[Path, ...]:
    """Give every file that git tracks or would track, relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    names = sorted({name.decode() for name in listed.split(b"\0") if name})
    return tuple(Path(name) for name in names if (ROOT / name).is_file())


def python_files(*folders: str) -> list[Path]:
    """Give the Python files under these top folders, relative to the root."""
    return [path for path in project_files() if path.suffix == ".py" and path.parts[0] in folders]


@functools.cache
def text_of(path: Path) -> str:
    """Give the text of a project file."""
    return (ROOT / path).read_text(encoding="utf-8")


@functools.cache
def tree_of(path: Path) -> ast.Module:
    """Give the syntax tree of a Python file."""
    return ast.parse(text_of(path))
