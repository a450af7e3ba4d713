-- The files that have been this ledger, each since it was found. floor is the last artwork of the copy; identity is not used.
create table ledger_epoch (
  epoch        integer primary key,
  floor        integer not null,
  lost_nothing integer not null,
  found_at     integer not null,
  reason       text    not null,
  identity     text,
  -- When the copy's last session was opened.
  copied_at    integer not null
);

-- The last mark, which lies in a file beside this one too, and what tells that file from a copy of it.
create table side_mark (
  side_mark integer primary key check (side_mark = 1),
  mark      integer not null,
  identity  text
);
insert into side_mark (side_mark, mark) values (1, 0);

-- When a session was opened again that the ledger had lost; null for all others.
alter table session add column reopened_at integer;
