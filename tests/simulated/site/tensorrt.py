"""TensorRT as a process finds it that is started with this folder on PYTHONPATH; SIMULATED_TENSORRT says which one."""

import json
import os

from tests.simulated.tensorrt import World, simulated

globals().update(simulated(World(**json.loads(os.environ["SIMULATED_TENSORRT"]))).__dict__)
