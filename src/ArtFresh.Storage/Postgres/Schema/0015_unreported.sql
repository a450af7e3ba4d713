-- What the client of an ended session said: the largest number that it had given an impression (null if it did not say), and by how much that changes the count of the missing ones.
alter table session add column last_number bigint;
alter table session add column end_missing bigint;
create index session_by_end_missing on session (session_id) where end_missing <> 0;

-- Artworks that sessions were given to show, and of those the ones given back and the ones that cannot have been shown, by the hour in which the sessions were opened. Each
-- writer counts in rows of its own, in the transaction of the blocks, so that none waits for another.
create table session_art (
  release       text   not null,
  hour          bigint not null,
  writer_number bigint not null,
  set_aside     bigint not null,
  given_back    bigint not null,
  unserved      bigint not null,
  primary key (release, hour, writer_number)
) with (fillfactor = 50);
create index session_art_by_hour on session_art (hour);
