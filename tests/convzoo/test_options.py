"""Options of the command line match the options of the recipes."""

import dataclasses
import inspect
import json
from typing import Literal, get_args

import numpy as np
import pytest

from convzoo.__main__ import app
from convzoo.common.choices import SRConfig
from convzoo.common.option import described, identity
from convzoo.common.types import PathLike
from convzoo.options import as_typed, command_line_type, mirrors
from convzoo.train_commands import RECIPES
from convzoo.training import (
    train_ball,
    train_ball_motion,
    train_classifier,
    train_sr,
    train_srgan,
)
from convzoo.zoo.super_resolution.sr_configs import SR_CONFIGS

FUNCTIONS = {
    "sr": train_sr,
    "srgan": train_srgan,
    "classifier": train_classifier,
    "ball": train_ball,
    "ball-motion": train_ball_motion,
}


def arguments(name):
    """Return the command-line arguments of a recipe, by name."""
    collection = app["train"][name].assemble_argument_collection()
    return {each.field_info.name: each for each in collection}


@pytest.mark.parametrize("name", RECIPES)
def test_the_command_line_has_the_options_of_the_recipe(name):
    options, _, _ = RECIPES[name]
    known = arguments(name)
    assert list(known) == [each.name for each in described(options)]
    for each in described(options):
        argument = known[each.name]
        assert f"--{each.name.replace('_', '-')}" in argument.names
        assert argument.required == (each.default is dataclasses.MISSING)
        if each.default is not dataclasses.MISSING:
            assert argument.field_info.default == each.default
        assert argument.hint == command_line_type(each.kind)
        (group,) = argument.parameter.group
        assert group.name == each.option.group
        assert argument.parameter.help


@pytest.mark.parametrize("name", RECIPES)
def test_the_recipe_takes_the_same_arguments(name):
    options, _, _ = RECIPES[name]
    signature = inspect.signature(FUNCTIONS[name])
    assert list(signature.parameters) == [
        each.name for each in described(options)
    ]
    for each in described(options):
        assert signature.parameters[each.name].annotation == each.kind
        for text in (options.__doc__, FUNCTIONS[name].__doc__):
            assert f"\n    {each.name}: {each.option.help[:20]}" in text


def commands(group=app, chain=()):
    """Every command, by the words that are typed."""
    for name in group:
        if name.startswith("-"):
            continue
        if [each for each in group[name] if not each.startswith("-")]:
            yield from commands(group[name], (*chain, name))
        else:
            yield (*chain, name)


@pytest.mark.parametrize("chain", list(commands()), ids=" ".join)
def test_every_option_of_every_command_has_help(chain):
    command = app
    for name in chain:
        command = command[name]
    for argument in command.assemble_argument_collection(parse_docstring=True):
        assert argument.parameter.help, argument.names
        assert argument.parameter.help.rstrip().endswith("."), argument.names


@pytest.mark.parametrize("name", RECIPES)
def test_every_option_is_a_sentence(name):
    options, _, _ = RECIPES[name]
    for each in described(options):
        assert each.option.help.endswith(".")
        assert each.option.help[0].isupper() or each.option.help[0].isdigit()


@pytest.mark.parametrize("name", RECIPES)
def test_options_are_frozen_and_checked(name):
    options, _, _ = RECIPES[name]
    made = options("data", "out")
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.seed = 3
    with pytest.raises(ValueError, match="`schedule` must be one of"):
        options("data", "out", schedule="square")
    with pytest.raises(ValueError, match="`learning_rate`.*learning_rate=0"):
        FUNCTIONS[name]("data", "out", learning_rate=0)
    function = name.replace("-", "_")
    with pytest.raises(TypeError, match=rf"train_{function}\(\) got .*'wings'"):
        FUNCTIONS[name]("data", "out", wings=2)
    with pytest.raises(TypeError, match="options or keywords, not both"):
        FUNCTIONS[name](made, seed=3)


@pytest.mark.parametrize("name", RECIPES)
def test_where_a_run_is_and_how_it_tells_do_not_identify_it(name, tmp_path):
    options, _, _ = RECIPES[name]
    found = identity(options(tmp_path, tmp_path))
    assert found["data"] == str(tmp_path)
    assert not {"out", "verbose", "tensorboard", "force", "stop"} & set(found)


def test_choices_are_those_of_the_library():
    assert set(get_args(SRConfig)) == set(SR_CONFIGS)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (PathLike, str),
        (PathLike | None, str | None),
        (tuple[int, ...] | None, tuple[int, ...] | None),
        (Literal["a", 2] | None, Literal["a", 2] | None),
        (int, int),
    ],
)
def test_paths_are_strings_on_the_command_line(kind, expected):
    assert command_line_type(kind) == expected


def test_numbers_of_numpy_are_those_of_python():
    options = RECIPES["sr"][0](
        "a", "b", learning_rate=np.float32(0.5), seed=np.int64(3)
    )
    found = identity(options)
    assert (found["learning_rate"], found["seed"]) == (0.5, 3)
    assert {type(found[name]) for name in ("learning_rate", "seed")} == {
        float,
        int,
    }
    json.dumps(found)


def test_mirrors_are_read():
    assert mirrors("stop,left=right") == {
        "stop": "stop",
        "left": "right",
        "right": "left",
    }


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            "`hold_out` must be 1. Received: hold_out=2",
            "`--hold-out` must be 1. Received: --hold-out=2",
        ),
        ("pass `overwrite=True` to replace", "pass `--overwrite` to replace"),
        (
            "`alpha` is off. Received: alpha=2.0",
            "`--perceptual` is off. Received: --perceptual=2.0",
        ),
        ("`inputs` must not be empty", "`INPUTS` must not be empty"),
        ("`other` stays, and so does other=3", None),
        ("a=b of another --hold-out=2", None),
        ("runs/hold_out=2: does not exist", None),
        (
            "no. Received: hold_out='hold_out=2', other=1, hold_out=3",
            "no. Received: --hold-out='hold_out=2', other=1, --hold-out=3",
        ),
    ],
)
def test_errors_name_options_as_typed(message, expected):
    def command(inputs, /, *, hold_out, overwrite, perceptual):
        """A command."""

    parameters = inspect.signature(command).parameters
    assert as_typed(message, parameters) == (expected or message)
