-- What a forecast is worth once it is known what came, for every query on the catalog.

-- Nats of surprise at what came, given the odds it was given; a millionth is the least odds that
-- count, so that one forecast never outweighs all others.
create or replace macro log_loss(odds) as -ln(greatest(odds, 1e-6));

-- Squared error of three odds, 0 to 2 (Brier 1950).
create or replace macro brier(broke, rejected, chopped, outcome) as
    (broke - case when outcome = 'break' then 1 else 0 end) ** 2
    + (rejected - case when outcome = 'reject' then 1 else 0 end) ** 2
    + (chopped - case when outcome = 'chop' then 1 else 0 end) ** 2;

-- Ranked probability score of reject, chop and break in that order, 0 to 1: to say reject where it
-- breaks is worse than to say chop (Epstein 1969).
create or replace macro ranked_score(broke, rejected, outcome) as (
    (rejected - case when outcome = 'reject' then 1 else 0 end) ** 2
    + (broke - case when outcome = 'break' then 1 else 0 end) ** 2
) / 2;

{# The normal's quantile of nine tenths. #}
{% set z = 1.2815515655446004 %}
-- Lower end of the 80 % interval of a share that was seen n times; n need not be whole (Wilson
-- 1927).
create or replace macro share_low(share, n) as greatest(
    (
        share + {{ z * z / 2 }} / n
        - {{ z }} * sqrt(share * (1 - share) / n + {{ z * z / 4 }} / (n * n))
    ) / (1 + {{ z * z }} / n),
    0
);

-- Its upper end.
create or replace macro share_high(share, n) as least(
    (
        share + {{ z * z / 2 }} / n
        + {{ z }} * sqrt(share * (1 - share) / n + {{ z * z / 4 }} / (n * n))
    ) / (1 + {{ z * z }} / n),
    1
);
