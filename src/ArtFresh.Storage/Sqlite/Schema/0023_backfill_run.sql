-- Runs of backfill. fingerprint tells what a run reads: the same source continues a run that is not undone.
create table backfill_run (
  run_number  integer primary key,
  source      text    not null,
  fingerprint text    not null,
  started_at  integer not null,
  ended_at    integer,
  undo_at     integer,
  undone_at   integer
);

-- The first view that a run has of an artwork, and the viewed_at that the artwork had before the run.
create table backfill_view (
  run_number  integer not null,
  artwork_id  integer not null,
  viewed_at   integer not null,
  replaced_at integer,
  primary key (run_number, artwork_id)
) without rowid;
create index backfill_view_by_artwork on backfill_view (artwork_id);
