"""Files of a warehouse that have no business there, told without asking the program's own gc."""

from spymaster.catalog import publish as publishing
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger

KEPT = 3


def unknown_files(layout: Layout) -> set[str]:
    """Return every file that neither the ledger nor one of the last three catalogs knows."""
    ledger = Ledger(layout)
    ours = {layout.ledger, layout.lock, layout.link}
    ours |= {layout.root / p.file for p in ledger.partitions()}
    ours |= {layout.model_partition(b.relation, b.session, b.fingerprint) for b in ledger.builds()}
    for path in sorted(layout.catalogs.glob("*.duckdb"))[-KEPT:]:
        ours |= {path, path.with_suffix(".json")}
        ours |= {layout.root / file for file in publishing.listed(path)}
    ours |= set(layout.checkpoints.rglob("*"))
    there = {path for path in layout.root.rglob("*") if path.is_symlink() or path.is_file()}
    return {str(path) for path in there - ours}
