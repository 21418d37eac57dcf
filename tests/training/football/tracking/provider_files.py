"""A game of known motion, and writers for providers' file formats."""

import importlib
import json
from contextlib import ExitStack
from typing import NamedTuple

import numpy as np

# Halves in which each player of a team plays: the fourth replaces the third.
_HALVES = [{1, 2}, {1, 2}, {1}, {2}]
PITCH = 104.0, 67.0


class Game(NamedTuple):
    """A game in fixed camera coordinates: teams change sides.

    Attributes:
        players: Positions `(frames, 8, 2)` in metres, home team first; NaN for
            missing players.
        velocities: Velocities `(frames, 8, 2)` in metres per second.
        ball: Positions `(frames, 2)` in metres; NaN where missing.
        period: Period `(frames,)` of each frame, 1 or 2.
        time: Seconds `(frames,)` since the start of the period.
        rate: Frames per second.
    """

    players: np.ndarray
    velocities: np.ndarray
    ball: np.ndarray
    period: np.ndarray
    time: np.ndarray
    rate: int

    def facing_right(self):
        """Positions, velocities and ball with the home team facing right."""
        sign = np.where(self.period == 1, 1, -1)
        return (
            self.players * sign[:, np.newaxis, np.newaxis],
            self.velocities * sign[:, np.newaxis, np.newaxis],
            self.ball * sign[:, np.newaxis],
        )


def game(rate=25, frames=40, seed=0):
    """Two short halves; the home team plays to the right in the first."""
    random = np.random.default_rng(seed)
    start = random.uniform((5, -25), (35, 25), (8, 2))
    start[:4, 0] *= -1
    speed = random.uniform(-5, 5, (8, 2))
    pull = random.uniform(-2, 2, (8, 2))
    halves = []
    for half, sign in ((1, 1), (2, -1)):
        time = np.expand_dims(np.arange(frames) / rate, (1, 2))
        place = sign * (start + speed * time + pull * time**2 / 2)
        velocity = sign * (speed + pull * time)
        for i in range(8):
            if half not in _HALVES[i % 4]:
                place[:, i] = np.nan
        place[10:14, 1] = np.nan
        velocity[np.isnan(place)] = np.nan
        ball = random.uniform((-45, -30), (45, 30), (frames, 2))
        ball[[3, 4, 5]] = np.nan
        halves.append((place, velocity, ball, np.full(frames, half), time))
    place, velocity, ball, period, time = map(
        np.concatenate, zip(*halves, strict=True)
    )
    return Game(place, velocity, ball, period, time[:, 0, 0], rate)


def load_by_kloppy(provider, folder, **options):
    """A game, and the dataset that kloppy loads from its files."""
    write, module, name = {
        "metrica": (write_metrica, "metrica", "load_tracking_csv"),
        "epts": (write_epts, "metrica", "load_tracking_epts"),
        "tracab": (write_tracab, "tracab", "load"),
        "skillcorner": (write_skillcorner, "skillcorner", "load"),
    }[provider]
    load = getattr(importlib.import_module(f"kloppy.{module}"), name)
    made = game(10 if provider == "skillcorner" else 25)
    # Given a path, kloppy opens a copy and does not close it.
    with ExitStack() as stack:
        files = [
            stack.enter_context(open(path, "rb"))
            for path in write(made, folder)
        ]
        return made, load(*files, **options)


def write_metrica(game, folder):
    """Two CSV files, in fractions of the pitch, y upwards as kloppy reads."""
    shares = game.players / (105, 68) + 0.5
    ball = game.ball / (105, 68) + 0.5
    paths = []
    for first, team in ((0, "Home"), (4, "Away")):
        shirts = [first + i + 1 for i in range(4)]
        lines = [
            ",,," + "".join(f"{team},," for _ in shirts) + ",",
            ",,," + "".join(f"{shirt},," for shirt in shirts) + ",",
            "Period,Frame,Time [s],"
            + "".join(f"Player{shirt},," for shirt in shirts)
            + "Ball,",
        ]
        for i in range(len(ball)):
            numbers = [*shares[i, first : first + 4].ravel(), *ball[i]]
            cells = ["NaN" if np.isnan(n) else f"{n:.7f}" for n in numbers]
            time = f"{(i + 1) / 25:.2f}"
            lines.append(
                ",".join([str(game.period[i]), str(i + 1), time, *cells])
            )
        paths.append(folder / f"{team}.csv")
        paths[-1].write_text("\n".join(lines) + "\n")
    return paths


