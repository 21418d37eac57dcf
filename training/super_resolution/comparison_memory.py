"""Memory that the comparison of two images needs."""

from convzoo.losses import LPIPS
from convzoo.training.super_resolution.evaluate_sr import Judge
from convzoo.zoo.images.memory import check_memory

# Bytes per pixel, measured on TensorFlow with up to 12 megapixels.
_METRICS = 70
_LPIPS = {"alex": 240, "vgg": 2300}
# SqueezeNet and the like.
_OTHERS = 800


def check_comparison_memory(
    height: int, width: int, judge: Judge | None = None
) -> None:
    """Raise a `ValueError` unless two images can be compared.

    Args:
        height: Their height.
        width: Their width.
        judge: As in `compare_images`.
    """
    needed = _METRICS if judge is None else _OTHERS
    if isinstance(judge, LPIPS):
        needed = _LPIPS.get(judge.net, _OTHERS)
    check_memory(
        needed * height * width,
        f"comparing {width}x{height} pixels",
        "leave out `judge`" if judge else "compare parts of the images",
    )
