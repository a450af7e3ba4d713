-- What operators did to artworks last. A row stays when an artwork is put back, so that silos read that too. untold_at is when caches outside are to be told.
create table withdrawal (
  artwork_id bigint  not null primary key,
  change     bigint  not null,
  withdrawn  bigint  not null,
  changed_at bigint  not null,
  reason     text    not null,
  untold_at  bigint
);
create unique index withdrawal_by_change on withdrawal (change);
create index withdrawal_untold on withdrawal (untold_at) where untold_at is not null;
-- One row: whoever updates it mints changes alone until the end of the transaction.
create table withdrawal_turn (turn bigint not null);
insert into withdrawal_turn (turn) values (0);
