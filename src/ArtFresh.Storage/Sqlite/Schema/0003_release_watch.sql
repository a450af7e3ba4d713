-- How a release's impressions are to leave its clients, where somebody or a trigger has said so; without a row, in batches.
create table release_policy (
  release    text    primary key,
  delivery   text    not null check (delivery in ('batch', 'single')),
  changed_at integer not null
);

-- A release's failures, each written once, with its evidence (JSON). A new one begins when the one before is over.
create table release_failure (
  release      text    not null,
  episode      integer not null,
  failed_at    integer not null,
  evidence     text    not null,
  action       text,
  recovered_at integer,
  primary key (release, episode)
) without rowid;

-- What operators and triggers did.
create table operator_audit (
  audit_id integer primary key,
  at       integer not null,
  actor    text    not null,
  what     text    not null,
  release  text,
  detail   text    not null
);

-- The counters of release_counter by the minute, for a few hours: what the release watch judges.
create table release_minute (
  minute  integer not null,
  release text    not null,
  counter text    not null,
  amount  integer not null,
  primary key (minute, release, counter)
) without rowid;

-- What the arrival of a batch adds to the key figures, packed; null of rows of a release that kept none.
alter table impression_batch add column account integer;

-- The few batches that opened a gap in their session's numbers, or filled one.
create index impression_batch_by_gap on impression_batch (session_id, missing_change) where missing_change <> 0;
