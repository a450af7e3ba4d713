-- Times are milliseconds since the Unix epoch, UTC. Packed values carry a version byte.

create table ledger_writer (
  writer_number bigint generated always as identity primary key,
  started_at    bigint not null,
  -- Transactions that this writer has committed: how it learns what became of one whose answer was lost.
  commits       bigint not null default 0
) with (fillfactor = 50);

create table artwork (
  artwork_id      bigint primary key,
  pool            integer          not null,
  valence         double precision not null,
  energy          double precision not null,
  generator       text             not null,
  genome          text,
  picture_hash    text,
  content_hash    text,
  perceptual_hash bigint,
  title           text             not null,
  author          text,
  source          text,
  created_at      bigint           not null,
  viewed_at       bigint,
  check (genome is not null or picture_hash is not null)
) with (fillfactor = 90);
create index artwork_by_pool on artwork (pool, artwork_id);
create unique index artwork_by_content on artwork (content_hash) where content_hash is not null;
create unique index artwork_by_picture on artwork (picture_hash) where picture_hash is not null;

create table picture (
  picture_hash text  primary key,
  bytes        bytea not null
);
alter table picture alter column bytes set storage external;

create table session (
  session_id  uuid   primary key,
  listener_id text   not null,
  release     text   not null,
  opened_at   bigint not null,
  ended_at    bigint
);

-- A session's id begins with the time of its opening: a session's rows all lie in the partition of that month, and its key can fence.
create table impression_batch (
  session_id     uuid    not null,
  batch_number   bigint  not null,
  writer_number  bigint  not null,
  position       bigint  not null,
  batch_id       uuid    not null,
  received_at    bigint  not null,
  impressions    bytea   not null,
  displayed_at   bytea,
  duplicates     integer not null,
  missing_change bigint  not null,
  report         text,
  primary key (session_id, batch_number)
) partition by range (session_id);
create index impression_batch_by_position on impression_batch (writer_number, position);

create table listener_block (
  listener_id  text    not null,
  block_number bigint  not null,
  kind         integer not null,
  session_id   uuid    not null,
  artwork_ids  bytea   not null,
  returned_ids bytea,
  logged_at    bigint  not null,
  primary key (listener_id, block_number)
);
create index listener_block_by_session on listener_block (session_id);
create index listener_block_claimed on listener_block (listener_id) where kind = 1;

create table tally_checkpoint (
  writer_number bigint primary key,
  position      bigint not null
);

create table artwork_views (
  page  bigint primary key,
  views bytea  not null
);

create table release_counter (
  release text   not null,
  hour    bigint not null,
  counter text   not null,
  amount  bigint not null,
  primary key (release, hour, counter)
);

-- Keys that sign cookies and tokens, shared by all front ends.
create table data_protection_key (
  key_name text   primary key,
  xml      text   not null,
  added_at bigint not null
);
