"""TensorRT without one: the calls our adapter makes, with their contract, on the simulated GPU.

Three versions, whose classes have the members that surface.toml lists for them. A plan carries the ONNX, and a run
computes it with ONNX Runtime on the simulated device's memory, in the stream's turn. What TensorRT punishes late fails
here at once: an address not set, a call without a current context, a context destroyed under its run, objects left over
or destroyed after CUDA was closed. Objects keep what they were made of alive, as the bindings do (keep_alive in their
pyCore.cpp).
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
import types
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from edge.config.toml import tomllib
from edge.inference.ort import OrtEngine
from tests.simulated.gpu import SimulatedGpu
from tests.simulated.statuses import CudaStatus

TABLE = tomllib.loads((Path(__file__).parent / "surface.toml").read_text(encoding="utf-8"))
VERSIONS: tuple[str, ...] = tuple(TABLE["versions"])
MARK = b"simulated plan\n"
TIMINGS = b"simulated timings of "
_DTYPES = {"float32": "FLOAT", "float16": "HALF", "int8": "INT8", "int32": "INT32", "int64": "INT64", "uint8": "UINT8"}
_LAYERS = {"QuantizeLinear": "QUANTIZE", "DequantizeLinear": "DEQUANTIZE", "Conv": "CONVOLUTION", "Cast": "CAST"}
_LONG = {"Float": "Row major linear FP32", "Half": "Row major linear FP16 format", "Int8": "Row major Int8 format"}


@dataclass(slots=True)
class World:
    """One installation: its version, its GPU, and what is to go wrong.

    `build` is none, memory, crash, killed, hang or loose (the engine computes in FP32 whatever was asked); `enqueue`
    counts the runs that begin before one does not; `answer` is nan for outputs that are not numbers.
    """

    version: str = VERSIONS[0]
    gpu: SimulatedGpu | None = None
    gpu_name: str = "Orin sm_87"
    build: str = ""
    enqueue: int = -1
    answer: str = ""
    steps_s: float = 0.0
    built: list[str] = field(default_factory=list)

    def number(self, kind: str, name: str) -> int | None:
        """Return the number of an enumeration's member in this version, None where it has none."""
        said = TABLE[kind].get(name)
        if isinstance(said, dict):
            said = said.get(self.version)
        return None if said is None else int(said)

    def demand(self, call: str) -> None:
        """Let a call fail without a current context."""
        if self.gpu is not None:
            self.gpu.demand_context(call)

    def allocate(self, size: int) -> int:
        return self.gpu.cuMemAlloc(size) if self.gpu is not None else 0

    def free(self, address: int) -> None:
        if self.gpu is None:
            return
        try:
            self.gpu.cuMemFree(address)
        except CudaStatus as failed:
            if not self.gpu.lost:
                self.gpu.fault(f"TensorRT: an object was destroyed where it cannot be: {failed}")

    def fault(self, what: str) -> None:
        if self.gpu is None:
            raise AssertionError(what)
        self.gpu.fault(f"TensorRT: {what}")


class Numbered:
    """A member of an enumeration of pybind11's: no number until it is asked for one."""

    def __init__(self, name: str, value: int) -> None:
        self.name, self.value = name, value

    def __int__(self) -> int:
        return self.value

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, Numbered) and other.value == self.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}.{self.name}: {self.value}>"


class IHostMemory(bytes):
    """Bytes of TensorRT's own."""

    @property
    def nbytes(self) -> int:
        return len(self)


class Based:
    """A base class of the bindings, which a subclass has to initialise."""

    def __init__(self) -> None:
        self._based = True


def _check_based(thing: Any, kind: str) -> None:
    if not getattr(thing, "_based", False):
        raise TypeError(f"{kind}.__init__() must be called when overriding __init__")


class ITensor:
    def __init__(self, name: str, dtype: Numbered, shape: tuple[int, ...]) -> None:
        self.name, self.dtype, self.shape = name, dtype, shape


class ILayer:
    def __init__(self, kind: Numbered, outputs: list[ITensor]) -> None:
        self.type, self._outputs = kind, outputs

    @property
    def num_outputs(self) -> int:
        return len(self._outputs)

    def get_output(self, index: int) -> ITensor:
        return self._outputs[index]


class INetworkDefinition:
    def __init__(self, *, strong: bool) -> None:
        self._strong, self._model = strong, b""
        self._layers: list[ILayer] = []
        self._inputs: list[ITensor] = []

    @property
    def num_layers(self) -> int:
        return len(self._layers)

    def get_layer(self, index: int) -> ILayer:
        return self._layers[index]

    @property
    def num_inputs(self) -> int:
        return len(self._inputs)

    def get_input(self, index: int) -> ITensor:
        return self._inputs[index]


