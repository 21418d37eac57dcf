"""How a model leaves Keras. Knows no model: it takes any that can `serve`."""

from convzoo.export.contract import Exported as Exported
from convzoo.export.contract import export_model as export_model
from convzoo.export.contract import largest_difference as largest_difference
from convzoo.export.litert import LiteRTModel as LiteRTModel
from convzoo.export.litert import write_litert as write_litert
from convzoo.export.saved_model import SavedModel as SavedModel
from convzoo.export.saved_model import write_saved_model as write_saved_model

__all__ = [
    "Exported",
    "LiteRTModel",
    "SavedModel",
    "export_model",
    "largest_difference",
    "write_litert",
    "write_saved_model",
]
