{#---
doc: >
  Vols are positive and have a source, greeks are where there is a vol and within their bounds, and a
  vol that is the quote's own is certain.
---#}
{% import 'macros/options.sql' as options with context %}
select
    session,
    bucket_end,
    expiry,
    strike,
    iv,
    iv_source
from options.vols_5s
where
    (iv is null) != (iv_source is null)
    {% for greek in ('delta_call', 'gamma', 'vega', 'vanna', 'charm') %}
    or (iv is null) != ({{ greek }} is null)
    or not isfinite({{ greek }})
    {% endfor %}
    or iv <= 0
    or not isfinite(iv)
    or delta_call not between 0 and df + 1e-12
    or gamma < 0
    or vega < 0
    or t_years <= 0
    or (iv_source = 'quote') != {{ options.is_certain('iv_quote', 'iv_unc', 't_years') }}
    and iv is not null
