{#---
doc: >
  Futures that dealers have to trade as price moves through each step of the ladder around a level,
  half a step to either side of its price: what the delta of all strikes changes by, the vol of each
  strike held and every future moved by the same percentage. Nothing is spread between strikes. Null
  where no strike of the set has open interest and vol, and of flow before the first option trade.
grain: [bucket_end, level_id, offset]
as_of: bucket_end
---#}
{% import 'macros/exposure.sql' as exposure %}
{% set held = '{d1: d1, per_vol: per_vol, naive: coalesce(naive, 0), flow: coalesce(flow, 0)}' %}
{% set order = 'order by expiry, strike' %}
with offsets as (
    select unnest([-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5])::tinyint as "offset"
),

positions as (
    select
        gex_5s.bucket_end,
        gex_5s.days = 0 as is_0dte,
        gex_5s.expiry,
        gex_5s.strike,
        gex_5s.front_forward,
        vols_5s.iv * sqrt(vols_5s.t_years) as total_vol,
        ln(vols_5s.forward / vols_5s.strike) / total_vol + total_vol / 2 as d1,
        1 / total_vol as per_vol,
        vols_5s.df * if(gex_5s.gex_net is null, null, gex_5s.oi_call - gex_5s.oi_put) as naive,
        vols_5s.df * -gex_5s.bought_qty as flow,
        coalesce(naive, 0) <> 0 or coalesce(flow, 0) <> 0 as is_held
    from options.gex_5s
    inner join options.vols_5s using (bucket_end, expiry, strike)
    where vols_5s.iv is not null and gex_5s.front_forward is not null
),

-- lists in one order, so that sums over them are the same whatever the threads
listed as (
    select
        bucket_end,
        is_0dte,
        max(front_forward) as front_forward,
        list({{ held }} {{ order }}) filter (where is_held) as strikes,
        count(naive) as n_naive,
        count(flow) as n_flow
    from positions
    group by bucket_end, is_0dte
),

books as (
    select
        listed.*,
        list_transform(listed.strikes, lambda x: x.naive) as naive,
        list_transform(listed.strikes, lambda x: x.flow) as flow
    from listed
),

rungs as (
    select
        levels_5s.bucket_end,
        levels_5s.level_id,
        offsets."offset",
        -- halves of a tick, in which the edges between steps are whole
        2 * levels_5s.tick + {{ band_ticks }} * (2 * offsets."offset" - 1) as low,
        2 * levels_5s.tick + {{ band_ticks }} * (2 * offsets."offset" + 1) as high,
        fronts.tick_size
    from pressure.levels_5s
    inner join market.fronts using (session, instrument_id)
    cross join offsets
    where exists (from options.contracts)
),

edges as (
    select
        bucket_end,
        low as edge,
        tick_size
    from rungs
    union
    select
        bucket_end,
        high as edge,
        tick_size
    from rungs
),

-- a put's delta is a call's less what no move changes
moves as (
    select
        edges.bucket_end,
        edges.edge,
        books.is_0dte,
        books.naive,
        books.flow,
        books.n_naive,
        books.n_flow,
        ln(edges.edge * edges.tick_size / 2 / books.front_forward) as log_up,
        {{ exposure.moved('books.strikes', 'log_up') }} as moved
    from edges
    inner join books using (bucket_end)
    where edges.edge > 0
),

calls as (
    select
        * exclude (moved),
        {{ exposure.deltas('moved') }}
    from moves
),

added as (
    select
        bucket_end,
        edge,
        is_0dte,
        if(n_naive = 0, null, coalesce(list_dot_product(deltas, naive), 0)) as naive_delta,
        if(n_flow = 0, null, coalesce(list_dot_product(deltas, flow), 0)) as flow_delta
    from calls
),

held as (
    select
        bucket_end,
        edge,
        sum(naive_delta) as naive_all,
        sum(naive_delta) filter (where is_0dte) as naive_0dte,
        sum(flow_delta) as flow_all,
        sum(flow_delta) filter (where is_0dte) as flow_0dte
    from added
    group by bucket_end, edge
)

-- what the position gains of delta, dealers sell
select
    rungs.bucket_end,
    rungs.level_id,
    rungs."offset",
    (low.naive_0dte - high.naive_0dte) / ((rungs.high - rungs.low) * rungs.tick_size / 2)
        as hedge_naive_0dte,
    (low.naive_all - high.naive_all) / ((rungs.high - rungs.low) * rungs.tick_size / 2)
        as hedge_naive_all,
    (low.flow_0dte - high.flow_0dte) / ((rungs.high - rungs.low) * rungs.tick_size / 2)
        as hedge_flow_0dte,
    (low.flow_all - high.flow_all) / ((rungs.high - rungs.low) * rungs.tick_size / 2)
        as hedge_flow_all
from rungs
left join held as low on rungs.bucket_end = low.bucket_end and rungs.low = low.edge
left join held as high on rungs.bucket_end = high.bucket_end and rungs.high = high.edge