def write_epts(game, folder):
    """XML and text file of Metrica, in fractions of the pitch, y downwards."""
    shares = game.players / PITCH * (1, -1) + 0.5
    ball = game.ball / PITCH * (1, -1) + 0.5
    half = len(ball) // 2
    columns = [
        f'<SplitRegister separator=",">{_refs(i)}</SplitRegister>'
        for i in range(8)
    ]
    (folder / "meta.xml").write_text(
        _EPTS.format(
            rate=f"{game.rate:.1f}",
            periods="".join(
                f"<ProviderParameter><Name>{name}</Name><Value>{frame}</Value>"
                "</ProviderParameter>"
                for name, frame in (
                    ("first_half_start", 100),
                    ("first_half_end", 100 + half - 1),
                    ("second_half_start", 1000),
                    ("second_half_end", 1000 + half - 1),
                )
            ),
            length=int(PITCH[0]),
            width=int(PITCH[1]),
            players="".join(
                f'<Player id="P{i}" teamId="T{i // 4}"><Name>P{i}</Name>'
                f"<ShirtNumber>{i + 1}</ShirtNumber></Player>"
                for i in range(8)
            ),
            channels="".join(
                f'<PlayerChannel channelId="{a}" id="p{i}{a}" playerId="P{i}"/>'
                for i in range(8)
                for a in "xy"
            ),
            columns="".join(columns),
        )
    )
    lines = []
    for i in range(len(ball)):
        frame = 100 + i if i < half else 1000 + i - half
        cells = [f"{x:.7f},{y:.7f}".replace("nan", "NaN") for x, y in shares[i]]
        x, y = ball[i]
        place = f"{x:.7f},{y:.7f}".replace("nan", "NaN")
        lines.append(f"{frame}:{';'.join(cells)}:{place}")
    (folder / "frames.txt").write_text("\n".join(lines) + "\n")
    return [folder / "meta.xml", folder / "frames.txt"]


def write_tracab(game, folder):
    """An XML and a .dat file, in whole centimetres, including a referee."""
    half = len(game.ball) // 2
    (folder / "meta.xml").write_text(
        "<root><GameID>1</GameID><Kickoff>2020-01-01 12:00:00</Kickoff>"
        f"<FrameRate>{game.rate}</FrameRate>"
        f"<PitchShortSide>{100 * PITCH[1]:.0f}</PitchShortSide>"
        f"<PitchLongSide>{100 * PITCH[0]:.0f}</PitchLongSide>"
        "<Phase1StartFrame>1000</Phase1StartFrame>"
        f"<Phase1EndFrame>{1000 + half - 1}</Phase1EndFrame>"
        "<Phase2StartFrame>5000</Phase2StartFrame>"
        f"<Phase2EndFrame>{5000 + half - 1}</Phase2EndFrame>"
        + "".join(
            f"<Phase{i}StartFrame>0</Phase{i}StartFrame>"
            f"<Phase{i}EndFrame>0</Phase{i}EndFrame>"
            for i in (3, 4, 5)
        )
        + "</root>"
    )
    lines = []
    for i, (x, y) in enumerate(game.ball):
        frame = 1000 + i if i < half else 5000 + i - half
        # A referee, and an object off the pitch.
        objects = ["3,90,1,0,-3400,1.0;", "4,91,-1,5550,4400,0.0;"]
        for j, place in enumerate(game.players[i]):
            if not np.isnan(place[0]):
                at = ",".join(f"{100 * n:.0f}" for n in place)
                objects.append(f"{1 - j // 4},{j},{j + 1},{at},2.00;")
        ball = "0,0,-1000" if np.isnan(x) else f"{100 * x:.0f},{100 * y:.0f},11"
        lines.append(f"{frame}:{''.join(objects)}:{ball},0.4,H,Alive;:")
    (folder / "frames.dat").write_text("\n".join(lines) + "\n")
    return [folder / "meta.xml", folder / "frames.dat"]


