-- Runs of backfill. fingerprint tells what a run reads: the same source continues a run that is not undone.
create table backfill_run (
  run_number  bigint primary key,
  source      text   not null,
  fingerprint text   not null,
  started_at  bigint not null,
  ended_at    bigint,
  undo_at     bigint,
  undone_at   bigint
);

-- The first view that a run has of an artwork, and the viewed_at that the artwork had before the run.
create table backfill_view (
  run_number  bigint not null,
  artwork_id  bigint not null,
  viewed_at   bigint not null,
  replaced_at bigint,
  primary key (run_number, artwork_id)
);
create index backfill_view_by_artwork on backfill_view (artwork_id);
