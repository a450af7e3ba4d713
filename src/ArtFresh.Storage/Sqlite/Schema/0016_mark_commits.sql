-- Transactions of the ledger, counted in the file of the mark too, so that a copy from between two marks is told from this file.
alter table side_mark add column commits integer not null default 0;
