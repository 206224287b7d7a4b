# Everything a newcomer runs. `make` alone prints this list.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup venv gst system demo test test-fast check fmt bench tracks gate boards board-venv hardware soak real-clips builds paddle clips package surface kernels pycuda locks clean

VENV ?= .venv
LOCKS := deploy/requirements
UV := .tools/bin/uv
PY := $(VENV)/bin/python

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(UV):
	@python=$$(.ci/find-python) || { echo "make: no Python 3.10, 3.11 or 3.12 found; install one (on Debian: apt install python3 python3-venv)"; exit 2; }; \
	"$$python" -m venv .tools || { echo "make: this Python cannot make environments; install its venv package (on Debian: apt install python3-venv)"; exit 2; }; \
	.tools/bin/pip install -q --disable-pip-version-check --require-hashes -r $(LOCKS)/tools.txt

$(VENV)/.done: $(UV) $(LOCKS)/all.txt pyproject.toml
	@[ -x $(PY) ] || $(UV) venv -q --no-python-downloads --python "$$(.ci/find-python $(PYTHON))" $(VENV)
	$(UV) pip install -q --no-deps --require-hashes --python $(PY) -r $(LOCKS)/all.txt
	$(UV) pip install -q --no-deps --no-build-isolation --python $(PY) -e .
	@touch $@

venv: $(VENV)/.done

gst: venv
	@if $(PY) -c 'import gi' 2>/dev/null; then :; \
	elif pkg-config --exists gobject-introspection-1.0 cairo 2>/dev/null; then \
	    $(UV) pip install -q --require-hashes --no-deps --python $(PY) -r $(LOCKS)/gst.txt; \
	else echo "setup: GStreamer's Python binding left out: its headers are missing (libgirepository1.0-dev libcairo2-dev pkg-config); PyAV captures instead"; fi

setup: venv gst ## make .venv with every extra but [train] and [paddle]

system:
	@.ci/apt

demo: venv ## the main job: bundled clip in, gate events out over MQTT
	@$(PY) -m edge demo

test: system setup ## system packages (when root), then every test on the newest Python, the fast ones on 3.10 too
	$(PY) -m pytest -m "not soak"
	@if python310=$$(.ci/find-python 3.10) && [ "$$($(PY) -c 'import sys; print(sys.version_info[1])')" != 10 ]; then \
	    $(MAKE) -s venv VENV=.venv-3.10 PYTHON=3.10 && .venv-3.10/bin/python -m pytest -q -m "not soak and not slow and not system"; \
	else echo "test: Python 3.10 left out: there is no second interpreter here"; fi

test-fast: setup ## the tests that need seconds
	$(PY) -m pytest -q -m "not soak and not slow and not system"

check: venv ## lint, format, types, layers
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

fmt: venv ## format and mend what can be mended
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

bench: venv ## frames a second of decode, detector and the whole, with their ratios
	@$(PY) -m edge bench

LIST ?= proof
tracks: setup ## tracking scores on the rendered sequences, ours beside four others: make tracks [LIST=tuning]
	$(PY) -m pytest -q -m soak tests/scene/test_identity.py
	@$(PY) -m edge scene tracks --list $(LIST) --out out/tracks/$(LIST)
	@$(PY) -m edge eval track --dir out/tracks/$(LIST) --conditions all

gate: setup ## replay benchmark of the gate, both tiers; rendered replays are kept in out/gate
	@$(PY) -m edge eval gate --failures

boards: venv ## what doctor says of the described boards: make boards [BOARD=thor FAULTS="throttling unsynced"]
	@$(PY) -m tests.boards $(BOARD) $(FAULTS)

BOARD_CUDA = $(shell .ci/cuda-version)
# The board's own Python, which sees the TensorRT and GStreamer that came with it, and the binding of its CUDA.
board-venv: $(UV)
	@[ -x .venv-board/bin/python ] || $(UV) venv -q --no-python-downloads --system-site-packages --python /usr/bin/python3 .venv-board
	@$(UV) pip install -q --no-deps --require-hashes --python .venv-board/bin/python -r $(LOCKS)/device.txt -r $(LOCKS)/cuda$(BOARD_CUDA).txt
	@for wheel in dist/pycuda-*.whl; do [ ! -f "$$wheel" ] || $(UV) pip install -q --python .venv-board/bin/python "$$wheel"; done

hardware: $(if $(BOARD_CUDA),board-venv,venv) ## on a board: every row of verified.md marked not yet, as a table: make hardware [CAMERA=csi://0] [BOOM=gpiochip0/12] [ONLY=cuda]
	@$(if $(BOARD_CUDA),.venv-board/bin/python,$(PY)) -m tests.hardware --camera "$(CAMERA)" --boom "$(BOOM)" --only "$(ONLY)"

