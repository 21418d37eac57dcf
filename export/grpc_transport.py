"""Client of TF Serving's gRPC API.

Requires `pip install convzoo[serving]`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from convzoo.export.rest_transport import available


class GRPCTransport:
    """Requests to one model over gRPC.

    Args:
        address: Host and port.
        name: Name of the model.
        version: Version number or label, or None for the server's choice.
        timeout: Timeout of a request in seconds.
        max_bytes: Maximum size of a message in bytes.

    Raises:
        ValueError: If required packages are not installed.
    """

    def __init__(
        self,
        address: str,
        name: str,
        version: int | str | None,
        timeout: float,
        max_bytes: int,
    ) -> None:
        try:
            import grpc
            from tensorflow_serving.apis import (
                get_model_status_pb2,
                model_service_pb2_grpc,
                predict_pb2,
                prediction_service_pb2_grpc,
            )
        except ImportError as error:
            raise ValueError(
                "gRPC requires the package tensorflow-serving-api; "
                "pip install convzoo[serving]"
            ) from error
        self._failed = grpc.RpcError
        channel = grpc.insecure_channel(
            address,
            [
                ("grpc.max_send_message_length", max_bytes),
                ("grpc.max_receive_message_length", max_bytes),
            ],
        )
        self._models = model_service_pb2_grpc.ModelServiceStub(channel)
        self._predictions = prediction_service_pb2_grpc.PredictionServiceStub(
            channel
        )
        self._predict_request = predict_pb2.PredictRequest
        self._status_request = get_model_status_pb2.GetModelStatusRequest
        self._address, self._name = address, name
        self._version, self._timeout = version, timeout

    def predict(
        self, endpoint: str, arrays: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        request = self._predict_request()
        request.model_spec.name = self._name
        request.model_spec.signature_name = endpoint
        if isinstance(self._version, int):
            request.model_spec.version.value = self._version
        elif self._version is not None:
            request.model_spec.version_label = self._version
        for name, array in arrays.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(array))
        response = self._call(self._predictions.Predict, request)
        return {
            name: tf.make_ndarray(tensor)
            for name, tensor in response.outputs.items()
        }

    def versions(self) -> dict[int, str]:
        request = self._status_request()
        request.model_spec.name = self._name
        response = self._call(self._models.GetModelStatus, request)
        return {
            each.version: type(each).State.Name(each.state)
            for each in response.model_version_status
        }

    def ready(self) -> bool:
        return available(self.versions())

    def _call(self, method: Callable[..., Any], request: Any) -> Any:
        try:
            return method(request, timeout=self._timeout)
        except self._failed as error:
            reason = " ".join(error.details().split())
            raise ValueError(
                f"grpc://{self._address}/{self._name}: "
                f"{error.code().name}: {reason}"
            ) from error
