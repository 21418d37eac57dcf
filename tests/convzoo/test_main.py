"""Commands of the command line, run as users type them."""

import base64
import json
import re
import sys

import keras
import numpy as np
import pytest
from PIL import Image

from convzoo.export import LiteRTModel
from convzoo.losses.trunk_weights import random_trunk
from convzoo.presets import built_in
from convzoo.training import simulate_play
from convzoo.zoo import (
    BallPositionPredictor,
    SizeAgnosticClassifier,
    SRGenerator,
)
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.reading.read_image import read_image
from convzoo.zoo.images.writing.write_image import write_image
from tests.export.rest_double import answering
from tests.support import photograph

pytestmark = pytest.mark.usefixtures("uncompiled", "one_process")


@pytest.fixture
def convzoo(command):
    return command


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    write_image(path, ImageFile(photograph(20, 26)))
    return path


def assert_one_line(result, *parts):
    code, _, error = result
    assert code == 2
    assert error.count("\n") == 1 and error.startswith("convzoo: error: ")
    for part in parts:
        assert part in error


def test_upscale_writes_what_the_model_computes(convzoo, photo, tmp_path):
    out = tmp_path / "large.png"
    assert convzoo("upscale", photo, "-o", out, "--tile", 7)[0] == 0
    model = SRGenerator.from_preset("sr_x4_tiny")
    expected = model.upscale(photograph(20, 26))
    difference = read_image(out).pixels.astype(int) - expected
    assert np.abs(difference).max() <= 1


def test_the_dial_is_a_blend(convzoo, photo, tmp_path):
    out = tmp_path / "large.png"
    assert convzoo("upscale", photo, "-o", out, "--perceptual", 0.3)[0] == 0
    model = SRGenerator.blend("sr_x4_base", "srgan_x4_base", 0.3)
    expected = model.upscale(photograph(20, 26))
    difference = read_image(out).pixels.astype(int) - expected
    assert np.abs(difference).max() <= 1


def test_upscale_goes_on_after_a_bad_file(convzoo, photo, tmp_path):
    (tmp_path / "bad.png").write_text("no")
    (tmp_path / "cut.jpg").write_bytes(b"\xff\xd8\xff")
    out = tmp_path / "out"
    code, _, error = convzoo("upscale", tmp_path, "-o", out)
    assert code == 1
    assert [p.name for p in out.iterdir()] == ["photo_x4.png"]
    assert "bad.png" in error and "cut.jpg" in error
    assert "Traceback" not in error


def test_upscale_says_what_it_wrote_and_what_is_there(convzoo, photo, tmp_path):
    folder, out = tmp_path / "photos", tmp_path / "large"
    folder.mkdir()
    photo.rename(folder / "photo.png")
    target = out / "photo_x4.png"
    assert convzoo("upscale", folder, "-o", out)[:2] == (0, f"{target}\n")
    write_image(folder / "other.png", ImageFile(photograph(6, 7)))
    code, written, error = convzoo("upscale", folder, "-o", out)
    assert (code, written) == (1, f"{out / 'other_x4.png'}\n")
    assert f"{target}: exists already; pass `--overwrite` to" in error


def test_upscale_overwrites_only_when_asked(convzoo, photo, tmp_path):
    out = tmp_path / "large.png"
    out.write_text("mine")
    assert_one_line(convzoo("upscale", photo, "-o", out), "exists already")
    assert out.read_text() == "mine"
    assert convzoo("upscale", photo, "-o", out, "--overwrite")[0] == 0
    assert read_image(out).pixels.shape == (80, 104, 3)


