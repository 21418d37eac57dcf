"""Images of two folders are matched by their names."""

import pytest

from convzoo.training.super_resolution.matched_images import matched_images


def _folders(root, first, second):
    for folder, names in (("a", first), ("b", second)):
        for name in names:
            path = root / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    return root / "a", root / "b"


def _names(pairs):
    return [pair.names for pair in pairs]


def test_suffixes_and_marks_may_differ(tmp_path):
    a, b = _folders(
        tmp_path,
        ["10.png", "2_x4.png", "3_x2.5.tif", "4_38x21.png", "z.jpg"],
        ["10.png", "2.jpg", "3.png", "4.png", "z.png"],
    )
    pairs, failures = matched_images(a, b)
    assert _names(pairs) == [
        ("10.png", "10.png"),
        ("2_x4.png", "2.jpg"),
        ("3_x2.5.tif", "3.png"),
        ("4_38x21.png", "4.png"),
        ("z.jpg", "z.png"),
    ]
    assert failures == []
    for pair in pairs:
        assert (pair.a, pair.b) == (a / pair.names[0], b / pair.names[1])


def test_the_same_name_comes_first(tmp_path):
    """And what fits several files fits none."""
    a, b = _folders(
        tmp_path,
        ["p.png", "p.jpg", "q_x2.png", "q_x4.png", "only.png"],
        ["p.png", "p.webp", "q.png"],
    )
    pairs, failures = matched_images(a, b)
    assert _names(pairs) == [("p.jpg", "p.webp"), ("p.png", "p.png")]
    assert list(map(str, failures)) == [
        f"{a}: 3 without a partner in {b}: only.png, q_x2.png, q_x4.png",
        f"{b}: 1 without a partner in {a}: q.png",
    ]


def test_subfolders_are_matched_by_their_paths(tmp_path):
    a, b = _folders(tmp_path, ["s/x.png", "x.png"], ["s/x.jpg", "t/x.png"])
    pairs, failures = matched_images(a, b, recursive=True)
    assert _names(pairs) == [("s/x.png", "s/x.jpg")]
    assert len(failures) == 2


def test_a_folder_inside_the_other_is_no_part_of_it(tmp_path):
    a, b = _folders(tmp_path, ["x.png", "large/x_x4.png"], [])
    pairs, failures = matched_images(a, a / "large", recursive=True)
    assert _names(pairs) == [("x.png", "x_x4.png")]
    assert failures == []


def test_without_any_pair_the_names_are_told(tmp_path):
    a, b = _folders(tmp_path, ["x.png"], ["y.png"])
    with pytest.raises(ValueError, match=r"no image of the same name: x.*; y"):
        matched_images(a, b)


def test_an_empty_folder_is_named(tmp_path):
    a, b = _folders(tmp_path, ["x.png"], ["notes.txt"])
    with pytest.raises(ValueError, match=r"b: holds no image"):
        matched_images(a, b)
