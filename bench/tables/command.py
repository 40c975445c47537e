"""What the programs in this folder share: one thread for the judges, and one line of JSON as output."""
import json
import os
import warnings

# set before the numeric libraries load; the caller gives the peers more
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
warnings.filterwarnings("ignore")


def answer(**values):
    """Prints one line of JSON, with NumPy numbers as plain ones."""
    print(json.dumps({key: plain(value) for key, value in values.items()}), flush=True)


def plain(value):
    return round(float(value), 5) if hasattr(value, "dtype") or isinstance(value, float) else value
