-- The index. Names are those the atBB AppView knows.
--
-- The same tables as on PostgreSQL. Times are text, ISO 8601 in UTC with six decimals, so that they sort as text; JSON is text.
-- Ids are never given out twice (autoincrement): an AppView may hold one.
--
-- References (*_uri with *_id) are no foreign keys: records arrive in any order, so a reply may stand here before its topic. A reference
-- waits with its id null; the *_waiting indexes hold exactly those rows.

create table users (
    did         text primary key,
    handle      text,                               -- by the DID document; not verified
    status      text not null default 'active',
    indexed_at  text not null
);

create table forums (
    id           integer primary key autoincrement,
    did          text not null,
    rkey         text not null,
    cid          text not null,
    record       text not null,
    created_at   text not null,
    indexed_at   text not null,
    name         text not null,
    description  text,
    constraint forums_did_rkey unique (did, rkey)
);

create table categories (
    id           integer primary key autoincrement,
    did          text not null,
    rkey         text not null,
    cid          text not null,
    record       text not null,
    created_at   text not null,
    indexed_at   text not null,
    name         text not null,
    description  text,
    slug         text,
    sort_order   integer,
    forum_uri    text,
    forum_id     integer,
    constraint categories_did_rkey unique (did, rkey)
);
create index categories_forum on categories (forum_id);
create index categories_forum_waiting on categories (forum_uri) where forum_id is null and forum_uri is not null;

create table boards (
    id            integer primary key autoincrement,
    did           text not null,
    rkey          text not null,
    cid           text not null,
    record        text not null,
    created_at    text not null,
    indexed_at    text not null,
    name          text not null,
    description   text,
    slug          text,
    sort_order    integer,
    category_uri  text,
    category_id   integer,
    constraint boards_did_rkey unique (did, rkey)
);
create index boards_category on boards (category_id);
create index boards_category_waiting on boards (category_uri) where category_id is null and category_uri is not null;

create table roles (
    id           integer primary key autoincrement,
    did          text not null,
    rkey         text not null,
    cid          text not null,
    record       text not null,
    created_at   text not null,
    indexed_at   text not null,
    name         text not null,
    description  text,
    permissions  text not null default '[]',       -- an array of strings
    priority     integer,
    constraint roles_did_rkey unique (did, rkey)
);

create table mod_actions (
    id                integer primary key autoincrement,
    did               text not null,
    rkey              text not null,
    cid               text not null,
    record            text not null,
    created_at        text not null,
    indexed_at        text not null,
    action            text not null,
    subject_did       text,
    subject_post_uri  text,
    subject_post_id   integer,
    reason            text,
    created_by        text,
    expires_at        text,
    constraint mod_actions_did_rkey unique (did, rkey)
);
create index mod_actions_subject_did on mod_actions (subject_did);
create index mod_actions_subject_post on mod_actions (subject_post_id) where subject_post_id is not null;
create index mod_actions_subject_post_waiting on mod_actions (subject_post_uri)
    where subject_post_id is null and subject_post_uri is not null;

create table memberships (
    id          integer primary key autoincrement,
    did         text not null,
    rkey        text not null,
    cid         text not null,
    record      text not null,
    created_at  text not null,
    indexed_at  text not null,
    forum_uri   text not null,
    forum_id    integer,
    role_uri    text,
    role_id     integer,
    joined_at   text,
    constraint memberships_did_rkey unique (did, rkey)
);
create index memberships_forum on memberships (forum_id);
create index memberships_role on memberships (role_id) where role_id is not null;
create index memberships_forum_waiting on memberships (forum_uri) where forum_id is null and forum_uri is not null;
create index memberships_role_waiting on memberships (role_uri) where role_id is null and role_uri is not null;

create table posts (
    id              integer primary key autoincrement,
    did             text not null,
    rkey            text not null,
    cid             text not null,
    record          text not null,
    created_at      text not null,
    indexed_at      text not null,
    title           text,
    text            text not null,
    forum_uri       text,
    forum_id        integer,
    board_uri       text,
    board_id        integer,
    root_uri        text,
    root_post_id    integer,
    parent_uri      text,
    parent_post_id  integer,
    deleted         integer not null default 0, -- the AppView's own mark; never written here
    constraint posts_did_rkey unique (did, rkey)
);
create index posts_board on posts (board_id, created_at) where board_id is not null;
create index posts_root on posts (root_post_id) where root_post_id is not null;
create index posts_parent on posts (parent_post_id) where parent_post_id is not null;
create index posts_forum_waiting on posts (forum_uri) where forum_id is null and forum_uri is not null;
create index posts_board_waiting on posts (board_uri) where board_id is null and board_uri is not null;
create index posts_root_waiting on posts (root_uri) where root_post_id is null and root_uri is not null;
create index posts_parent_waiting on posts (parent_uri) where parent_post_id is null and parent_uri is not null;

create table firehose_cursor (
    service     text primary key,
    cursor      integer not null,                    -- Unix microseconds
    updated_at  text not null
);

-- One row per repository.
create table repos (
    did                text primary key,
    pds                text,
    handle             text,
    identity_at        text,
    rev                text,
    status             text not null,
    last_run_id        integer,
    phase              integer not null default 0,
    is_settled         integer not null default 0,
    records_indexed    integer not null default 0,
    records_updated    integer not null default 0,
    records_unchanged  integer not null default 0,
    records_deleted    integer not null default 0,
    records_failed     integer not null default 0,
    requests           integer not null default 0,
    bytes              integer not null default 0,
    attempts           integer not null default 0,
    retry_after        text,
    last_error         text,
    synced_at          text,
    version            integer not null,
    updated_at         text not null
);

create table repo_cursors (
    did            text not null,
    collection     text not null,
    run_id         integer not null,
    cursor         text,
    last_rkey      text,
    listing_order  text not null,
    is_complete    integer not null,
    rev            text,
    primary key (did, collection)
);

create table backfill_progress (
    id                  integer primary key autoincrement,
    status              text not null,
    backfill_type       text not null,
    phase               integer not null default 0,
    last_processed_did  text,
    dids_total          integer not null default 0,
    dids_processed      integer not null default 0,
    dids_deferred       integer not null default 0,
    records_indexed     integer not null default 0,
    records_updated     integer not null default 0,
    records_unchanged   integer not null default 0,
    records_deleted     integer not null default 0,
    records_failed      integer not null default 0,
    requests            integer not null default 0,
    bytes               integer not null default 0,
    started_at          text not null,
    updated_at          text not null,
    completed_at        text,
    error_message       text
);

-- collection and uri are '' for a failure of a whole repository: null would never equal null in the unique key, and every
-- repetition would add a row instead of an attempt.
create table backfill_errors (
    id             integer primary key autoincrement,
    backfill_id    integer not null,
    did            text not null,
    collection     text not null default '',
    uri            text not null default '',
    cid            text,
    kind           text not null,
    error_message  text not null,
    attempts       integer not null default 1,
    created_at     text not null,
    updated_at     text not null,
    constraint backfill_errors_once unique (backfill_id, did, collection, uri)
);
create index backfill_errors_run on backfill_errors (backfill_id, id);
