"""Networks of perceptual losses and distances, as they are typed. No Keras."""

from collections.abc import Collection
from typing import Literal, TypeVar

# Networks of the perceptual loss, and of the distance that judges.
Features = Literal["vgg19", "squeezenet"]
Judge = Literal["alex", "vgg", "squeezenet"]
_Network = TypeVar("_Network", bound=str)


def chosen_network(
    name: str, choice: object, networks: Collection[_Network]
) -> tuple[_Network, str | None]:
    """Return the network, and the path of its weights or None.

    Args:
        name: Name of the argument.
        choice: Its value: a network, optionally followed by a colon and a path.
        networks: The networks.

    Raises:
        ValueError: It is another network.
    """
    typed, _, weights = str(choice).partition(":")
    for network in networks:
        if network == typed:
            return network, weights or None
    raise ValueError(
        f"`{name}` must be one of {networks}, optionally followed by a colon "
        f"and the path of weights. Received: {name}={choice!r}"
    )
