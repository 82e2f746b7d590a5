namespace Atbb.Testing.Databases;

/// <summary>A server's own word for what it cannot do, said by a trigger on the posts.</summary>
public static class PostgresFault
{
    /// <summary>Says it instead of inserting.</summary>
    /// <param name="database">On PostgreSQL, and without such a fault so far.</param>
    /// <param name="state">The SQLSTATE.</param>
    /// <param name="which">Of the inserts, by their number: <c>&lt;= 3</c>, <c>% 2 = 0</c>.</param>
    public static Task<int> RaiseAsync(TestDatabase database, string state, string which) => RaiseAsync(
        database, state, which, "create trigger fault before insert on posts for each statement execute function fault()");

    /// <summary>Says it when all is done but the commit.</summary>
    /// <inheritdoc cref="RaiseAsync(TestDatabase, string, string)"/>
    public static Task<int> RaiseAtCommitAsync(TestDatabase database, string state, string which) => RaiseAsync(
        database, state, which, "create constraint trigger fault after insert on posts deferrable initially deferred for each row execute function fault()");

    /// <summary>The server can do it again.</summary>
    public static Task<int> MendAsync(TestDatabase database) => database.ExecuteAsync("drop trigger fault on posts");

    // A sequence counts on through rollbacks.
    static Task<int> RaiseAsync(TestDatabase database, string state, string which, string trigger) => database.ExecuteAsync($"""
        create sequence faults;
        create function fault() returns trigger language plpgsql as $$
        begin
            if nextval('faults') {which} then
                raise exception 'a fault' using errcode = '{state}';
            end if;
            return new;
        end $$;
        {trigger};
        """);
}
