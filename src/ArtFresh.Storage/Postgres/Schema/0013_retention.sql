-- 1 for the erasure of a listener who has not come back within the retention. Its row goes once it is done, so that the listener may come back as a new one. The release before
-- reads it as an erasure that was asked for.
alter table erasure add column is_lapse integer not null default 0;

-- The member that does the retention's work, and when it is due next.
create table retention_turn (
  turn_number integer primary key check (turn_number = 1),
  holder      uuid,
  held_until  bigint not null,
  next_at     bigint not null
);
insert into retention_turn (turn_number, held_until, next_at) values (1, 0, 0);

-- Months whose sessions and batches were dropped, or are being dropped, by their first millisecond. A release before notes none.
create table dropped_month (
  first_at bigint primary key
);
