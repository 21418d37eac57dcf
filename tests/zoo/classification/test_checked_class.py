import pytest

from convzoo.zoo.classification.checked_class import checked_class

NAMES = ["accordion", "butterfly", "Camera", "chair", "crab", "cup", "crab"]


def test_numbers_of_classes():
    assert checked_class("Camera", NAMES, 7) == 2
    # The first of equal names.
    assert checked_class("crab", NAMES, 7) == 4
    assert checked_class("3", None, 7) == 3


@pytest.mark.parametrize(
    ("name", "names", "told"),
    [
        ("carb", NAMES, "similar names: 'crab'"),
        ("camera", NAMES, "similar names: 'Camera'"),
        ("zzz", NAMES, "its 7 classes begin with 'accordion', 'butterfly', "),
        ("zzz", NAMES[:2], "its classes: 'accordion', 'butterfly'"),
        ("", NAMES[:2], "its classes: 'accordion', 'butterfly'"),
        ("03", None, "similar names: '3'"),
        ("-1", None, "similar names: '1'"),
    ],
)
def test_unknown_names(name, names, told):
    count = 7 if names is None else len(names)
    with pytest.raises(ValueError, match=f"{told}.*class_name={name!r}"):
        checked_class(name, names, count)
