"""A seeded.onnx in Python: seeded.py MODEL [RUNTIME] SEED FROM COUNT [CONDITION.json] -> JSON on stdout.

ONNX's own checker and strict shape inference pass over the file first. RUNTIME is onnxruntime or openvino.
CONDITION.json holds {name: rows} of the optional inputs.
"""
import json, sys
import numpy as np

path, runtime, seed, first, count, *condition = sys.argv[1:]
count = int(count)
feeds = {
    "seed": np.full(count, int(seed), dtype=np.int64),
    "index": np.arange(int(first), int(first) + count, dtype=np.int64),
}
for name, rows in (json.load(open(condition[0])) if condition else {}).items():
    feeds[name] = np.array(rows, dtype=np.float32)

if runtime == "openvino":
    import openvino

    compiled = openvino.Core().compile_model(path, "CPU")
    results = compiled(feeds)
    outputs = {output.get_any_name(): results[output] for output in compiled.outputs}
    optional = {}
else:
    import onnx, onnxruntime

    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    outputs = dict(zip(names, session.run(names, feeds)))
    optional = {each.name: each.shape for each in session.get_overridable_initializers()}


def plain(value):
    # JSON has no NaN
    return [None if x != x else x for x in np.asarray(value).ravel().tolist()]


json.dump(
    {
        "optional": optional,
        "outputs": {
            name: {"type": str(value.dtype), "data": plain(value.astype(float) if name == "x_0" else value)}
            for name, value in outputs.items()
        },
    },
    sys.stdout,
)
