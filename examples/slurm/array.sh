#!/bin/bash
# Runs line K of a file of commands as task K of an array:
#
#     sbatch --array=1-$(wc -l < commands.txt) array.sh commands.txt
#
# If a node dies, its task starts again, so each line must be safe to run twice, as sample --shard and train --resume are.
#SBATCH --job-name=moonstep
#SBATCH --requeue
#SBATCH --cpus-per-task=1
#SBATCH --output=%x-%A_%a.log
#SBATCH --open-mode=append
set -euo pipefail

command=$(sed -n "${SLURM_ARRAY_TASK_ID}p" "$1")
if [ -z "$command" ]; then
  echo "$1 has no line $SLURM_ARRAY_TASK_ID" >&2
  exit 2
fi
echo "$ $command"
exec bash -c "$command"
