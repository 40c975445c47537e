"""worker.py THREADS: runs the measurement in each line of stdin (JSON), and answers with a line on stdout."""
import json, os, shutil, sys, time

# what libraries print goes to stderr: stdout is only for answers
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)

threads = int(sys.argv[1])
os.environ["OMP_NUM_THREADS"] = str(threads)
import numpy, onnxruntime, torch

torch.set_num_threads(threads)
torch.set_num_interop_threads(1)
import runtime, sampling, training

TASKS = {
    "train": training.prepare_steps,
    "train run": training.prepare_run,
    "sample": sampling.prepare,
    "onnxruntime": lambda **options: runtime.prepare(threads=threads, **options),
}
COMPILERS = ("c++", "g++", "clang++")
prepared = {}


def answer(line):
    if line not in prepared:
        request = json.loads(line)
        if request.get("variant") == "compiled" and not any(map(shutil.which, COMPILERS)):
            return {"missing": "torch.compile needs a C++ compiler, which is not on PATH"}
        prepared[line] = TASKS[request.pop("task")](**request)
    wall, busy = time.perf_counter(), time.process_time()
    seconds = prepared[line]()
    busy = time.process_time() - busy
    return {"seconds": seconds, "cores": busy / (time.perf_counter() - wall)}


versions = {"torch": torch.__version__, "onnxruntime": onnxruntime.__version__, "numpy": numpy.__version__}
print(json.dumps({"versions": {"python": sys.version.split()[0], **versions}}), file=answers)
for line in sys.stdin:
    try:
        print(json.dumps(answer(line.strip())), file=answers)
    except Exception as error:
        reason = str(error).strip().split("\n")[0]
        print(json.dumps({"missing": f"{type(error).__name__}: {reason}"}), file=answers)