def broken_files(folder):
    (folder / "text.png").write_text("no image")
    (folder / "empty.png").touch()
    Image.fromarray(photograph(64, 64)).save(folder / "cut.png")
    data = (folder / "cut.png").read_bytes()
    (folder / "cut.png").write_bytes(data[:3000])
    (folder / "nothing").mkdir()


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["text.png", "-o", "x.png"], ["text.png", "not an image"]),
        (["empty.png", "-o", "x.png"], ["empty.png", "is empty"]),
        (["cut.png", "-o", "x.png"], ["cut.png"]),
        (["no.png", "-o", "x.png"], ["no.png", "does not exist"]),
        (["nothing", "-o", "out"], ["nothing", "no image"]),
        (["photo.png", "-o", "text.png/x.png"], ["text.png"]),
        (["photo.png", "-o", "x.png", "--tile", "0"], ["--tile=0"]),
        (["photo.png", "-o", "x.png", "--tile", "a"], ["--tile"]),
        (
            ["photo.png", "-o", "x.png", "--preset", "sr_x4_tny"],
            ["'sr_x4_tny'", "did you mean 'sr_x4_tiny'"],
        ),
        (["photo.png", "-o", "x.png", "--preset", "nothing"], ["nothing"]),
        (
            ["photo.png", "-o", "x.png", "--perceptual", "2"],
            ["`--perceptual`", "--perceptual=2.0"],
        ),
        (
            [
                *("photo.png", "-o", "x.png"),
                *("--preset", "sr_x4_tiny", "--perceptual", "0.5"),
            ],
            ["'sr_x4_tiny'", "sr_x4_base"],
        ),
        (["photo.png"], ["--out"]),
        ([], ["INPUTS"]),
    ],
)
def test_bad_input_is_one_line(
    arguments, parts, convzoo, photo, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    broken_files(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert_one_line(convzoo("upscale", *arguments), *parts)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_image_beyond_the_memory_is_one_line(
    convzoo, photo, tmp_path, monkeypatch
):
    class Memory:
        available = 10_000

    monkeypatch.setattr("psutil.virtual_memory", Memory)
    result = convzoo("upscale", photo, "-o", tmp_path / "x.png")
    assert_one_line(result, "photo.png", "GB", "tile")


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["train", "fly"],
        ["train", "sr"],
        ["train", "srgan"],
        ["info", "no"],
    ],
)
def test_wrong_words_are_one_line(arguments, convzoo):
    assert_one_line(convzoo(*arguments))


def test_help_is_for_every_verb(convzoo):
    code, out, _ = convzoo("--help")
    assert code == 0
    for verb in ("upscale", "train", "evaluate", "export", "list", "info"):
        assert verb in out
        assert convzoo(verb, "--help")[0] == 0


def test_list_and_info_know_every_preset(convzoo):
    code, out, _ = convzoo("list")
    assert code == 0
    for name, preset in built_in().items():
        assert name in out
        code, card, _ = convzoo("info", name)
        assert code == 0 and preset.metadata["sha256"] in card


# The networks that tests/export/test_outside.py does not export.
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("sr_x4_tiny", marks=pytest.mark.slow),
        pytest.param("ball_image", marks=pytest.mark.long),
    ],
)
def test_presets_are_exported_with_their_difference(name, convzoo, tmp_path):
    code, out, _ = convzoo("export", name, "-o", tmp_path)
    assert code == 0
    differences = re.findall(r"largest difference to Keras (\S+)", out)
    assert len(differences) == 2
    bound = 1e-4 if name.startswith("ball") else 1e-5
    assert all(float(difference) <= bound for difference in differences)
    assert (tmp_path / name / "1" / "saved_model.pb").is_file()
    LiteRTModel(tmp_path / f"{name}.tflite")
    result = convzoo("export", name, "-o", tmp_path)
    assert_one_line(result, f"{name}.tflite: exists already")


def test_export_names_an_unknown_format(convzoo, tmp_path):
    command = ("export", "sr_x4_tiny", "-o", tmp_path, "--format")
    assert_one_line(convzoo(*command, "x"), "--format", "'x' is none of saved")
    result = convzoo(*command, "litert,tflite")
    assert_one_line(result, "'tflite' is none", "did you mean 'litert'?")


def test_a_file_of_a_user_is_exported_at_his_sizes(convzoo, tmp_path):
    image = keras.Input((None, None, 3))
    conv = keras.layers.Conv2D(2, 9, name="wide")
    keras.Model(image, conv(image), name="mine").save(tmp_path / "mine.keras")
    command = ("export", tmp_path / "mine.keras", "-o", tmp_path)
    assert_one_line(convzoo(*command), "`--sizes` (1, 5, 8)")
    assert_one_line(convzoo(*command, "--sizes", "1xa"), "sizes")
    options = ("--format", "litert", "--sizes", "1x9x12,2x11x10")
    code, out, error = convzoo(*command, *options)
    assert code == 0, error
    assert out.startswith(f"litert: {tmp_path / 'mine.tflite'}")


