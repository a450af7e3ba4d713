-- Claims after a row of the log, whose session reads them: by number too, so that the claims before it are not read.
create index listener_block_claims on listener_block (listener_id, block_number) where kind = 1;
drop index listener_block_claimed;
