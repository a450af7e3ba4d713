-- Collections that are served, or not, together. A row without a collection begins another shelf for all others.
create table collection_shelf (
  shelf      integer primary key,
  collection text    unique,
  from_at    bigint,
  until_at   bigint
);
-- Imported artworks, which silos read by their ids.
create index artwork_imported on artwork (artwork_id) where generator = 'import';
-- Generated ones, which pools read by theirs: without it a pool would read all that was imported after its last.
create index artwork_generated on artwork (pool, artwork_id) where generator <> 'import';
