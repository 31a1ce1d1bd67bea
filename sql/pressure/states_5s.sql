{#---
doc: >
  The four states of a level over bands 1 to 5, which way they press (net) and whether both sides
  leave (vacuum), in the level's frame and, with the suffix _touch, in that of each side's own best
  quote; and where price is. With the suffix _60s the same of the last minute. Null where a side is
  out of reach (mean reach of its five cells below 0.2) or has nothing to compare, and a difference
  where a value before is null; of net, why says what keeps it from being there.
grain: [session, instrument_id, bucket_end, level_id]
as_of: bucket_end
columns:
  code:       INTEGER | 0..15 | 1 if state 1 is above 0, plus 2, 4 and 8 for states 2, 3 and 4; a null state adds nothing
  code_touch: INTEGER | 0..15 | the same of the touch frame
  reach_above: DOUBLE  | 0..1  | share of the prices of bands 1 to 5 above the level where asks could rest
  reach_below: DOUBLE  | 0..1  | the same below it of bids
  n_above:     BIGINT  | lots  | asks pulled and added there, what state 2 is over
  n_below:     BIGINT  | lots  | bids pulled and added there, what state 4 is over
  why:         VARCHAR | text  | what keeps net from being defined, the first that applies of level_new, no_quote, no_depth, asks_above_out_of_reach, bids_below_out_of_reach, no_flow_above and no_flow_below; null where it is
  why_60s:     VARCHAR | text  | the same of net_60s, warming_up in the first minute of the window and level_new in that of a level
  net_60s_c30s:     DOUBLE | -2..2 | change over 30 s
  vacuum_60s_c30s:  DOUBLE | -2..2 | change over 30 s
  p_above_60s_c30s: DOUBLE | -2..2 | change over 30 s
  p_below_60s_c30s: DOUBLE | -2..2 | change over 30 s
---#}
{% import 'macros/pressure.sql' as pressure with context %}
{% import 'macros/time.sql' as time with context %}
{% set states = features['pressure.states_5s'] %}
{% set pooled = ('net_60s', 'vacuum_60s', 'p_above_60s', 'p_below_60s') %}
with placed as (
    select
        {% for side in ('ask', 'bid') %}
        {% for name in (
            'moment_start', 'moment_end', 'depth_start', 'depth_end', 'pull_qty', 'add_qty'
        ) %}
        if({{ side }}s.is_reached, {{ side }}s.{{ name }}, null) as {{ side }}_{{ name }},
        {% endfor %}
        {{ side }}s.reach as {{ side }}_reach,
        {{ side }}s.pull_qty + {{ side }}s.add_qty as n_{{ side }},
        {{ side }}_touch.centre_move as {{ side }}_centre_move_touch,
        {{ side }}_touch.pull_add as {{ side }}_pull_add_touch,
        {% endfor %}
        pooled_5s.ask_above_higher_60s,
        pooled_5s.ask_above_drain_60s,
        pooled_5s.bid_below_lower_60s,
        pooled_5s.bid_below_drain_60s,
        pooled_5s.why_60s,
        paths_5s.*
    from pressure.paths_5s
    inner join pressure.pooled_5s
        on
            paths_5s.bucket_end = pooled_5s.bucket_end
            and paths_5s.level_id = pooled_5s.level_id
    {% for side in ('ask', 'bid') %}
    inner join pressure.sides_5s as {{ side }}s
        on
            paths_5s.bucket_end = {{ side }}s.bucket_end
            and paths_5s.level_id = {{ side }}s.level_id
            and {{ side }}s.side = '{{ side }}'
    inner join pressure.touch_5s as {{ side }}_touch
        on
            paths_5s.bucket_end = {{ side }}_touch.bucket_end
            and {{ side }}_touch.side = '{{ side }}'
    {% endfor %}
),

-- the formulas of features/states.yml as they are there, which a check compares
defined as (
    select
        session,
        instrument_id,
        bucket_end,
        level_id,
        price,
        used_since,
        sigma_ticks,
        if(came_from < 0, 'from_below', if(came_from > 0, 'from_above', null)) as approach,
        -- S1 and S2, the asks above: their centre of mass moves up, and more is pulled than added
        beta(ask_moment_end * ask_depth_start, ask_moment_start * ask_depth_end)
            as ask_above_higher,
        beta(ask_pull_qty, ask_add_qty) as ask_above_drain,
        -- S3 and S4, the bids below: their centre of mass moves down, and more is pulled than added
        beta(bid_moment_end * bid_depth_start, bid_moment_start * bid_depth_end)
            as bid_below_lower,
        beta(bid_pull_qty, bid_add_qty) as bid_below_drain,
        -- the same from each side's own best quote, which a move of the price leaves as it is
        ask_centre_move_touch as ask_above_higher_touch,
        ask_pull_add_touch as ask_above_drain_touch,
        bid_centre_move_touch as bid_below_lower_touch,
        bid_pull_add_touch as bid_below_drain_touch,
        -- the road up opens; support below builds
        (ask_above_higher + ask_above_drain) / 2 as p_above,
        -(bid_below_lower + bid_below_drain) / 2 as p_below,
        (ask_above_higher_touch + ask_above_drain_touch) / 2 as p_above_touch,
        -(bid_below_lower_touch + bid_below_drain_touch) / 2 as p_below_touch,
        -- direction and energy: a market mirrored about the level turns net and keeps vacuum
        (p_above + p_below) / 2 as net,
        (p_above_touch + p_below_touch) / 2 as net_touch,
        (p_above - p_below) / 2 as vacuum,
        (p_above_touch - p_below_touch) / 2 as vacuum_touch,
        -- the same of the last minute
        (ask_above_higher_60s + ask_above_drain_60s) / 2 as p_above_60s,
        -(bid_below_lower_60s + bid_below_drain_60s) / 2 as p_below_60s,
        (p_above_60s + p_below_60s) / 2 as net_60s,
        (p_above_60s - p_below_60s) / 2 as vacuum_60s,
        mid_ticks - tick as dist_ticks,
        dist_ticks / sigma_ticks as dist_sigma,
        closed_ticks / (sigma_ticks * sqrt(12)) as speed_sigma,
        ask_reach as reach_above,
        bid_reach as reach_below,
        n_ask as n_above,
        n_bid as n_below,
        why_60s,
        -- what a side rests and moves is null where it is out of reach
        case
            when net is not null then null
            when bucket_end = used_since then 'level_new'
            when mid_ticks is null then 'no_quote'
            when 0 in (ask_depth_start, ask_depth_end, bid_depth_start, bid_depth_end)
                then 'no_depth'
            when ask_depth_end is null then 'asks_above_out_of_reach'
            when bid_depth_end is null then 'bids_below_out_of_reach'
            when ask_pull_qty + ask_add_qty = 0 then 'no_flow_above'
            when bid_pull_qty + bid_add_qty = 0 then 'no_flow_below'
        end as why
    from placed
),

lagged as (
    select
        {{ pressure.lags(states) }}
        {% for name in pooled %}
        {{ name }} - lag({{ name }}, {{ time.MINUTE // 2 }}) over series as {{ name }}_c30s,
        {% endfor %}
        {% for frame in ('', '_touch') %}
        if(ask_above_higher{{ frame }} > 0, 1, 0) + if(ask_above_drain{{ frame }} > 0, 2, 0)
        + if(bid_below_lower{{ frame }} > 0, 4, 0) + if(bid_below_drain{{ frame }} > 0, 8, 0)
            as code{{ frame }},
        {% endfor %}
        *
    from defined
    window series as (partition by level_id, used_since order by bucket_end)
)

select
    session,
    instrument_id,
    bucket_end,
    level_id,
    price,
    code,
    code_touch,
    approach,
    sigma_ticks,
    reach_above,
    reach_below,
    n_above,
    n_below,
    why,
    why_60s,
    {% for name in pooled %}
    {{ name }}_c30s,
    {% endfor %}
    {{ pressure.differences(states) }}
from lagged
order by bucket_end, level_id
