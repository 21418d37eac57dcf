"""Play whose columns change from one player to another."""

import numpy as np

from convzoo.training.football.tracking.tracking import Tracking


def rows_of_players(frames=200, seed=0):
    """Eleven lanes of two players of both teams, who run up and down."""
    random = np.random.default_rng(seed)
    # At most 6 m/s.
    beat, start = random.uniform((0.2, 0), (1.2, 6), (22, 2)).T
    way = 5 * np.sin(np.arange(frames)[:, None] / 5 * beat + start)
    x = np.repeat([-25.0, 25.0], 11) + way
    y = np.tile(np.linspace(-30, 30, 11), 2)
    players = np.stack([x, np.broadcast_to(y, x.shape)], axis=2)
    team = np.tile(np.arange(22) % 2, (frames, 1))
    return Tracking(players, team, time=np.arange(frames) / 5)


def permuted(game, rare=1.0, seed=0):
    """Columns in another order, and the order: also teams change columns."""
    random = np.random.default_rng(seed)
    order = np.arange(22)
    orders = []
    for _ in range(len(game)):
        if random.random() < rare:
            order = random.permutation(22)
        orders.append(order)
    order = np.stack(orders)
    rows = np.arange(len(game))[:, None]
    return order, game.with_(
        players=game.players[rows, order], team=game.team[rows, order]
    )
