-- The ratios of the feature registry, for every query on the catalog. Null is not 0: a ratio of
-- nothing to nothing is not defined.

-- What there is more of, from -1 to 1: 1 is a alone, -1 is b alone.
create or replace macro beta(a, b) as (a - b) / nullif(a + b, 0);

-- How much flows against what rests, from 0 to 1.
create or replace macro intensity(flow, stock) as flow / nullif(flow + stock, 0);

-- A part in its whole, from 0 to 1.
create or replace macro share(part, whole) as part / nullif(whole, 0);