def test_images_of_other_files_are_refused_at_export(convzoo, tmp_path):
    command = ("export", "sr_x4_tiny", "-o", tmp_path)
    for options, parts in (
        (("--image-size", "64"), ("`--image-size`", "64")),
        (("--image-size", "axb"), ("--image-size", "axb")),
        (("--max-pixels", "0"), ("`--max-pixels`", "0")),
        (("--quantize", "int4"), ("--quantize", "int4")),
        (("--quantize", "int8"), ("`--calibration`",)),
        (("--quantize", "auto", "--calibration", tmp_path), (str(tmp_path),)),
    ):
        assert_one_line(convzoo(*command, *options), *parts)
        assert list(tmp_path.iterdir()) == []


def test_a_quantised_file_says_what_was_tried(convzoo, tmp_path):
    options = ("--format", "litert", "--quantize", "dynamic")
    code, out, error = convzoo("export", "sr_x4_tiny", "-o", tmp_path, *options)
    assert code == 0, error
    assert re.search(r"dynamic: 57 kB, [\d.]+ ms, mean difference \d", out)


def test_a_server_is_asked(convzoo, photo, tmp_path):
    png = base64.b64encode(photo.read_bytes()).decode()
    answer = {"predictions": [{"image_x4_bytes": {"b64": png}, "p": [0.5]}]}
    answers = {"/v1/models/a/versions/3:predict": (200, json.dumps(answer))}
    with answering(answers) as (url, asked):
        command = ("request", url, photo, "-o", tmp_path / "out")
        code, out, error = convzoo(*command, "--version", "3")
        assert code == 0, error
        (file,) = (tmp_path / "out").iterdir()
        assert file.read_bytes() == photo.read_bytes()
        assert json.loads(out) == {
            "image": str(photo),
            "image_x4_bytes": str(file),
            "p": [0.5],
        }
        assert asked[0]["instances"] == [{"image_bytes": {"b64": png}}]
        assert_one_line(convzoo(*command, "--version", "3"), "exists already")
        assert_one_line(convzoo(*command, "--version", "4"), "404: none")
        command = (*command, "--version", "3", "--overwrite", tmp_path / "no")
        code, out, error = convzoo(*command)
        assert code == 1 and len(out.splitlines()) == 1
        assert error.startswith("convzoo: failed: ") and "no" in error
    assert_one_line(convzoo("request", "localhost", photo), "`URL`")
    assert_one_line(
        convzoo("request", url, photo, "--timeout", 0), "`--timeout`"
    )


@pytest.mark.parametrize(
    "name, content, part",
    [
        ("../../image_bytes", b"", "cannot name a file"),
        ("/tmp/image_bytes", b"", "cannot name a file"),
        ("image_bytes", b"<html>", "is not a PNG file"),
        ("image_bytes", None, "is not base64"),
    ],
)
def test_an_answer_is_written_only_as_what_it_says(
    convzoo, photo, tmp_path, name, content, part
):
    value = (
        1 if content is None else {"b64": base64.b64encode(content).decode()}
    )
    answer = {"predictions": [{name: value}]}
    answers = {"/v1/models/a:predict": (200, json.dumps(answer))}
    with answering(answers) as (url, _):
        assert_one_line(
            convzoo("request", url, photo, "-o", tmp_path / "out"), part
        )
    assert not (tmp_path / "out").exists()


def test_two_answers_do_not_share_a_file(convzoo, photo, tmp_path):
    png = base64.b64encode(photo.read_bytes()).decode()
    answer = {"predictions": [{"image_x4_bytes": {"b64": png}}]}
    answers = {"/v1/models/a:predict": (200, json.dumps(answer))}
    command = ("-o", tmp_path / "out", "--overwrite")
    with answering(answers) as (url, _):
        code, out, error = convzoo("request", url, photo, photo, *command)
    assert code == 1 and len(out.splitlines()) == 1
    assert "is the file of another image too" in error


