"""Plots of where networks on images of the pitch look."""

import numpy as np
from keras import ops
from matplotlib.figure import Figure

from convzoo.layers import DeformableConv2D, NonLocal
from convzoo.training.football.drawing.pitch_view import view_of
from convzoo.training.football.drawing.render_pitch import render_pitch
from convzoo.training.football.predict_ball import predict_ball

# Pixels along the side of a cell of the network's maps.
_STRIDE = 8
_TAPS = 3
_BALL, _SAID, _LOOK = "#ffe14d", "#ff4fd8", "#00e5ff"


def draw_looks(models, games, path):
    """Plot the middle frame of each game, with a column for each network.

    Yellow crosses mark the ball, rings the prediction, and points or shading
    where the network looks from there: the receptive field of a network with
    fixed taps, the displaced taps of the last two deformable convolutions, or
    the attention of the last non-local block.

    Args:
        models: Dict from names to models.
        games: Sequence of `Tracking`s.
        path: Path of the plot.
    """
    shape = len(games), len(models)
    figure = Figure(
        figsize=(4.2 * shape[1], 3 * shape[0]), layout="constrained"
    )
    panels = figure.subplots(*shape, squeeze=False)
    for row, game in zip(panels, games, strict=True):
        frame = game[len(game) // 2 : len(game) // 2 + 1]
        for axes, (name, model) in zip(row, models.items(), strict=True):
            _draw(axes, model, frame)
            axes.set_title(name.replace("_", "-"))
    figure.savefig(path, dpi=60)


def _draw(axes, model, frame):
    view = view_of(model)
    picture = render_pitch(frame.players, frame.team, frame.velocities, view)
    axes.imshow(picture[0], interpolation="nearest")
    axes.set_axis_off()
    said = view.pixels(predict_ball(model, frame)["position"])[0]
    kept = _kept(model.branch, picture)
    if model.spatial == "deformable":
        points = _taps(kept, said / _STRIDE - 0.5)
        axes.plot(*((points + 0.5) * _STRIDE).T, ".", color=_LOOK, ms=2)
    elif model.spatial == "non_local":
        _shade(axes, kept[-1], said / _STRIDE)
    else:
        _box(axes, model.branch.network, said)
    axes.plot(*view.pixels(frame.ball)[0], "x", color=_BALL, ms=9, mew=2)
    axes.plot(*said, "o", mfc="none", color=_SAID, ms=12, mew=2)
    rows, columns = picture.shape[1:3]
    axes.set(xlim=(0, columns), ylim=(rows, 0))


def _kept(branch, picture):
    """Return offsets and attention maps of a network, in their order.

    Offsets of a deformable convolution are `(rows, columns, 9, 2)`, y before x;
    attention is `(rows, columns, rows, columns)`.
    """
    maps = branch.checked(picture)
    for conv in branch.halve:
        maps = conv(branch.pad(maps))
    network, kept = branch.network, []
    x = network.enter(maps)
    rows, columns = x.shape[1:3]
    for index, unit in enumerate(network.units):
        if isinstance(unit.first, DeformableConv2D):
            kept.append(_offsets(unit.first, unit.norm(x)))
        x = unit(x)
        look = network.looks.get(str(index))
        if look is not None:
            x, attention = _with_attention(look, x)
            shape = rows, columns, rows, columns
            kept.append(np.asarray(attention).reshape(shape))
    return kept


def _offsets(layer, x):
    said = ops.conv(x, layer.offset_kernel, padding="same") + layer.offset_bias
    offsets = np.asarray(said)[0, :, :, : 2 * _TAPS**2]
    return offsets.reshape(*offsets.shape[:2], _TAPS**2, 2)


def _with_attention(look, x):
    config = {**look.get_config(), "return_attention": True}
    copy = NonLocal.from_config(config)
    copy.build(x.shape)
    copy.set_weights(look.get_weights())
    return copy(x)


def _taps(offsets, place):
    """Return where the last two deformable convolutions look: x, y."""
    points = np.array([place[::-1]])
    steps = np.arange(_TAPS) - _TAPS // 2
    grid = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1)
    for layer in offsets[:-3:-1]:
        last = np.array(layer.shape[:2]) - 1
        nearest = np.clip(np.round(points), 0, last).astype(int)
        moved = layer[nearest[:, 0], nearest[:, 1]] + grid.reshape(-1, 2)
        points = (np.expand_dims(points, 1) + moved).reshape(-1, 2)
    return points[:, ::-1]


def _shade(axes, attention, place):
    rows, columns = attention.shape[:2]
    column, row = (
        int(np.clip(value, 0, count - 1))
        for value, count in zip(place, (columns, rows), strict=True)
    )
    shares = attention[row, column]
    axes.imshow(
        shares / shares.max(),
        extent=(0, columns * _STRIDE, rows * _STRIDE, 0),
        cmap="cool",
        alpha=np.sqrt(shares / shares.max()) * 0.8,
        interpolation="nearest",
    )


def _box(axes, network, said):
    """Draw the receptive field, without the convolutions before the network."""
    reach = 1 + sum(
        unit.first.dilation_rate[0] + unit.second.dilation_rate[0]
        for unit in network.units
    )
    half = (reach + 0.5) * _STRIDE
    (left, top), (right, bottom) = said - half, said + half
    axes.plot(
        [left, right, right, left, left],
        [top, top, bottom, bottom, top],
        color=_LOOK,
    )
