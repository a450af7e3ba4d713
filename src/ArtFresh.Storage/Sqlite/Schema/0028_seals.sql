-- What verify compares: the checksum of an epoch's row and of the key of erasures, and the epoch that a writer started in. Null of rows of a release without them.
alter table ledger_epoch add column checksum integer;
alter table erasure_key add column checksum integer;
alter table ledger_writer add column epoch integer;
