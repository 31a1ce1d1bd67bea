"""Sessions built on a Ray cluster: the same partitions as without one."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from building.test_backfill import WEEK, backfill, outcome, pair_of_desks
from desk import WED, make
from spymaster.errors import UsageError

SCRIPT = """
import json, os, sys
from dataclasses import replace
from pathlib import Path
from spymaster import operations
from spymaster.settings import Settings

def main(warehouse, sql, kind):
    if kind == "cluster":
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        from ray.cluster_utils import Cluster
        node = {"num_cpus": 1, "node_ip_address": "127.0.0.2", "include_dashboard": False}
        cluster = Cluster(initialize_head=True, head_node_args=node)
        cluster.add_node(num_cpus=1, node_ip_address="127.0.0.3")
        os.environ["RAY_ADDRESS"] = cluster.address
    seen = {}
    def look(event):
        if event.action == "start":
            import ray
            from ray._common.usage import usage_lib
            seen["hosts"] = sorted({node["NodeManagerAddress"] for node in ray.nodes()})
            seen["nodes"] = len(ray.nodes())
            seen["phones home"] = usage_lib.usage_stats_enabled()
    settings = Settings(warehouse=Path(warehouse), jobs=2)
    report = operations.backfill(settings, sql=Path(sql), engine="ray", report=look)
    print(json.dumps({**seen, "failures": report.failures, "built": len(report.built)}))
    if kind == "cluster":
        cluster.shutdown()

if __name__ == "__main__":
    main(*sys.argv[1:])
"""
PRICES = [10.0, -1.0, 12.0, 13.0, 14.0]


def on_ray(folder: Path, kind: str, warehouse: Path, sql: Path) -> dict[str, Any]:
    """Backfill on a cluster of its own and return what its script prints."""
    script = folder / "script.py"
    script.write_text(SCRIPT)
    hidden = ("RAY_ADDRESS", "SPYMASTER_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(hidden)}
    args = [sys.executable, str(script), str(warehouse), str(sql), kind]
    done = subprocess.run(args, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "nodes"), [("cluster", 2), ("local", 1)])
def test_a_cluster_leaves_what_processes_leave(tmp_path: Path, kind: str, nodes: int) -> None:
    pytest.importorskip("ray")
    one, many = pair_of_desks(tmp_path, PRICES)
    report = backfill(one, 2)
    said = on_ray(tmp_path, kind, many.settings.warehouse, many.sql)
    assert said == {
        "hosts": ["127.0.0.2", "127.0.0.3"][:nodes],
        "nodes": nodes,
        "phones home": False,
        "failures": report.failures,
        "built": len(report.built),
    }
    assert [line.split(":")[0] for line in report.failures] == [f"{WED} audits.positive"]
    assert outcome(many) == outcome(one)
    assert len(outcome(one)) == 3 * (len(WEEK) - 1)


def test_an_engine_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="engine 'spark'; allowed: processes, ray"):
        backfill(make(tmp_path), 2, engine="spark")
