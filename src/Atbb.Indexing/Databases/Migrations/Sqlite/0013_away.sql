-- Accounts that are switched off, by DID: a catch-up asks after those that the index has no user of, too.
create index repos_away on repos (did) where status in ('deactivated', 'takendown', 'suspended');
