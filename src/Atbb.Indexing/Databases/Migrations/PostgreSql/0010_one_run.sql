-- Of runs that are unfinished there is one, whoever starts it: two forums that are started at the same instant both see none and both begin. Of those
-- that an earlier release let in, the newest stays.
update backfill_progress set
    status = 'failed',
    error_message = 'Another run on this database was unfinished at the same time, and runs go one at a time. What this one had read is in the index; start it again.',
    completed_at = updated_at
where status in ('in_progress', 'paused')
  and id < (select max(id) from backfill_progress where status in ('in_progress', 'paused'));

create unique index backfill_one_unfinished on backfill_progress ((true)) where status in ('in_progress', 'paused');
