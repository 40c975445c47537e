"""
peer.py PEER TABLE TRAIN.csv --rows N --out SAMPLES.csv...: fits a peer to training rows and draws N samples for each
file. Prints the seconds of fitting alone, without imports and reading.
"""
import argparse
import os
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("peer")
parser.add_argument("table")
parser.add_argument("train")
parser.add_argument("--rows", type=int, required=True)
parser.add_argument("--out", nargs="+", required=True)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--epochs", type=int, default=300)
parser.add_argument("--threads", type=int, default=2)
options = parser.parse_args()

# what libraries print goes to stderr: stdout is for the answer
stdout = os.dup(1)
os.dup2(2, 1)
# ForestDiffusion distributes its trees over this many processes: threads within them would compete for cores
within = 1 if options.peer == "forest" else options.threads
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = str(within)

import numpy
import command
from peers import PEERS
from preparation import Preparation
from real_tables import TABLES, read

if options.peer in ("ctgan", "tvae"):
    import ctgan  # noqa: F401  importing takes seconds, which are not part of fitting
    import torch

    torch.set_num_threads(options.threads)

numpy.random.seed(options.seed)
table = TABLES[options.table]
rows = read(options.train, options.table)
preparation = Preparation(rows, list(table.categories), options.seed)
prepared = preparation.prepare(rows)

start = time.perf_counter()
sample = PEERS[options.peer](
    prepared, preparation.categories, table.target, options.seed, options.epochs, options.threads
)
seconds = time.perf_counter() - start
start = time.perf_counter()
for file in options.out:
    preparation.restore(sample(options.rows)).to_csv(file, index=False)
sampling = (time.perf_counter() - start) / len(options.out)

sys.stdout.flush()
os.dup2(stdout, 1)
command.answer(peer=options.peer, table=options.table, seed=options.seed, seconds=seconds, sampling=sampling)
