-- Guests who have joined an account, and accounts that an operator has joined to another. block_number is the row of the account's log that holds all that the guest had.
create table listener_alias (
  guest        text    primary key,
  account      text    not null,
  block_number integer not null,
  joined_at    integer not null
) without rowid;
create index listener_alias_by_account on listener_alias (account, block_number);

-- The log of a guest who has joined is closed. A release that knows no joining reads the closing row as any other, and would write after it.
create trigger listener_block_closed before insert on listener_block
when exists (select 1 from listener_alias where guest = new.listener_id)
begin
  select raise(ignore);
end;
