{#- What happened around a level in each of the 24 buckets before a moment, as ratios along the
    travel: a market and its mirror image have the same rows. Formulas are the registry's, reach is
    judged as everywhere; moments is the query of the moments that are asked about. -#}
{% import 'macros/pressure.sql' as pressure with context %}
with moments as (
    {{ moments }}
),

-- step 1 is the newest
steps as (
    select
        moments.*,
        unnest(generate_series(1, {{ steps }})) as step,
        decided_at - to_seconds((step - 1) * {{ bucket_s }}) as bucket_end
    from moments
),

cells as (
    select
        steps.session,
        steps.level_id,
        steps.touched_at,
        steps.step,
        if((cells_5s.side = 'ask') = (steps.dir > 0), 'front', 'back')
        || case when cells_5s.band = 0 then '_at' when cells_5s.band <= 2 then '_near' else '_far' end
            as place,
        sum(cells_5s.add_qty)::bigint as add_qty,
        sum(cells_5s.pull_qty)::bigint as pull_qty,
        sum(cells_5s.fill_qty)::bigint as fill_qty,
        sum(cells_5s.out_away_qty)::bigint as out_away_qty,
        sum(cells_5s.out_toward_qty)::bigint as out_toward_qty,
        -- in whole lot x ns, which add up in any order to the same
        sum(round(cells_5s.depth_twa * {{ bucket_ns }})::bigint)::bigint / {{ bucket_ns }}
            as depth_twa,
        {{ pressure.reach('sum(cells_5s.n_reach_start + cells_5s.n_reach_end)',
                          'sum(cells_5s.n_ticks)') }} as reach
    from steps
    inner join pressure.cells_5s
        on
            steps.session = cells_5s.session
            and steps.bucket_end = cells_5s.bucket_end
            and steps.level_id = cells_5s.level_id
    where
        cells_5s.band <= 5
        -- asks below a level and bids above it cannot rest there but for a moment
        and case cells_5s.zone
            when 'above' then cells_5s.side = 'ask'
            when 'below' then cells_5s.side = 'bid'
            else true
        end
    group by all
),

-- of each side its 20 ticks from the own best quote
quotes as (
    select
        steps.session,
        steps.level_id,
        steps.touched_at,
        steps.step,
        if((touch_5s.side = 'ask') = (steps.dir > 0), 'touch_front', 'touch_back') as place,
        touch_5s.* exclude (session, instrument_id, bucket_end, side),
        touch_5s.depth_ns / {{ bucket_ns }} as depth_twa
    from steps
    inner join pressure.touch_5s
        on steps.session = touch_5s.session and steps.bucket_end = touch_5s.bucket_end
),

ratios as (
    select
        session,
        level_id,
        touched_at,
        step,
        place,
        {% for feature in cell_features %}
        if({{ pressure.is_reached('reach') }}, {{ feature.formula }}, null) as {{ feature.name }},
        {% endfor %}
        null as centre_move
    from cells
    union all by name
    select
        session,
        level_id,
        touched_at,
        step,
        place,
        {% for feature in touch_features %}
        {{ feature.formula }} as {{ feature.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from quotes
),

-- a row for each bucket, also where the level was not used yet
sides as (
    select
        session,
        level_id,
        touched_at,
        step,
        {% for name, place in of_places %}
        max({{ name }}) filter (where place = '{{ place }}')::float as {{ name }}__{{ place }}
        {{- ',' if not loop.last }}
        {% endfor %}
    from ratios
    group by all
)

select
    steps.session,
    steps.level_id as cluster_id,
    steps.touched_at,
    steps.step,
    steps.bucket_end,
    sides.* exclude (session, level_id, touched_at, step),
    if(steps.dir > 0, states_5s.ask_above_higher, states_5s.bid_below_lower)::float
        as centre_move__front,
    if(steps.dir > 0, states_5s.bid_below_lower, states_5s.ask_above_higher)::float
        as centre_move__back,
    (steps.dir * tape_5s.buy_sell)::float as buy_sell__tape,
    (steps.dir * imbalance_5s.queue_imbalance)::float as queue_imbalance__tape,
    (steps.dir * states_5s.dist_sigma)::float as dist_sigma__path,
    (steps.dir * states_5s.dist_ticks_d1 / states_5s.sigma_ticks)::float as move_sigma__path
from steps
left join sides using (session, level_id, touched_at, step)
left join pressure.tape_5s using (session, level_id, bucket_end)
left join pressure.imbalance_5s using (session, bucket_end)
left join pressure.states_5s using (session, level_id, bucket_end)
order by steps.session, steps.touched_at, cluster_id, steps.step
