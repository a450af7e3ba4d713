-- How many of the row's repeats the client said to be on purpose; null for none. To the release before they are repeats.
alter table impression_batch add column revisits integer;

-- A listener's sessions in the order of their opening: an id begins with the time.
create index session_by_listener on session (listener_id, session_id);

-- Artworks that a listener wants to see again.
create table kept_artwork (
  listener_id text    not null,
  artwork_id  integer not null,
  kept_at     integer not null,
  primary key (listener_id, artwork_id)
) without rowid;
create index kept_artwork_by_time on kept_artwork (listener_id, kept_at, artwork_id);

-- The key of the hashes by which erased listeners are known.
create table erasure_key (
  key_number integer primary key check (key_number = 1),
  secret     blob    not null
);
insert into erasure_key (key_number, secret) values (1, randomblob(32));

-- Erasures. The listener is named until it is done; afterwards the keyed hash of the id alone proves it.
create table erasure (
  erasure_id  integer primary key,
  proof       blob    not null unique,
  listener_id text,
  asked_at    integer not null,
  done_at     integer,
  row_count   integer not null
);
create index erasure_due on erasure (erasure_id) where done_at is null;

-- Writers' positions whose batches were erased: a writer's positions have no gaps but these.
create table erased_batch (
  writer_number integer not null,
  position      integer not null,
  primary key (writer_number, position)
) without rowid;
