-- Listeners to whose log a command has written while sessions served from blocks set aside before. A silo takes the rest of those blocks away, and deletes the row.
create table block_ending (
  listener_id  text    primary key,
  block_number integer not null
) without rowid;
