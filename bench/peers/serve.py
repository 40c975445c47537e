"""The peer of our server of rows: FastAPI and Python's onnxruntime on a seeded.onnx, with one run per request.

serve.py FILE PORT"""

import sys

import numpy as np
import onnxruntime
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import ORJSONResponse

session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
names = [output.name for output in session.get_outputs()]
app = FastAPI(default_response_class=ORJSONResponse)


@app.post("/v2/models/model/infer")
async def infer(request: dict):
    feeds = {each["name"]: np.array(each["data"], dtype=np.int64) for each in request["inputs"]}
    outputs = session.run(None, feeds)
    return {
        "model_name": "model",
        "outputs": [
            {"name": name, "shape": list(values.shape), "data": values.ravel().tolist()}
            for name, values in zip(names, outputs)
        ],
    }


@app.post("/binary")
async def binary(request: Request):
    seed, index = np.frombuffer(await request.body(), dtype=np.int64).reshape(2, -1)
    outputs = session.run(None, {"seed": seed, "index": index})
    return Response(b"".join(values.tobytes() for values in outputs), media_type="application/octet-stream")


uvicorn.run(app, port=int(sys.argv[2]), log_level="warning", access_log=False)
