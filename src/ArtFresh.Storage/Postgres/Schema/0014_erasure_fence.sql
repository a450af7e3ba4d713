-- Called last in a transaction that names listeners, by the keyed hashes of their ids: what an activation still writes while its listener is erased is refused as a whole.
create function refuse_erased(proofs bytea[]) returns void language plpgsql as $$
begin
  if exists (select from erasure where proof = any (proofs)) then
    raise exception 'A listener is erased.' using errcode = 'unique_violation';
  end if;
end
$$;

-- Orleans writes a listener's snapshot. One of a listener without a log is of an activation that has outlived the listener.
create function refuse_snapshot_without_log() returns trigger language plpgsql as $$
begin
  if not exists (select from listener_block where listener_id = new.grainidextensionstring) then
    raise exception 'A listener without a log has no snapshot.' using errcode = 'foreign_key_violation';
  end if;
  return null;
end
$$;
create trigger orleansstorage_of_listener after insert on orleansstorage
for each row when (new.graintypestring = 'listener') execute function refuse_snapshot_without_log();

-- As before, but names nobody: PostgreSQL logs the message.
create or replace function refuse_closed_log() returns trigger language plpgsql as $$
begin
  if exists (select from listener_alias where guest = new.listener_id) then
    raise exception 'The log is closed.' using errcode = 'unique_violation';
  end if;
  return new;
end
$$;
