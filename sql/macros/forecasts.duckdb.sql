-- What a forecast is worth once it is known what came, for every query on the catalog.

-- Nats of surprise at what came, given the odds it was given; a millionth is the least odds that
-- count, so that one forecast never outweighs all others.
create or replace macro log_loss(odds) as -ln(greatest(odds, 1e-6));

-- Squared error of three odds, 0 to 2 (Brier 1950).
create or replace macro brier(broke, rejected, chopped, outcome) as
    (broke - if(outcome = 'break', 1, 0)) ** 2
    + (rejected - if(outcome = 'reject', 1, 0)) ** 2
    + (chopped - if(outcome = 'chop', 1, 0)) ** 2;

-- Ranked probability score of reject, chop and break in that order, 0 to 1: to say reject where it
-- breaks is worse than to say chop (Epstein 1969).
create or replace macro ranked_score(broke, rejected, outcome) as (
    (rejected - if(outcome = 'reject', 1, 0)) ** 2
    + (broke - if(outcome = 'break', 1, 0)) ** 2
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

{# Mean of the log of a gamma of shape x, by the recurrence to 8 above and Stirling's series there.
    A rule of these macros and none itself, since a macro of a catalog finds no other. #}
{% macro digamma(x) -%}
(
        ln({{ x }} + 8) - 1 / (2 * ({{ x }} + 8)) - 1 / (12 * ({{ x }} + 8) ** 2)
        + 1 / (120 * ({{ x }} + 8) ** 4) - 1 / (252 * ({{ x }} + 8) ** 6)
        - list_sum(list_transform(range(8), lambda i: 1 / ({{ x }} + i)))
    )
{%- endmacro %}
{# Its variance. #}
{% macro trigamma(x) -%}
(
        1 / ({{ x }} + 8) + 1 / (2 * ({{ x }} + 8) ** 2) + 1 / (6 * ({{ x }} + 8) ** 3)
        - 1 / (30 * ({{ x }} + 8) ** 5) + 1 / (42 * ({{ x }} + 8) ** 7)
        + list_sum(list_transform(range(8), lambda i: 1 / ({{ x }} + i) ** 2))
    )
{%- endmacro %}
{% set seen, unseen = '(share * n + 1 / 3)', '((1 - share) * n + 2 / 3)' %}
-- Mean of log-odds that are known from n looks, share of them for it: they are spread as a beta is,
-- whose log-odds are the difference of two log-gammas, with one look more, a third of it for each
-- of three outcomes (Perks 1947).
create or replace macro odds_middle(share, n) as
    {{ digamma(seen) }} - {{ digamma(unseen) }};

-- Their standard deviation.
create or replace macro odds_spread(share, n) as
    sqrt({{ trigamma(seen) }} + {{ trigamma(unseen) }});

-- Lower end of the 80 % interval of odds whose log is so spread about a middle.
create or replace macro odds_low(middle, spread) as 1 / (1 + exp({{ z }} * spread - middle));

-- Its upper end.
create or replace macro odds_high(middle, spread) as 1 / (1 + exp(-{{ z }} * spread - middle));
