# Targets install what they need: each runs from a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tests mostly trace and compile, on one core each. `loadfile` keeps a file in
# one process, since its tests share fixtures. A process that was killed is not
# replaced: pytest-xdist might wait for it forever.
PARALLEL := --numprocesses auto --dist loadfile --max-worker-restart 0
PYTEST := $(BIN)/python -m pytest $(PARALLEL)
# Tests that need TensorFlow: of export and its callers.
TENSORFLOW_TESTS := tests/export tests/convzoo tests/test_readme.py tests/test_docstrings.py
# Tests that use no backend: of image files, tracking files, drawings of the
# pitch, confidence intervals, image folders, tiles, full disks.
NUMPY_TESTS := tests/common tests/presets \
	$(filter-out %/test_standardized.py, \
		$(wildcard tests/zoo/images/test_*.py tests/zoo/images/*/test_*.py)) \
	tests/training/test_full_disk.py \
	tests/training/football/tracking tests/training/football/drawing \
	$(addprefix tests/training/football/test_, block_bootstrap.py \
	carrier_quality.py followed_carriers.py gradient_boosting.py \
	hidden_balls.py hole_frames.py interpolate_ball.py possessions.py \
	simulate_play.py write_ball.py write_passes.py) \
	$(addprefix tests/training/classification/test_, bucket_shapes.py \
	image_folder.py) \
	$(addprefix tests/training/super_resolution/test_, comparison_sheet.py \
	largest_differences.py matched_images.py samples.py sr_data.py) \
	$(addprefix tests/zoo/super_resolution/test_, result_size.py tiling.py)
# Tests that call models, whose numbers the tests of the zoo check, and of a
# recipe that trains as `train_ball` does.
PREDICTING_TESTS := tests/training/test_release.py \
	$(addprefix tests/zoo/super_resolution/test_, upscale_files.py \
	upscale_scaled.py) \
	tests/zoo/classification/test_classifier_memory.py \
	tests/training/classification/test_evaluate_classifier.py \
	$(addprefix tests/training/football/test_, ball_temperature.py fill_ball.py \
	fill_holes.py fill_kloppy_ball.py follow_ball.py predict_ball.py \
	train_ball_motion.py)
# Networks of Keras's layers, and recipes that train as others do.
ON_TORCH_ONLY := tests/training/super_resolution tests/training/classification \
	tests/training/football/test_over_time.py tests/zoo/backbones \
	tests/layers/test_spp_evidence.py \
	$(addprefix tests/losses/test_, feature_extractor.py lpips.py \
	perceptual.py saved_functions.py style.py trunk_weights.py \
	weighted_sum.py) \
	$(addprefix tests/zoo/classification/test_, evidence.py \
	size_agnostic_classifier_pretrained.py) \
	$(addprefix tests/zoo/super_resolution/test_, sr_discriminator.py) \
	$(addprefix tests/zoo/test_, copied.py load_model.py pretrained.py)
ONE_BACKEND := --sample $(addprefix --ignore , \
	$(TENSORFLOW_TESTS) $(NUMPY_TESTS) $(PREDICTING_TESTS))

FOLDERS := $(addprefix $(CURDIR)/,common export layers losses presets training zoo)

.PHONY: demo test test-all test-long test-backends wheel test-wheel outside test-outside \
	robustness bench lint format clean

demo: $(VENV)/.demo
	$(BIN)/python -m convzoo demo --out demo

test: $(VENV)/.dev
	$(PYTEST) -m "not slow and not long"

# Includes the slow tests, not the long ones. It runs in two parts, since a
# process keeps memory for all that it has traced.
BLOCK_TESTS := tests/layers tests/losses tests/zoo
test-all: $(VENV)/.dev
	$(PYTEST) -m "not long" $(addprefix --ignore , $(BLOCK_TESTS))
	$(PYTEST) -m "not long" $(BLOCK_TESTS)

# Large networks and further cases, half an hour: before a release.
test-long: $(VENV)/.dev
	$(PYTEST) -m long

# Tests of code in keras.ops, on JAX and PyTorch: the first case of each test,
# without slow tests (see `--sample` in tests/conftest.py). JAX compiles each
# shape of each operation, and takes five times as long as PyTorch: on it run
# the common checks of layers and losses, gradients, training, and a test of each
# model and of an interrupted run. It caches compiled code for tests that start
# several processes.
ON_JAX := "test_layer or test_loss or gradient or trains or learns \
	or what_comes_out or training_counts or tiles_equal or saved_within"
test-backends: $(VENV)/.backends
	KERAS_BACKEND=jax JAX_COMPILATION_CACHE_DIR=$(CURDIR)/build/jax \
		$(PYTEST) $(ONE_BACKEND) $(addprefix --ignore , $(ON_TORCH_ONLY)) \
		-k $(ON_JAX)
	KERAS_BACKEND=torch $(PYTEST) $(ONE_BACKEND)

# The released wheel, built from the sdist, installed with the oldest
# dependencies that setup.cfg allows.
wheel: $(VENV)/.dev
	rm -rf build/dist
	$(BIN)/python -m build --outdir build/dist . > build-dist.log || \
		{ cat build-dist.log; exit 1; }
	rm build-dist.log
	$(PYTHON) -m venv --clear .venv-wheel
	.venv-wheel/bin/pip install --quiet --constraint tests/lowest.txt \
		"$$(ls build/dist/*.whl)[demo]" pytest pytest-xdist hypothesis

# Tests of the wheel, outside the checkout: examples of all classes, weights,
# package data, export and the command line. `make test` checks numbers.
test-wheel: wheel
	rm -rf build/outside
	mkdir -p build/outside
	cp -r tests setup.cfg README.md build/outside
	tmp=$$(mktemp -d) && mv build/outside "$$tmp" && cd "$$tmp/outside" && \
		$(CURDIR)/.venv-wheel/bin/python -m pytest $(PARALLEL) \
		--override-ini pythonpath=. --sample \
		tests/test_*.py tests/convzoo \
		$(addprefix tests/export/test_, export_model.py litert.py onnx.py \
		quantize.py saved_model.py serving_client.py) \
		tests/zoo/test_load_model.py tests/zoo/test_pretrained.py tests/presets ; \
		status=$$? ; rm -rf "$$tmp" ; exit $$status

# Environments with only the runtime of an export format, and one with KServe,
# whose dependencies conflict with convzoo's.
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

# A sample of `python -m benchmarks.robustness`, of two minutes.
robustness: $(VENV)/.dev
	$(BIN)/python -m benchmarks.robustness --sample

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

# mypy needs the folders inside a package with the import name.
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

# Only `[demo]`: the demo must run without the packages of developers.
$(VENV)/.demo: setup.cfg | $(BIN)/python
	$(BIN)/pip install --quiet --editable ".[demo]"
	touch $@

$(VENV)/.dev: setup.cfg | $(BIN)/python
	$(BIN)/pip install --quiet --editable ".[demo,dev,datasets,football,onnx,plots,quantize,serving,tensorboard]"
	touch $@ $(VENV)/.demo

# A pinned torch: pip prefers its CPU build, where available, to CUDA's.
$(VENV)/.backends: $(VENV)/.dev
	$(BIN)/pip install --quiet --editable ".[demo,dev,datasets,tensorboard,backends]" torch==2.13.0
	touch $@
