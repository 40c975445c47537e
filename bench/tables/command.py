"""What the programs of this folder share: one thread for the judges, one JSON line for whoever called."""
import json
import os
import warnings

# set before the numeric libraries load; the peers are given more by whoever starts them
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
warnings.filterwarnings("ignore")


def answer(**values):
    """Prints one line of JSON; numbers of NumPy as plain ones."""
    print(json.dumps({key: plain(value) for key, value in values.items()}), flush=True)


def plain(value):
    return round(float(value), 5) if hasattr(value, "dtype") or isinstance(value, float) else value
