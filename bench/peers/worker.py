"""Measures in Python by the protocol of bench/pool/protocol.ts: a task names a module here or in judges, and its function.

A function that returns a function has prepared a timing, which is kept for the next line; others return their figures.
"""
import importlib, importlib.metadata, json, os, sys, time, warnings

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "judges"))
warnings.filterwarnings("ignore")
# what libraries print goes to stderr: stdout is only for answers
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)
prepared = {}


def answer(line):
    if line not in prepared:
        request = json.loads(line)
        module, name = request.pop("task").split(".")
        result = getattr(importlib.import_module(module), name)(**request)
        if not callable(result):
            return {key: round(float(value), 5) for key, value in (result or {}).items() if value is not None}
        prepared[line] = result
    wall, busy = time.perf_counter(), time.process_time()
    seconds = prepared[line]()
    busy = time.process_time() - busy
    return {"seconds": seconds, "cores": busy / (time.perf_counter() - wall)}


LIBRARIES = "torch onnxruntime numpy pandas scikit-learn lightgbm sdmetrics POT".split()
LIBRARIES += "ctgan copulas ForestDiffusion mostlyai-engine".split()
installed = {each.metadata["Name"]: each.version for each in importlib.metadata.distributions()}
versions = {name: installed[name] for name in LIBRARIES if name in installed}
print(json.dumps({"versions": {"Python": sys.version.split()[0], **versions}}), file=answers)
for line in sys.stdin:
    try:
        print(json.dumps(answer(line.strip())), file=answers)
    except (Exception, SystemExit) as error:
        reason = (str(error).strip() or type(error).__name__).split("\n")[0]
        print(json.dumps({"missing": f"{type(error).__name__}: {reason}"}), file=answers)
