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
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice

import rows as workloads

SCHEMA = "batch_copy_bench"


def shares(rows, parts):
    """The numbers of the rows, divided among so many."""
    bounds = [rows * part // parts for part in range(parts + 1)]
    return [range(*pair) for pair in zip(bounds, bounds[1:])]


def ready_rows(make):
    """So many rows are made, and then come again and again, as in src/workloads/workload.ts."""
    return [make(n) for n in range(200)]


def records(ready, share):
    """The rows of these numbers, by iterators that take no time of Python's own."""
    first = share.start % len(ready)
    return islice(cycle(ready), first, first + len(share))


async def with_asyncpg(make, name, columns, types, rows, connections):
    """copy_records_to_table on every connection."""
    import asyncpg

    ready = ready_rows(make)
    clients = [await asyncpg.connect(os.environ["DATABASE_URL"]) for _ in range(connections)]
    started = start()
    copies = [
        client.copy_records_to_table(
            name, schema_name=SCHEMA, columns=columns, records=records(ready, share)
        )
        for client, share in zip(clients, shares(rows, connections))
    ]
    await asyncio.gather(*copies)
    report(rows, started)
    for client in clients:
        await client.close()


def with_psycopg(make, name, columns, types, rows, connections):
    """Binary COPY with the types set, as its documentation advises for speed; a thread each."""
    import psycopg
    from psycopg.types.json import Jsonb

    workloads.as_json = Jsonb
    ready = ready_rows(make)
    statement = f"COPY {SCHEMA}.{name} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"

    def copy_share(client, share):
        with client.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(types)
            for row in records(ready, share):
                copy.write_row(row)
        client.commit()

    clients = [psycopg.connect(os.environ["DATABASE_URL"]) for _ in range(connections)]
    started = start()
    with ThreadPoolExecutor(connections) as threads:
        list(threads.map(copy_share, clients, shares(rows, connections)))
    report(rows, started)
    for client in clients:
        client.close()


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
    options = {name: int(value) for name, value in (pair.split("=") for pair in pairs)}
    make, columns, types = workloads.WORKLOADS[workload]
    work = (make, workload, columns, types, int(rows), options.get("connections", 2))
    if contender == "asyncpg":
        asyncio.run(with_asyncpg(*work))
    elif contender == "psycopg":
        with_psycopg(*work)
    else:
        sys.exit(f'There is no contender "{contender}"')


main(*sys.argv[1:])
