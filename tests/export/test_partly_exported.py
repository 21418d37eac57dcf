from pathlib import Path

from convzoo.export import Exported, PartlyExported


def test_the_message_names_what_failed_and_what_is_there():
    done = Exported("saved_model", Path("out/small/1"), 0.0, {})
    failed = {"litert": "LiteRT has no Erf", "onnx": "too large"}
    error = PartlyExported([done], failed)
    assert isinstance(error, ValueError)
    assert str(error) == (
        "litert: LiteRT has no Erf; onnx: too large (saved_model was exported)"
    )
    assert (error.exported, error.failed) == ([done], failed)
