"""What the two kinds of named backbones are called in errors. No Keras."""

from typing import get_args

from convzoo.common.choices import OwnBackbone

OF_OWN = "the backbones " + ", ".join(map(repr, get_args(OwnBackbone)))
OF_PRETRAINED = "networks with published weights, such as 'squeezenet'"
