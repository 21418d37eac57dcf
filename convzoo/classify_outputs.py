"""Where `convzoo classify` writes pictures of what the model looked at."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from convzoo.common.image_target import image_target
from convzoo.common.inputs_kept import check_inputs_kept
from convzoo.common.output_file import check_absent

_MARK = "explained"


def check_explain(
    inputs: Sequence[Path],
    explain: Path | None,
    class_name: str | None,
    overwrite: bool,
) -> None:
    """Check what is asked to be explained, before Keras is imported."""
    if explain is None:
        given = {"class_name": class_name, "overwrite": overwrite or None}
        for name, value in given.items():
            if value is not None:
                raise ValueError(
                    f"`{name}` requires `explain`. Received: {name}={value!r}"
                )
        return
    target = image_target(inputs, explain)
    if target is not None:
        check_inputs_kept([target], inputs)
        check_absent(target, overwrite)


def explanation_targets(
    inputs: Sequence[Path], paths: Iterable[Path], explain: Path | None
) -> dict[Path, Path]:
    """Return the picture to write of each image.

    Args:
        inputs: Files and folders, as given.
        paths: The files, and those in the folders.
        explain: A file for a single image, otherwise a folder. None for no
            pictures.

    Raises:
        ValueError: If two images have the same picture, or one is an input.
    """
    if explain is None:
        return {}
    target = image_target(inputs, explain)
    if target is not None:
        return {inputs[0]: target}
    from convzoo.zoo.images.planned_targets import planned_targets

    plan = planned_targets(((path, explain) for path in paths), _MARK)
    check_inputs_kept(plan, plan.values())
    return {source: target for target, source in plan.items()}