def test_train_evaluate_and_use_a_run(convzoo, photo, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    for seed in range(2):
        pixels = photograph(64, 64, seed=seed)
        write_image(data / f"{seed}.png", ImageFile(pixels))
    run = tmp_path / "run"
    small = ["--steps", 2, "--epoch-steps", 1, "--patch-size", 8]
    code, out, _ = convzoo("train", "sr", "--data", data, "-o", run, *small)
    assert code == 0 and str(run / "best") in out
    code, out, _ = convzoo("evaluate", "sr", "--preset", run, "--data", data)
    assert code == 0
    for word in ("0.png", "1.png", "average", "bicubic", "PSNR RGB"):
        assert word in out
    large = tmp_path / "large.png"
    assert convzoo("upscale", photo, "-o", large, "--preset", run)[0] == 0


def photographs(tmp_path, side=64):
    data = tmp_path / "data"
    data.mkdir()
    for seed in range(2):
        pixels = photograph(side, side, seed=seed)
        write_image(data / f"{seed}.png", ImageFile(pixels))
    return data


def squeezenet(tmp_path):
    path = tmp_path / "squeezenet.npz"
    np.savez(path, **random_trunk("squeezenet", 1))
    return f"squeezenet:{path}"


def test_train_srgan_and_use_it(convzoo, photo, tmp_path):
    features, run = squeezenet(tmp_path), tmp_path / "run"
    code, out, error = convzoo(
        "train",
        "srgan",
        *("--data", photographs(tmp_path), "-o", run),
        *("--features", features, "--judge", features),
        *("--init", "sr_x4_tiny", "--config", "tiny"),
        *("--pretrain-steps", 0, "--steps", 2, "--epoch-steps", 1),
        *("--patch-size", 12, "--batch-size", 2, "--filters", 4),
        *("--normalization", "none"),
    )
    assert code == 0, error
    assert str(run / "best") in out and "distance" in out
    large = tmp_path / "large.png"
    assert convzoo("upscale", photo, "-o", large, "--preset", run)[0] == 0
    assert read_image(large).pixels.shape == (80, 104, 3)


def test_train_srgan_refuses_random_weights(convzoo, tmp_path):
    result = convzoo(
        "train",
        "srgan",
        *("--data", photographs(tmp_path), "-o", tmp_path / "run"),
        *("--pretrain-steps", 0),
    )
    assert_one_line(result, "--pretrain-steps=0", "`--force`")


def test_evaluate_adds_the_distance_of_a_judge(convzoo, tmp_path):
    code, out, error = convzoo(
        "evaluate",
        "sr",
        *("--data", photographs(tmp_path), "--judge", squeezenet(tmp_path)),
        "--ensemble",
    )
    assert code == 0, error
    assert "distance" in out


def test_the_ensemble_is_what_the_library_computes(convzoo, photo, tmp_path):
    out = tmp_path / "large.png"
    assert convzoo("upscale", photo, "-o", out, "--ensemble")[0] == 0
    model = SRGenerator.from_preset("sr_x4_tiny")
    expected = model.upscale(photograph(20, 26), ensemble=True)
    difference = read_image(out).pixels.astype(int) - expected
    assert np.abs(difference).max() <= 1


def test_evaluate_leaves_out_a_bad_photograph(convzoo, tmp_path):
    write_image(tmp_path / "good.png", ImageFile(photograph(48, 56)))
    (tmp_path / "bad.png").write_bytes(b"no image")
    arguments = "evaluate", "sr", "--preset", "sr_x4_tiny", "--data"
    code, out, err = convzoo(*arguments, tmp_path)
    assert code == 1 and "good.png" in out and "average" in out
    assert err.count("\n") == 1 and "bad.png: is not an image" in err


def test_evaluate_names_an_empty_folder(convzoo, tmp_path):
    result = convzoo("evaluate", "sr", "--data", tmp_path)
    assert_one_line(result, str(tmp_path), "no image")


@pytest.fixture
def classes(tmp_path):
    """Folder of three red and three blue images, of random sizes."""
    random = np.random.default_rng(0)
    for name, channel in (("blue", 2), ("red", 0)):
        (tmp_path / "classes" / name).mkdir(parents=True)
        for index in range(3):
            pixels = random.integers(99, size=(*random.integers(8, 20, 2), 3))
            pixels[..., channel] += 150
            path = tmp_path / "classes" / name / f"{index}.png"
            write_image(path, ImageFile(pixels.astype("uint8")))
    return tmp_path / "classes"


@pytest.mark.slow
def test_a_classifier_is_trained_measured_and_asked(convzoo, classes, tmp_path):
    run = tmp_path / "run"
    options = ("--backbone", "plain", "--width", 4, "--epochs", 2)
    options += ("--standardize", "--mirror", "red,blue")
    train = ("train", "classifier", "--data", classes, "--out", run, *options)
    code, out, error = convzoo(*train, "--bins", "1,2", "--buckets", 2)
    assert code == 0, error
    assert "2 shapes of batches" in out and "best: epoch" in out
    measure = ("evaluate", "classifier", "--preset", run, "--data", classes)
    code, out, _ = convzoo(*measure)
    assert code == 0 and "mean per class" in out
    code, out, _ = convzoo("classify", classes / "red", "--preset", run)
    assert code == 0
    model = SizeAgnosticClassifier.from_preset(run)
    for index, line in enumerate(out.splitlines()):
        image = read_image(classes / "red" / f"{index}.png").pixels
        name, share = model.classify(image)[0]
        assert line.startswith(f"{classes / 'red' / str(index)}.png: ")
        assert f": {name} {share:.1%}, " in line
    assert index == 2
    code, out, _ = convzoo("export", run, "-o", tmp_path, "--format", "litert")
    assert code == 0 and out.startswith(f"litert: {tmp_path / 'run.tflite'}")


@pytest.mark.long
def test_a_measured_classifier_is_drawn(convzoo, classes, tmp_path):
    pytest.importorskip("matplotlib")
    run, plots = tmp_path / "run", tmp_path / "plots"
    options = ("--backbone", "plain", "--width", 2, "--epochs", 1)
    train = ("train", "classifier", "--data", classes, "--out", run, *options)
    assert convzoo(*train)[0] == 0
    measure = ("evaluate", "classifier", "--preset", run, "--data", classes)
    code, out, _ = convzoo(*measure, "--out", plots)
    assert code == 0 and "mean per class" in out
    assert sorted(p.name for p in plots.iterdir()) == [
        "confusion.png",
        "mistakes.png",
        "predictions.csv",
        "report.csv",
        "report.json",
        "sizes.png",
    ]
    assert_one_line(convzoo(*measure, "--out", plots), "exists already")


@pytest.mark.slow
def test_a_predictor_of_the_ball_is_trained_and_measured(convzoo, tmp_path):
    random = np.random.default_rng(0)
    players = random.uniform((-45, -30), (45, 30), (40, 6, 2))
    file, run = tmp_path / "game.npz", tmp_path / "run"
    team = np.tile(np.arange(6) % 2, (40, 1))
    np.savez(file, players=players, team=team, ball=players[:, 2])
    small = ("--width", 4, "--depth", 1, "--heads", 1, "--map-width", 4)
    small += ("--steps", 2, "--epoch-steps", 1, "--batch-size", 4)
    train = ("train", "ball", "--data", file, "--out", run, *small)
    assert_one_line(
        convzoo(*train, "--shares", "2,1"), "`--shares`", "(2.0, 1.0)"
    )
    code, out, error = convzoo(*train, "--shares", "2")
    assert code == 0, error
    assert "best: epoch" in out and "mean distance" in out
    measure = ("evaluate", "ball", "--preset", run, "--data", file)
    code, out, _ = convzoo(*measure, "--positions-only", "--flips")
    assert code == 0 and "game.npz, 40 frames" in out
    for name in ("pitch centre", "mean of the players", "oracle", "run"):
        assert name in out
    balls = np.where(players[:, 2] < 0, np.nan, players[:, 2])
    np.savez(file, players=players, team=team, ball=balls)
    use = ("ball", file, "-o", tmp_path / "ball.csv", "--preset", run)
    code, out, _ = convzoo(*use)
    missing = np.isnan(balls).any(1).sum()
    assert code == 0 and f"{missing} of 40 frames filled" in out
    assert len((tmp_path / "ball.csv").read_text().splitlines()) == 41
    assert_one_line(convzoo(*use), "ball.csv", "exists already")
    np.savez(file, players=100 * players, team=team, ball=players[:, 2])
    assert_one_line(convzoo(*measure), "game.npz", "centimetres")
    assert_one_line(convzoo(*train[:5], tmp_path / "no"), "game.npz")


@pytest.mark.filterwarnings("always:.*left out")
@pytest.mark.long
def test_a_table_of_the_ball_fits_a_terminal(convzoo, tmp_path, monkeypatch):
    play, file = simulate_play(300, seed=0), tmp_path / "game.npz"
    run = tmp_path / "a_run_with_a_name_of_more_than_a_line"
    np.savez(
        file,
        players=play.players,
        velocities=play.velocities,
        team=play.team,
        ball=play.ball,
        split=np.arange(300) >= 50,
    )
    small = ("--width", 4, "--depth", 1, "--heads", 1, "--map-width", 4)
    small += ("--steps", 1, "--epoch-steps", 1, "--batch-size", 2)
    assert convzoo("train", "ball", "--data", file, "-o", run, *small)[0] == 0
    measure = ("evaluate", "ball", "--preset", run, "--data", file)
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "sklearn", None)
        code, out, error = convzoo(*measure)
    assert code == 0 and "game.npz, 250 frames" in out
    assert "gradient boosting" not in out and error == (
        "convzoo: warning: left out: gradient boosting; "
        "pip install convzoo[football]\n"
    )
    assert "\u2026" not in out and max(map(len, out.splitlines())) <= 80
    (centre,) = (x for x in out.splitlines() if x.startswith("pitch centre"))
    mean, ends = centre.split()[2:4]
    low, high = map(float, ends.split("-"))
    assert 0 < low < float(mean) < high
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    code, out, error = convzoo(*measure)
    assert code == 0 and "gradient boosting" in out and error == ""


