-- The databases that have been this ledger, each since it was found. identity is PostgreSQL's system identifier, the oids of database and table, and the timeline: a
-- restore or a promotion changes one of them. floor is the last artwork of the copy.
create table ledger_epoch (
  epoch        bigint primary key,
  floor        bigint not null,
  lost_nothing bigint not null,
  found_at     bigint not null,
  reason       text   not null,
  identity     text,
  -- When the copy's last session was opened.
  copied_at    bigint not null
);

-- A writer of an epoch that is over commits nothing more, whichever release it runs: its memory may hold what the database has lost.
alter table ledger_writer add column closed_at bigint;
create function refuse_closed_writer() returns trigger language plpgsql as $$
begin
  raise exception 'Writer % is of an epoch that is over.', new.writer_number using errcode = 'AFEP1';
end
$$;
create trigger ledger_writer_closed before update of commits on ledger_writer for each row when (old.closed_at is not null) execute function refuse_closed_writer();

-- When a session was opened again that the ledger had lost; null for all others.
alter table session add column reopened_at bigint;
