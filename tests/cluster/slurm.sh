#!/usr/bin/env bash
# A Slurm of two virtual nodes on this machine, as root; SLURM_CONF=FOLDER/slurm.conf is for its commands.
#
#     slurm.sh start FOLDER
#     slurm.sh freeze FOLDER NODE   what runs on the node stops where it is; prints how many processes that are
#     slurm.sh crash FOLDER NODE    the node and all that runs on it are gone
#     slurm.sh boot FOLDER NODE     it comes back
#     slurm.sh stop FOLDER
set -euo pipefail
folder=$2
export SLURM_CONF=$folder/slurm.conf

# The processes of jobs on a node, by the name that it gave them.
processesOn() {
  grep -lzx "SLURMD_NODENAME=$1" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3 || true
}

# Kills them, and before them what watches them: it would tell of their end.
killAllOn() {
  local pid parent
  local own=() watching=()
  for pid in $(processesOn "$1"); do
    own+=("$pid")
    parent=$(awk '/^PPid:/ { print $2 }' "/proc/$pid/status" 2>/dev/null) || continue
    if grep -q slurmstepd "/proc/$parent/comm" 2>/dev/null; then watching+=("$parent"); fi
  done
  for pid in "${watching[@]}" "${own[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
}

case $1 in
  freeze)
    count=0
    for pid in $(processesOn "$3"); do
      if kill -STOP "$pid" 2>/dev/null; then count=$((count + 1)); fi
    done
    echo "$count"
    exit 0
    ;;
  crash)
    kill -9 "$(cat "$folder/$3.pid")"
    killAllOn "$3"
    exit 0
    ;;
  boot)
    exec slurmd -N "$3"
    ;;
  stop)
    daemons=()
    for file in "$folder"/*.pid; do
      [ -f "$file" ] && daemons+=("$(cat "$file")")
    done
    scontrol shutdown || true
    killAllOn one
    killAllOn two
    # until they have ended, they write into the folder
    for pid in "${daemons[@]}"; do
      timeout 30 tail --pid="$pid" -f /dev/null || kill -9 "$pid" 2>/dev/null || true
    done
    exit 0
    ;;
esac

mkdir -p "$folder"/{state,one,two}
# SlurmdTimeout: in 5 seconds, a busy machine's other node is taken for dead, too, while its task still runs and writes
host=$(hostname -s)
cat > "$folder/slurm.conf" <<EOF
ClusterName=moonstep
SlurmctldHost=$host
SlurmctldPort=26817
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/%n.log
AuthType=auth/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SlurmdTimeout=20
MessageTimeout=10
KillWait=5
JobRequeue=1
SchedulerParameters=sched_interval=2,requeue_delay=1
MailProg=/bin/true
NodeName=one NodeHostname=$host Port=26818 CPUs=1
NodeName=two NodeHostname=$host Port=26819 CPUs=1
PartitionName=all Nodes=one,two Default=YES MaxTime=INFINITE State=UP
EOF
echo 'CgroupPlugin=disabled' > "$folder/cgroup.conf"
[ -f /etc/munge/munge.key ] || mungekey --create
mkdir -p /run/munge; chown munge /run/munge
munge -n >/dev/null 2>&1 || runuser -u munge -- munged
slurmctld
slurmd -N one
slurmd -N two
