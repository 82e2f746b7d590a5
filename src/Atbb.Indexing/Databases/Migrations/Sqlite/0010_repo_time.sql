-- When the run that a repository's row speaks of has begun to read its pages: no repository may take a run for longer than is set.
alter table repos add column began_at text;
