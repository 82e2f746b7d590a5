-- The sign-ins of operators that have not ended. The same as on PostgreSQL.
create table sign_ins (
    id         text primary key,
    ends_at    text not null
);
