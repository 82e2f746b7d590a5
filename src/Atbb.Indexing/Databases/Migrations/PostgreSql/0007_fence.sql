-- A silo that its cluster has taken for dead changes nothing any more.

-- Stopped for a while, or cut off from the others, it does not know that it is dead, and may wake up in the middle of a page: its work goes on
-- elsewhere by then. Every connection of a silo bears its name, as the cluster's table has it, and the table says who is dead (6). Asked
-- by the statement that writes, so that it costs no round trip, and so that there is no moment between the question and the write that a transaction
-- would not undo. A page's records and cursor are in one transaction with its row in repos.
create function refuse_dead_silo() returns trigger language plpgsql as $fence$
begin
    if exists (
        select 1 from OrleansMembershipTable m
        where m.Status = 6 and 'atbb ' || m.Address || ':' || m.Port || '@' || m.Generation = current_setting('application_name'))
    then
        raise exception 'the cluster has taken this silo (%) for dead, and its work goes on elsewhere', current_setting('application_name')
            using errcode = '55A01';
    end if;
    return null;
end
$fence$;

create trigger fence before insert or update or delete on repos for each statement execute function refuse_dead_silo();
create trigger fence before insert or update or delete on relay_listings for each statement execute function refuse_dead_silo();
create trigger fence before insert or update or delete on backfill_progress for each statement execute function refuse_dead_silo();
create trigger fence before insert or update or delete on backfill_errors for each statement execute function refuse_dead_silo();
create trigger fence before insert or update or delete on OrleansStorage for each statement execute function refuse_dead_silo();
create trigger fence before insert or update or delete on OrleansRemindersTable for each statement execute function refuse_dead_silo();
