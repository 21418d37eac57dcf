"""Plots of frames of a game with the predicted ball."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from convzoo.common.printable import printable
from convzoo.training.football.drawing.check_drawing import check_packages
from convzoo.training.football.drawing.pitch_view import view_of
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor
from convzoo.zoo.football.heatmap_grid import heatmap_grid

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.collections import LineCollection
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage
    from matplotlib.lines import Line2D
    from matplotlib.patches import Circle
    from matplotlib.text import Annotation

# Markers and colours of the teams. Blue and orange differ for colour-blind
# people, and in brightness without colour.
TEAMS = (("o", "#0a4c8a"), ("s", "#f5a31b"))
HEAT = "#a3127e"
_GRASS, _LINES, _INK = "#f3f6ef", "#8d9a86", "#1a1a1a"
# Colours of shirt numbers on these markers.
_NUMBERS = ("white", _INK)
# Number of characters that fit on a marker, under it, and in the legend.
_ON, _UNDER, _LEGEND = 2, 14, 30
# Duration of the runs that are drawn, in seconds.
_SECONDS = 1.0
# Duration of the trail of the ball, in seconds.
TRAIL = 2.0
# A triangle above a player, in sizes of the marker. A ring would be mistaken
# for a circle that contains the ball.
_ABOVE_PLAYER = ((-0.16, 0.5), (0.16, 0.5), (0.0, 0.25), (-0.16, 0.5))
# Width of the figure, and heights above and below the pitch, in inches.
_WIDTH, _ABOVE, _BELOW = 10.0, 0.78, 0.72
_DPI = 100


class BallScene:
    """A figure that shows one frame at a time.

    The pitch and the legend are drawn once; `show` updates the other artists,
    and `picture` redraws only these.

    Args:
        tracking: A `Tracking`.
        model: A `BallPositionPredictor`, for the extent of its heatmap.
        frames: Indices of the frames to show, for the legend.
        trails: Whether `show` gets trails, for the legend.

    Attributes:
        figure: A `matplotlib.figure.Figure`.
        axes: Axes of the pitch, in metres from the centre spot, y upwards.
        heatmap, runs, trail, teams, labels, carrier, circles, ball, true_ball,
            headline, detail: The artists that `show` updates. `labels` are the
            names of the players, if they are known: shirt numbers on the
            markers, longer names under them.

    Raises:
        ValueError: If mplsoccer or matplotlib is missing.
    """

    def __init__(
        self,
        tracking: Tracking,
        model: BallPositionPredictor,
        frames: Sequence[int],
        trails: bool = False,
    ) -> None:
        check_packages()
        self.tracking = tracking
        length, width = heatmap_grid(model.pitch, model.cell)[1]
        along, across = np.array(tracking.pitch) / model.pitch
        extent = length * along, width * across
        self.figure, self.axes = _pitch(tracking.pitch, extent)
        left, right, bottom, top = map_edges(model)
        edges = left * along, right * along, bottom * across, top * across
        self.heatmap = self._map(edges)
        self.runs = self._lines(_INK, 1.4)
        self.trail = self._lines(HEAT, 3.0)
        self.teams = [self._markers(*team, size=12) for team in TEAMS]
        columns = tracking.players.shape[1] if tracking.names else 0
        self.labels = [self._label() for _ in range(columns)]
        self.carrier = self._markers(_ABOVE_PLAYER, _INK, size=44)
        self.circles = [self._circle("-", 2.0), self._circle("--", 1.6)]
        self.ball = self._markers("o", "white", size=8, edge=HEAT, width=2.8)
        self.true_ball = self._markers("X", _INK, size=11, width=1.2)
        top = 1 - 0.12 / self.figure.get_figheight()
        text: dict[str, Any] = {"va": "top", "color": _INK}
        text["parse_math"] = False
        self.headline = self.figure.text(0.02, top, "", **text, fontsize=16)
        self.headline.set_fontweight("bold")
        top -= 0.33 / self.figure.get_figheight()
        self.detail = self.figure.text(0.02, top, "", **text, fontsize=11.5)
        self._legend(tracking[frames], model.sees == "players", trails)
        # The canvas and its static background, once drawn.
        self._still: tuple[FigureCanvasAgg, Any] | None = None

    def show(
        self,
        frame: int,
        said: dict[str, np.ndarray],
        trail: np.ndarray | None = None,
    ) -> None:
        """Update the artists to a frame.

        Args:
            frame: Index of the frame.
            said: Prediction for the frame: `heatmap`, `(rows, columns)`;
                `position`, `(2,)`, `radius_50` and `radius_90`, in metres; and
                `carrier`, `(n,)`, from a model of players.
            trail: Past positions `(k, 2)` of the ball, oldest first; NaN where
                unknown. The line fades towards the oldest.
        """
        players = self.tracking.players[frame]
        number = self.tracking.frame_of(frame)
        seen = ~np.isnan(players).any(1)
        for team, markers in enumerate(self.teams):
            there = seen & (self.tracking.team[frame] == team)
            markers.set_data(*players[there].T)
        self._show_names(frame, seen)
        self.runs.set_segments(self._segments(frame))
        self._show_trail(trail)
        self.true_ball.set_data(*np.expand_dims(self.tracking.ball[frame], 1))
        for artist in (self.heatmap, self.carrier, *self.circles, self.ball):
            artist.set_visible(seen.any())
        if not seen.any():
            self._write(f"frame {number}: nobody is seen", "")
            return
        self._show_ball(said)
        self._write(
            f"frame {number}: ball within {said['radius_90']:.1f} m (90 %)",
            self._details(frame, said),
        )

    def picture(self) -> np.ndarray:
        """Render 8-bit RGB `(height, width, 3)`, both sides even."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        moving = [self.heatmap, *self.circles, self.runs, self.trail]
        moving += [*self.teams, self.carrier, self.ball, self.true_ball]
        moving += [*self.labels, self.headline, self.detail]
        if self._still is None:
            # Redrawing the legend would take most of the time.
            canvas = FigureCanvasAgg(self.figure)
            for artist in moving:
                artist.set_animated(True)
            canvas.draw()
            self._still = canvas, canvas.copy_from_bbox(self.figure.bbox)
        canvas, still = self._still
        canvas.restore_region(still)
        for artist in sorted(moving, key=lambda artist: artist.get_zorder()):
            artist.draw(canvas.get_renderer())
        return np.array(canvas.buffer_rgba())[:, :, :3]

    def _show_trail(self, trail: np.ndarray | None) -> None:
        from matplotlib.colors import to_rgb

        if trail is None:
            trail = np.empty((0, 2))
        segments = np.stack([trail[:-1], trail[1:]], axis=1)
        self.trail.set_segments(list(segments))
        opacities = np.linspace(0, 1, len(trail))[1:]
        self.trail.set_color([(*to_rgb(HEAT), part) for part in opacities])

    def _show_ball(self, said: dict[str, np.ndarray]) -> None:
        heatmap = np.asarray(said["heatmap"])
        self.heatmap.set_data(heatmap)
        # Normalized per frame: the most likely cell always has the same shade.
        self.heatmap.set_clim(0, max(heatmap.max(), 1e-30))
        self.ball.set_data(*np.expand_dims(said["position"], 1))
        for circle, name in zip(
            self.circles, ("radius_50", "radius_90"), strict=True
        ):
            x, y = said["position"]
            circle.set_center((x, y))
            circle.set_radius(float(said[name]))

    def _show_names(self, frame: int, seen: np.ndarray) -> None:
        for column, label in enumerate(self.labels):
            label.set_visible(bool(seen[column]))
            if not seen[column]:
                continue
            name = _shortened(self.tracking.name_of(frame, column), _UNDER)
            on = len(name) <= _ON
            team = self.tracking.team[frame, column]
            x, y = map(float, self.tracking.players[frame, column])
            label.xy = x, y
            label.set(
                text=name,
                position=(0, 0) if on else (0, -8),
                va="center_baseline" if on else "top",
                color=_NUMBERS[team] if on else _INK,
            )

    def _details(self, frame: int, said: dict[str, np.ndarray]) -> str:
        parts = []
        if "carrier" in said:
            carrier = int(np.argmax(said["carrier"]))
            place = self.tracking.players[frame, carrier]
            self.carrier.set_data(*np.expand_dims(place, 1))
            title = _shortened(self.tracking.title_of(frame, carrier))
            parts.append(
                f"If a player has it: {title} "
                f"({100 * said['carrier'][carrier]:.0f} %)"
            )
            if np.hypot(*said["position"] - place) > said["radius_50"]:
                parts.append("The cloud also counts a ball that nobody has")
        if self.tracking.has_ball[frame]:
            away = said["position"] - self.tracking.ball[frame]
            parts.append(f"The true ball is {np.hypot(*away):.1f} m away")
        return ".  ".join(parts)

    def _write(self, headline: str, detail: str) -> None:
        self.headline.set_text(headline)
        self.detail.set_text(detail)

    def _segments(self, frame: int) -> list[np.ndarray]:
        """Start and end of the known runs."""
        starts = self.tracking.players[frame]
        ends = starts + _SECONDS * self.tracking.velocities[frame]
        segments = np.stack([starts, ends], axis=1)
        return list(segments[~np.isnan(segments).any((1, 2))])

    def _map(self, edges: tuple[float, float, float, float]) -> "AxesImage":
        from matplotlib.colors import LinearSegmentedColormap, PowerNorm

        limits = self.axes.axis()
        shades = [(HEAT, 0.0), (HEAT, 0.8)]
        heatmap = self.axes.imshow(
            np.zeros((1, 1)),
            LinearSegmentedColormap.from_list("heat", shades),
            # A square root keeps cells of 1 % of the maximum visible.
            norm=PowerNorm(0.5, 0, 1),
            origin="lower",
            extent=edges,
            interpolation="bicubic",
            zorder=1,
        )
        # `imshow` changes the limits to those of the heatmap.
        self.axes.axis(limits)
        return heatmap

    def _lines(self, colour: str, width: float) -> "LineCollection":
        from matplotlib.collections import LineCollection

        lines = LineCollection([], colors=colour, linewidths=width, zorder=2)
        self.axes.add_collection(lines, autolim=False)
        return lines

    def _markers(
        self,
        marker: Any,
        colour: str,
        size: float,
        edge: str = "white",
        width: float = 0.8,
    ) -> "Line2D":
        (markers,) = self.axes.plot(
            [],
            [],
            linestyle="none",
            marker=marker,
            color=colour,
            markersize=size,
            markeredgecolor=edge,
            markeredgewidth=width,
            zorder=3,
        )
        return markers

    def _label(self) -> "Annotation":
        """A name at a distance in points from a position in metres."""
        return self.axes.annotate(
            "",
            (0, 0),
            (0, 0),
            textcoords="offset points",
            ha="center",
            fontsize=7,
            parse_math=False,
            visible=False,
            zorder=3.1,
        )

    def _circle(self, style: str, width: float) -> "Circle":
        from matplotlib.patches import Circle

        circle = Circle((0, 0), 1, fill=False, edgecolor=HEAT, zorder=2.5)
        circle.set(linestyle=style, linewidth=width)
        self.axes.add_patch(circle)
        return circle

    def _legend(
        self, shown: Tracking, names_carrier: bool, trails: bool
    ) -> None:
        """Draw a legend of the artists that appear in the frames."""
        from matplotlib.lines import Line2D

        seen = ~np.isnan(shown.players[:, :, 0])
        handles: dict[str, Artist] = {
            _shortened(shown.team_names[i], _LEGEND): team
            for i, team in enumerate(self.teams)
            if (seen & (shown.team == i)).any()
        }
        if not np.isnan(shown.velocities).all():
            run = Line2D([], [], color=_INK, linewidth=1.4)
            handles[f"run of the next {_SECONDS:g} s"] = run
        if names_carrier and seen.any():
            # As drawn, it would be above its label.
            handles["most likely carrier"] = Line2D(
                [], [], linestyle="none", marker="v", color=_INK, markersize=10
            )
        if shown.has_ball.any():
            handles["true ball"] = self.true_ball
        if trails:
            past = Line2D([], [], color=HEAT, linewidth=3, alpha=0.6)
            handles[f"ball of the past {TRAIL:g} s"] = past
        if seen.any():
            handles |= self._prediction_handles()
        legend = self.figure.legend(
            handles.values(),
            handles.keys(),
            loc="lower center",
            ncols=5,
            frameon=False,
            fontsize=10,
            labelcolor=_INK,
        )
        for text in legend.get_texts():
            text.set_parse_math(False)

    def _prediction_handles(self) -> "dict[str, Artist]":
        """Legend handles of the prediction."""
        from matplotlib.lines import Line2D
        from matplotlib.patches import Patch

        handles: dict[str, Artist] = {"predicted ball": self.ball}
        for circle, share in zip(self.circles, (50, 90), strict=True):
            style, width = circle.get_linestyle(), circle.get_linewidth()
            line = Line2D([], [], color=HEAT, linestyle=style, linewidth=width)
            handles[f"ball inside: {share} %"] = line
        handles["where the ball may be"] = Patch(
            color=HEAT, alpha=0.4, linewidth=0
        )
        return handles


