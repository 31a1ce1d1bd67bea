-- The clock of the exchange's day, for every query on the catalog, whose times are UTC.

-- A time of the catalog as New York's clocks show it.
create or replace macro ny(moment) as
    timezone('America/New_York', timezone('UTC', moment::timestamp));
