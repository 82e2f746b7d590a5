-- How often an account has moved in the run that last_run_id names: one that goes on moving would keep that run from its end.
alter table repos add column moves integer not null default 0;
