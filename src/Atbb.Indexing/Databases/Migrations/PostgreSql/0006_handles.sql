-- Repositories by handle: handles are host names, and those know no case.
create index repos_handle on repos (lower(handle)) where handle is not null;
