"""A small model, its data, and a run of it, for tests of `Run`."""

import h5py
import keras
import numpy as np

from convzoo.layers.seeded_dropout import seeded_dropout
from convzoo.training import Run
from convzoo.training.epoch_dataset import EpochDataset
from convzoo.training.optimization import averaged_adam

LENGTH = 5


class Numbers(EpochDataset):
    """Random batches, which depend on their epoch and index."""

    def __len__(self):
        return LENGTH

    def __getitem__(self, index):
        random = np.random.default_rng((self.epoch, index))
        x = random.normal(size=(4, 3)).astype("float32")
        return x, (x.sum(-1, keepdims=True) > 0).astype("float32")


class At(keras.callbacks.Callback):
    """Calls a function after each step, with the number of steps."""

    def __init__(self, called):
        super().__init__()
        self.called = called

    def on_train_batch_end(self, batch, logs=None):
        self.called(int(self.model.optimizer.iterations))


def network(steps=15):
    """Dropout, momentum, an average of the weights, a schedule, a metric."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(4, "relu"),
            seeded_dropout(0.5, "float32"),
            keras.layers.Dense(1, "sigmoid"),
        ]
    )
    rate = keras.optimizers.schedules.CosineDecay(0.1, steps)
    optimizer = averaged_adam(rate, 0.9)
    model.compile(
        optimizer,
        "binary_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,
    )
    optimizer.build(model.trainable_variables)
    return model


def run_of(folder, steps=15, **arguments):
    return Run(
        folder,
        {"class": "Sequential", "steps": steps},
        lambda model: {"score": float(model.layers[0].get_weights()[0][0, 0])},
        "score",
        **arguments,
    )


def trained(folder, steps=15, called=lambda step: None, **arguments):
    """Train to the end, or until `called` raises."""
    run = run_of(folder, steps, **arguments)
    run.train(network(steps), Numbers(), steps, 0, [At(called)])
    return run


def state_of(folder):
    with np.load(folder / "state.npz") as stored:
        return {name: stored[name] for name in stored.files}


def assert_same(first, second):
    """All files of two runs are equal, and none is left over."""
    names = sorted(path.name for path in first.iterdir())
    assert sorted(path.name for path in second.iterdir()) == names
    a, b = state_of(first), state_of(second)
    assert list(a) == list(b)
    for name in a:
        np.testing.assert_array_equal(a[name], b[name])
    for name in ("log.jsonl", "run.json"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    for name in ("best", "last"):
        pairs = zip(
            weights_of(first / name), weights_of(second / name), strict=True
        )
        for x, y in pairs:
            np.testing.assert_array_equal(x, y)


def weights_of(preset):
    """The arrays of a preset; the names of layers count up in a process."""
    found = []
    with h5py.File(preset / "model.weights.h5") as file:
        file.visititems(
            lambda name, item: (
                found.append(item[()])
                if isinstance(item, h5py.Dataset)
                else None
            )
        )
    return found
