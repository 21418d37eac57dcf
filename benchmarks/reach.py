"""Receptive field that a network needs to locate the ball.

    python -m benchmarks.reach FILE... --out RUNS

FILEs are tracking data with a test set, see `read_tracking`. Networks on images
of the pitch, with equal numbers of parameters but different receptive fields,
are trained on the training frames for the same number of steps; the last
weights are evaluated. Prints the mean error on each test set, and how far the
network looks: players are erased one by one, and 50 % and 90 % of all changes
of the logit at the ball come from players within these distances to it. Figures
are means and standard deviations over the seeds. Writes `reach.png`, with
changes and errors over that distance, and `looks.png`, with offsets and
attention of the first seed. RUNS holds the runs; an interrupted benchmark
continues from them.
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
# Frames of each test set in which players are erased, evenly spaced.
_ERASED = 60


def main():
    arguments = _arguments()
    if not arguments.files:
        print("skipped: pass files of tracking data")
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
    return BallPositionPredictor.from_preset(run.folder)


def _changes(model, game):
    """Return erased players' distances to the ball, and logit changes."""
    distances, changes = [], []
    for index in np.linspace(0, len(game) - 1, _ERASED).astype(int):
        frame = game[index : index + 1]
        there = np.flatnonzero(~np.isnan(frame.players[0, :, 0]))
        # The whole frame, and the frame without each of its players.
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
    """Return distances within which `_SHARES` of all changes lie, in metres."""
    order = np.argsort(distances)
    shares = np.cumsum(changes[order]) / changes.sum()
    places = np.searchsorted(shares, _SHARES)
    return distances[order][np.minimum(places, len(order) - 1)]


if __name__ == "__main__":
    main()
