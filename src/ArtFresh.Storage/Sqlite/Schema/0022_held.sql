-- Pictures that wait until an operator has looked at them. They are no artworks: what is approved is entered as one, and its row goes. What is refused stays, and bars its like.
create table held_picture (
  held_id             integer          primary key autoincrement,
  state               integer          not null default 0,
  pool                integer          not null,
  valence             real             not null,
  energy              real             not null,
  generator           text             not null,
  picture_hash        text             not null unique,
  content_hash        text             not null unique,
  perceptual_hash     bigint,
  title               text             not null,
  author              text,
  source              text,
  licence             text,
  collection          text,
  digital_source_type text,
  original_hash       text,
  held_at             bigint           not null
);
create index held_picture_by_state on held_picture (state, held_id);
-- Whether what is imported into a collection waits for an operator.
alter table collection_shelf add column held integer not null default 0;
