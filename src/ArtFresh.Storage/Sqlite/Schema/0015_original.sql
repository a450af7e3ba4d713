-- SHA-256 of the file that an images API sent, where it has Content Credentials and is stored as it came.
alter table artwork add column original_hash text;
