-- Repositories that a run has left out, since its operator said so.
alter table backfill_progress add column dids_left_out integer not null default 0;