@pytest.mark.long
def test_frames_are_drawn_with_the_ball(convzoo, tmp_path):
    pytest.importorskip("mplsoccer", reason="mplsoccer is not installed")
    play, run = simulate_play(6, seed=0), tmp_path / "run"
    ball = play.ball.copy()
    ball[4:] = np.nan
    file, out = tmp_path / "game.npz", tmp_path / "ball.csv"
    number = np.arange(6) + 10
    arrays = {"players": play.players, "team": play.team, "ball": ball}
    np.savez(file, **arrays, number=number)
    small = ("--width", 4, "--depth", 1, "--heads", 1, "--map-width", 4)
    small += ("--steps", 1, "--epoch-steps", 1, "--batch-size", 2)
    assert convzoo("train", "ball", "--data", file, "-o", run, *small)[0] == 0
    use = ("ball", file, "--preset", run)
    picture, clip = tmp_path / "frame.png", tmp_path / "clip.gif"
    plot, video = ("--plot", picture), ("--video", clip)
    for options, parts in (
        ((*plot, "--frame", 16), ["no frame 16", "from 10 to 15"]),
        ((*plot, "--frame", -1), ["no frame -1"]),
        ((*plot, "--frame", "x"), ["--frame", "int"]),
        (("--frame", 1), ["`--frame`", "`--plot`"]),
        (("--plot", tmp_path / "frame.jpg"), ["frame.jpg", ".png"]),
        ((*video, "--frames", "12:16"), ["no frame 16", "6, from 10 to 15"]),
        ((*video, "--frames", "13:12"), ["`--frames`", "(3, 2)"]),
        (("-o", file), ["game.npz", "is named twice"]),
        (("-o", tmp_path / "ball.txt"), ["ball.txt", ".csv"]),
        (("-o", picture, *plot), ["frame.png", "is named twice"]),
        (("--plot", file), ["game.npz", "is named twice"]),
        ((*video, "--frames", "2"), ["--frames", "FIRST:LAST", "'2'"]),
        (("--frames", "0:1"), ["`--frames`", "`--video`"]),
        ((*video, "--frame-rate", 0), ["`--frame-rate`", "0"]),
        (("--video", tmp_path / "clip.mov"), ["clip.mov", ".gif"]),
    ):
        table = () if "-o" in options else ("-o", out)
        assert_one_line(convzoo(*use, *table, *options), *parts)
        assert not out.exists()
    use = (*use, "-o", out)
    code, text, error = convzoo(*use, *plot, *video, "--frames", "11:13")
    assert code == 0, error
    assert "frame.png: frame 14; most likely has the ball: player" in text
    assert "clip.gif: frames 11 to 13, 3 of 6\n" in text
    assert out.read_text().splitlines()[1].startswith("10,")
    with Image.open(picture) as drawn, Image.open(clip) as film:
        assert drawn.size == film.size and film.n_frames == 3
    out.unlink()
    for options in (plot, video):
        assert_one_line(convzoo(*use, *options), "exists already")
        assert not out.exists()
    assert convzoo(*use, *plot, "--frame", 10, "--overwrite")[0] == 0


