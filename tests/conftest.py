"""Settings of all tests: one thread per process, reduced XLA optimisation.

Test processes run in parallel and keep all cores busy. With several threads,
TensorFlow adds in no fixed order: an interrupted and resumed run once differed
from an uninterrupted one by a rounding error.

The tests compile many small computations, so XLA optimises less. Level 0 would
be faster still, but gives NaN for some losses on JAX.

TensorFlow logs only what `convzoo` lets it log. The tests of the command line
run in a process that has already imported TensorFlow, whose warnings would mix
with the output of the commands.
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
    """Exclude imported objects from garbage collection, and collect less often.

    A collection of the imported objects takes half a second. Tracing allocates
    many objects that stay, few of them in cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_addoption(parser):
    parser.addoption(
        "--sample",
        action="store_true",
        help="of each test the first case, and of slow and long ones none",
    )


def pytest_collection_modifyitems(config, items):
    """With `--sample`, keep the first case of each test that is quick."""
    if not config.getoption("sample"):
        return
    seen, kept, left_out = set(), [], []
    for item in items:
        test = item.path, item.originalname
        left = (
            test in seen
            or item.get_closest_marker("slow")
            or item.get_closest_marker("long")
        )
        (left_out if left else kept).append(item)
        seen.add(test)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


@pytest.fixture
def uncompiled(request):
    """Run TensorFlow models eagerly, unless the test is marked `compiled`.

    Tracing dominates the time of a short training run or a prediction, and has
    no effect on interruptions and options.
    """
    if request.node.get_closest_marker("compiled"):
        yield
        return
    # A late import: XLA's flags must be set before Keras is imported.
    from tests.support import untraced

    with untraced():
        yield


@pytest.fixture
def one_process(monkeypatch):
    """Run converters in this process, which has already imported TensorFlow.

    A child process needs six seconds for the import. The tests of
    `write_litert` and `write_onnx` cover conversion in a child process.
    """

    def run(function, *arguments):
        from convzoo.common.quiet_keras import without_stderr

        error = ""
        # The log of a child is not printed either.
        with warnings.catch_warnings(), without_stderr():
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
