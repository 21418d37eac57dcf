"""Exported models run without convzoo and its Keras models.

`make test-outside` creates their environments: `LITERT_PYTHON` has only
ai-edge-litert and numpy, `TENSORFLOW_PYTHON` only TensorFlow.
"""

import os
import subprocess

import numpy as np
import pytest

from convzoo.export import export_model, served
from convzoo.zoo import load_model

pytestmark = pytest.mark.usefixtures("one_process")

# One preset per kind of network.
MODELS = ("sr_x4_base", "signs_spp", "ball_players")
SIZES = ((2, 23, 18),)

LITERT = """
import importlib.util, sys
import numpy as np
from ai_edge_litert.interpreter import Interpreter

for name in ("convzoo", "keras", "tensorflow"):
    assert importlib.util.find_spec(name) is None, name
run = Interpreter(sys.argv[1]).get_signature_runner()
np.savez(sys.argv[3], **run(**np.load(sys.argv[2])))
"""
TENSORFLOW = """
import importlib.util, sys
import numpy as np
import tensorflow as tf

assert importlib.util.find_spec("convzoo") is None
model = tf.saved_model.load(sys.argv[1])
run = model.signatures["serving_default"]
inputs = {k: tf.constant(v) for k, v in np.load(sys.argv[2]).items()}
np.savez(sys.argv[3], **{k: v.numpy() for k, v in run(**inputs).items()})
"""


@pytest.mark.parametrize("name", MODELS)
def test_it_answers_alone(name, tmp_path):
    scripts = {"TENSORFLOW_PYTHON": TENSORFLOW, "LITERT_PYTHON": LITERT}
    if missing := scripts.keys() - os.environ.keys():
        pytest.skip(f"{missing} must be set; see make test-outside")
    model = served(load_model(name))
    files = export_model(model, tmp_path, "model", sizes=SIZES)
    inputs = model.example(SIZES[0], np.random.default_rng(1))
    np.savez(tmp_path / "inputs.npz", **inputs)
    expected = model.serve(**inputs)
    for file, (variable, script) in zip(files, scripts.items(), strict=True):
        answer = tmp_path / f"{variable}.npz"
        python = os.environ[variable]
        subprocess.run(
            [python, "-c", script, file.path, tmp_path / "inputs.npz", answer],
            cwd=tmp_path,
            env={"TF_CPP_MIN_LOG_LEVEL": "3"},
            check=True,
        )
        found = np.load(answer)
        assert set(found) == set(expected)
        for output, array in expected.items():
            away = np.abs(found[output] - np.array(array))
            assert away.max() <= 1e-4 * model.scales.get(output, 1)
