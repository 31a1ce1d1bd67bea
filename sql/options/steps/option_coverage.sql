{#---
doc: How many options the session has, what spreads of them trade, and what the chain lacks, one row.
grain: [n_options]
as_of: window end
columns:
  no_vols:     VARCHAR | text | why there is no implied vol, null where there is
  no_exposure: VARCHAR | text | why there is no gamma exposure besides, null where there is
  no_flow:     VARCHAR | text | why there is no option flow, null where there is
  sparse:      VARCHAR | text | what quotes that came once a minute cost, null where others came too
---#}
with contracts as (
    select count(*) as n_options from options.contracts
),

-- T is a spread of options, M one that mixes them with futures
option_spreads as (
    select distinct instrument_id
    from staging.definitions
    where (instrument_class in ('T', 'M') or is_user_defined) and ts_recv < {{ window_end_ns }}
),

spreads as (
    select count(*) as n_option_spreads from option_spreads
),

option_lots as (
    select
        prints.size,
        true as is_spread
    from market.prints
    semi join option_spreads using (instrument_id)
    union all
    select
        size,
        false as is_spread
    from options.option_trades
),

spread_lots as (
    select
        share(coalesce(sum(size) filter (where is_spread), 0), sum(size)) as option_spread_share,
        count(*) filter (where not is_spread) as n_trades
    from option_lots
),

quote_schemas as (
    select 'mbp-1' as schema
    from staging.mbp_1
    semi join options.contracts using (instrument_id)
    where mbp_1.ts_recv < {{ window_end_ns }}
    union
    select if(bbo.interval_s = 60, 'bbo-1m', 'bbo-1s') as schema
    from staging.bbo
    semi join options.contracts using (instrument_id)
    where bbo.ts_recv < {{ window_end_ns }}
),

quoted as (
    select coalesce(list(schema order by schema), []) as option_quotes
    from quote_schemas
),

chained as (
    select
        count(*) as n_rows,
        count(forward) as n_forwards,
        count(oi) as n_open
    from options.chain_5s
)

select
    contracts.n_options,
    spreads.n_option_spreads,
    spread_lots.option_spread_share,
    quoted.option_quotes,
    if(
        quoted.option_quotes = ['bbo-1m'],
        'options quoted once a minute: vols of strikes are up to a minute old, levels hold',
        null
    ) as sparse,
    case
        when contracts.n_options = 0 then 'no options landed'
        when chained.n_rows = 0 then 'no quotes of options landed: no chain'
        when chained.n_forwards = 0
            then 'no quotes of the futures that options deliver: no implied vol'
    end as no_vols,
    if(
        chained.n_rows > 0 and chained.n_open = 0,
        'no open interest of options: no gamma exposure',
        null
    ) as no_exposure,
    if(
        contracts.n_options > 0 and spread_lots.n_trades = 0,
        'no trades of options landed: no option flow',
        null
    ) as no_flow
from contracts
cross join spreads
cross join spread_lots
cross join quoted
cross join chained