class ParserError:
    def __init__(self, node: str, operator: str, said: str) -> None:
        self._said = (node, operator, said)

    def node_name(self) -> str:
        return self._said[0]

    def node_operator(self) -> str:
        return self._said[1]

    def desc(self) -> str:
        return self._said[2]


class ITimingCache:
    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def serialize(self) -> IHostMemory:
        return IHostMemory(self._octets)


class EngineInspector:
    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def get_engine_information(self, format: Numbered) -> str:  # noqa: A002 - the bindings' own name
        if format.name != "JSON":
            raise TypeError("the simulated inspector tells JSON")
        return json.dumps({"Layers": self._engine._told["layers"]})


def simulated(world: World) -> types.ModuleType:  # noqa: C901 - one module, whose classes share a world
    """Return the module `tensorrt` of a version."""
    module = types.ModuleType("tensorrt")

    def enumeration(path: str) -> type[Numbered]:
        kind = type(path.rpartition(".")[2], (Numbered,), {})
        for name in TABLE[path]:
            number = world.number(path, name) if name.isupper() else None
            if number is not None:
                setattr(kind, name, kind(name, number))
        return kind

    classes = (path for path in TABLE if path != "versions")
    kinds: dict[str, Any] = {path: enumeration(path) for path in classes if TABLE[path].get("__init__") == "(value)"}
    severity: Any = kinds.pop("ILogger.Severity")

    class ILogger(Based):
        Severity = severity

        def log(self, severity: Numbered, msg: str) -> None:
            raise NotImplementedError

    class IProgressMonitor(Based):
        pass

    def complain(logger: Any, text: str) -> None:
        logger.log(severity.ERROR, text)

    class IBuilderConfig:
        def __init__(self) -> None:
            self.progress_monitor: Any = None
            self.profiling_verbosity: Any = Numbered("LAYER_NAMES_ONLY", 0)
            self._cache: ITimingCache | None = None

        def set_memory_pool_limit(self, pool: Numbered, pool_size: int) -> None:
            if pool.name != "WORKSPACE" or pool_size <= 0:
                raise TypeError(f"no pool {pool} of {pool_size} bytes")

        def clear_flag(self, flag: Numbered) -> None:
            if not isinstance(flag, kinds["BuilderFlag"]):
                raise TypeError("clear_flag takes a BuilderFlag")

        def create_timing_cache(self, serialized_timing_cache: bytes) -> ITimingCache | None:
            octets = bytes(serialized_timing_cache)
            return ITimingCache(octets) if not octets or octets.startswith(TIMINGS) else None

        def set_timing_cache(self, cache: ITimingCache, ignore_mismatch: bool) -> bool:  # noqa: FBT001 - as above
            of = TIMINGS + world.version.encode()
            if cache._octets and not cache._octets.startswith(of) and not ignore_mismatch:
                return False
            self._cache = ITimingCache(cache._octets or of)
            return True

        def get_timing_cache(self) -> ITimingCache | None:
            return self._cache

    class Builder:
        def __init__(self, logger: Any) -> None:
            _check_based(logger, "ILogger")
            self._logger = logger

        def create_network(self, flags: int = 0) -> INetworkDefinition:
            strong = world.number("NetworkDefinitionCreationFlag", "STRONGLY_TYPED")
            meant = 0 if strong is None else 1 << strong
            if not isinstance(flags, int) or flags & ~meant:
                raise TypeError(f"create_network: flags {flags!r} ask for something else in {world.version}")
            return INetworkDefinition(strong=flags == meant)

        def create_builder_config(self) -> IBuilderConfig:
            return IBuilderConfig()

        def build_serialized_network(self, network: Any, config: IBuilderConfig) -> IHostMemory | None:
            monitor = config.progress_monitor
            _check_based(monitor, "IProgressMonitor")
            monitor.phase_start("Building Engine", None, 2)
            monitor.phase_start("Tactics", "Building Engine", 4)
            for step in range(4):
                time.sleep(world.steps_s)
                if not monitor.step_complete("Tactics", step):
                    return None
            monitor.phase_finish("Tactics")
            if not self._survives():
                return None
            monitor.step_complete("Building Engine", 1)
            monitor.phase_finish("Building Engine")
            if config._cache is not None:
                config._cache = ITimingCache(config._cache._octets + b"\none more kernel")
            loose = world.build == "loose" or not network._strong
            layers = _inspected(network._model, detailed=config.profiling_verbosity.name == "DETAILED", loose=loose)
            if world.version.startswith("10.3"):
                layers = json.loads(_long(json.dumps(layers)))
            told = {"version": world.version, "gpu": world.gpu_name, "layers": layers}
            return IHostMemory(MARK + json.dumps(told).encode() + b"\n" + network._model)

        def _survives(self) -> bool:
            if world.build in {"crash", "killed"}:
                os.kill(os.getpid(), signal.SIGSEGV if world.build == "crash" else signal.SIGKILL)
            if world.build == "hang":
                time.sleep(3600)
            if world.build == "memory":
                complain(
                    self._logger, "[defaultAllocator.cpp::allocate::31] Error Code 1: Cuda Runtime (out of memory)"
                )
            if world.build == "none":
                complain(self._logger, "Error Code 10: Could not find any implementation for node /model.0/conv/Conv.")
            return world.build not in {"memory", "none"}

    class OnnxParser:
        def __init__(self, network: INetworkDefinition, logger: Any) -> None:
            _check_based(logger, "ILogger")
            self._network, self._errors = network, list[ParserError]()

        @property
        def num_errors(self) -> int:
            return len(self._errors)

        def get_error(self, index: int) -> ParserError:
            return self._errors[index]

        def parse(self, model: bytes, path: str | None = None) -> bool:
            del path
            try:
                graph = onnx.shape_inference.infer_shapes(onnx.load_from_string(model)).graph
            except Exception as error:  # noqa: BLE001 - protobuf's errors have no base of their own
                self._errors.append(ParserError("", "", f"ModelProto could not be read: {error}"))
                return False
            unknown = [node for node in graph.node if not onnx.defs.has(node.op_type, node.domain)]
            self._errors += [ParserError(node.name, node.op_type, "no importer for it") for node in unknown]
            types_of = {
                value.name: value.type.tensor_type for value in (*graph.value_info, *graph.output, *graph.input)
            }
            weights = {one.name for one in graph.initializer}
            self._network._model = bytes(model)
            self._network._inputs = [_tensor(one.name, types_of) for one in graph.input if one.name not in weights]
            self._network._layers = [
                ILayer(
                    getattr(kinds["LayerType"], _LAYERS.get(node.op_type, "IDENTITY")),
                    [_tensor(name, types_of) for name in node.output if name in types_of],
                )
                for node in graph.node
            ]
            return not unknown

    def _tensor(name: str, types_of: dict[str, Any]) -> ITensor:
        said = types_of[name]
        dtype = _DTYPES.get(np.dtype(onnx.helper.tensor_dtype_to_np_dtype(said.elem_type)).name, "FLOAT")
        shape = tuple(one.dim_value if one.HasField("dim_value") else -1 for one in said.shape.dim)
        return ITensor(name, getattr(kinds["DataType"], dtype), shape)

    class IExecutionContext:
        def __init__(self, engine: Any) -> None:
            self._engine, self._addresses = engine, dict[str, int]()
            self._memory = world.allocate(4096)
            self._at: int | None = None

        def set_tensor_address(self, name: str, memory: int) -> bool:
            world.demand("set_tensor_address")
            if name not in self._engine._specs or not memory:
                complain(self._engine._logger, f"setTensorAddress: no tensor {name}, or no address")
                return False
            self._addresses[name] = memory
            return True

        def execute_async_v3(self, stream_handle: int) -> bool:
            engine, gpu = self._engine, world.gpu
            assert gpu is not None, "nothing runs without a GPU"
            try:
                world.demand("execute_async_v3")
            except CudaStatus as failed:
                complain(engine._logger, f"Cuda Runtime ({failed.words})")
                return False
            unset = engine._specs.keys() - self._addresses.keys()
            if unset or not stream_handle:
                world.fault(f"a run without an address for {', '.join(sorted(unset))}, or without a stream")
                return False
            if world.enqueue == 0:
                complain(engine._logger, "IExecutionContext::enqueueV3: Error Code 1: myelin (no kernel image)")
                return False
            world.enqueue -= 1
            if self._at not in {None, stream_handle}:
                world.fault("one context at work on two streams")
            self._at = stream_handle
            alive, addresses = weakref.ref(self), dict(self._addresses)

            def work() -> None:
                context = alive()
                if context is None:
                    world.fault("a context was destroyed under its run")
                    return
                context._engine._compute(gpu, addresses)
                context._at = None

            gpu.enqueue(stream_handle, work)
            return True

        def __del__(self) -> None:
            if getattr(self, "_memory", 0):
                world.free(self._memory)

    class ICudaEngine:
        def __init__(self, runtime: Any, told: dict[str, Any], model: bytes) -> None:
            self._runtime, self._logger, self._told = runtime, runtime._logger, told
            self._session = _session(model)
            inputs, outputs = self._session.inputs, self._session.outputs
            self._specs = {spec.name: spec for spec in (*inputs, *outputs)}
            self._memory = world.allocate(len(model))

        @property
        def num_io_tensors(self) -> int:
            return len(self._specs)

        def get_tensor_name(self, index: int) -> str:
            return list(self._specs)[index]

        def get_tensor_mode(self, name: str) -> Any:
            given = any(spec.name == name for spec in self._session.inputs)
            return getattr(kinds["TensorIOMode"], "INPUT" if given else "OUTPUT")

        def get_tensor_shape(self, name: str) -> tuple[int, ...]:
            return self._specs[name].shape

        def get_tensor_dtype(self, name: str) -> Any:
            return getattr(kinds["DataType"], _DTYPES[self._specs[name].dtype])

        def create_execution_context(self) -> IExecutionContext | None:
            try:
                return IExecutionContext(self)
            except CudaStatus as failed:
                complain(self._logger, f"createExecutionContext: Cuda Runtime ({failed.words})")
                return None

        def create_engine_inspector(self) -> EngineInspector:
            return EngineInspector(self)

        def _compute(self, gpu: SimulatedGpu, addresses: dict[str, int]) -> None:
            feeds = {}
            for spec in self._session.inputs:
                size = int(np.prod(spec.shape)) * np.dtype(spec.dtype).itemsize
                feeds[spec.name] = gpu.octets(addresses[spec.name], size).view(spec.dtype).reshape(spec.shape).copy()
            answers = self._session._session.run(None, feeds)
            for spec, answer in zip(self._session.outputs, answers, strict=True):
                value = np.full_like(answer, np.nan) if world.answer == "nan" else np.ascontiguousarray(answer)
                gpu.octets(addresses[spec.name], value.nbytes)[:] = value.reshape(-1).view(np.uint8)

        def __del__(self) -> None:
            if getattr(self, "_memory", 0):
                world.free(self._memory)

    class Runtime:
        def __init__(self, logger: Any) -> None:
            _check_based(logger, "ILogger")
            self._logger = logger
            world.demand("createInferRuntime")

        def deserialize_cuda_engine(self, serialized_engine: bytes) -> ICudaEngine | None:
            octets = bytes(serialized_engine)
            if not octets.startswith(MARK):
                complain(self._logger, "Error Code 1: Serialization (magic tag does not match)")
                return None
            head, _, model = octets[len(MARK) :].partition(b"\n")
            told = json.loads(head)
            if told["version"] != world.version:
                complain(self._logger, f"Error Code 6: The engine plan file is of version {told['version']}")
                return None
            if told["gpu"] != world.gpu_name:
                complain(self._logger, "Error Code 6: The engine plan file is generated on an incompatible device")
                return None
            try:
                return ICudaEngine(self, told, model)
            except CudaStatus as failed:
                complain(self._logger, f"Error Code 2: OutOfMemory ({failed.words})")
                return None

    own = (ILogger, IProgressMonitor, IBuilderConfig, Builder, OnnxParser, IExecutionContext, ICudaEngine, Runtime)
    shared = (IHostMemory, ITensor, ILayer, INetworkDefinition, ParserError, ITimingCache, EngineInspector)
    module.__dict__.update(
        {kind.__name__: kind for kind in (*own, *shared)}, **kinds, __version__=world.version, world=world
    )
    return module


