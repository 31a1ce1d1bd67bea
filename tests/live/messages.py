"""What a gateway says between the records."""

from __future__ import annotations

import databento_dbn


def metadata(now_ns: int) -> bytes:
    """Return the header of a session that begins now."""
    return databento_dbn.Metadata(
        dataset="GLBX.MDP3",
        start=now_ns,
        stype_out=databento_dbn.SType.from_str("instrument_id"),
        stype_in=None,
        schema=None,
        symbols=[],
        partial=[],
        not_found=[],
        mappings=[],
        ts_out=False,
        version=3,
    ).encode()


def mapping(now_ns: int, parent: str, symbol: str, number: int) -> bytes:
    """Return what an instrument id stands for."""
    return bytes(
        databento_dbn.SymbolMappingMsg(
            publisher_id=0,
            instrument_id=number,
            ts_event=now_ns,
            stype_in=databento_dbn.SType.from_str("parent"),
            stype_in_symbol=parent,
            stype_out=databento_dbn.SType.from_str("instrument_id"),
            stype_out_symbol=symbol,
            start_ts=0,
            end_ts=2**64 - 1,
        )
    )


def system(now_ns: int, text: str, code: int) -> bytes:
    """Return a message that is no error."""
    codes = {int(one): one for one in databento_dbn.SystemCode.variants()}
    return bytes(databento_dbn.SystemMsg(now_ns, text, codes[code]))


def error(now_ns: int, text: str, code: int) -> bytes:
    """Return an error."""
    codes = {int(one): one for one in databento_dbn.ErrorCode.variants()}
    return bytes(databento_dbn.ErrorMsg(now_ns, text, is_last=True, code=codes[code]))
