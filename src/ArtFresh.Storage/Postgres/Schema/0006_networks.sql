-- The daily hash of the network that a batch came from, 1 to 1,024; the key is never stored.
alter table impression_batch add column network smallint;

-- What the networks of a release claimed in a minute, packed, for a few hours: no network weighs more than its share.
create table release_network (
  minute  bigint not null,
  release text    not null,
  counts  bytea   not null,
  primary key (minute, release)
);

-- Releases that an operator or a quorum of networks has vouched for; all others are counted as one.
create table release_known (
  release  text    primary key,
  known_at bigint not null
);
insert into release_known (release, known_at) select release, changed_at from release_policy on conflict do nothing;

-- News of releases for the webhook, until it has taken them.
create table release_notice (
  notice   text   primary key,
  at       bigint not null,
  news     text   not null,
  tries    integer not null,
  next_at  bigint not null,
  ended_at bigint
);
create index release_notice_due on release_notice (next_at) where ended_at is null;
