"""Whether what Spark wrote is what one machine wrote: union.py FOLDER FILE.parquet -> JSON on stdout."""
import io, json, sys
import pyarrow as pa, pyarrow.dataset as ds, pyarrow.parquet as pq

folder, file = sys.argv[1:]
union = ds.dataset(folder, partitioning="hive", format="parquet").to_table().sort_by("index")
alone = pq.read_table(file)
# beside the model's columns there are the row's number and, last, its range
columns = union.columns[1:-1]


def written(column, kind):
    """In one type and one form: equal bytes are equal cells, in one order."""
    bytes_of = io.BytesIO()
    pq.write_table(pa.table({"column": pa.chunked_array(column).cast(kind).combine_chunks()}), bytes_of)
    return bytes_of.getvalue()


json.dump(
    {
        "rows": union.num_rows,
        "distinct": len(union["index"].unique()),
        "types": {field.name: f"{field.type}{'' if field.nullable else ' not null'}" for field in union.schema},
        "different": [
            name
            for name, one, other in zip(alone.column_names, columns, alone.columns, strict=True)
            if written(one, other.type) != written(other, other.type)
        ],
    },
    sys.stdout,
)
