-- Artworks with pictures that look alike. Silos read them in the order of their changes; a row becomes visible with its artwork.
create table alike_artwork (
  change     bigint primary key,
  artwork_id bigint not null,
  -- One that was entered before it.
  earlier_id bigint not null,
  unique (artwork_id, earlier_id)
);
-- Artworks with pictures of their own, with which new ones are compared.
create index artwork_pictured on artwork (artwork_id) where genome is null;
