"""Datasets of tensorflow-datasets on disk."""

import keras
import pytest


@pytest.fixture
def datasets(tmp_path, monkeypatch):
    """Function that writes a dataset for `tfds.load` and returns its name.

    Each example is a dictionary of images, with a `"label"` if there are
    classes.
    """
    tfds = pytest.importorskip("tensorflow_datasets")
    if keras.config.backend() != "tensorflow":
        pytest.skip("tensorflow-datasets runs on TensorFlow")
    load = tfds.load

    def load_from_here(name, **arguments):
        return load(name, data_dir=tmp_path, download=False, **arguments)

    monkeypatch.setattr(tfds, "load", load_from_here)

    def prepare(name, splits, examples, classes=()):
        image = tfds.features.Image(shape=(None, None, 3))
        features = dict.fromkeys(examples(0), image)
        if classes:
            features["label"] = tfds.features.ClassLabel(names=list(classes))

        class Builder(tfds.core.GeneratorBasedBuilder, skip_registration=True):
            VERSION = tfds.core.Version("1.0.0")
            pkg_dir_path = tmp_path

            def _info(self):
                return self.dataset_info_from_configs(
                    features=tfds.features.FeaturesDict(features)
                )

            def _split_generators(self, dl_manager):
                return {
                    split: [(i, examples(i)) for i in range(count)]
                    for split, count in splits.items()
                }

            def _generate_examples(self, *_):
                raise NotImplementedError

        Builder.name = name
        Builder(data_dir=tmp_path).download_and_prepare()
        return f"tfds:{name}"

    return prepare
