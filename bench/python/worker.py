"""
One contender in a process of its own: worker.py CONTENDER WORKLOAD ROWS [NAME=NUMBER...]. The table
has to be there, empty. Prints one line of JSON, as src/worker.ts does.
"""

import asyncio
import json
import os
import resource
import sys
import time

import rows as workloads

SCHEMA = "batch_copy_bench"


def rows_between(make, start, end):
    return map(make, range(start, end))


async def with_asyncpg(make, name, columns, types, rows, connections):
    """copy_records_to_table on every connection, fed by generators."""
    import asyncpg

    clients = [await asyncpg.connect(os.environ["DATABASE_URL"]) for _ in range(connections)]
    bounds = [rows * n // connections for n in range(connections + 1)]
    started = start()
    await asyncio.gather(
        *(
            client.copy_records_to_table(
                name, schema_name=SCHEMA, columns=columns, records=rows_between(make, *share)
            )
            for client, share in zip(clients, zip(bounds, bounds[1:]))
        )
    )
    report(rows, started)
    for client in clients:
        await client.close()


def with_psycopg(make, name, columns, types, rows):
    """One binary COPY with the types set, as its documentation advises for speed."""
    import psycopg
    from psycopg.types.json import Jsonb

    workloads.as_json = Jsonb
    with psycopg.connect(os.environ["DATABASE_URL"]) as client, client.cursor() as cursor:
        started = start()
        statement = f"COPY {SCHEMA}.{name} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
        with cursor.copy(statement) as copy:
            copy.set_types(types)
            for row in rows_between(make, 0, rows):
                copy.write_row(row)
        client.commit()
        report(rows, started)


def rows_alone(make, rows):
    started = start()
    for _ in rows_between(make, 0, rows):
        pass
    report(rows, started)


def start():
    return time.perf_counter(), time.process_time()


def report(rows, started):
    seconds = time.perf_counter() - started[0]
    cpu_micros = (time.process_time() - started[1]) * 1e6
    figures = {"rows": rows, "seconds": seconds, "cpuMicros": cpu_micros, "peakRss": peak_rss()}
    print(json.dumps(figures))


def peak_rss():
    """Not ru_maxrss where it can be helped: Linux lets a child inherit its parent's."""
    if sys.platform == "linux":
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(contender, workload, rows, *pairs):
    options = {name: int(value) for name, value in (pair.split("=") for pair in pairs if "=" in pair)}
    make, columns, types = workloads.WORKLOADS[workload]
    if contender == "asyncpg":
        connections = options.get("connections", 2)
        asyncio.run(with_asyncpg(make, workload, columns, types, int(rows), connections))
    elif contender == "psycopg":
        with_psycopg(make, workload, columns, types, int(rows))
    elif contender == "python-generator":
        rows_alone(make, int(rows))
    else:
        sys.exit(f'There is no contender "{contender}"')


main(*sys.argv[1:])