@pytest.mark.filterwarnings("always:.*left out")
@pytest.mark.long
def test_a_broken_image_is_a_warning_in_one_line(convzoo, classes, tmp_path):
    (classes / "red" / "broken.png").write_text("no image")
    options = ("--backbone", "plain", "--width", 2, "--epochs", 1)
    code, _, error = convzoo(
        "train", "classifier", "--data", classes, "-o", tmp_path / "r", *options
    )
    (line,) = (line for line in error.splitlines() if "broken" in line)
    assert line == (
        f"convzoo: warning: {classes}: 1 of 7 images left out: "
        f"{classes / 'red' / 'broken.png'}: is not an image"
    )
    assert code == 0, error


def test_classifiers_name_what_will_not_do(convzoo, classes, photo, tmp_path):
    run = tmp_path / "run"
    train = ("train", "classifier", "--data", classes, "--out", run)
    assert_one_line(convzoo(*train, "--bins", "1,1.5"), "--bins", "1,1.5")
    assert_one_line(convzoo(*train, "--sizes", "x"), "--sizes", "'x'")
    assert_one_line(convzoo(*train, "--backbone", "vgg"), "--backbone", "vgg")
    assert_one_line(convzoo(*train, "--mirror", "red=x"), "`--mirror`", "'x'")
    assert_one_line(
        convzoo("train", "classifier", "--data", classes / "red", "-o", run),
        "at least two",
    )
    assert_one_line(convzoo("classify", photo, "--preset", run), str(run))
    assert_one_line(convzoo("classify", photo, "--preset", "sgns"), "sgns")


