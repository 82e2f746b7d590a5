-- Orleans's own tables, and its queries on them, in a file beside the index: Orleans's SQLite calls block their thread and would
-- wait for the index's bulk writes. Names and types of parameters and result columns are Orleans's contract. One process needs no
-- clustering tables. Every query is one statement, or two that need no transaction: a BEGIN in a query would stay open after a busy
-- time-out, and every later write on that connection would fail.

create table OrleansQuery (
    QueryKey   text primary key,
    QueryText  text not null
);

-- Grain state -----------------------------------------------------------------------------------------------------------------------

create table OrleansStorage (
    GrainIdHash              integer not null,
    GrainIdN0                integer not null,
    GrainIdN1                integer not null,
    GrainTypeHash            integer not null,
    GrainTypeString          text not null,
    GrainIdExtensionString   text not null,         -- '' where Orleans has null, so that the key below is one
    ServiceId                text not null,
    PayloadBinary            blob,
    ModifiedOn               text not null,
    Version                  integer not null,
    constraint OrleansStorage_key unique
        (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId)
);

-- No version means a first write. A first write that finds a row, and a later one that finds no row or another version, return nothing.
insert into OrleansQuery (QueryKey, QueryText) values ('WriteToStorageKey', '
    insert into OrleansStorage
        (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, GrainIdExtensionString, ServiceId,
         PayloadBinary, ModifiedOn, Version)
    select @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, coalesce(@GrainIdExtensionString, ''''), @ServiceId,
           @PayloadBinary, current_timestamp, 1
    where cast(@GrainStateVersion as integer) is null
       or exists (
            select 1 from OrleansStorage
            where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash
              and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1
              and GrainTypeString = @GrainTypeString and GrainIdExtensionString = coalesce(@GrainIdExtensionString, '''')
              and ServiceId = @ServiceId)
    on conflict (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId) do update set
        PayloadBinary = excluded.PayloadBinary,
        ModifiedOn = excluded.ModifiedOn,
        Version = OrleansStorage.Version + 1
    where OrleansStorage.Version = cast(@GrainStateVersion as integer)
    returning Version as NewGrainStateVersion
');

insert into OrleansQuery (QueryKey, QueryText) values ('ReadFromStorageKey', '
    select PayloadBinary, Version from OrleansStorage
    where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash
      and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1
      and GrainTypeString = @GrainTypeString and GrainIdExtensionString = coalesce(@GrainIdExtensionString, '''')
      and ServiceId = @ServiceId
');

insert into OrleansQuery (QueryKey, QueryText) values ('ClearStorageKey', '
    update OrleansStorage set
        PayloadBinary = null,
        ModifiedOn = current_timestamp,
        Version = Version + 1
    where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash
      and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1
      and GrainTypeString = @GrainTypeString and GrainIdExtensionString = coalesce(@GrainIdExtensionString, '''')
      and ServiceId = @ServiceId
      and Version = cast(@GrainStateVersion as integer)
    returning Version as NewGrainStateVersion
');

insert into OrleansQuery (QueryKey, QueryText) values ('DeleteStorageKey', '
    delete from OrleansStorage
    where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash
      and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1
      and GrainTypeString = @GrainTypeString and GrainIdExtensionString = coalesce(@GrainIdExtensionString, '''')
      and ServiceId = @ServiceId
      and Version = cast(@GrainStateVersion as integer)
    returning Version + 1 as NewGrainStateVersion
');

-- Reminders -------------------------------------------------------------------------------------------------------------------------

create table OrleansRemindersTable (
    ServiceId     text not null,
    GrainId       text not null,
    ReminderName  text not null,
    StartTime     text not null,
    Period        integer not null,                  -- milliseconds
    GrainHash     integer not null,
    Version       integer not null,
    constraint OrleansRemindersTable_key primary key (ServiceId, GrainId, ReminderName)
);
create index OrleansRemindersTable_hash on OrleansRemindersTable (ServiceId, GrainHash);

insert into OrleansQuery (QueryKey, QueryText) values ('UpsertReminderRowKey', '
    insert into OrleansRemindersTable (ServiceId, GrainId, ReminderName, StartTime, Period, GrainHash, Version)
    values (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash, 0)
    on conflict (ServiceId, GrainId, ReminderName) do update set
        StartTime = excluded.StartTime,
        Period = excluded.Period,
        GrainHash = excluded.GrainHash,
        Version = OrleansRemindersTable.Version + 1
    returning Version
');

insert into OrleansQuery (QueryKey, QueryText) values ('ReadReminderRowsKey', '
    select GrainId, ReminderName, StartTime, Period, Version from OrleansRemindersTable
    where ServiceId = @ServiceId and GrainId = @GrainId
');

insert into OrleansQuery (QueryKey, QueryText) values ('ReadReminderRowKey', '
    select GrainId, ReminderName, StartTime, Period, Version from OrleansRemindersTable
    where ServiceId = @ServiceId and GrainId = @GrainId and ReminderName = @ReminderName
');

insert into OrleansQuery (QueryKey, QueryText) values ('ReadRangeRows1Key', '
    select GrainId, ReminderName, StartTime, Period, Version from OrleansRemindersTable
    where ServiceId = @ServiceId and GrainHash > @BeginHash and GrainHash <= @EndHash
');

-- The range that wraps around the end of the ring.
insert into OrleansQuery (QueryKey, QueryText) values ('ReadRangeRows2Key', '
    select GrainId, ReminderName, StartTime, Period, Version from OrleansRemindersTable
    where ServiceId = @ServiceId and (GrainHash > @BeginHash or GrainHash <= @EndHash)
');

insert into OrleansQuery (QueryKey, QueryText) values ('DeleteReminderRowKey', '
    delete from OrleansRemindersTable
    where ServiceId = @ServiceId and GrainId = @GrainId and ReminderName = @ReminderName and Version = @Version;
    select changes()
');

insert into OrleansQuery (QueryKey, QueryText) values ('DeleteReminderRowsKey', '
    delete from OrleansRemindersTable where ServiceId = @ServiceId
');
