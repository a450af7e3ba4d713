-- The position up to which each writer's batches are posted to Export:Webhook, and the member that posts.
create table feed_checkpoint (
  writer_number integer primary key,
  position      integer not null
);
create table feed_turn (
  turn_number integer primary key check (turn_number = 1),
  holder      blob,
  held_until  integer not null
);
insert into feed_turn (turn_number, held_until) values (1, 0);
