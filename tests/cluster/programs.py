"""
programs.py PROGRAM ARGUMENTS...: runs a program of Spark once for each JSON list of arguments, in one Java, which takes seconds to
start. Prints a line after each: `exit 0`, or what it ended with.
"""
import json
import runpy
import sys

program, *runs = sys.argv[1:]
for arguments in map(json.loads, runs):
    sys.argv = [program, *arguments]
    try:
        runpy.run_path(program, run_name="__main__")
        print("exit 0", flush=True)
    except SystemExit as end:
        print(f"exit {end.code}", flush=True)