soak: setup ## long proofs with figures: a bad camera for ten minutes, fifty kills of the service
	$(PY) -m tests.soak.rtsp --minutes 10
	$(PY) -m tests.system.kill --kills 50
	$(PY) -m tests.system.kill --kills 50 --service

real-clips: setup ## counts on real clips: make real-clips DIR=folder [MODELS="card card"]
	@$(PY) -m edge eval clips "$(DIR)" --truth fixtures/clips/counted.toml $(addprefix --model ,$(MODELS))

builds: venv ## FP16 and INT8 files of gate-n, figures beside FP32, picture of its failures: make builds DATA=folder
	@[ -n "$(DATA)" ] || { echo "make builds: needs the labelled sets: make builds DATA=folder"; exit 2; }
	$(PY) -m edge models quantize gate-n --data "$(DATA)" --pictures 128 --precision fp16 int8
	$(PY) -m edge eval detect --model gate-n --list models/gate-n/pictures.csv --data "$(DATA)" --drawn-by people --precision fp32 fp16 int8 --speed
	$(PY) -m edge models failures gate-n

paddle: setup ## the optional PaddleOCR reader, with the real package in an environment of its own (1.2 GB)
	@[ -x .venv-paddle/bin/python ] || $(UV) venv -q --no-python-downloads --python "$$(.ci/find-python $(PYTHON))" .venv-paddle
	$(UV) pip install -q --python .venv-paddle/bin/python 'paddleocr>=3.4' 'paddlepaddle>=3.2'
	EDGE_PADDLE_PYTHON=$(CURDIR)/.venv-paddle/bin/python $(PY) -m pytest -q -m soak tests/inference/test_paddle.py

clips: venv ## render the bundled clip anew
	$(PY) -m edge scene render

package: venv ## wheel into dist/
	$(VENV)/bin/python -m hatchling build -t wheel

surface: venv ## TensorRT's names in its own bindings 10.3, 10.16 and 11.4 beside the simulated ones
	@.ci/trt-surface

kernels: venv ## the CUDA kernels compiled by NVRTC 12.9 and 13 for the boards; the real bindings on a stand-in driver
	@for cuda in 12 13; do \
	    $(UV) venv -q --allow-existing --no-python-downloads --python "$$(.ci/find-python $(PYTHON))" .venv-cuda$$cuda && \
	    $(UV) pip install -q --no-deps --require-hashes --python .venv-cuda$$cuda/bin/python -r $(LOCKS)/all.txt && \
	    $(UV) pip install -q --python .venv-cuda$$cuda/bin/python "cuda-bindings==$$cuda.*" nvidia-cuda-nvrtc$$([ $$cuda = 13 ] || echo -cu12) $$(ls dist/pycuda-*.whl 2>/dev/null) && \
	    .venv-cuda$$cuda/bin/python -m pytest -q -rs tests/inference/cuda/test_kernels.py tests/inference/cuda/test_real_packages.py || exit; \
	done

pycuda: venv ## wheel of pycuda into dist/, where a CUDA toolkit is present
	@.ci/build-pycuda $(PY)

locks: $(UV) ## renew the hash-pinned requirements
	$(UV) pip compile -q --universal --python-version 3.10 --generate-hashes --no-header --no-annotate pyproject.toml --extra ocr --extra reports --extra demo --extra web --extra boom --extra eval --extra test -o $(LOCKS)/all.txt
	$(UV) pip compile -q --universal --python-version 3.10 --generate-hashes --no-header --no-annotate pyproject.toml --extra ocr --extra reports --extra web --extra boom -c $(LOCKS)/all.txt -o $(LOCKS)/device.txt
	echo 'PyGObject>=3.42,<3.51' | $(UV) pip compile -q --universal --python-version 3.10 --generate-hashes --no-header --no-annotate - -o $(LOCKS)/gst.txt
	for cuda in 12 13; do echo "cuda-bindings==$$cuda.*" | $(UV) pip compile -q --universal --python-version 3.10 --generate-hashes --no-header --no-annotate - -o $(LOCKS)/cuda$$cuda.txt || exit; done
	echo 'uv' | $(UV) pip compile -q --universal --python-version 3.10 --generate-hashes --no-header --no-annotate - -o $(LOCKS)/tools.txt

clean: ## remove environments and everything built
	rm -rf .venv .venv-* .tools build dist out .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
