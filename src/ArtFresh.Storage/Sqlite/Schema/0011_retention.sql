-- 1 for the erasure of a listener who has not come back within the retention. Its row goes once it is done, so that the listener may come back as a new one. The release before
-- reads it as an erasure that was asked for.
alter table erasure add column is_lapse integer not null default 0;

-- Who does the retention's work, and when it is due next.
create table retention_turn (
  turn_number integer primary key check (turn_number = 1),
  holder      blob,
  held_until  integer not null,
  next_at     integer not null
);
insert into retention_turn (turn_number, held_until, next_at) values (1, 0, 0);

-- Months whose sessions and batches were dropped, by their first millisecond.
create table dropped_month (
  first_at integer primary key
);

-- The highest grant of genome seeds of a session that is gone: a grant is never given twice, or a listener's client would make the same artworks again.
create table genome_grant_gone (
  row_number   integer primary key check (row_number = 1),
  genome_grant integer not null
);
insert into genome_grant_gone (row_number, genome_grant) values (1, 0);
create trigger session_gone after delete on session when old.genome_grant is not null
begin
  update genome_grant_gone set genome_grant = max(genome_grant, old.genome_grant);
end;
