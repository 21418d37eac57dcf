import re

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convzoo.layers import NonLocal
from tests.layer_checks import examples, gradients, wide_enough
from tests.support import numpy_of, randomized, rest_long, run_layer_test

MODES = ("embedded_gaussian", "gaussian", "dot_product", "concatenation")
SHAPES = {1: (2, 11, 6), 2: (2, 7, 9, 6), 3: (2, 3, 4, 5, 6)}


def built(shape, seed=0, **arguments):
    layer = NonLocal(**arguments)
    layer.build(shape)
    return randomized(layer, seed)


def features(shape, dtype="float32", seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def looped(layer, maps, bias=None):
    """Compute the equation of the paper pair by pair, in float64."""
    bias = [None] * len(maps) if bias is None else bias
    pairs = zip(maps.astype("float64"), bias, strict=True)
    return np.stack([looped_one(layer, *one) for one in pairs])


def looped_one(layer, one, bias):
    def embedded(dense, x):
        if dense is None:
            return x
        return x @ numpy_of(dense.kernel) + numpy_of(dense.bias)

    def positions(x):
        return x.reshape(-1, x.shape[-1])

    before = layer.sub_sample_position == "before"
    source = pooled(layer, one) if before else one
    keys, values = embedded(layer.phi, source), embedded(layer.g, source)
    if not before:
        keys, values = pooled(layer, keys), pooled(layer, values)
    queries = positions(embedded(layer.theta, one))
    keys, values = positions(keys), positions(values)
    mean = np.zeros((len(queries), values.shape[1]))
    for i, query in enumerate(queries):
        weights = np.array([pair(layer, query, key) for key in keys])
        if bias is not None:
            weights *= np.exp(bias[i])
        total = len(keys)
        if "gaussian" in layer.mode:
            total = weights.sum()
        for weight, value in zip(weights, values, strict=True):
            mean[i] += weight / total * value
    return one + embedded(layer.out, mean).reshape(one.shape)


def pair(layer, query, key):
    if layer.mode == "concatenation":
        joined = np.concatenate([query, key])
        return max(joined @ numpy_of(layer.concat_kernel), 0)
    if layer.mode == "dot_product":
        return query @ key
    scaled = layer.mode == "embedded_gaussian" and layer.use_scale
    return np.exp(query @ key / (np.sqrt(len(key)) if scaled else 1))


def pooled(layer, one):
    """Max-pool by loops, without incomplete windows."""
    factors = layer.sub_sample
    if factors is None:
        return one
    if isinstance(factors, int):
        factors = {1: (factors,), 2: (factors,) * 2, 3: (1, factors, factors)}[
            one.ndim - 1
        ]
    sizes = [max(n // f, 1) for n, f in zip(one.shape, factors, strict=False)]
    result = np.empty((*sizes, one.shape[-1]))
    for index in np.ndindex(*sizes):
        window = tuple(
            slice(i * f, (i + 1) * f)
            for i, f in zip(index, factors, strict=True)
        )
        result[index] = one[window].reshape(-1, one.shape[-1]).max(axis=0)
    return result


@pytest.mark.parametrize(
    "arguments",
    rest_long(
        {"sub_sample": 2, "normalization": "batch"},
        {"mode": "gaussian", "chunk_size": 5, "kernel_regularizer": "l2"},
    ),
)
def test_layer(arguments, tmp_path):
    run_layer_test(
        NonLocal,
        arguments,
        (2, 9, 7, 6),
        (2, 9, 7, 6),
        folder=tmp_path,
        other_shapes=[(1, 12, 16, 6), (3, 1, 2, 6)],
        # Weights of normal scale give outputs of several units.
        tolerance=3e-5,
    )


@pytest.mark.long
def test_layer_of_a_sequence(tmp_path):
    run_layer_test(
        NonLocal,
        {"mode": "dot_product", "reduction": 3, "sub_sample": 2},
        (2, 21, 6),
        (2, 21, 6),
        folder=tmp_path,
        other_shapes=[(1, 64, 6), (3, 1, 6)],
        tolerance=3e-5,
    )


@pytest.mark.long
def test_layer_of_a_video(tmp_path):
    run_layer_test(
        NonLocal,
        {
            "mode": "concatenation",
            "sub_sample": (2, 2, 1),
            "data_format": "channels_first",
        },
        (1, 6, 3, 4, 5),
        (1, 6, 3, 4, 5),
        folder=tmp_path,
        other_shapes=[(2, 6, 2, 7, 6), (1, 6, 1, 1, 2)],
        tolerance=3e-5,
    )


@pytest.mark.parametrize("sub_sample", [None, 2])
@pytest.mark.parametrize("rank", SHAPES)
@pytest.mark.parametrize("mode", MODES)
def test_pair_by_pair(mode, rank, sub_sample):
    maps = features(SHAPES[rank])
    layer = built(maps.shape, mode=mode, sub_sample=sub_sample)
    np.testing.assert_allclose(
        numpy_of(layer(maps)), looped(layer, maps), atol=2e-5
    )


@examples(25)
@given(
    st.lists(st.integers(1, 7), min_size=1, max_size=3),
    st.integers(1, 5),
    st.sampled_from(MODES),
    st.sampled_from([None, 2, 3]),
    st.sampled_from(["after", "before"]),
    st.integers(1, 9),
)
@pytest.mark.long
def test_any_shape(sizes, channels, mode, sub_sample, position, chunk_size):
    maps = features((2, *sizes, channels))
    layer = built(
        maps.shape,
        mode=mode,
        sub_sample=sub_sample,
        sub_sample_position=position,
        chunk_size=chunk_size,
    )
    np.testing.assert_allclose(
        numpy_of(layer(maps)), looped(layer, maps), atol=3e-5, rtol=1e-5
    )


@pytest.mark.parametrize("chunk_size", [None, 3])
@pytest.mark.parametrize("return_attention", [False, True])
@pytest.mark.parametrize("mode", MODES)
def test_a_mask_leaves_positions_out(mode, return_attention, chunk_size):
    x = features((2, 7, 6))
    layer = built(
        x.shape,
        mode=mode,
        return_attention=return_attention,
        chunk_size=chunk_size,
    )
    mask = np.array([[1, 1, 0, 1, 0, 0, 1], [1, 1, 1, 1, 1, 1, 1]], bool)
    found = layer(x, mask=mask)
    alone, whole = layer(x[:1, mask[0]]), layer(x[1:])
    if return_attention:
        found, attention = found
        alone, (whole, _) = alone[0], whole
        assert np.all(numpy_of(attention)[0][:, ~mask[0]] == 0)
    found = numpy_of(found)
    np.testing.assert_allclose(
        found[0, mask[0]], numpy_of(alone)[0], rtol=1e-5, atol=1e-5
    )
    np.testing.assert_allclose(
        found[1], numpy_of(whole)[0], rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize("mode", MODES)
def test_a_mask_of_nothing_stays_finite(mode):
    x = features((1, 4, 6))
    layer = built(x.shape, mode=mode)
    found = numpy_of(layer(x, mask=np.zeros((1, 4), bool)))
    if mode in ("dot_product", "concatenation"):
        expected = x + numpy_of(layer.out.bias)
    else:
        values = x @ numpy_of(layer.g.kernel) + numpy_of(layer.g.bias)
        mean = values.mean(1, keepdims=True)
        expected = x + mean @ numpy_of(layer.out.kernel)
        expected += numpy_of(layer.out.bias)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_a_mask_does_not_go_with_pooled_keys():
    x = features((1, 4, 6))
    layer = built(x.shape, sub_sample=2)
    with pytest.raises(ValueError, match="`mask` .*Received: sub_sample=2"):
        layer(x, mask=np.ones((1, 4), bool))


@pytest.mark.parametrize("chunk_size", [None, 3])
@pytest.mark.parametrize(
    ("sub_sample", "return_attention"), [(None, False), (2, True), (2, False)]
)
@pytest.mark.parametrize("mode", ["embedded_gaussian", "gaussian"])
def test_a_bias_of_pairs(mode, sub_sample, return_attention, chunk_size):
    x = features((2, 7, 6))
    layer = built(
        x.shape,
        mode=mode,
        sub_sample=sub_sample,
        return_attention=return_attention,
        chunk_size=chunk_size,
    )
    bias = features((2, 7, 7 if sub_sample is None else 3), seed=1)
    found = layer(x, bias=bias)
    if return_attention:
        found, _ = found
    np.testing.assert_allclose(
        numpy_of(found), looped(layer, x, bias), rtol=1e-5, atol=1e-5
    )


def test_a_bias_in_chunks_has_the_same_gradients():
    x, bias = features((2, 7, 6)), features((2, 7, 7), seed=1)

    def found(chunk_size):
        layer = built(x.shape, chunk_size=chunk_size)
        return gradients(
            lambda x, bias: layer(x, bias=bias, training=True),
            [x, bias],
            features(x.shape, seed=2),
        )

    for whole, chunked in zip(found(None), found(3), strict=True):
        assert np.abs(whole).max() > 0.01
        np.testing.assert_allclose(chunked, whole, atol=1e-5)


def test_a_bias_and_a_mask_go_together():
    x, bias = features((1, 5, 6)), features((1, 5, 5), seed=1)
    layer = built(x.shape)
    mask = np.array([[1, 0, 1, 1, 0]], bool)
    few = np.flatnonzero(mask[0])
    alone = layer(x[:, few], bias=bias[:, few][:, :, few])
    np.testing.assert_allclose(
        numpy_of(layer(x, mask=mask, bias=bias))[:, few],
        numpy_of(alone),
        rtol=1e-5,
        atol=1e-5,
    )


@pytest.mark.parametrize("mode", ["dot_product", "concatenation"])
def test_a_bias_needs_a_softmax(mode):
    layer = built((1, 4, 6), mode=mode)
    with pytest.raises(ValueError, match=r"`bias` .*Received: .*\(1, 4, 4\)"):
        layer(features((1, 4, 6)), bias=np.zeros((1, 4, 4)))


@pytest.mark.parametrize("shape", [(4, 4), (1, 4, 3), (1, 1, 4), (1, 1, 4, 4)])
def test_a_bias_of_another_shape_is_quoted(shape):
    layer = built((1, 4, 6))
    quoted = rf"`bias` .*\(batch, 4, 4\). Received: {re.escape(str(shape))}"
    with pytest.raises(ValueError, match=quoted):
        layer(features((1, 4, 6)), bias=np.zeros(shape))


@pytest.mark.parametrize("normalization", [None, "batch"])
@pytest.mark.parametrize("mode", MODES)
def test_a_new_layer_is_the_identity(mode, normalization):
    maps = features((2, 7, 9, 6))
    layer = NonLocal(mode, normalization=normalization)
    np.testing.assert_array_equal(numpy_of(layer(maps)), maps)
    np.testing.assert_array_equal(numpy_of(layer(maps, training=True)), maps)


@pytest.mark.parametrize("mode", MODES)
def test_positions_may_change_places(mode):
    maps = features((2, 30, 6))
    order = np.random.default_rng(1).permutation(30)
    layer = built(maps.shape, mode=mode)
    np.testing.assert_allclose(
        numpy_of(layer(maps[:, order])),
        numpy_of(layer(maps))[:, order],
        atol=1e-5,
    )


@pytest.mark.parametrize("sub_sample", [None, 2])
@pytest.mark.parametrize("mode", MODES)
def test_short_cuts_equal_the_map(mode, sub_sample):
    """Compare outputs and gradients in float64."""
    maps = features((1, 6, 7, 4), "float64")
    upstream = features(maps.shape, "float64", seed=1)
    with wide_enough("float64"):
        short, whole = (
            built(
                maps.shape,
                mode=mode,
                sub_sample=sub_sample,
                chunk_size=5,
                return_attention=whole,
                dtype="float64",
            )
            for whole in (False, True)
        )
        outputs, attention = whole(maps)
        np.testing.assert_allclose(
            numpy_of(short(maps)), numpy_of(outputs), atol=1e-12
        )
        (found,) = gradients(short, [maps], upstream)
        (expected,) = gradients(lambda x: whole(x)[0], [maps], upstream)
        np.testing.assert_allclose(found, expected, atol=1e-10)
    keys = 42 if sub_sample is None else 9
    assert attention.shape == (1, 42, keys)
    assert whole.compute_output_shape((1, 6, 7, 4)) == (
        (1, 6, 7, 4),
        (1, 42, keys),
    )
    if "gaussian" in mode:
        np.testing.assert_allclose(numpy_of(attention).sum(axis=-1), 1)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("chunk_size", [1, 7, 41, 42, 43, "auto"])
def test_chunks_equal_the_whole(chunk_size, training):
    maps, arguments = features((2, 6, 7, 4)), {"mode": "embedded_gaussian"}
    upstream = features(maps.shape, seed=1)
    whole = built(maps.shape, chunk_size=None, **arguments)
    layer = built(maps.shape, chunk_size=chunk_size, **arguments)

    def chunked(maps):
        return layer(maps, training=training)

    np.testing.assert_allclose(
        numpy_of(chunked(maps)), numpy_of(whole(maps)), atol=1e-6
    )
    np.testing.assert_allclose(
        gradients(chunked, [maps], upstream),
        gradients(whole, [maps], upstream),
        atol=1e-5,
    )


def test_many_positions_are_cut_into_chunks_by_themselves():
    layer = built((1, 2049, 2))
    lengths = [layer._chunk_length(n) for n in (0, 1, 2048, 2049)]
    assert lengths == [None, None, None, 256]
    assert built((1, 2049, 2), chunk_size=None)._chunk_length(10**6) is None
    assert built((1, 2049, 2), chunk_size=7)._chunk_length(3) == 7


@pytest.mark.parametrize("dtype", ["float32", "mixed_float16"])
def test_large_products_stay_finite(dtype):
    maps = features((1, 40, 8)) * 300
    layer = built(maps.shape, mode="gaussian", use_scale=False, dtype=dtype)
    assert np.all(np.isfinite(numpy_of(layer(maps)).astype("float32")))


@pytest.mark.long
def test_many_equal_keys_do_not_confuse_the_sorting():
    """Cover ties, and sums of exactly zero at the kink of ReLU."""
    maps = np.random.default_rng(0).integers(-1, 2, (2, 50, 3))
    maps = maps.astype("float32")
    layer = built(maps.shape, mode="concatenation", reduction=1)
    for weight in layer.weights:
        weight.assign(np.round(numpy_of(weight)))
    np.testing.assert_allclose(
        numpy_of(layer(maps)), looped(layer, maps), atol=1e-5
    )


def test_use_scale():
    maps = features((1, 20, 8))
    plain = built(maps.shape, use_scale=False)
    scaled = built(maps.shape)
    scaled.theta.kernel.assign(numpy_of(scaled.theta.kernel) * 2)
    scaled.theta.bias.assign(numpy_of(scaled.theta.bias) * 2)
    np.testing.assert_allclose(
        numpy_of(scaled(maps)), numpy_of(plain(maps)), atol=1e-6
    )


def test_names_of_the_weights():
    layer = built((1, 5, 8), mode="concatenation", reduction=4)
    assert layer.concat_kernel.shape == (4,)
    assert layer.theta.kernel.shape == layer.phi.kernel.shape == (8, 2)
    assert layer.g.bias.shape == (2,) and layer.out.kernel.shape == (2, 8)
    layer = built((1, 5, 8), mode="gaussian")
    assert layer.theta is layer.phi is layer.concat_kernel is None
    assert built((1, 5, 3), reduction=7).g.kernel.shape == (3, 1)


def test_learns_from_a_distance():
    """Each position must predict the value at the first position."""
    random = np.random.default_rng(0)
    maps = random.normal(size=(256, 12, 2)).astype("float32")
    maps[:, :, 1] = np.arange(12) == 0
    answers = np.repeat(maps[:, :1, :1], 12, axis=1)
    keras.utils.set_random_seed(0)
    inputs = keras.Input((None, 2))
    outputs = keras.layers.Dense(1)(NonLocal(reduction=1)(inputs))
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(0.05), "mse")
    losses = model.fit(maps, answers, epochs=40, verbose=0).history["loss"]
    # Without the other positions, the loss would stay at 1.
    assert losses[-1] < 0.2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mode", "softmax"),
        ("reduction", 0),
        ("reduction", 2.0),
        ("use_scale", 0.5),
        ("sub_sample", 0),
        ("sub_sample", (2, 0)),
        ("sub_sample", ()),
        ("sub_sample", "2"),
        ("sub_sample_position", "behind"),
        ("normalization", "layer"),
        ("chunk_size", 0),
        ("chunk_size", "all"),
        ("return_attention", "yes"),
        ("data_format", "NHWC"),
    ],
)
def test_arguments_are_quoted(name, value):
    with pytest.raises(ValueError, match=f"`{name}`.*{name}="):
        NonLocal(**{name: value})


@pytest.mark.parametrize("shape", [(2, 5), (1, 2, 2, 2, 2, 2)])
def test_rank_is_quoted(shape):
    with pytest.raises(ValueError, match="rank 3 or 4 or 5.*input_shape="):
        NonLocal()(np.zeros(shape, "float32"))


def test_factors_of_another_rank_are_quoted():
    with pytest.raises(ValueError, match=r"`sub_sample`.*sub_sample=\(2, 2\)"):
        NonLocal(sub_sample=(2, 2))(np.zeros((1, 5, 3), "float32"))


def test_unknown_channels_are_quoted():
    with pytest.raises(ValueError, match="channels.*input_shape="):
        NonLocal()(keras.Input((5, 5, None)))


def test_empty_batch():
    layer = built((0, 4, 4, 2))
    assert layer(np.zeros((0, 4, 4, 2), "float32")).shape == (0, 4, 4, 2)
