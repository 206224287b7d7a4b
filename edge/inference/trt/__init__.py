"""The one door to TensorRT: engines built for one GPU, kept, and run."""
