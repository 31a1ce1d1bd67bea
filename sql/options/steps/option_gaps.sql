{#---
doc: Which futures that options deliver have no price to value them by, in words, one row.
grain: [futures]
as_of: window end
columns:
  futures: VARCHAR | text | by name with how many options deliver each, null where every one has a price
---#}
with delivered as (
    select
        underlying_id,
        min(underlying) as underlying,
        count(*) as n_options
    from options.contracts
    group by underlying_id
),

priced as (
    select
        underlying_id,
        bool_or(forward_source = 'quote') as is_quoted,
        bool_or(forward_source = 'parity') as is_implied
    from options.chain_5s
    group by underlying_id
),

fallen as (
    select
        underlying_id,
        min(mid) <= 0 as is_at_most_0
    from options.forwards_5s
    group by underlying_id
),

reasons as (
    select
        delivered.underlying,
        delivered.n_options,
        case
            when fallen.is_at_most_0 then 'at or below 0, where there is no implied vol'
            when priced.is_quoted then null
            when priced.is_implied then 'not quoted, calls and puts imply it'
            else 'not quoted, no implied vol'
        end as reason
    from delivered
    -- what is not quoted itself says nothing of its future
    inner join priced using (underlying_id)
    left join fallen using (underlying_id)
)

select
    string_agg(
        underlying || ' of ' || n_options || ' options ' || reason, '; ' order by underlying
    ) as futures
from reasons
where reason is not null
