"""Models, whole and trained."""

from convzoo.zoo.sr_discriminator import SRDiscriminator as SRDiscriminator
from convzoo.zoo.sr_generator import SRGenerator as SRGenerator
from convzoo.zoo.srgan import SRGAN as SRGAN

__all__ = ["SRGAN", "SRDiscriminator", "SRGenerator"]
