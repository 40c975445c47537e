"""ONNX's own checker and Python's onnxruntime on one file: check_onnx.py MODEL INPUTS.json -> JSON on stdout.

INPUTS.json holds {name: {"data": [...], "dims": [...]}}.
"""
import json, sys
import numpy as np, onnx, onnxruntime

path, inputs = sys.argv[1:]
model = onnx.load(path)
onnx.checker.check_model(model, full_check=True)
inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)


def shapes(graph):
    return {
        value.name: [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in [*graph.value_info, *graph.output]
    }


# inference over a graph stripped of what we declared must come to the same shapes
stripped = onnx.ModelProto()
stripped.CopyFrom(model)
del stripped.graph.value_info[:]
alone = shapes(onnx.shape_inference.infer_shapes(stripped, check_type=True, strict_mode=True, data_prop=True).graph)

options = onnxruntime.SessionOptions()
options.log_severity_level = 3
session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
feeds = {
    name: np.array(value["data"], dtype=np.float32).reshape(value["dims"])
    for name, value in json.load(open(inputs)).items()
}
names = [output.name for output in session.get_outputs()]
outputs = dict(zip(names, session.run(names, feeds)))
json.dump(
    {
        "declared": shapes(model.graph),
        "inferred": shapes(inferred.graph),
        "alone": alone,
        "outputs": {name: value.astype(float).ravel().tolist() for name, value in outputs.items()},
    },
    sys.stdout,
)
