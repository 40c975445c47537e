"""Draws rows of a Moonstep model on Spark's executors, as partitioned Parquet.

    spark-submit sample.py --model seeded.onnx --rows 1000000000 --seed 7 --ranges 1000 --out s3a://bucket/rows

`moonstep export RUN --seeded-out seeded.onnx` writes the model. Row i is sample i of the seed, whichever executor draws it; the column
`index` has its number. Executors need Python with onnxruntime, numpy and pyarrow. The rows are divided into ranges, with one task and one
folder `range=K` each. If the driver dies, run the same command again: it draws the ranges that are missing or incomplete.
"""
import argparse
import hashlib
import json
import sys

from pyspark import SparkFiles
from pyspark.sql import SparkSession, functions as F
from pyspark.sql.types import (
    BooleanType, DateType, DoubleType, FloatType, LongType, StringType, StructField, StructType, TimestampNTZType,
    TimestampType,
)

BATCH = 1000
MANIFEST = "_moonstep.json"  # Spark does not read files that begin with _
DAY = 86_400_000


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", required=True, help="a seeded.onnx; a path that the driver can read")
    parser.add_argument("--rows", type=int, required=True, help="number of rows")
    parser.add_argument("--seed", type=int, default=0, help="the seed of the samples [default: 0]")
    parser.add_argument("--ranges", type=int, help="tasks and folders [default: one per million rows]")
    parser.add_argument("--out", required=True, help="a folder, on any file system that Spark can write to")
    given = parser.parse_args()
    if given.rows < 1 or given.seed < 0 or given.seed > 2**53 - 1:
        parser.error("--rows must be 1 or more, --seed from 0 to 2^53 - 1")
    given.ranges = given.ranges or -(-given.rows // 1_000_000)
    if not 1 <= given.ranges <= given.rows:
        parser.error(f"--ranges {given.ranges}: give from 1 to as many as there are rows")
    return given


def card_of(model):
    """The model card of a seeded.onnx. Exits if the file is not one."""
    import onnxruntime

    try:
        session = onnxruntime.InferenceSession(model, quiet(), providers=["CPUExecutionProvider"])
        if {"seed", "index"} - {each.name for each in session.get_inputs()}:
            raise ValueError("its inputs are not seed and index")
        return json.loads(session.get_modelmeta().custom_metadata_map["moonstep.card"]), session
    except Exception as error:
        sys.exit(f"{model} is not a seeded.onnx ({error}): make one with moonstep export RUN --seeded-out seeded.onnx")


def quiet():
    import onnxruntime

    log = onnxruntime.SessionOptions()
    log.intra_op_num_threads = 1  # a task has one core
    log.log_severity_level = 3
    return log


def fields_of(card, session):
    """The outputs of the graph, their columns on the card, and the fields to write."""
    outputs = {each.name: each.type for each in session.get_outputs() if each.name != "x_0"}
    columns = card.get("encoding", {}).get("columns") or [
        {"name": name, "kind": "integer" if name in card.get("integerColumns", []) else "number"}
        for name in card["columns"]
    ]
    # the graph has an input `index`, and so does every row
    names = [output if column["name"] == "index" else column["name"] for output, column in zip(outputs, columns)]
    fields = [
        StructField(name, type_of(column, of_graph), nullable=bool(column.get("gaps")))
        for name, column, of_graph in zip(names, columns, outputs.values())
    ]
    return list(outputs), columns, fields


def type_of(column, of_graph):
    if of_graph == "tensor(string)":
        return StringType()
    if column["kind"] == "date":
        form = column["form"]
        # Parquet has no type for months and times of day that other readers support
        if "DD" not in form:
            return StringType()
        return DateType() if form == "YYYY-MM-DD" else TimestampType() if form.endswith("Z") else TimestampNTZType()
    if column["kind"] in ("integer", "key"):
        return LongType()
    if column["kind"] == "boolean":
        names = [name.lower() for name in column["categories"]]
        return {"false true": BooleanType(), "0 1": LongType()}.get(" ".join(names), StringType())
    return FloatType() if of_graph == "tensor(float)" else DoubleType()


def range_of(k, rows, ranges):
    """The start of range k, and of the next one."""
    return k * rows // ranges, (k + 1) * rows // ranges


def text_of(values, column):
    """Yes or no, months and times of day as text."""
    import numpy as np

    if column["kind"] == "boolean":
        return np.array(column["categories"], dtype=object)[values.astype(int)]
    times = values.astype("int64").astype("datetime64[ms]")
    if column["form"] == "YYYY-MM":
        return times.astype("datetime64[M]").astype(str)
    unit = {"hh:mm": "m", "hh:mm:ss": "s"}[column["form"]]
    return np.array([time.split("T")[1] for time in np.datetime_as_string(times, unit)], dtype=object)


def drawing(model_name, seed, rows, ranges, outputs, columns, fields, range_column):
    """The function of a task: from the numbers of ranges to their rows."""

    def draw(batches):
        import numpy as np
        import onnxruntime
        import pyarrow as pa

        session = onnxruntime.InferenceSession(
            SparkFiles.get(model_name), quiet(), providers=["CPUExecutionProvider"]
        )
        names = [field.name for field in fields]

        def arrow(values, column, field):
            kind = field.dataType
            if values.dtype.kind == "O":
                missing = values == "" if field.nullable else None
                return pa.array(values, pa.string(), mask=missing)
            missing = np.isnan(values) if values.dtype.kind == "f" and field.nullable else None
            cells = values if missing is None else np.where(missing, 0, values)
            if isinstance(kind, StringType):
                return pa.array(text_of(cells, column), pa.string(), mask=missing)
            if isinstance(kind, DateType):
                return pa.array((cells // DAY).astype("int32"), pa.int32(), mask=missing).cast(pa.date32())
            if isinstance(kind, (TimestampType, TimestampNTZType)):
                zone = "UTC" if isinstance(kind, TimestampType) else None
                return pa.array((cells * 1000).astype("int64"), pa.timestamp("us", zone), mask=missing)
            if isinstance(kind, LongType):
                return pa.array(cells.astype("int64"), pa.int64(), mask=missing)
            if isinstance(kind, BooleanType):
                return pa.array(cells.astype(bool), pa.bool_(), mask=missing)
            return pa.array(cells, pa.float32() if isinstance(kind, FloatType) else pa.float64(), mask=missing)

        for batch in batches:
            for k in batch.column(0).to_pylist():
                start, end = range_of(k, rows, ranges)
                for first in range(start, end, BATCH):
                    index = np.arange(first, min(first + BATCH, end), dtype=np.int64)
                    feeds = {"seed": np.full(len(index), seed, dtype=np.int64), "index": index}
                    x_0, *cells = session.run(["x_0", *outputs], feeds)
                    if np.isnan(x_0).any():
                        raise RuntimeError("this onnxruntime computes the model's noise wrongly: use the one from PyPI")
                    arrays = [arrow(*each) for each in zip(cells, columns, fields)]
                    ranges_of_rows = pa.array(np.full(len(index), k, dtype=np.int64))
                    yield pa.RecordBatch.from_arrays(
                        [pa.array(index), *arrays, ranges_of_rows], ["index", *names, range_column]
                    )

    return draw


class Folder:
    """The output folder, on any file system that Spark supports."""

    def __init__(self, spark, path):
        jvm = spark.sparkContext._jvm
        self.path = jvm.org.apache.hadoop.fs.Path(path)
        self.files = self.path.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())
        self.manifest = jvm.org.apache.hadoop.fs.Path(self.path, MANIFEST)
        self.staging = jvm.org.apache.hadoop.fs.Path(self.path, ".spark-staging-*")
        self.read = jvm.org.apache.commons.io.IOUtils.toString

    def claim(self, work):
        """Records what is drawn here; exits if the folder belongs to something else."""
        if not self.files.exists(self.manifest):
            if self.files.exists(self.path) and self.files.listStatus(self.path):
                sys.exit(f"{self.path} holds other files: give another --out")
            stream = self.files.create(self.manifest, True)
            stream.write(bytearray(json.dumps(work).encode()))
            stream.close()
            return
        stream = self.files.open(self.manifest)
        text = self.read(stream, "UTF-8")
        stream.close()
        try:
            found = json.loads(text)
        except ValueError:
            sys.exit(f"{self.manifest} is truncated: remove it if {self.path} holds {work}")
        for name, value in work.items():
            if found.get(name) != value:
                sys.exit(f"{self.path} has another {name}, {found.get(name)}, not {value}: give another --out")

    def clear(self):
        """Removes the leftovers of jobs that died."""
        for status in self.files.globStatus(self.staging) or []:
            self.files.delete(status.getPath(), True)


def missing_ranges(spark, out, folder, given, schema, range_column):
    """The ranges that are missing or incomplete, by the numbers of their rows."""
    counted = {}
    if len(folder.files.listStatus(folder.path)) > 1:
        ends = F.min("index"), F.max("index"), F.count("index")
        # a truncated file counts as missing
        files = spark.read.schema(schema).option("ignoreCorruptFiles", "true").parquet(out)
        rows = files.groupBy(range_column).agg(*ends).collect()
        counted = {k: (least, most + 1, count) for k, least, most, count in rows}
    bounds = ((k, range_of(k, given.rows, given.ranges)) for k in range(given.ranges))
    return [k for k, (start, end) in bounds if counted.get(k) != (start, end, end - start)]


def main():
    given = options()
    card, session = card_of(given.model)
    outputs, columns, fields = fields_of(card, session)
    names = {field.name for field in fields}
    range_column = next(name for name in ("range", "range_", "range__") if name not in names)
    schema = StructType([StructField("index", LongType(), False), *fields, StructField(range_column, LongType(), False)])
    with open(given.model, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()

    spark = (
        SparkSession.builder.appName("moonstep")
        .config("spark.sql.sources.partitionOverwriteMode", "dynamic")
        # a task writes one range after the other: without this its rows would be sorted by range first
        .config("spark.sql.maxConcurrentOutputFileWriters", "2")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    spark.sparkContext.addFile(given.model)
    folder = Folder(spark, given.out)
    folder.claim({"model": digest, "seed": given.seed, "rows": given.rows, "ranges": given.ranges})
    folder.clear()
    draw = drawing(given.model.split("/")[-1], given.seed, given.rows, given.ranges, outputs, columns, fields, range_column)
    todo = missing_ranges(spark, given.out, folder, given, schema, range_column)
    # a job's output counts only once the job has ended: jobs of two rounds of the cores lose little
    wave = 2 * spark.sparkContext.defaultParallelism
    for first in range(0, len(todo), wave):
        part = todo[first : first + wave]
        numbers = spark.sparkContext.parallelize([(k,) for k in part], len(part)).toDF(["k"])
        drawn = numbers.mapInArrow(draw, schema)
        drawn.write.mode("overwrite").partitionBy(range_column).parquet(given.out)
        print(f"{given.ranges - len(todo) + first + len(part)} of {given.ranges} ranges", flush=True)
    left = missing_ranges(spark, given.out, folder, given, schema, range_column)
    spark.stop()
    if left:
        sys.exit(f"ranges {left[:5]} are missing or incomplete: run the same command again")
    print(f"complete: {given.rows:,} rows of seed {given.seed} in {given.ranges} ranges at {given.out}")


if __name__ == "__main__":
    main()
