-- Repositories that a run finds on its way.

-- Which run found a repository, and in which of its rounds it reads it. Round 0 of a run is everything it knew when it began: whatever it finds
-- later has a round of its own, since a DID may lie below where the reading has come to. Null: listed, or seen before there were rounds.
alter table repos
    add column found_by_run   bigint,
    add column found_in_round integer;
create index repos_found on repos (found_by_run, found_in_round, did) where found_by_run is not null;

-- One row per relay and collection: how far the run has read that listing. Written with the repositories of its page in one transaction.
create table relay_listings (
    relay         text collate "C" not null,
    collection    text collate "C" not null,
    run_id        bigint not null,
    status        text not null,                    -- in_progress, completed, given_up
    cursor        text,
    dids_listed   bigint not null default 0,
    dids_found    bigint not null default 0,        -- of these, such as nobody knew
    dids_skipped  bigint not null default 0,        -- no valid DIDs
    requests      bigint not null default 0,
    bytes         bigint not null default 0,
    last_error    text,
    updated_at    timestamptz not null,
    primary key (relay, collection)
);
