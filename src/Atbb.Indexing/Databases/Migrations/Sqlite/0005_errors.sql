-- A run that reads again what another one could not.
alter table backfill_progress add column retry_of integer;

-- Errors of one repository over all runs: a later success clears them.
create index backfill_errors_did on backfill_errors (did);
