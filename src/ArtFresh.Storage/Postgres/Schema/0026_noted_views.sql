-- Views that a tally has added up and that artwork_views does not count yet: its pages are rewritten once for many tallies. A release before this one adds its tallies' views to the pages itself.
create table noted_views (
  writer_number bigint not null,
  position      bigint not null,
  -- The earliest of the views.
  noted_at      bigint not null,
  -- How many pages of artwork_views they touch.
  pages         bigint not null,
  views         bytea not null,
  primary key (writer_number, position)
);
-- As they are: compression costs more than it saves.
alter table noted_views alter column views set storage external;
