"""Configuration files of TF Serving, and a compose file that starts it."""

import re
import warnings
from collections.abc import Iterable
from pathlib import Path

from convzoo.common.output_file import write_whole

_MODELS = "models.config"
_HEAD = (
    "# The models of this folder. `convzoo export` adds those that it writes.\n"
)
_BATCHING = """\
# Runs up to 8 concurrent requests as one batch. A request waits at most 5 ms
# for others. See compose.yaml before you turn batching on.
max_batch_size { value: 8 }
batch_timeout_micros { value: 5000 }
max_enqueued_batches { value: 100 }
num_batch_threads { value: 2 }
"""
_MONITORING = """\
prometheus_config {
  enable: true
  path: "/monitoring/prometheus/metrics"
}
"""
_COMPOSE = """\
# docker compose up
# serves the newest version of each model in models.config: gRPC on port 8500;
# http://localhost:8501/v1/models/NAME:predict and
# http://localhost:8501/monitoring/prometheus/metrics on port 8501.
services:
  serving:
    image: tensorflow/serving:latest
    restart: unless-stopped
    ports:
      - "8500:8500"
      - "8501:8501"
    volumes:
      - .:/models:ro
    command:
      - --model_config_file=/models/models.config
      - --model_config_file_poll_wait_seconds=60
      - --monitoring_config_file=/models/monitoring.config
      # Batching concatenates requests along the first axis. Turn it on if all
      # requests to serving_default have images of one size, or if there are no
      # such requests: serve_bytes and serve_one_bytes can mix sizes.
      # - --enable_batching=true
      # - --batching_parameters_file=/models/batching_parameters.txt
"""
_FILES = {
    "batching_parameters.txt": _BATCHING,
    "monitoring.config": _MONITORING,
    "compose.yaml": _COMPOSE,
}


def write_serving_files(folder: Path) -> None:
    """Write `models.config`, which lists the SavedModels, and other files.

    Existing files are kept. `models.config` is updated, unless it was edited by
    hand; then a warning is issued instead.

    Args:
        folder: Folder that contains `NAME/VERSION/saved_model.pb`.
    """
    for name, content in _FILES.items():
        if not (folder / name).exists():
            write_whole(folder / name, content)
    path = folder / _MODELS
    names = sorted(p.parts[-3] for p in folder.glob("*/*/saved_model.pb"))
    wanted = _models_config(dict.fromkeys(names))
    found = path.read_text() if path.exists() else wanted
    if found != _models_config(re.findall(r'name: "(.*)"', found)):
        warnings.warn(
            f"{path} was edited by hand and stays unchanged; it must list "
            f"{list(dict.fromkeys(names))}",
            stacklevel=2,
        )
    else:
        write_whole(path, wanted)


def _models_config(names: Iterable[str]) -> str:
    """TF Serving's `ModelServerConfig` in text format."""
    models = "".join(
        "  config {\n"
        f'    name: "{name}"\n'
        f'    base_path: "/models/{name}"\n'
        '    model_platform: "tensorflow"\n'
        "  }\n"
        for name in names
    )
    return f"{_HEAD}model_config_list {{\n{models}}}\n"
