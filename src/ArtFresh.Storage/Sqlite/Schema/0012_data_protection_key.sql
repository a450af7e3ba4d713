-- Keys that sign cookies and tokens. The release before keeps them in files alone, where this one keeps a copy of each.
create table data_protection_key (
  key_name text    primary key,
  xml      text    not null,
  added_at integer not null
) without rowid;
