-- Whose run it is: another forum's process must neither close a run that it does not know, nor begin one beside it.
alter table backfill_progress add column forum_did text;
