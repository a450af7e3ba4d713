-- A trigger before an update locks the row, and writes that to the log, with every commit of every writer. One after it, whose condition is false, costs neither.
drop trigger ledger_writer_closed on ledger_writer;
create trigger ledger_writer_closed after update of commits on ledger_writer for each row when (old.closed_at is not null) execute function refuse_closed_writer();
