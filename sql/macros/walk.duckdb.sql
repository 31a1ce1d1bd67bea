-- What a walk without memory does, for every query on the catalog.

-- Odds that a walk leaves through one of two barriers, the same for both; the rest stays between
-- them. barrier is their distance, sigma the standard deviation of a step, steps their number. A
-- walk that is seen step by step overshoots by 0.5826 sigma (Broadie, Glasserman and Kou 1997), so
-- the barriers of the continuous walk, whose series this is, stand that much farther out. Beyond 8.5
-- standard deviations of where it ends they are never reached (odds of 2e-17): the first 30 terms of
-- the series do not come down to that, and say 5e-3 of a walk that stands still.
create or replace macro walk_odds(barrier, sigma, steps) as case
    when barrier + 0.5826 * sigma > 8.5 * sigma * sqrt(steps) then 0
    else greatest(
        0.5 - 2 / pi() * list_sum(
            list_transform(
                range(1, 60, 2),
                lambda k: case when k % 4 = 1 then 1 else -1 end / k * exp(
                    -k * k * pi() * pi() * sigma * sigma * steps
                    / (8 * (barrier + 0.5826 * sigma) * (barrier + 0.5826 * sigma))
                )
            )
        ),
        0
    )
end;