def test_one_bad_tracking_file_does_not_stop_the_others(convzoo, tmp_path):
    preset, play = tmp_path / "preset", simulate_play(6, seed=0)
    BallPositionPredictor(
        width=4, depth=1, heads=1, map_width=4
    ).save_to_preset(preset)
    paths = [tmp_path / name for name in ("far.npz", "[bold]\x1b[1m.npz")]
    for path, metres in zip(paths, (100, 1), strict=True):
        np.savez(
            path, players=metres * play.players, team=play.team, ball=play.ball
        )
    data = [option for path in paths for option in ("--data", path)]
    code, out, error = convzoo("evaluate", "ball", "--preset", preset, *data)
    assert code == 1 and len(error.splitlines()) == 1
    assert "far.npz" in error and "centimetres" in error
    # The name is neither markup nor a control sequence.
    assert "[bold]\\x1b[1m.npz, 6 frames" in out
    measure = ("evaluate", "ball", "--preset", preset, *data[2:])
    # On a pitch of another size, players are as far from the centre.
    told = [
        next(line for line in text.splitlines() if "pitch centre" in line)
        for text in (out, convzoo(*measure, "--pitch", "110,70")[1])
    ]
    assert told[0] == told[1]
    assert_one_line(convzoo(*measure, "--pitch", "5"), "`--pitch`", "(5.0,)")
