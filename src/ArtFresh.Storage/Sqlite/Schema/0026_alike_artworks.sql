-- Artworks with pictures that look alike. Silos read them in the order of their changes; a row becomes visible with its artwork.
create table alike_artwork (
  change     integer primary key,
  artwork_id integer not null,
  -- One that was entered before it.
  earlier_id integer not null,
  unique (artwork_id, earlier_id)
);
-- Artworks with pictures of their own, with which new ones are compared.
create index artwork_pictured on artwork (artwork_id) where genome is null;
