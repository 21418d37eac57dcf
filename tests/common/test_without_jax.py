import importlib
import json
import sys

import pytest

from convzoo.common.without_jax import without_jax


def can_import(name):
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A new process, in which a module named jax can be imported."""
    (tmp_path / "jax.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    for name in ("jax", "tensorflow"):
        # Registered, so that what the test imports is undone.
        monkeypatch.setitem(sys.modules, name, None)
        del sys.modules[name]
    return tmp_path


@pytest.mark.parametrize(
    "variable, configured, is_hidden",
    [
        (None, None, True),
        (None, "tensorflow", True),
        (None, "jax", False),
        ("tensorflow", "jax", True),
        ("torch", "tensorflow", False),
        ("jax", None, False),
        (None, 3, False),
    ],
)
def test_jax_is_hidden_from_tensorflow_only(
    variable, configured, is_hidden, home, monkeypatch
):
    if variable:
        monkeypatch.setenv("KERAS_BACKEND", variable)
    if configured:
        text = json.dumps({"backend": configured})
        (home / "keras.json").write_text(text)
    with without_jax():
        assert can_import("jax") == (not is_hidden)
    assert can_import("jax")


def test_an_error_gives_it_back(home):
    with pytest.raises(KeyError), without_jax():
        raise KeyError
    assert can_import("jax")


@pytest.mark.parametrize("name", ["jax", "tensorflow"])
def test_what_is_imported_stays(name, home, monkeypatch):
    monkeypatch.setitem(sys.modules, name, object())
    with without_jax():
        assert can_import("jax")
