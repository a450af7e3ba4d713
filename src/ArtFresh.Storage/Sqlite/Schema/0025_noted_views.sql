-- Views that a tally has added up and that artwork_views does not count yet: its pages are rewritten once for many tallies. A release before this one adds its tallies' views to the pages itself.
create table noted_views (
  writer_number integer not null,
  position      integer not null,
  -- The earliest of the views.
  noted_at      integer not null,
  -- How many pages of artwork_views they touch.
  pages         integer not null,
  views         blob not null,
  primary key (writer_number, position)
);
