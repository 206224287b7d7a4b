"""The one door to CUDA: a GPU through pycuda or cuda-bindings, and pictures in its memory."""
