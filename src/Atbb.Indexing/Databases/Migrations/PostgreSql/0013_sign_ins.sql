-- The sign-ins of operators that have not ended. A cookie is good for as long as its row is here, on whatever silo: signed out, it is worth nothing
-- to whoever has a copy.
create table sign_ins (
    id         text collate "C" primary key,
    ends_at    timestamptz not null
);
