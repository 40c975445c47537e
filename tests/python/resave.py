"""Saves models as other tools do: resave.py FOLDER... reads original.onnx of each, writes NAME.onnx for each way."""
import copy, os, random, sys
import onnx, onnxsim
from onnx import helper, numpy_helper
from onnxconverter_common import float16
from onnxruntime.quantization import QuantType, quantize_dynamic


def main(folder):
    path = os.path.join(folder, "original.onnx")

    def load():
        return onnx.load(path)

    def save(name, model):
        onnx.save(model, os.path.join(folder, f"{name}.onnx"))

    save("saved", load())
    save("with shapes inferred", onnx.shape_inference.infer_shapes(load(), data_prop=True))

    model = load()
    entry = model.metadata_props.add()
    entry.key, entry.value = "licence", "MIT"
    model.doc_string, model.producer_name, model.graph.doc_string = "another", "me", "another"
    del model.graph.value_info[:]
    save("with other metadata", model)

    model = load()
    outer = {value.name for value in [*model.graph.input, *model.graph.output]}
    names = {tensor.name: f"c{i}" for i, tensor in enumerate(model.graph.initializer)}
    for i, node in enumerate(model.graph.node):
        node.name = f"n{i}"
        names.update({output: f"v{i}" for output in node.output if output not in outer})
    for node in model.graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    for value in [*model.graph.initializer, *model.graph.value_info]:
        value.name = names.get(value.name, value.name)
    save("renamed", model)

    model = load()
    draw = random.Random(1)
    left = list(model.graph.node)
    known = {value.name for value in [*model.graph.input, *model.graph.initializer]}
    order = []
    while left:
        node = draw.choice([node for node in left if known.issuperset(node.input)])
        order.append(copy.deepcopy(node))
        known.update(node.output)
        left.remove(node)
    constants = [copy.deepcopy(tensor) for tensor in model.graph.initializer]
    draw.shuffle(constants)
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(order)
    model.graph.initializer.extend(constants)
    save("in another order", model)

    model = load()
    constants = [helper.make_node("Constant", [], [tensor.name], value=tensor) for tensor in model.graph.initializer]
    nodes = [*constants, *map(copy.deepcopy, model.graph.node)]
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(nodes)
    save("with constants in nodes", model)

    model = load()
    for tensor in model.graph.initializer:
        numbers = numpy_helper.to_array(tensor)
        tensor.CopyFrom(helper.make_tensor(tensor.name, tensor.data_type, numbers.shape, numbers.ravel().tolist()))
    save("with numbers in a list", model)

    save("of a newer opset", onnx.version_converter.convert_version(load(), 18))

    simplified, right = onnxsim.simplify(load())
    assert right
    save("simplified", simplified)

    save("float16", float16.convert_float_to_float16(load()))
    quantize_dynamic(path, os.path.join(folder, "quantised.onnx"), weight_type=QuantType.QInt8)


for folder in sys.argv[1:]:
    main(folder)
