{#---
doc: Kinds of levels that the session does not have, and why; also a choice of the settings that found none.
grain: [session, kind]
as_of: window end
lookback: {market.rth_days: 2}
columns:
  kind:   VARCHAR | text | such as PM_HIGH, or kinds joined by / as the settings say
  reason: VARCHAR | text | what is missing
---#}
{% import 'macros/hours.sql' as hours with context %}
with kinds as (
    select unnest(string_split('{{ level_kinds | join(",") }}', ',')) as kind
),

absent as (
    select
        kind,
        split_part(kind, '_', 1) as family,
        if(kind in ('OPEN', 'VWAP'), 'RTH', family) as stretch
    from kinds
    -- levels of the user's own are there or not as the file says
    where kind != 'MANUAL' and kind not in (select levels.kind from levels.levels)
),

torn as (
    select
        day_parts.name,
        min(gaps.start_ns) as start_ns,
        arg_min(gaps.end_ns, gaps.start_ns) as end_ns
    from levels.day_parts
    inner join levels.gaps on {{ hours.tears('gaps', 'day_parts.start_ns', 'day_parts.end_ns') }}
    group by day_parts.name
),

before as (
    select max(rth_days.is_whole) as is_whole
    from market.rth_days
    inner join market.fronts
        on
            coalesce(rth_days.raw_symbol, rth_days.instrument_id::varchar)
            = coalesce(fronts.raw_symbol, fronts.instrument_id::varchar)
    where rth_days.session = date '{{ previous_rth_date }}'
),

-- what the chain of the window's first bucket lacks
chain as (
    select
        coalesce(
            option_coverage.no_vols,
            if(kinds.kind in ('EM_HIGH', 'EM_LOW'), null, option_coverage.no_exposure),
            case kinds.kind
                when 'ZERO_GAMMA' then 'gamma keeps its sign within 10 % as the window starts'
                when 'EM_HIGH' then 'no option of the day quoted at the money as the window starts'
                when 'EM_LOW' then 'no option of the day quoted at the money as the window starts'
                else 'no open interest with a vol as the window starts'
            end
        ) as reason,
        kinds.kind
    from kinds
    cross join options.option_coverage
),

explained as (
    select
        absent.kind,
        case
            when not exists (from market.fronts) then 'no contract'
            when absent.family in ('SMA', 'EMA')
                then 'fewer than ' || split_part(absent.kind, '_', 2) || ' closed bars in a row'
            when absent.kind = 'PD_SETTLE' then 'no settlement of {{ previous_rth_date }}'
            when absent.family = 'PD' and before.is_whole is null
                then 'no regular trades of the contract on {{ previous_rth_date }}'
            when absent.family = 'PD' then 'a part of {{ previous_rth_date }} did not land'
            when absent.family = 'ROUND' then 'no trades'
            when absent.family in ('CALL', 'PUT', 'ZERO', 'EM') then chain.reason
            when day_parts.start_ns is null then 'no regular hours'
            when
                if(absent.stretch = 'RTH', day_parts.start_ns, day_parts.end_ns)
                >= {{ window_close_ns }}
                then 'not known while the window lasts'
            when
                if(absent.stretch = 'RTH', day_parts.start_ns, day_parts.end_ns)
                >= {{ window_end_ns }}
                then 'not known yet'
            when torn.start_ns = 0
                then 'nothing landed before ' || {{ hours.clock_time('torn.end_ns') }}
            when torn.start_ns is not null
                then
                    'nothing landed from ' || {{ hours.clock_time('torn.start_ns') }}
                    || ' to ' || {{ hours.clock_time('torn.end_ns') }}
            else 'no trades'
        end as reason
    from absent
    cross join before
    left join chain using (kind)
    left join levels.day_parts on absent.stretch = day_parts.name
    left join torn on absent.stretch = torn.name
),

undecided as (
    select tracked_kinds.entry as kind
    from levels.tracked_kinds
    left join levels.levels on tracked_kinds.kind = levels.kind and levels.is_tracked
    where tracked_kinds.is_choice
    group by tracked_kinds.entry
    having count(levels.kind) = 0
)

select
    date '{{ session }}' as session,
    explained.kind,
    explained.kind in (select tracked_kinds.entry from levels.tracked_kinds) as is_tracked,
    explained.reason
from explained
union all
select
    date '{{ session }}' as session,
    undecided.kind,
    true as is_tracked,
    'none known as the window starts' as reason
from undecided
order by explained.kind
