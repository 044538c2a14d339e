"""The same question asked of networkx, for the ratio: which staff are within five steps of each other?

    cargo bench -p relations -- --people 1000000 --write DIR
    pip install networkx
    python3 crates/relations/benches/register/networkx_bfs.py DIR

Breadth-first search from every member of staff over ties of all kinds, five steps being the longest way that makes a
legal class (a cousin's spouse). It finds who is near, not yet which class that makes: the ratio is on the generous side
for networkx. Printed are the time to build the graph and the time to search it.
"""

import csv
import resource
import sys
import time
from pathlib import Path

import networkx as nx

STEPS = 5


def column(file, name):
    with open(file, encoding="utf-8") as rows:
        return [row[name] for row in csv.DictReader(rows)]


def main(folder):
    graph = nx.Graph()
    started = time.perf_counter()
    graph.add_nodes_from(column(folder / "persons.csv", "person_id"))
    ties = folder / "relations.csv"
    graph.add_edges_from(zip(column(ties, "a_id"), column(ties, "b_id")))
    staff = set(column(folder / "staff.csv", "person_id"))
    print(f"{len(graph)} people, {graph.number_of_edges()} ties, {len(staff)} staff")
    print(f"  built in {time.perf_counter() - started:.2f} s")
    started = time.perf_counter()
    near = 0
    for one in staff:
        reached = nx.single_source_shortest_path_length(graph, one, cutoff=STEPS)
        near += sum(1 for other in reached if other != one and other in staff)
    print(f"  {near // 2} pairs within {STEPS} steps found in {time.perf_counter() - started:.2f} s")
    print(f"  highest resident memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
