# The targets make what they need; run them from a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Most of a test is tracing and compiling, which keeps one core busy. A file
# stays on one process, for what its tests share.
PARALLEL := --numprocesses auto --dist loadfile
PYTEST := $(BIN)/python -m pytest $(PARALLEL)
# What TensorFlow alone can do: export, and what calls it.
TENSORFLOW_TESTS := tests/export tests/convzoo tests/test_readme.py tests/test_docstrings.py
# What no backend computes: files of providers, pictures of a pitch, intervals,
# folders of images, tiles.
NUMPY_TESTS := tests/training/football/tracking tests/training/football/drawing \
	$(addprefix tests/training/football/test_, block_bootstrap.py \
	gradient_boosting.py simulate_play.py) \
	$(addprefix tests/training/classification/test_, bucket_shapes.py \
	image_folder.py) \
	$(addprefix tests/training/super_resolution/test_, samples.py sr_data.py) \
	tests/zoo/super_resolution/test_tiling.py
# What asks a model for its predictions and no more: those are tested in the zoo.
PREDICTING_TESTS := tests/training/test_release.py \
	tests/training/classification/test_evaluate_classifier.py \
	$(addprefix tests/training/football/test_, ball_temperature.py fill_ball.py \
	fill_kloppy_ball.py predict_ball.py)
ONE_BACKEND := --sample $(addprefix --ignore , \
	$(TENSORFLOW_TESTS) $(NUMPY_TESTS) $(PREDICTING_TESTS))

FOLDERS := $(addprefix $(CURDIR)/,common export layers losses presets training zoo)

.PHONY: demo test test-all test-backends wheel test-wheel outside test-outside \
	bench lint format clean

demo: $(VENV)/.demo
	$(BIN)/python -m convzoo demo --out demo

# What takes long is left to `make test-all`.
test: $(VENV)/.dev
	$(PYTEST) -m "not slow"

test-all: $(VENV)/.dev
	$(PYTEST)

# What runs on keras.ops alone, on the two backends beside TensorFlow: of each
# test the first case, and of the slow ones none (see tests/conftest.py). JAX keeps
# what it compiled, for the tests that start a process more than once.
test-backends: $(VENV)/.backends
	KERAS_BACKEND=jax JAX_COMPILATION_CACHE_DIR=$(CURDIR)/build/jax \
		$(PYTEST) $(ONE_BACKEND)
	KERAS_BACKEND=torch $(PYTEST) $(ONE_BACKEND)

# The wheel that users get, built from the sdist, with the oldest dependencies
# that setup.cfg allows.
wheel: $(VENV)/.dev
	rm -rf build/dist
	$(BIN)/python -m build --outdir build/dist . > build-dist.log || \
		{ cat build-dist.log; exit 1; }
	rm build-dist.log
	$(PYTHON) -m venv --clear .venv-wheel
	.venv-wheel/bin/pip install --quiet --constraint tests/lowest.txt \
		"$$(ls build/dist/*.whl)[demo]" pytest pytest-xdist hypothesis

# It is tested outside the checkout: the examples of all classes, what has
# weights and files, and what others call. Numbers are left to `make test`.
test-wheel: wheel
	rm -rf build/outside
	mkdir -p build/outside
	cp -r tests setup.cfg README.md build/outside
	tmp=$$(mktemp -d) && mv build/outside "$$tmp" && cd "$$tmp/outside" && \
		$(CURDIR)/.venv-wheel/bin/python -m pytest $(PARALLEL) \
		--override-ini pythonpath=. --sample \
		tests/test_*.py tests/convzoo tests/export \
		tests/zoo/test_load_model.py tests/zoo/test_pretrained.py tests/presets ; \
		status=$$? ; rm -rf "$$tmp" ; exit $$status

# Environments that have the runtime of what left Keras alone; and KServe's
# server, whose packages go with none of ours.
outside:
	$(PYTHON) -m venv --clear .venv-outside/litert
	.venv-outside/litert/bin/pip install --quiet ai-edge-litert numpy
	$(PYTHON) -m venv --clear .venv-outside/tensorflow
	.venv-outside/tensorflow/bin/pip install --quiet tensorflow
	$(PYTHON) -m venv --clear .venv-outside/kserve
	.venv-outside/kserve/bin/pip install --quiet kserve ai-edge-litert pillow

test-outside: $(VENV)/.dev outside
	LITERT_PYTHON=$(CURDIR)/.venv-outside/litert/bin/python \
	TENSORFLOW_PYTHON=$(CURDIR)/.venv-outside/tensorflow/bin/python \
	KSERVE_PYTHON=$(CURDIR)/.venv-outside/kserve/bin/python \
		$(PYTEST) tests/export/test_outside.py \
		tests/export/test_serving_client.py -k "alone or kserve"

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

# mypy needs the package under its import name, whose folders stand apart here.
lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	rm -rf build/mypy && mkdir -p build/mypy/convzoo
	ln -s $(CURDIR)/convzoo/* $(FOLDERS) build/mypy/convzoo
	cd build/mypy && $(CURDIR)/$(BIN)/mypy \
		--config-file $(CURDIR)/setup.cfg --package convzoo

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf build demo .venv .venv-wheel .venv-outside

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# `[demo]` alone: the demo must not lean on what only developers have.
$(VENV)/.demo: setup.cfg | $(BIN)/python
	$(BIN)/pip install --quiet --editable ".[demo]"
	touch $@

$(VENV)/.dev: setup.cfg | $(BIN)/python
	$(BIN)/pip install --quiet --editable ".[demo,dev,datasets,football,onnx,plots,quantize,serving,tensorboard]"
	touch $@ $(VENV)/.demo

# One torch for all: where its CPU build is at hand, pip prefers it to CUDA's.
$(VENV)/.backends: $(VENV)/.dev
	$(BIN)/pip install --quiet --editable ".[demo,dev,datasets,tensorboard,backends]" torch==2.13.0
	touch $@
