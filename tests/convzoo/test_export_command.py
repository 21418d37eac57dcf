"""`convzoo export --evidence`: classifiers only."""

import numpy as np
import pytest

from convzoo.__main__ import main
from convzoo.export import SavedModel
from convzoo.zoo import SizeAgnosticClassifier


def run(capfd, *arguments):
    """Run the command; return its exit code, lines and errors."""
    with pytest.raises(SystemExit) as end:
        main(["export", *map(str, arguments)])
    out, errors = capfd.readouterr()
    return end.value.code, out.splitlines(), errors.splitlines()


@pytest.mark.long
def test_evidence_is_an_output(capfd, tmp_path):
    model = SizeAgnosticClassifier(3, backbone="plain", width=4, bins=(1, 2))
    model.save_to_preset(tmp_path / "small")
    code, lines, errors = run(
        capfd,
        *(tmp_path / "small", "--evidence", "--format", "saved_model"),
        *("-o", tmp_path / "out"),
    )
    assert code == 0 and len(lines) == 1, errors
    found = SavedModel(tmp_path / "out" / "small" / "1")(
        image=np.random.default_rng(0).random((2, 41, 23, 3))
    )
    np.testing.assert_allclose(
        found["evidence"].sum(axis=(1, 2)) + np.array(model.head.bias),
        found["logits"],
        rtol=1e-4,
        atol=1e-5,
    )


@pytest.mark.parametrize("name", ["sr_x4_tiny", "ball_players"])
def test_other_models_have_no_evidence(name, capfd, tmp_path):
    code, lines, errors = run(capfd, name, "--evidence", "-o", tmp_path)
    assert (code, lines, len(errors)) == (2, [], 1)
    assert "`--evidence` needs a SizeAgnosticClassifier" in errors[0]
    assert not list(tmp_path.iterdir())
