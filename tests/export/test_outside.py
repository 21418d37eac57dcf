"""What is exported answers where neither convzoo nor Keras's models are.

In environments of their own, which `make test-outside` makes: `LITERT_PYTHON`
has ai-edge-litert and numpy alone, `TENSORFLOW_PYTHON` TensorFlow alone.
"""

import os
import subprocess

import numpy as np
import pytest

from convzoo.export import export_litert, export_saved_model, served
from convzoo.zoo import load_model

# One of each network.
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

pytestmark = pytest.mark.usefixtures("one_process")

assert importlib.util.find_spec("convzoo") is None
model = tf.saved_model.load(sys.argv[1])
run = model.signatures["serving_default"]
inputs = {k: tf.constant(v) for k, v in np.load(sys.argv[2]).items()}
np.savez(sys.argv[3], **{k: v.numpy() for k, v in run(**inputs).items()})
"""


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(
    "variable, write, script",
    [
        ("LITERT_PYTHON", export_litert, LITERT),
        ("TENSORFLOW_PYTHON", export_saved_model, TENSORFLOW),
    ],
    ids=["litert", "tensorflow"],
)
def test_it_answers_alone(name, variable, write, script, tmp_path):
    python = os.environ.get(variable)
    if not python:
        pytest.skip(f"{variable} names no environment; see make test-outside")
    model = served(load_model(name))
    file = write(model, tmp_path / "model", sizes=SIZES)
    inputs = model.example(SIZES[0], np.random.default_rng(1))
    np.savez(tmp_path / "inputs.npz", **inputs)
    answer = tmp_path / "answer.npz"
    subprocess.run(
        [python, "-c", script, file.path, tmp_path / "inputs.npz", answer],
        cwd=tmp_path,
        env={"TF_CPP_MIN_LOG_LEVEL": "3"},
        check=True,
    )
    found = np.load(answer)
    expected = model.serve(**inputs)
    assert set(found) == set(expected)
    for output, array in expected.items():
        away = np.abs(found[output] - np.array(array))
        assert away.max() <= 1e-4 * model.scales.get(output, 1)
