-- Times are milliseconds since the Unix epoch, UTC. Packed values carry a version byte.

create table ledger_writer (
  writer_number integer primary key,
  started_at    integer not null
);

create table artwork (
  artwork_id      integer primary key,
  pool            integer not null,
  valence         real    not null,
  energy          real    not null,
  generator       text    not null,
  genome          text,
  picture_hash    text,
  content_hash    text,
  perceptual_hash integer,
  title           text    not null,
  author          text,
  source          text,
  created_at      integer not null,
  viewed_at       integer,
  check (genome is not null or picture_hash is not null)
);
create index artwork_by_pool on artwork (pool, artwork_id);
create unique index artwork_by_content on artwork (content_hash) where content_hash is not null;
create unique index artwork_by_picture on artwork (picture_hash) where picture_hash is not null;

create table session (
  session_id  blob    primary key,
  listener_id text    not null,
  release     text    not null,
  opened_at   integer not null,
  ended_at    integer
) without rowid;

create table impression_batch (
  session_id     blob    not null,
  batch_number   integer not null,
  writer_number  integer not null,
  position       integer not null,
  batch_id       blob    not null,
  received_at    integer not null,
  impressions    blob    not null,
  displayed_at   blob,
  duplicates     integer not null,
  missing_change integer not null,
  report         text,
  primary key (session_id, batch_number)
) without rowid;
create unique index impression_batch_by_position on impression_batch (writer_number, position);

create table listener_block (
  listener_id  text    not null,
  block_number integer not null,
  kind         integer not null,
  session_id   blob    not null,
  artwork_ids  blob    not null,
  returned_ids blob,
  logged_at    integer not null,
  primary key (listener_id, block_number)
) without rowid;
create index listener_block_by_session on listener_block (session_id);
create index listener_block_claimed on listener_block (listener_id) where kind = 1;

create table grain_state (
  state_name text    not null,
  grain_key  text    not null,
  version    integer not null,
  payload    blob,
  saved_at   integer not null,
  primary key (state_name, grain_key)
) without rowid;

create table tally_checkpoint (
  writer_number integer primary key,
  position      integer not null
);

create table artwork_views (
  page  integer primary key,
  views blob not null
);

create table release_counter (
  release text    not null,
  hour    integer not null,
  counter text    not null,
  amount  integer not null,
  primary key (release, hour, counter)
) without rowid;
