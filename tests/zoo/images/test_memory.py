import pytest

from convzoo.zoo.images.memory import check_memory


def test_what_fits_passes():
    check_memory(1000, "a thing", "shrink it")


def test_what_does_not_fit_is_quoted():
    with pytest.raises(ValueError, match="a thing needs about 9000.0 GB"):
        check_memory(9e12, "a thing", "shrink it")
