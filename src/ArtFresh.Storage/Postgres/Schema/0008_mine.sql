-- How many of the row's repeats the client said to be on purpose; null for none. To the release before they are repeats.
alter table impression_batch add column revisits smallint;

-- A listener's sessions in the order of their opening: an id begins with the time.
create index session_by_listener on session (listener_id, session_id);

-- A listener's snapshot, to erase it: Orleans finds it by hashes.
create index orleansstorage_by_key on orleansstorage (grainidextensionstring);

-- Artworks that a listener wants to see again.
create table kept_artwork (
  listener_id text   not null,
  artwork_id  bigint not null,
  kept_at     bigint not null,
  primary key (listener_id, artwork_id)
);
create index kept_artwork_by_time on kept_artwork (listener_id, kept_at, artwork_id);

-- The key of the hashes by which erased listeners are known: 244 random bits.
create table erasure_key (
  key_number integer primary key check (key_number = 1),
  secret     bytea   not null
);
insert into erasure_key (key_number, secret) values (1, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

-- Erasures. The listener is named until it is done; afterwards the keyed hash of the id alone proves it.
create table erasure (
  erasure_id  bigint generated always as identity primary key,
  proof       bytea  not null unique,
  listener_id text,
  asked_at    bigint not null,
  done_at     bigint,
  row_count   bigint not null
);
create index erasure_due on erasure (erasure_id) where done_at is null;

-- Writers' positions whose batches were erased: a writer's positions have no gaps but these.
create table erased_batch (
  writer_number bigint not null,
  position      bigint not null,
  primary key (writer_number, position)
);
