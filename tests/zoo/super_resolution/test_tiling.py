from hypothesis import given
from hypothesis import strategies as st

from convzoo.zoo.super_resolution.tiling import tile_spans

SIZES = st.integers(1, 400)


@given(length=SIZES, tile=SIZES, margin=st.integers(0, 60))
def test_spans_cover_the_axis_once_with_their_margins(length, tile, margin):
    spans = tile_spans(length, tile, margin)
    covered = [i for s in spans for i in range(s.start, s.stop)]
    assert covered == list(range(length))
    for span in spans:
        assert span.stop - span.start <= tile
        assert span.first >= 0 and span.last <= length
        assert span.first <= max(span.start - margin, 0)
        assert span.last >= min(span.stop + margin, length)


@given(length=SIZES, tile=SIZES, margin=st.integers(0, 60))
def test_all_windows_have_one_size(length, tile, margin):
    sizes = {s.last - s.first for s in tile_spans(length, tile, margin)}
    assert sizes == {min(length, tile + 2 * margin)}


def test_three_tiles_by_hand():
    # 10 pixels, tiles of 4 and a margin of 2 give windows of 8.
    assert tile_spans(10, 4, 2) == [
        (0, 4, 0, 8),
        (4, 8, 2, 10),
        (8, 10, 2, 10),
    ]