def map_edges(
    model: BallPositionPredictor,
) -> tuple[float, float, float, float]:
    """Left, right, bottom and top edge of the heatmap, in metres.

    They are those on the pitch of the model.
    """
    if model.sees == "players":
        length, width = heatmap_grid(model.pitch, model.cell)[1]
        return -length / 2, length / 2, -width / 2, width / 2
    view = view_of(model)
    rows, columns = model.branch.whole(view.size)
    corners = view.metres(np.array([[0, rows], [columns, 0]], "float32"))
    (left, bottom), (right, top) = corners.tolist()
    return left, right, bottom, top


def _shortened(name: str, most: int = 60) -> str:
    """One line of at most so many characters."""
    name = printable(name)
    return (
        name
        if len(name) <= most
        else f"{name[: most - 1]}\N{HORIZONTAL ELLIPSIS}"
    )


def _pitch(
    lengths: tuple[float, float], extent: tuple[float, float]
) -> "tuple[Figure, Axes]":
    """Create a figure and axes of the extent of the map, with pitch lines."""
    from matplotlib.figure import Figure
    from mplsoccer import Pitch

    beside, behind = ((e - n) / 2 for e, n in zip(extent, lengths, strict=True))
    pitch = Pitch(
        # Metres from the centre spot, y upwards.
        pitch_type="skillcorner",
        pitch_length=lengths[0],
        pitch_width=lengths[1],
        pitch_color=_GRASS,
        line_color=_LINES,
        linewidth=1.4,
        pad_left=beside,
        pad_right=beside,
        pad_top=behind,
        pad_bottom=behind,
    )
    across = _WIDTH * extent[1] / extent[0]
    # Videos need an even number of pixels.
    height = 2 * math.ceil((_ABOVE + across + _BELOW) * _DPI / 2) / _DPI
    figure = Figure((_WIDTH, height), dpi=_DPI, facecolor="white")
    axes = figure.add_axes((0, _BELOW / height, 1, across / height))
    pitch.draw(axes)
    return figure, axes
