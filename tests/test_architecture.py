"""Direction and cost of imports, and one name for each class."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

import convzoo

# Folders that each folder may import.
ALLOWED = {
    "common": set(),
    "presets": {"common"},
    "layers": {"common"},
    "losses": {"common", "layers"},
    "zoo": {"common", "presets", "layers", "losses"},
    "export": {"common"},
    "training": {"common", "presets", "layers", "losses", "zoo", "export"},
    "convzoo": {
        "common",
        "presets",
        "layers",
        "losses",
        "zoo",
        "export",
        "training",
    },
}
# Folders of zoo and training that must not import each other.
DOMAINS = ("super_resolution", "classification", "football")
WITHOUT_KERAS = ("common", "presets")
IMPORTS_KERAS_QUIETLY = "common/quiet_keras.py"
WITHOUT_TENSORFLOW = tuple(ALLOWED.keys() - {"export"})
# Keras has no gradient operator, and infers the shapes of a dataset from its
# first batches. In each file one function imports TensorFlow when called.
WITH_ONE_FUNCTION_FOR_TENSORFLOW = (
    "losses/gradient_penalty.py",
    "training/tf_source.py",
)
_HOME = Path(convzoo.__file__).parent


def folder_of(name):
    """Return a folder: beside `convzoo` in a checkout, inside it in a wheel."""
    if name == "convzoo":
        return _HOME
    inside = _HOME / name
    return inside if inside.is_dir() else _HOME.parent / name


def imports(path):
    """Yield the dotted names of all imports of a file, at any depth."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def files():
    for name in ALLOWED:
        paths = folder_of(name).rglob("*.py")
        if name == "convzoo":
            paths = folder_of(name).glob("*.py")
        for path in paths:
            yield name, path


def _path_of(name, path):
    return f"{name}/{path.relative_to(folder_of(name)).as_posix()}"


FILES = list(files())


def test_every_folder_is_looked_at():
    assert {name for name, _ in FILES} == set(ALLOWED)


@pytest.mark.parametrize(
    ("name", "path"), FILES, ids=[_path_of(*file) for file in FILES]
)
def test_imports_run_one_way(name, path):
    for imported in imports(path):
        assert not imported.startswith("."), f"relative import in {path}"
        parts = imported.split(".")
        assert parts[0] not in ALLOWED.keys() - {"convzoo"}, imported
        if parts[0] == "tensorflow":
            exempt = _path_of(name, path) in WITH_ONE_FUNCTION_FOR_TENSORFLOW
            assert exempt or name not in WITHOUT_TENSORFLOW, (
                f"{imported} in {path}"
            )
        if parts[0] == "keras":
            exempt = _path_of(name, path) == IMPORTS_KERAS_QUIETLY
            assert exempt or name not in WITHOUT_KERAS, f"{imported} in {path}"
        if parts[0] == "convzoo" and len(parts) > 1 and parts[1] in ALLOWED:
            assert parts[1] in ALLOWED[name] | {name}, f"{imported} in {path}"


@pytest.mark.parametrize("name", ["zoo", "training"])
def test_domains_do_not_import_each_other(name):
    folder = folder_of(name)
    for domain in DOMAINS:
        others = {f"convzoo.{name}.{other}" for other in DOMAINS} - {
            f"convzoo.{name}.{domain}"
        }
        paths = list((folder / domain).rglob("*.py"))
        assert paths
        for path in paths:
            for imported in imports(path):
                assert not any(
                    imported == other or imported.startswith(f"{other}.")
                    for other in others
                ), f"{imported} in {path}"


def run(code, **environment):
    """Return the output of a fresh interpreter."""
    path = os.pathsep.join([str(_HOME.parent), *sys.path])
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.strip()


def test_importing_convzoo_imports_nothing_heavy():
    code = (
        "import sys; old = set(sys.modules); import convzoo;"
        "print(sorted(m for m in set(sys.modules) - old"
        " if m.split('.')[0] not in ('convzoo', 'pathlib')"
        " and m.split('.')[0] not in sys.stdlib_module_names))"
    )
    assert run(code) == "[]"


@pytest.mark.skipif(
    keras.config.backend() == "tensorflow", reason="this is the TensorFlow run"
)
def test_other_backends_run_without_tensorflow():
    code = (
        "import sys, keras, convzoo.layers, convzoo.losses, convzoo.zoo;"
        "print('tensorflow' in sys.modules, keras.config.backend())"
    )
    assert run(code) == f"False {keras.config.backend()}"


def test_one_class_however_it_is_imported():
    from convzoo import zoo
    from convzoo.zoo.super_resolution.sr_generator import SRGenerator

    assert zoo.SRGenerator is SRGenerator
