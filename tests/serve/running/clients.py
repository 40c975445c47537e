"""Real clients of the Open Inference Protocol ask a server for rows, which must be those of `moonstep sample`.

clients.py triton|kserve URL GRPC ROWS SEED MODEL=FILE...: FILE has the rows, a .parquet of a table or a .npy of points. Prints a line for
each client and model; ends with an error where a value differs.
"""

import asyncio
import sys

import numpy as np
import pyarrow.parquet

client, url, grpc, rows, seed, *models = sys.argv[1:]
rows, seed = int(rows), int(seed)
address = url.removeprefix("http://")


def expected(file):
    """Columns by name: numbers, or texts."""
    if file.endswith(".npy"):
        return dict(zip(["x", "y"], np.load(file).T))
    table = pyarrow.parquet.read_table(file)
    return {name: table.column(name).to_pylist() for name in table.column_names}


def require_same(client, name, got, want):
    if got.dtype == object:
        texts = [each.decode() if isinstance(each, bytes) else each for each in got]
        assert texts == ["" if each is None else each for each in want], (client, name)
        return
    # a float64's bits, or a whole number to the last digit
    assert got.dtype in (np.float32, np.float64, np.int64), (client, name, got.dtype)
    want = np.array([np.nan if each is None else each for each in want], dtype=got.dtype)
    assert np.array_equal(got, want, equal_nan=got.dtype != np.int64), (client, name)


numbers = {"seed": np.full(rows, seed, np.int64), "index": np.arange(rows, dtype=np.int64)}


def ask_with_triton(model, columns):
    import tritonclient.grpc
    import tritonclient.http

    def ask_triton(client, module, **options):
        assert client.is_server_live() and client.is_server_ready() and client.is_model_ready(model)
        metadata = client.get_model_metadata(model)
        if isinstance(metadata, dict):
            names = [each["name"] for each in metadata["outputs"]]
        else:
            names = [each.name for each in metadata.outputs]
        assert names[0] == "x_0" and set(columns) <= set(names), names
        tensors = []
        for name, values in numbers.items():
            tensor = module.InferInput(name, values.shape, "INT64")
            tensor.set_data_from_numpy(values, **options.get("input", {}))
            tensors.append(tensor)
        outputs = options.get("outputs") and [module.InferRequestedOutput(name, **options["outputs"]) for name in columns]
        result = client.infer(model, tensors, outputs=outputs, request_id="7", **options.get("infer", {}))
        for name in columns:
            require_same(module.__name__, name, result.as_numpy(name), columns[name])
        print(model, module.__name__, options or "")

    http = tritonclient.http.InferenceServerClient(address, concurrency=4)
    ask_triton(http, tritonclient.http)
    ask_triton(http, tritonclient.http, input={"binary_data": False}, outputs={"binary_data": False})
    ask_triton(http, tritonclient.http, outputs={"binary_data": True}, infer={"timeout": 20_000_000})
    ask_triton(http, tritonclient.http, infer={"request_compression_algorithm": None, "response_compression_algorithm": "gzip"})
    later = [
        http.async_infer(model, [tensor for tensor in tensors])
        for tensors in [
            [tritonclient.http.InferInput(name, [1], "INT64").set_data_from_numpy(values[i : i + 1]) for name, values in numbers.items()]
            for i in range(min(rows, 40))
        ]
    ]
    for i, request in enumerate(later):
        result = request.get_result()
        for name, want in columns.items():
            if isinstance(want[i], (int, np.floating)):
                assert result.as_numpy(name)[0] == want[i], (name, i)
    print(model, "tritonclient.http, forty at once")

    over_grpc = tritonclient.grpc.InferenceServerClient(grpc)
    ask_triton(over_grpc, tritonclient.grpc)
    ask_triton(over_grpc, tritonclient.grpc, outputs={}, infer={"client_timeout": 20})
    try:
        over_grpc.infer("nothing", [])
        raise SystemExit("a model that there is not was served")
    except tritonclient.grpc.InferenceServerException as error:
        assert "NOT_FOUND" in error.status(), error.status()


async def ask_with_kserve(model, columns):
    import kserve

    def request():
        tensors = []
        for name, values in numbers.items():
            tensor = kserve.InferInput(name, list(values.shape), "INT64")
            tensor.set_data_from_numpy(values, binary_data=False)
            tensors.append(tensor)
        return kserve.InferRequest(model_name=model, infer_inputs=tensors)

    rest = kserve.InferenceRESTClient(kserve.RESTConfig(protocol="v2", timeout=30))
    assert await rest.is_server_live(url) and await rest.is_server_ready(url) and await rest.is_model_ready(url, model)
    result = await rest.infer(url, request(), model_name=model)
    for name in columns:
        require_same("kserve REST", name, result.get_output_by_name(name).as_numpy(), columns[name])
    print(model, "kserve REST")
    remote = kserve.InferenceGRPCClient(grpc)
    assert await remote.is_server_live() and await remote.is_server_ready() and await remote.is_model_ready(model)
    result = await remote.infer(request())
    for name in columns:
        require_same("kserve gRPC", name, result.get_output_by_name(name).as_numpy(), columns[name])
    print(model, "kserve gRPC")


# their protocol buffers are of the same name: one process can't have both
for model, file in [each.split("=", 1) for each in models]:
    if client == "triton":
        ask_with_triton(model, expected(file))
    else:
        asyncio.run(ask_with_kserve(model, expected(file)))
