"""Export of Keras models with known inputs to SavedModel, LiteRT and ONNX."""

import convzoo.common.quiet_keras  # noqa: F401
from convzoo.export.export_litert import export_litert as export_litert
from convzoo.export.export_model import export_model as export_model
from convzoo.export.export_onnx import export_onnx as export_onnx
from convzoo.export.export_saved_model import (
    export_saved_model as export_saved_model,
)
from convzoo.export.exported import Exported as Exported
from convzoo.export.litert import LiteRTModel as LiteRTModel
from convzoo.export.litert import write_litert as write_litert
from convzoo.export.onnx import ONNXModel as ONNXModel
from convzoo.export.onnx import write_onnx as write_onnx
from convzoo.export.partly_exported import PartlyExported as PartlyExported
from convzoo.export.saved_model import SavedModel as SavedModel
from convzoo.export.saved_model import write_saved_model as write_saved_model
from convzoo.export.served import Served as Served
from convzoo.export.served import served as served
from convzoo.export.serving_client import ServingClient as ServingClient
from convzoo.export.serving_error import ServingError as ServingError

__all__ = [
    "Exported",
    "LiteRTModel",
    "ONNXModel",
    "PartlyExported",
    "SavedModel",
    "Served",
    "ServingClient",
    "ServingError",
    "export_litert",
    "export_model",
    "export_onnx",
    "export_saved_model",
    "served",
    "write_litert",
    "write_onnx",
    "write_saved_model",
]
