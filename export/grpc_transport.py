"""Client of TF Serving's gRPC API.

Requires `pip install convzoo[serving]`.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from google.protobuf import message

from convzoo.common.serving_address import ServingAddress
from convzoo.export.grpc_answer import array_of
from convzoo.export.rest_transport import available
from convzoo.export.serving_error import ServingError, quoted

_PREDICT = "/tensorflow.serving.PredictionService/Predict"
_STATUS = "/tensorflow.serving.ModelService/GetModelStatus"


class GRPCTransport:
    """Requests to one model over gRPC.

    Args:
        address: The model.
        version: Version number or label, or None for the server's choice.
        timeout: Time for a request and its answer in seconds.
        max_bytes: Maximum size of a message in bytes.

    Raises:
        ValueError: If required packages are not installed.
    """

    def __init__(
        self,
        address: ServingAddress,
        version: int | str | None,
        timeout: float,
        max_bytes: int,
    ) -> None:
        try:
            import grpc
            from tensorflow_serving.apis import (
                get_model_status_pb2,
                predict_pb2,
            )
        except ImportError as error:
            raise ValueError(
                "gRPC requires the package tensorflow-serving-api; "
                "pip install convzoo[serving]"
            ) from error
        self._failed = grpc.RpcError
        self._channel = grpc.insecure_channel(
            address.netloc,
            [
                ("grpc.max_send_message_length", max_bytes),
                ("grpc.max_receive_message_length", max_bytes),
                ("grpc.enable_http_proxy", int(not address.is_local)),
            ],
        )
        self._predict = predict_pb2
        self._status = get_model_status_pb2
        self._name = address.path.removeprefix("v1/models/")
        self._url = address.url
        self._version, self._timeout = version, timeout

    def predict(
        self, endpoint: str, arrays: Mapping[str, np.ndarray], rows: int
    ) -> dict[str, np.ndarray]:
        request = self._predict.PredictRequest()
        request.model_spec.name = self._name
        request.model_spec.signature_name = endpoint
        if isinstance(self._version, int):
            request.model_spec.version.value = self._version
        elif self._version is not None:
            request.model_spec.version_label = self._version
        for name, array in arrays.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(array))
        answer = self._call(_PREDICT, request, self._predict.PredictResponse)
        if not answer.outputs:
            raise ServingError(self._url, "the answer has no outputs")
        try:
            return {
                name: array_of(name, tensor, rows)
                for name, tensor in answer.outputs.items()
            }
        except ValueError as error:
            raise ServingError(self._url, quoted(str(error))) from error

    def versions(self) -> dict[int, str]:
        request = self._status.GetModelStatusRequest()
        request.model_spec.name = self._name
        answer = self._call(
            _STATUS, request, self._status.GetModelStatusResponse
        )
        names = {
            number: name
            for name, number in self._status.ModelVersionStatus.State.items()
        }
        return {
            each.version: names.get(each.state, "UNKNOWN")
            for each in answer.model_version_status
        }

    def ready(self) -> bool:
        return available(self.versions())

    def _call(self, method: str, request: Any, answer: Any) -> Any:
        """Send a request, and return the answer, a message of that class."""
        # gRPC would log what it cannot parse.
        send = self._channel.unary_unary(method)
        try:
            received = send(request.SerializeToString(), timeout=self._timeout)
            return answer.FromString(received)
        except self._failed as error:
            reason = quoted(error.details() or "no reason")
            raise ServingError(
                self._url, f"{error.code().name}: {reason}"
            ) from error
        except message.Error as error:
            raise ServingError(
                self._url, "the message cannot be read or is too large"
            ) from error
