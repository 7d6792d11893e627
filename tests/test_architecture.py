"""The house stands: imports go down only, each third-party package has its doors, and there are no drawers."""

from __future__ import annotations

import ast
import graphlib
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

# A module or package imports from lower floors only, never its own.
FLOORS = {
    "errors": 0,
    "categories": 0,
    "findings": 0,
    "letters": 0,
    "spelling": 0,
    "counted": 1,
    "ids": 1,
    "near_duplicates": 1,
    "ellipsis": 1,
    "encoding": 1,
    "files": 1,
    "report": 1,
    "options": 1,
    "revision": 1,
    "suspects": 1,
    "tags": 1,
    "png": 1,
    "verbatim": 1,
    "words": 1,
    "annotations": 2,
    "seal": 2,
    "shipped": 1,
    "records": 2,
    "config": 2,
    "urls": 2,
    "body": 2,
    "answerfile": 3,
    "papers": 3,
    "markup": 3,
    "archive": 3,
    "evidence": 3,
    "review": 3,
    "look": 3,
    "templating": 3,
    "impact": 3,
    "plates": 3,
    "related": 3,
    "sitecheck": 3,
    "threads": 3,
    "assets": 4,
    "corpus": 4,
    "checks": 4,
    "grounding": 4,
    "pages": 4,
    "search": 4,
    "settings": 4,
    "render": 5,
    "fingerprints": 5,
    "theme": 5,
    "manifest": 3,
    "unchanged": 4,
    "addresses": 4,
    "llm": 5,
    "build": 6,
    "starter": 4,
    "generate": 6,
    "serve": 7,  # it builds, so it stands above `build`
    "cli": 8,
    "__main__": 9,  # `python -m agsite` calls cli and nothing else
}

# Which rooms may name a third-party package. Pydantic is the language of records and is spoken everywhere.
DOORS = {
    "anthropic": {"llm"},
    "bibtexparser": {"papers"},
    "click": {"cli"},
    "distributed": {"build"},
    "httpx2": {"llm"},  # the transport of `anthropic`, told to leave proxies alone for a server on this machine
    "jinja2": {"render", "templating"},
    "latex2mathml": {"markup"},
    "markdown_it": {"markup"},
    "numpy": {"search"},
    "msgspec": {"encoding"},
    "markupsafe": {"render", "templating", "words"},
    "pylatexenc": {"papers"},
    "sentencex": {"markup"},
    "watchfiles": {"serve"},
    "whoosh": {"search"},
    "yaml": {"answerfile"},
}

DRAWERS = {"util", "utils", "utilities", "helper", "helpers", "common", "misc"}

PACKAGE = Path(__file__).parents[1] / "agsite"

WRITING = {
    *("write_text", "write_bytes", "unlink", "hardlink_to", "symlink_to", "touch", "rmtree", "copytree", "copyfile"),
    *("os.open", "os.write", "os.pwrite", "os.replace", "os.rename", "os.remove", "os.link", "shutil.move"),
}

WRITERS = {
    "cli",  # an export that was told to go elsewhere
    "files",
    "llm",  # the journal of what is paid for: synced line by line
    "search",  # Whoosh's own folder, and the shards beside it
}


def modules(package: Path) -> dict[str, Path]:
    """The dotted name of every module of the package, with its file."""
    paths = {".".join(path.relative_to(package.parent).with_suffix("").parts): path for path in package.rglob("*.py")}
    return {name.removesuffix(".__init__"): path for name, path in sorted(paths.items())}


def imports(path: Path) -> set[str]:
    """Every name that a file imports, inside functions too; `from a import b` counts as `a.b`."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: import by the full name, not relative to the file"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def import_graph(package: Path) -> dict[str, set[str]]:
    """Which modules of the package each of its modules imports."""
    known = modules(package)
    parent = {
        name: name if name in known else name.rpartition(".")[0] for path in known.values() for name in imports(path)
    }
    return {
        module: {parent[name] for name in imports(path)} & known.keys() - {module} for module, path in known.items()
    }


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def upward(graph: dict[str, set[str]]) -> list[str]:
    """The imports that do not go down; those within one package are its own affair, and `agsite` is the ground."""
    floor = dict.fromkeys(map(room, graph), 99) | {"": -1} | FLOORS
    return [
        f"{module} (floor {floor[room(module)]}) imports {other} (floor {floor[room(other)]})"
        for module, others in graph.items()
        for other in sorted(others)
        if room(module) != room(other) and floor[room(other)] >= floor[room(module)]
    ]


def test_every_module_has_a_floor():
    unknown = {room(module) for module in modules(PACKAGE)} - {""} - FLOORS.keys()
    assert not unknown, f"new modules {sorted(unknown)}: add them to FLOORS here, on the lowest floor that works"


def test_imports_only_go_down():
    assert upward(import_graph(PACKAGE)) == []


def test_modules_do_not_import_each_other_in_a_circle():
    try:
        graphlib.TopologicalSorter(import_graph(PACKAGE)).prepare()
    except graphlib.CycleError as error:
        pytest.fail("import cycle: " + " <- ".join(error.args[1]))


def test_each_third_party_package_has_its_doors():
    ours_or_pythons = {"agsite", "pydantic", "pydantic_core"} | sys.stdlib_module_names
    strangers = {
        f"{module} imports {top}"
        for module, path in modules(PACKAGE).items()
        for top in {name.split(".")[0] for name in imports(path)} - ours_or_pythons
        if room(module) not in DOORS.get(top, set())
    }
    assert not strangers, f"{sorted(strangers)}: go through the module in DOORS, or add the door here and say why"


def writes(path: Path) -> set[str]:
    """The calls of a file that write to the disk by themselves, not through `files`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            on = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
            if (node.func.attr in WRITING and on not in {"files", "answers"}) or f"{on}.{node.func.attr}" in WRITING:
                found.add(node.func.attr)
    return found