_SESSIONS: dict[str, OrtEngine] = {}


def _session(model: bytes) -> OrtEngine:
    """Return a session of a network; networks are few, and one is opened again and again."""
    import tempfile  # noqa: PLC0415 - the only use

    digest = hashlib.sha256(model).hexdigest()
    if digest not in _SESSIONS:
        with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
            file.write(model)
            file.flush()
            _SESSIONS[digest] = OrtEngine(Path(file.name))
    return _SESSIONS[digest]


def _inspected(model: bytes, *, detailed: bool, loose: bool) -> list[Any]:
    """Return what the inspector tells of the layers; names alone unless the build was told to keep details."""
    graph = onnx.shape_inference.infer_shapes(onnx.load_from_string(model)).graph
    made_by = {name: node.op_type for node in graph.node for name in node.output}
    half = onnx.TensorProto.FLOAT16
    halves = {value.name for value in (*graph.value_info, *graph.input) if value.type.tensor_type.elem_type == half}
    layers: list[Any] = []
    for node in graph.node:
        if not detailed:
            layers.append(node.name)
            continue
        quantised = any(made_by.get(name) == "DequantizeLinear" for name in node.input)
        kind = "Int8" if quantised else "Half" if halves & set(node.input) else "Float"
        inputs = [{"Name": name, "Format/Datatype": "Float" if loose else kind} for name in node.input]
        layers.append({"Name": node.name, "LayerType": node.op_type, "Inputs": inputs, "Outputs": []})
    return layers


def _long(text: str) -> str:
    for short, long in _LONG.items():
        text = text.replace(f'"Format/Datatype": "{short}"', f'"Format/Datatype": "{long}"')
    return text
