"""serve.py FILE PORT: FastAPI and Python's onnxruntime on a seeded.onnx, with one run per request."""
import sys

import numpy
import onnxruntime
import uvicorn
from fastapi import FastAPI
from fastapi.responses import ORJSONResponse

session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
names = [output.name for output in session.get_outputs()]
app = FastAPI(default_response_class=ORJSONResponse)


@app.post("/infer")
async def infer(request: dict):
    feeds = {each["name"]: numpy.array(each["data"], dtype=numpy.int64) for each in request["inputs"]}
    outputs = zip(names, session.run(None, feeds))
    tensors = [{"name": name, "shape": values.shape, "data": values.ravel().tolist()} for name, values in outputs]
    return {"model_name": "model", "outputs": tensors}


uvicorn.run(app, port=int(sys.argv[2]), log_level="warning", access_log=False)
