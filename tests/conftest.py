"""How tests compute: on one thread a process, compiled in haste.

Tests keep all cores busy by running side by side. And TensorFlow does not
promise that several threads add up in the same order each time: a run that was
cut could end a rounding away from one that was not, as it has once.

XLA compiles much here that computes little, and is asked to optimise less. Not
to optimise at all (level 0) would be faster still, but makes NaN of some losses
on JAX.

And TensorFlow logs what `convzoo` lets it log: its warnings are no lines of the
command line, whose tests run in the process that has imported it already.
"""

import gc
import importlib
import os
import subprocess
import traceback
import warnings

import pytest

for name in (
    "OMP_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
):
    os.environ.setdefault(name, "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault(
    "XLA_FLAGS",
    "--xla_backend_optimization_level=1"
    " --xla_llvm_disable_expensive_passes=true"
    " --xla_cpu_use_fusion_emitters=false",
)


def pytest_collection_finish():
    """Collect no more what the imports have made: half a second each time.

    Nor so often: tracing makes much that stays, and little of it in cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_addoption(parser):
    parser.addoption(
        "--sample",
        action="store_true",
        help="of each test the first case, and of the slow ones none",
    )


def pytest_collection_modifyitems(config, items):
    """What runs once more elsewhere runs in part there."""
    if not config.getoption("sample"):
        return
    seen, kept, left_out = set(), [], []
    for item in items:
        test = item.path, item.originalname
        again = test in seen or item.get_closest_marker("slow")
        (left_out if again else kept).append(item)
        seen.add(test)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


@pytest.fixture
def uncompiled(request):
    """Models of TensorFlow are not traced, unless the test is `compiled`.

    Tracing takes most of the time of a run of few steps, and of a prediction;
    whether a run can be stopped, or an option counts, does not hang on it.
    """
    if request.node.get_closest_marker("compiled"):
        yield
        return
    # Not above: XLA's flags come before Keras.
    from tests.support import untraced

    with untraced():
        yield


@pytest.fixture
def one_process(monkeypatch):
    """Converters run in this process, which has imported TensorFlow already.

    A child takes six seconds for that. They have theirs in the tests of
    `write_litert` and `write_onnx`, where it is the point.
    """

    def run(function, *arguments):
        error = ""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                function(*map(str, arguments))
            except Exception:
                error = traceback.format_exc()
        code = 1 if error else 0
        return subprocess.CompletedProcess([], code, stdout="", stderr=error)

    for name in ("litert", "onnx", "quantize"):
        module = importlib.import_module(f"convzoo.export.{name}")
        monkeypatch.setattr(module, "run_in_child", run)
