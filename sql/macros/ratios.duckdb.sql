-- The ratios of the feature registry, for every query on the catalog. Null is not 0: a ratio of
-- nothing to nothing is not defined.

create or replace macro beta(a, b) as (a - b) / nullif(a + b, 0);

create or replace macro intensity(flow, stock) as flow / nullif(flow + stock, 0);

create or replace macro share(part, whole) as part / nullif(whole, 0);
