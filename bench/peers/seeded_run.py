"""Measures a thousand rows of a seeded.onnx in Python's onnxruntime, on all cores: seeded_run.py FILE SECONDS"""

import sys
import time

import numpy as np
import onnxruntime

options = onnxruntime.SessionOptions()
options.log_severity_level = 4
session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
feeds = {"seed": np.full(1000, 7, np.int64), "index": np.arange(1000, dtype=np.int64)}
for _ in range(3):
    session.run(None, feeds)
runs, start = 0, time.perf_counter()
while time.perf_counter() - start < float(sys.argv[2]):
    session.run(None, feeds)
    runs += 1
print((time.perf_counter() - start) / runs)
