-- Guests who have joined an account, and accounts that an operator has joined to another. block_number is the row of the account's log that holds all that the guest had.
create table listener_alias (
  guest        text   primary key,
  account      text   not null,
  block_number bigint not null,
  joined_at    bigint not null
);
create index listener_alias_by_account on listener_alias (account, block_number);

-- The log of a guest who has joined is closed. A silo of a release that knows no joining reads the closing row as any other, and would write after it.
create function refuse_closed_log() returns trigger language plpgsql as $$
begin
  if exists (select from listener_alias where guest = new.listener_id) then
    raise exception 'The log of % is closed.', new.listener_id using errcode = 'unique_violation';
  end if;
  return new;
end
$$;
create trigger listener_block_closed before insert on listener_block for each row execute function refuse_closed_log();
