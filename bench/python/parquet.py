"""Parquet by DuckDB: `parquet.py write CSV PARQUET NAME=TYPE...` makes a file of a CSV file, and
`parquet.py read PARQUET` prints one as CSV. The CSV has no header.
"""

import sys

import duckdb


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def write(csv, parquet, *columns):
    pairs = (column.split("=") for column in columns)
    types = ", ".join(f"{quoted(name)}: {quoted(kind)}" for name, kind in pairs)
    # Only an unquoted empty field is NULL.
    source = (
        f"read_csv({quoted(csv)}, header = false, columns = {{{types}}}, auto_detect = false, "
        "delim = ',', quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false)"
    )
    duckdb.sql(f"COPY (FROM {source}) TO {quoted(parquet)} (FORMAT parquet)")


def read(parquet):
    duckdb.sql(
        f"COPY (FROM {quoted(parquet)}) TO '/dev/stdout' (FORMAT csv, HEADER false)"
    )


{"write": write, "read": read}[sys.argv[1]](*sys.argv[2:])
