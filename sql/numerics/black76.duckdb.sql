{#- The normal distribution and Black's model of options on futures (1976), for every query.

    cp is +1 for a call, -1 for a put; f the future, k the strike; t in years of 365 days; vol 0.2 is
    20 %; df the discount factor. Null where f, k, t or vol is not above 0. An argument is worked out
    more than once, so one that changes by itself, such as random(), belongs in a step before.

    A macro may not call another: only those of the database in use would be found. -#}
{% import 'numerics/normal.sql' as normal %}

{#- What nothing can be said of is null; the guards in the terms themselves only keep functions from
    refusing their argument, and whole queries with it. -#}
{%- set defined = 'case when f > 0 and k > 0 and t > 0 and vol > 0 then 1 end' -%}
{%- set spread = '(vol::double * sqrt(abs(t)))' -%}
{%- set moneyness = 'ln(greatest(f::double / k, 1e-300))' -%}
{%- set d1 = '(' ~ moneyness ~ ' / ' ~ spread ~ ' + 0.5 * ' ~ spread ~ ')' -%}
{%- set d2 = '(' ~ moneyness ~ ' / ' ~ spread ~ ' - 0.5 * ' ~ spread ~ ')' -%}

-- Density of the normal distribution.
create or replace macro norm_pdf(x) as {{ normal.pdf('x::double') }};

-- Share of the normal distribution below x.
create or replace macro norm_cdf(x) as {{ normal.cdf('x::double') }};

-- Value in points.
create or replace macro b76_price(cp, f, k, t, vol, df) as
{{ defined }} * cp * df::double * (
    f * {{ normal.cdf('(cp * ' ~ d1 ~ ')') }}
    - k * {{ normal.cdf('(cp * ' ~ d2 ~ ')') }}
);

-- Change of value per point of the future.
create or replace macro b76_delta(cp, f, k, t, vol, df) as
{{ defined }} * cp * df::double * {{ normal.cdf('(cp * ' ~ d1 ~ ')') }};

-- Change of delta per point of the future; the same for calls and puts.
create or replace macro b76_gamma(f, k, t, vol, df) as
{{ defined }} * df::double * {{ normal.pdf(d1) }} / (f * {{ spread }});

-- Change of value per 1.00 of vol; the same for calls and puts.
create or replace macro b76_vega(f, k, t, vol, df) as
{{ defined }} * df::double * f * sqrt(abs(t)) * {{ normal.pdf(d1) }};

-- Change of delta per 1.00 of vol; the same for calls and puts.
create or replace macro b76_vanna(f, k, t, vol, df) as
-{{ defined }} * df::double * {{ normal.pdf(d1) }} * {{ d2 }} / vol;

-- Change of delta per year that passes, the rate of interest being -ln(df) / t.
create or replace macro b76_charm(cp, f, k, t, vol, df) as
{{ defined }} * df::double * {{ normal.pdf(d1) }} * {{ d2 }} / (2 * t)
- ln(greatest(df, 1e-300)) / t * cp * df * {{ normal.cdf('(cp * ' ~ d1 ~ ')') }};
