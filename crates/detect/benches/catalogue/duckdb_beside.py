"""Statements of detectors in DuckDB, for the benchmark `catalogue`, which starts this and talks to it.

    duckdb_beside.py CITY THREADS       CITY: the tables as Parquet

Reads a statement a line, as JSON, and answers with the seconds it took and how many rows it gave. The tables are views of the
same Parquet files.
"""

import json
import sys
import time
from pathlib import Path

import duckdb

GRADE_COUNTS = """SELECT cycle, peer_group, unit_id, grade, grade_rank, count(*) AS count
    FROM results GROUP BY cycle, peer_group, unit_id, grade, grade_rank"""

# What the detectors have beyond SQL and DuckDB lacks.
BINOMIAL_TAIL = """CREATE MACRO binomial_tail(k, n, chance) AS list_sum(list_transform(
    range(CAST(k AS BIGINT), CAST(n AS BIGINT) + 1),
    lambda i: exp(lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) + i * ln(chance) + (n - i) * ln(1 - chance))))"""


def tell(answer):
    print(json.dumps(answer), flush=True)


def main(city, threads):
    connection = duckdb.connect(config={"threads": threads})
    for file in sorted(city.glob("*.parquet")):
        connection.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM read_parquet('{file}')")
    connection.execute(f"CREATE VIEW grade_counts AS {GRADE_COUNTS}")
    connection.execute(BINOMIAL_TAIL)
    tell({"version": duckdb.__version__})
    for line in sys.stdin:
        statement = json.loads(line)["statement"]
        began = time.perf_counter()
        rows = connection.sql(statement).to_arrow_table().num_rows
        tell({"seconds": time.perf_counter() - began, "rows": rows})


main(Path(sys.argv[1]), int(sys.argv[2]))