def test_few_modules_write_to_the_disk_by_themselves():
    writers = {room(module) for module, path in modules(PACKAGE).items() if writes(path)}
    assert writers == WRITERS, "write through `files`, or add the module here and say why"


def test_all_that_is_printed_goes_through_the_console():
    """But for data that are asked for as they are, which end in no line of ours."""
    said = re.compile(r"click\.echo\((?!err=True\))(?!.*nl=False)")
    assert {path.name for path in PACKAGE.rglob("*.py") if said.search(path.read_text("utf-8"))} == {"console.py"}


def test_dependencies_are_those_that_are_imported():
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    listed = project["dependencies"] + [line for name in extras.keys() - {"dev"} for line in extras[name]]
    declared = {re.match(r"[\w-]+", line)[0] for line in listed}
    tops = {name.split(".")[0] for path in modules(PACKAGE).values() for name in imports(path)}
    providers = importlib.metadata.packages_distributions()
    used = {providers[top][0].lower() for top in tops - sys.stdlib_module_names - {"agsite", "pydantic_core"}}
    assert used == declared


def test_there_are_no_drawers():
    drawers = [path for path in PACKAGE.rglob("*") if path.stem.lower().strip("_") in DRAWERS]
    assert not drawers, f"{drawers}: give what is in there to the lower of its users, or name the file after its noun"


def house(folder: Path, **files: str) -> Path:
    """A made-up package of these files."""
    package = folder / "agsite"
    package.mkdir()
    for name, text in {"__init__": "", **files}.items():
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    return package


@pytest.mark.parametrize(
    "line",
    [
        "import agsite.build",
        "from agsite import build",
        "from agsite.build import x",
        "def f():\n    import agsite.build",
    ],
)
def test_an_upward_import_is_found(tmp_path: Path, line: str):
    graph = import_graph(house(tmp_path, build="", ids=line))
    assert upward(graph) == ["agsite.ids (floor 1) imports agsite.build (floor 6)"]


@pytest.mark.parametrize("line", ["import agsite", "from agsite import __version__", "from agsite.ids import PaperId"])
def test_a_downward_import_is_none_of_them(tmp_path: Path, line: str):
    assert upward(import_graph(house(tmp_path, build=line, ids=""))) == []


def test_the_design_page_has_the_same_floors():
    page = (PACKAGE.parent / "docs" / "design.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([0-9]) \| ((?:`\w+` ?)+)\|", page, re.MULTILINE)
    told = {name: int(floor) for floor, names in rows for name in re.findall(r"`(\w+)`", names)}
    assert told == {name: floor for name, floor in FLOORS.items() if name != "__main__"}


def test_the_map_of_a_package_names_each_of_its_modules_once():
    for path in PACKAGE.glob("*/__init__.py"):
        about = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        named = [name for row in re.findall(r"^ {4}(\w+(?:, \w+)*)  ", about, re.MULTILINE) for name in row.split(", ")]
        there = sorted(module.stem for module in path.parent.glob("*.py") if module != path)
        assert sorted(named) in ([], there), f"{path.parent.name}: correct the table in the docstring"


def test_no_test_module_is_imported_by_another(root: Path):
    """What several share has a module of its own beside them, and says what it is."""
    paths = [*(root / "tests").glob("**/*.py"), *(root / "bench").glob("*.py")]
    names = {(path.stem, name) for path in paths for name in imports(path) if re.match(r"tests\.(\w+\.)?test_", name)}
    assert names == set()


def test_every_measurement_can_be_loaded(root: Path):
    """They are run by hand and seldom, and name functions that move."""
    names = sorted(f"bench.{path.stem}" for path in (root / "bench").glob("*.py"))
    command = [sys.executable, "-c", f"import {', '.join(names)}"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
