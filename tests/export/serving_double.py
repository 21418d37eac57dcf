"""Double of TF Serving: its gRPC services for a SavedModel, in a thread.

Stubs and messages are the official ones, and sockets are real. TensorFlow, not
TF Serving, computes the answers.
"""

import contextlib
from concurrent import futures

import grpc
import tensorflow as tf
from tensorflow_serving.apis import (
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from convzoo.export import SavedModel

_OPEN = [
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
]


class _Predictions(prediction_service_pb2_grpc.PredictionServiceServicer):
    def __init__(self, name, versions):
        self.name, self.versions = name, versions

    def Predict(self, request, context):  # noqa: N802
        spec = request.model_spec
        version = spec.version.value or max(self.versions)
        if spec.name != self.name or version not in self.versions:
            context.abort(
                grpc.StatusCode.NOT_FOUND,
                f"Servable not found for request: Specific({spec.name}, "
                f"{version})",
            )
        try:
            found = self.versions[version](
                spec.signature_name,
                **{k: tf.make_ndarray(v) for k, v in request.inputs.items()},
            )
        except (tf.errors.OpError, ValueError) as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        response = predict_pb2.PredictResponse()
        response.model_spec.version.value = version
        for name, array in found.items():
            response.outputs[name].CopyFrom(tf.make_tensor_proto(array))
        return response


class _Models(model_service_pb2_grpc.ModelServiceServicer):
    def __init__(self, versions):
        self.versions = versions

    def GetModelStatus(self, request, context):  # noqa: N802
        response = get_model_status_pb2.GetModelStatusResponse()
        for version in self.versions:
            response.model_version_status.add(version=version, state=30)
        return response


@contextlib.contextmanager
def serving(folder):
    """Serve all versions in `folder/VERSION`, and yield the model's URL."""
    versions = {int(path.name): SavedModel(path) for path in folder.iterdir()}
    server = grpc.server(futures.ThreadPoolExecutor(2), options=_OPEN)
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
        _Predictions(folder.name, versions), server
    )
    model_service_pb2_grpc.add_ModelServiceServicer_to_server(
        _Models(versions), server
    )
    port = server.add_insecure_port("localhost:0")
    server.start()
    try:
        yield f"grpc://localhost:{port}/{folder.name}"
    finally:
        server.stop(None).wait()


@contextlib.contextmanager
def answering_grpc(content):
    """Answer every request by these bytes, and yield the URL of a model."""

    class Handler(grpc.GenericRpcHandler):
        def service(self, details):
            return grpc.unary_unary_rpc_method_handler(lambda *_: content)

    server = grpc.server(futures.ThreadPoolExecutor(1), [Handler()])
    port = server.add_insecure_port("localhost:0")
    server.start()
    try:
        yield f"grpc://localhost:{port}/a"
    finally:
        server.stop(None).wait()
