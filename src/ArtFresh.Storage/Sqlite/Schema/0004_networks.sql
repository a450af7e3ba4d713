-- The daily hash of the network that a batch came from, 1 to 1,024; the key is never stored.
alter table impression_batch add column network integer;

-- What the networks of a release claimed in a minute, packed, for a few hours: no network weighs more than its share.
create table release_network (
  minute  integer not null,
  release text    not null,
  counts  blob    not null,
  primary key (minute, release)
) without rowid;

-- Releases that an operator or a quorum of networks has vouched for; all others are counted as one.
create table release_known (
  release  text    primary key,
  known_at integer not null
);
insert into release_known (release, known_at) select release, changed_at from release_policy where true on conflict do nothing;

-- News of releases for the webhook, until it has taken them.
create table release_notice (
  notice   text   primary key,
  at       integer not null,
  news     text   not null,
  tries    integer not null,
  next_at  integer not null,
  ended_at integer
);
create index release_notice_due on release_notice (next_at) where ended_at is null;
