"""Dependencies point one way. Every import in the sources is looked at, those inside functions too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PLATFORM = Path(__file__).resolve().parents[2] / "platform"
SOURCES = sorted(PLATFORM.rglob("*.py"))
TOP = {"nbreduce.cli", "nbreduce.server"}
ENTRANCES = ("nbreduce.cli", "nbreduce.server", "nbreduce.__main__", "nbreduce.demonstration")


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(PLATFORM).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[tuple[str, str]]:
    """Give the module and the name of each import; the name is empty where a module is imported whole."""
    package = module_of(path) if path.name == "__init__.py" else module_of(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) + 1 - node.level]
            parts = [*base, node.module] if node.level else [node.module]
            module = ".".join(filter(None, parts))
            yield from ((module, alias.name) for alias in node.names)


def inside(module: str, *packages: str) -> bool:
    return any(module == one or module.startswith(f"{one}.") for one in packages)


def named(*packages: str) -> list[Path]:
    return [path for path in SOURCES if inside(module_of(path), *packages)]


def ids(path: Path) -> str:
    return module_of(path)


def test_the_sources_are_found_and_read() -> None:
    assert len(SOURCES) > 100
    known = dict(imports_of(PLATFORM / "nbreduce" / "domain" / "events.py"))
    assert "nbreduce.domain.model" in known


def test_platform_is_a_container_and_never_a_package() -> None:
    assert not (PLATFORM / "__init__.py").exists()
    for path in SOURCES:
        for module, name in imports_of(path):
            assert not module.startswith("platform."), f"{path}: {module}"
            assert (module, name) != ("platform", "nbreduce"), path


@pytest.mark.parametrize("path", named("nbreduce.domain"), ids=ids)
def test_the_domain_knows_only_itself(path: Path) -> None:
    ours = [module for module, _ in imports_of(path) if module.startswith("nbreduce")]
    assert all(inside(module, "nbreduce.domain") for module in ours)
    io = {"os", "subprocess", "socket", "sqlite3", "shutil", "tempfile", "sqlalchemy", "json"}
    assert not io & {module.partition(".")[0] for module, _ in imports_of(path)}


def test_nothing_below_knows_the_command_line_or_the_server() -> None:
    for path in SOURCES:
        if inside(module_of(path), *ENTRANCES):
            continue
        for module, name in imports_of(path):
            assert not inside(module, *TOP), f"{path} imports {module}"
            assert f"{module}.{name}" not in TOP, f"{path} imports {module}.{name}"


@pytest.mark.parametrize("path", named("nbreduce_kernel"), ids=ids)
def test_the_kernel_modules_know_nothing_of_the_platform(path: Path) -> None:
    assert not [module for module, _ in imports_of(path) if inside(module, "nbreduce")]


@pytest.mark.parametrize(
    "package", ["planning", "templates", "archive", "catalogue", "environments"]
)
def test_services_do_not_know_triggers_or_the_service(package: str) -> None:
    above = ("nbreduce.triggers", "nbreduce.service", "nbreduce.submission", "nbreduce.workspace")
    for path in named(f"nbreduce.{package}"):
        for module, name in imports_of(path):
            full = f"{module}.{name}"
            assert not inside(module, *above), f"{path} imports {module}"
            assert not inside(full, *above), f"{path} imports {full}"


def test_only_the_catalogue_has_sql() -> None:
    for path in SOURCES:
        if inside(module_of(path), "nbreduce.catalogue"):
            continue
        for module, name in imports_of(path):
            if inside(module, "sqlalchemy"):
                assert name == "Session", f"{path} imports {module} {name}"
            assert module != "nbreduce.catalogue.orm", f"{path} imports the tables"
            assert not inside(module, "sqlite3", "psycopg", "alembic"), f"{path} imports {module}"


def test_workers_never_touch_the_database() -> None:
    """What a worker imports, directly or not, holds no catalogue."""
    by_name = {module_of(path): path for path in SOURCES}
    seen, todo = set(), ["nbreduce.execution.remote"]
    while todo:
        current = todo.pop()
        if current in seen or current not in by_name:
            continue
        seen.add(current)
        for module, name in imports_of(by_name[current]):
            todo += [module, f"{module}.{name}"]
    assert "nbreduce.execution.worker" in seen
    assert not [module for module in seen if inside(module, "nbreduce.catalogue")]


def test_modules_stay_small() -> None:
    lengths = {
        module_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES
    }
    assert {name: lines for name, lines in lengths.items() if lines > 350} == {}
