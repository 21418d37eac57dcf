"""Training step of `SRGAN`, against the usual two updates.

    python -m benchmarks.srgan_step [paper]

The peer is the training step of Keras's examples of adversarial networks, which
runs the generator once for the update of the discriminator and again for its
own. Networks, losses and optimizers are the same, in TensorFlow graphs without
XLA. The networks are those of `srgan_x4_base`, or with "paper" SRResNet without
batch normalisation and a discriminator with 64 filters; patches are 8 of 32x32,
or 2 of 24x24. Models take turns; medians of 15 rounds.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from benchmarks._timing import medians
from convzoo.losses import (
    DiscriminatorLoss,
    FeatureExtractor,
    GeneratorLoss,
    Perceptual,
)
from convzoo.zoo import SRGAN, SRDiscriminator, SRGenerator
from convzoo.zoo.super_resolution.sr_configs import SR_CONFIGS

_ROUNDS = 15
_PIXEL, _ADVERSARIAL = 1e-2, 5e-3


class TwoUpdates(keras.Model):
    """Two updates per step, each with its own run of the generator."""

    def __init__(self, generator, discriminator, perceptual):
        super().__init__()
        self.generator = generator
        self.discriminator = discriminator
        self.pixel = keras.losses.MeanAbsoluteError()
        self.perceptual = perceptual
        self.adversarial = GeneratorLoss()
        self.judgement = DiscriminatorLoss()
        self.other_optimizer = keras.optimizers.Adam(1e-4)

    def train_step(self, data):
        low, high, _ = keras.utils.unpack_x_y_sample_weight(data)
        fake = self.generator(low, training=True)
        with tf.GradientTape() as tape:
            judgement = self.judgement(
                self.discriminator(high, training=True),
                self.discriminator(fake, training=True),
            )
        variables = self.discriminator.trainable_variables
        gradients = tape.gradient(judgement, variables)
        self.other_optimizer.apply(gradients, variables)
        with tf.GradientTape() as tape:
            fake = self.generator(low, training=True)
            logits = self.discriminator(fake, training=True)
            loss = (
                _PIXEL * self.pixel(high, fake)
                + self.perceptual(high, fake)
                + _ADVERSARIAL * self.adversarial(logits, logits)
            )
        variables = self.generator.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return {"loss": loss, "discriminator_loss": judgement}


def main(networks="base"):
    is_paper = networks == "paper"
    batch, side = (2, 24) if is_paper else (8, 32)
    random = np.random.default_rng(0)
    low = random.random((batch, side, side, 3), np.float32)
    high = random.random((batch, 4 * side, 4 * side, 3), np.float32)
    models = {"ours": _ours(is_paper), "peer": _peer(is_paper)}
    runs = {
        name: lambda model=model: model.train_on_batch(low, high)
        for name, model in models.items()
    }
    seconds = medians(runs, _ROUNDS)
    print(
        f"{networks}: SRGAN {seconds['ours'] * 1e3:.0f} ms per step, "
        f"two updates {seconds['peer'] * 1e3:.0f} ms, "
        f"ratio {seconds['peer'] / seconds['ours']:.2f}"
    )


def _networks(is_paper):
    config = SR_CONFIGS["large" if is_paper else "base"]
    filters = 64 if is_paper else 32
    extractor = FeatureExtractor(
        "squeezenet", ["conv1", "fire2", "fire3", "fire5"], weights=None
    )
    return (
        SRGenerator(**config),
        SRDiscriminator(filters, normalization="spectral"),
        Perceptual(extractor),
    )


def _ours(is_paper):
    generator, discriminator, perceptual = _networks(is_paper)
    model = SRGAN(
        generator,
        discriminator,
        pixel_loss=("mean_absolute_error", _PIXEL),
        perceptual_loss=(perceptual, 1.0),
        adversarial_loss=("non_saturating", _ADVERSARIAL),
    )
    model.compile(keras.optimizers.Adam(1e-4), jit_compile=False)
    return model


def _peer(is_paper):
    model = TwoUpdates(*_networks(is_paper))
    model.compile(keras.optimizers.Adam(1e-4), jit_compile=False)
    return model


if __name__ == "__main__":
    main(*sys.argv[1:])
