import numpy as np
import pytest
import tensorflow as tf

from convzoo.export import SavedModel, export_saved_model
from tests.support import tiny_generator

SIZES = ((1, 6, 7), (2, 9, 5))
LOG_TYPES = "tensorflow_serving.apis.prediction_log_pb2"
FILE = "assets.extra/tf_serving_warmup_requests"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("warm") / "tiny"
    export_saved_model(tiny_generator(), path, sizes=SIZES, image_size=(8, 8))
    return path / "1"


def test_there_is_a_request_of_each_endpoint_and_size(folder):
    records = list(tf.data.TFRecordDataset(str(folder / FILE)))
    assert len(records) == 3 * len(SIZES)


def test_tf_serving_reads_and_answers_them(folder):
    """Parse the records with TF Serving's own message definition."""
    log_types = pytest.importorskip(LOG_TYPES)
    run = SavedModel(folder)
    asked = []
    for record in tf.data.TFRecordDataset(str(folder / FILE)):
        log = log_types.PredictionLog.FromString(record.numpy())
        request = log.predict_log.request
        assert request.model_spec.name == "tiny"
        inputs = {
            name: tf.make_ndarray(tensor)
            for name, tensor in request.inputs.items()
        }
        endpoint = request.model_spec.signature_name
        asked.append((endpoint, *(len(array) for array in inputs.values())))
        if endpoint == "serving_default":
            height, width = inputs["image"].shape[1:3]
            assert (len(inputs["image"]), height, width) in SIZES
        for output in run(endpoint, **inputs).values():
            assert len(output) == asked[-1][1]
    endpoints = ("serving_default", "serve_bytes", "serve_one_bytes")
    assert asked == [(name, size[0]) for size in SIZES for name in endpoints]


def test_long_messages_are_whole(tmp_path):
    """Check messages whose length prefixes take several bytes."""
    log_types = pytest.importorskip(LOG_TYPES)
    path = tmp_path / "tiny"
    export_saved_model(tiny_generator(), path, sizes=((1, 90, 81),))
    dataset = tf.data.TFRecordDataset(str(path / "1" / FILE))
    record = next(iter(dataset)).numpy()
    request = log_types.PredictionLog.FromString(record).predict_log.request
    image = tf.make_ndarray(request.inputs["image"])
    assert image.shape == (1, 90, 81, 3) and np.ptp(image) > 0.9
