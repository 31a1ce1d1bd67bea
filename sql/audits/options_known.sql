{#---
doc: >
  No option is told before its quote came, after it expired or of something else than the session's
  contracts.
---#}
select
    chain_5s.session,
    chain_5s.bucket_end,
    chain_5s.instrument_id,
    chain_5s.quote_ts,
    chain_5s.expiry
from options.chain_5s
left join options.contracts using (session, instrument_id)
where
    chain_5s.quote_ts >= epoch_ns(chain_5s.bucket_end)
    or chain_5s.expiry <= chain_5s.bucket_end
    or contracts.known_at is null
    or contracts.known_at > chain_5s.bucket_end
    or chain_5s.quote_state = 'ok' and (chain_5s.bid <= 0 or chain_5s.bid >= chain_5s.ask)
