import numpy as np

from convzoo.zoo.football.player_encoder import PlayerEncoder
from tests.support import numpy_of, randomized

BATCH, COUNT, FEATURES, PAIRS = 2, 5, 4, 3


def built(**arguments):
    encoder = PlayerEncoder(width=24, depth=1, heads=2, **arguments)
    encoder.build((None, None, FEATURES), (None, None, None, PAIRS))
    return randomized(encoder, 0)


def inputs(seed=0):
    random = np.random.default_rng(seed)
    pairs = random.normal(size=(BATCH, COUNT, COUNT, PAIRS))
    return {
        "features": random.normal(size=(BATCH, COUNT, FEATURES)),
        "pairs": pairs,
        "counted": np.ones((BATCH, COUNT, COUNT, 1)),
        "seen": np.ones((BATCH, COUNT, 1)),
    }


def tokens(encoder, given):
    arrays = {name: array.astype("float32") for name, array in given.items()}
    return numpy_of(encoder(**arrays))


def changes(blind):
    """Change of each token after one pair changes, with a kernel of 0."""
    encoder, given = built(), inputs()
    for block in encoder.blocks:
        kernel = getattr(block, blind).kernel
        kernel.assign(np.zeros(kernel.shape))
    before = tokens(encoder, given)
    given["pairs"][:, 1, 3] += 1
    return np.abs(tokens(encoder, given) - before).max(axis=(0, 2))


def test_attention_knows_of_pairs():
    found = changes("pooled")
    assert found[1] > 1e-4
    # The pair (1, 3) affects token 1 only.
    np.testing.assert_allclose(np.delete(found, 1), 0, atol=1e-6)


def test_poolings_know_of_pairs():
    assert changes("bias")[1] > 1e-4


def test_who_is_not_seen_does_not_count():
    encoder, given = built(), inputs()
    given["seen"][:, 2] = 0
    given["counted"][:, 2] = given["counted"][:, :, 2] = 0
    others = [0, 1, 3, 4]
    before = tokens(encoder, given)[:, others]
    given["features"][:, 2] += 1
    given["pairs"][:, 2] += 1
    given["pairs"][:, :, 2] += 1
    np.testing.assert_allclose(
        tokens(encoder, given)[:, others], before, atol=1e-6
    )


def test_nobody_to_pair_with_stays_finite():
    given = inputs()
    given["counted"][:] = 0
    given["seen"][:] = 0
    assert np.isfinite(tokens(built(), given)).all()
