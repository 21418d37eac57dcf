"""How far a network must see to know where the ball is.

    python -m benchmarks.reach FILE... --out RUNS

FILEs are tracking data with a test, see `read_tracking`. Networks over pictures
of the pitch, of the same number of parameters, that see near or far, learn from
the train frames for the same number of steps; the last weights count. Prints,
as means and standard deviations over the seeds, the mean distance to the ball
on the test of each file, and how far the network looks: players are erased from
the picture one by one, and of all changes of the logit at the ball, half and 90
% come from players within so many metres of it. Writes `reach.png`, changes and
errors over that distance, and `looks.png`, what offsets and attention look at,
of the first seed. Goes on where it was stopped: RUNS holds the runs.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from benchmarks._looks import draw_looks
from benchmarks._reach_curves import draw_curves
from benchmarks._spread import print_spread
from convzoo.training import train_ball
from convzoo.training.football.ball_quality import ball_quality
from convzoo.training.football.drawing.pitch_view import view_of
from convzoo.training.football.drawing.render_pitch import render_pitch
from convzoo.training.football.predict_ball import predict_ball
from convzoo.training.football.tracking.read_tracking import read_tracking
from convzoo.zoo import BallPositionPredictor

_KINDS = ("plain", "dilated", "deformable", "non_local")
_SHARES = (0.5, 0.9)
# Frames of each file from which players are erased, evenly over its test.
_ERASED = 60


def main():
    arguments = _arguments()
    if not arguments.files:
        print("skipped: name files of tracking data to learn from")
        return
    games = {
        Path(path).stem: read_tracking(path).tested for path in arguments.files
    }
    figures, changes, first = {}, {}, {}
    for seed in range(arguments.seeds):
        for kind in _KINDS:
            model = _trained(arguments, kind, seed)
            errors = [
                ball_quality(game, predict_ball(model, game)).mean
                for game in games.values()
            ]
            changed = np.concatenate(
                [_changes(model, game) for game in games.values()], axis=1
            )
            row = (*errors, np.mean(errors), *_reaches(*changed))
            figures.setdefault(kind, []).append(row)
            changes.setdefault(kind, []).append(changed)
            first.setdefault(kind, model)
            print(seed, kind, np.round(row, 2), flush=True)
    names = (*games, "mean", "50 % of changes", "90 %")
    digits = (2,) * (len(games) + 1) + (1, 1)
    print_spread("network", names, figures, digits)
    out = Path(arguments.pictures)
    draw_curves(changes, figures, out / "reach.png")
    draw_looks(first, list(games.values()), out / "looks.png")


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*")
    parser.add_argument("--out", type=Path, default=Path("runs/reach"))
    parser.add_argument("--pictures", default=".")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--map-width", type=int, default=32)
    parser.add_argument("--pixels-per-metre", type=float, default=2.0)
    parser.add_argument("--seeds", type=int, default=3)
    return parser.parse_args()


def _trained(arguments, kind, seed):
    run = train_ball(
        arguments.files,
        arguments.out / f"{kind}_{seed}",
        hold_out=0,
        sees="image",
        spatial=kind,
        map_width=arguments.map_width,
        pixels_per_metre=arguments.pixels_per_metre,
        steps=arguments.steps,
        epoch_steps=min(arguments.steps, 250),
        batch_size=arguments.batch_size,
        seed=seed,
        verbose=0,
    )
    return BallPositionPredictor.load(run.folder)


def _changes(model, game):
    """Of each player erased: metres from the ball, change of its logit."""
    distances, changes = [], []
    for index in np.linspace(0, len(game) - 1, _ERASED).astype(int):
        frame = game[index : index + 1]
        there = np.flatnonzero(~np.isnan(frame.players[0, :, 0]))
        # The frame as it is, and without each of its players.
        players = np.repeat(frame.players, len(there) + 1, axis=0)
        players[np.arange(len(there)) + 1, there] = np.nan
        logits = _logits_at_ball(model, players, frame)
        ways = frame.players[0, there] - frame.ball[0]
        distances.append(np.linalg.norm(ways, axis=1))
        changes.append(np.abs(logits[1:] - logits[0]))
    return np.stack([np.concatenate(distances), np.concatenate(changes)])


def _logits_at_ball(model, players, frame):
    view = view_of(model)
    team, velocities = (
        np.repeat(array, len(players), axis=0)
        for array in (frame.team, frame.velocities)
    )
    pictures = render_pitch(players, team, velocities, view)
    (logits,) = model.branch(model.branch.checked(pictures))
    logits = np.asarray(logits)
    ball = view.pixels(frame.ball)[0]
    rows, columns = logits.shape[1:]
    cell = model.branch.whole(view.size)[0] // rows
    column, row = (ball // cell).astype(int)
    return logits[:, np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)]


def _reaches(distances, changes):
    """Metres within which shares of all changes lie."""
    order = np.argsort(distances)
    shares = np.cumsum(changes[order]) / changes.sum()
    places = np.searchsorted(shares, _SHARES)
    return distances[order][np.minimum(places, len(order) - 1)]


if __name__ == "__main__":
    main()
