import pytest

from convzoo.export.missing_operators import missing_operators


def test_no_operators_are_none():
    assert missing_operators("error: something else\n") is None


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            'loc(fused["ResizeBicubic:", "functional/mine/resize/'
            'ResizeBicubic@__inference"]): error: is neither a custom op nor a '
            "flex op (ERROR_NEEDS_FLEX_OPS)",
            "LiteRT has no operator for ResizeBicubic, in mine/resize: resize "
            "with `nearest` or `bilinear`, or before the model",
        ),
        (
            "TF Select ops: Foo, FlexBar",
            "LiteRT has no operator for Foo; LiteRT has no operator for Bar",
        ),
    ],
)
def test_operators_are_named_with_layer_and_remedy(message, said):
    found = missing_operators(f"before\n{message}\nafter")
    assert found == said
