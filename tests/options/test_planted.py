"""A simulated chain whose smile is known, from its files to options.vols_5s."""

from __future__ import annotations

import json
from datetime import time
from pathlib import Path

import numpy as np
import pytest

from simulate.sessions import short
from spymaster import operations
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.simulate.options.smile import Smile
from spymaster.warehouse import duck


@pytest.mark.slow
def test_the_planted_smile_comes_back_within_its_uncertainty(tmp_path: Path) -> None:
    written = short(tmp_path, start=time(9, 10), end=time(9, 40), rate=0.02)
    settings = Settings(
        warehouse=tmp_path / "warehouse", window_start=time(9, 30), window_end=time(9, 40)
    )
    land(list(written.files), settings)
    assert operations.run(settings, "+options.vols_5s").failures == []
    with duck.read_only(settings.warehouse / "spymaster.duckdb") as connection:
        found = connection.execute(
            "select epoch_ns(expiry) as expiry, strike, forward, t_years, iv, iv_unc"
            " from options.vols_5s where iv_source = 'quote'"
        ).fetchnumpy()
    planted = np.full(len(found["iv"]), np.nan)
    for each in json.loads(written.chain.truth.read_text(encoding="utf-8"))["classes"]:
        here = found["expiry"] == each["expires_ns"]
        smile = Smile(each["atm_vol"], each["b"], each["rho"], each["s"])
        given = (found[name][here] for name in ("forward", "strike", "t_years"))
        planted[here] = smile.vol(*given)
    off = found["iv"] - planted
    assert len(off) > 20_000
    assert abs(float(np.median(off))) < 3e-4
    assert float(np.quantile(np.abs(off) / found["iv_unc"], 0.99)) < 1.2