def write_skillcorner(game, folder):
    """Two JSON files of format version 3, in metres."""
    people = [
        {
            "id": 500 + i,
            "trackable_object": 700 + i,
            "team_id": 10 + i // 4,
            "number": i + 1,
            "first_name": "A",
            "last_name": str(i),
            "start_time": "00:00:00",
            "player_role": {"id": 8},
        }
        for i in range(8)
    ]
    meta = {
        "id": 1,
        "home_team": {"id": 10, "name": "Home"},
        "away_team": {"id": 11, "name": "Away"},
        "home_team_score": 0,
        "away_team_score": 0,
        "players": people,
        "referees": [],
        "ball": {"trackable_object": 55},
        "pitch_length": PITCH[0],
        "pitch_width": PITCH[1],
    }
    (folder / "match.json").write_text(json.dumps(meta))
    with open(folder / "frames.jsonl", "w") as file:
        for i in range(len(game.ball)):
            file.write(json.dumps(_skillcorner_frame(game, i)) + "\n")
    return [folder / "match.json", folder / "frames.jsonl"]


def _skillcorner_frame(game, i):
    seconds = game.time[i] + (0 if game.period[i] == 1 else 45 * 60)
    seen = [
        {"player_id": 500 + j, "x": float(x), "y": float(y)}
        for j, (x, y) in enumerate(game.players[i])
        if not np.isnan(x)
    ]
    x, y = (None if np.isnan(n) else float(n) for n in game.ball[i])
    return {
        "frame": i,
        "timestamp": f"00:{int(seconds // 60):02d}:{seconds % 60:05.2f}",
        "period": int(game.period[i]),
        "ball_data": {"x": x, "y": y, "z": x and 0.1},
        "possession": {"player_id": None, "group": "home team"},
        "player_data": seen,
    }


def _refs(i):
    return "".join(
        f'<PlayerChannelRef playerChannelId="p{i}{axis}"/>' for axis in "xy"
    )


_EPTS = """<main><Metadata>
<GlobalConfig><ProviderName>Metrica Sports</ProviderName>
<FrameRate>{rate}</FrameRate><ProviderGlobalParameters>{periods}
</ProviderGlobalParameters></GlobalConfig>
<Sessions><Session id="s"><FieldSize><Width>{length}</Width>
<Height>{width}</Height></FieldSize></Session></Sessions>
<Teams><Team id="T0"><Name>H</Name><ProviderTeamsParameters>
<ProviderParameter><Name>attack_direction_first_half</Name>
<Value>left_to_right</Value></ProviderParameter></ProviderTeamsParameters></Team>
<Team id="T1"><Name>A</Name></Team></Teams>
<Players>{players}</Players>
<Devices><Device id="d"><Sensors><Sensor id="position"><Name>Position</Name>
<Channels><Channel id="x"><Name>x</Name><Unit>normalized</Unit></Channel>
<Channel id="y"><Name>y</Name><Unit>normalized</Unit></Channel></Channels>
</Sensor></Sensors></Device></Devices>
<PlayerChannels>{channels}</PlayerChannels></Metadata>
<DataFormatSpecifications>
<DataFormatSpecification endFrame="9999" separator=":" startFrame="1">
<StringRegister name="frameCount"/>
<SplitRegister separator=";">{columns}</SplitRegister>
<SplitRegister separator=","><BallChannelRef channelId="x"/>
<BallChannelRef channelId="y"/></SplitRegister>
</DataFormatSpecification></DataFormatSpecifications></main>
"""
