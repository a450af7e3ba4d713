-- Listeners whose claims an operator has struck from the figures. Through a network, they are those whose batches came from it on a day (UTC, counted from 1970); by
-- themselves, network and day are 0.
create table claim_strike (
  listener_id text   not null,
  network     integer not null,
  day         integer not null,
  struck_at   integer not null,
  primary key (listener_id, network, day)
);
