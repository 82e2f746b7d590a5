-- Orleans's own tables, and its queries on them. Names and types of parameters and result columns are Orleans's contract.

create table OrleansQuery (
    QueryKey   varchar(64) primary key,
    QueryText  text not null
);

-- Grain state -----------------------------------------------------------------------------------------------------------------------

create table OrleansStorage (
    GrainIdHash              integer not null,
    GrainIdN0                bigint not null,
    GrainIdN1                bigint not null,
    GrainTypeHash            integer not null,
    GrainTypeString          text not null,
    GrainIdExtensionString   text not null,         -- '' where Orleans has null, so that the key below is one
    ServiceId                text not null,
    PayloadBinary            bytea,
    ModifiedOn               timestamptz not null,
    Version                  integer not null,
    constraint OrleansStorage_key unique
        (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId)
);

-- No version means a first write. A first write that finds a row, and a later one that finds no row or another version, return nothing.
insert into OrleansQuery (QueryKey, QueryText) values ('WriteToStorageKey', $query$
    insert into OrleansStorage
        (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, GrainIdExtensionString, ServiceId,
         PayloadBinary, ModifiedOn, Version)
    select @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, coalesce(@GrainIdExtensionString, ''), @ServiceId,
           cast(@PayloadBinary as bytea), current_timestamp, 1
    where cast(@GrainStateVersion as integer) is null
       or exists (
            select 1 from OrleansStorage
            where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash
              and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1
              and GrainTypeString = @GrainTypeString and GrainIdExtensionString = coalesce(@GrainIdExtensionString, '')
              and ServiceId = @ServiceId)
    on conflict (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId) do update set
        PayloadBinary = excluded.PayloadBinary,
        ModifiedOn = excluded.ModifiedOn,
        Version = OrleansStorage.Version + 1
    where OrleansStorage.Version = cast(@GrainStateVersion as integer)
    returning Version as NewGrainStateVersion
$query$);

insert into OrleansQuery (QueryKey, QueryText) values ('ReadFromStorageKey', $query$
    select PayloadBinary, Version from OrleansStorage
    where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash
      and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1
      and GrainTypeString = @GrainTypeString and GrainIdExtensionString = coalesce(@GrainIdExtensionString, '')
      and ServiceId = @ServiceId
$query$);

insert into OrleansQuery (QueryKey, QueryText) values ('ClearStorageKey', $query$
    update OrleansStorage set
        PayloadBinary = null,
        ModifiedOn = current_timestamp,
        Version = Version + 1
    where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash
      and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1
      and GrainTypeString = @GrainTypeString and GrainIdExtensionString = coalesce(@GrainIdExtensionString, '')
      and ServiceId = @ServiceId
      and Version = cast(@GrainStateVersion as integer)
    returning Version as NewGrainStateVersion
$query$);

insert into OrleansQuery (QueryKey, QueryText) values ('DeleteStorageKey', $query$
    delete from OrleansStorage
    where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash
      and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1
      and GrainTypeString = @GrainTypeString and GrainIdExtensionString = coalesce(@GrainIdExtensionString, '')
      and ServiceId = @ServiceId
      and Version = cast(@GrainStateVersion as integer)
    returning Version + 1 as NewGrainStateVersion
$query$);

-- Reminders -------------------------------------------------------------------------------------------------------------------------

create table OrleansRemindersTable (
    ServiceId     text not null,
    GrainId       text not null,
    ReminderName  text not null,
    StartTime     timestamptz not null,
    Period        bigint not null,                  -- milliseconds
    GrainHash     integer not null,
    Version       integer not null,
    constraint OrleansRemindersTable_key primary key (ServiceId, GrainId, ReminderName)
);
create index OrleansRemindersTable_hash on OrleansRemindersTable (ServiceId, GrainHash);

insert into OrleansQuery (QueryKey, QueryText) values ('UpsertReminderRowKey', $query$
    insert into OrleansRemindersTable (ServiceId, GrainId, ReminderName, StartTime, Period, GrainHash, Version)
    values (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash, 0)
    on conflict (ServiceId, GrainId, ReminderName) do update set
        StartTime = excluded.StartTime,
        Period = excluded.Period,
        GrainHash = excluded.GrainHash,
        Version = OrleansRemindersTable.Version + 1
    returning Version
$query$);

insert into OrleansQuery (QueryKey, QueryText) values ('ReadReminderRowsKey', $query$
    select GrainId, ReminderName, StartTime, Period, Version from OrleansRemindersTable
    where ServiceId = @ServiceId and GrainId = @GrainId
$query$);

insert into OrleansQuery (QueryKey, QueryText) values ('ReadReminderRowKey', $query$
    select GrainId, ReminderName, StartTime, Period, Version from OrleansRemindersTable
    where ServiceId = @ServiceId and GrainId = @GrainId and ReminderName = @ReminderName
$query$);

insert into OrleansQuery (QueryKey, QueryText) values ('ReadRangeRows1Key', $query$
    select GrainId, ReminderName, StartTime, Period, Version from OrleansRemindersTable
    where ServiceId = @ServiceId and GrainHash > @BeginHash and GrainHash <= @EndHash
$query$);

-- The range that wraps around the end of the ring.
insert into OrleansQuery (QueryKey, QueryText) values ('ReadRangeRows2Key', $query$
    select GrainId, ReminderName, StartTime, Period, Version from OrleansRemindersTable
    where ServiceId = @ServiceId and (GrainHash > @BeginHash or GrainHash <= @EndHash)
$query$);

insert into OrleansQuery (QueryKey, QueryText) values ('DeleteReminderRowKey', $query$
    with removed as (
        delete from OrleansRemindersTable
        where ServiceId = @ServiceId and GrainId = @GrainId and ReminderName = @ReminderName and Version = @Version
        returning 1)
    select cast(count(*) as integer) from removed
$query$);

insert into OrleansQuery (QueryKey, QueryText) values ('DeleteReminderRowsKey', $query$
    delete from OrleansRemindersTable where ServiceId = @ServiceId
$query$);

-- Clustering ------------------------------------------------------------------------------------------------------------------------

create table OrleansMembershipVersionTable (
    DeploymentId  text primary key,
    Timestamp     timestamptz not null default now(),
    Version       integer not null default 0
);

create table OrleansMembershipTable (
    DeploymentId  text not null,
    Address       text not null,
    Port          integer not null,
    Generation    integer not null,
    SiloName      text not null,
    HostName      text not null,
    Status        integer not null,                 -- 3: active
    ProxyPort     integer,
    SuspectTimes  text,
    StartTime     timestamptz not null,
    IAmAliveTime  timestamptz not null,
    constraint OrleansMembershipTable_key primary key (DeploymentId, Address, Port, Generation)
);

insert into OrleansQuery (QueryKey, QueryText) values ('InsertMembershipVersionKey', $query$
    with added as (
        insert into OrleansMembershipVersionTable (DeploymentId) values (@DeploymentId)
        on conflict (DeploymentId) do nothing
        returning 1)
    select cast(count(*) as integer) from added
$query$);

-- The table's version first: its row lock makes a concurrent writer wait, find another version and do nothing, so that the silo and
-- the version are written both or neither.
insert into OrleansQuery (QueryKey, QueryText) values ('InsertMembershipKey', $query$
    with raised as (
        update OrleansMembershipVersionTable set
            Timestamp = now(),
            Version = Version + 1
        where DeploymentId = @DeploymentId and Version = @Version
          and not exists (
            select 1 from OrleansMembershipTable m
            where m.DeploymentId = @DeploymentId and m.Address = @Address and m.Port = @Port and m.Generation = @Generation)
        returning 1),
    added as (
        insert into OrleansMembershipTable
            (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
        select @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
        from raised
        returning 1)
    select cast(count(*) as integer) from added
$query$);

insert into OrleansQuery (QueryKey, QueryText) values ('UpdateMembershipKey', $query$
    with raised as (
        update OrleansMembershipVersionTable set
            Timestamp = now(),
            Version = Version + 1
        where DeploymentId = @DeploymentId and Version = @Version
          and exists (
            select 1 from OrleansMembershipTable m
            where m.DeploymentId = @DeploymentId and m.Address = @Address and m.Port = @Port and m.Generation = @Generation)
        returning 1),
    changed as (
        update OrleansMembershipTable set
            Status = @Status,
            SuspectTimes = @SuspectTimes,
            IAmAliveTime = @IAmAliveTime
        from raised
        where DeploymentId = @DeploymentId and Address = @Address and Port = @Port and Generation = @Generation
        returning 1)
    select cast(count(*) as integer) from changed
$query$);

-- The misspelt key is Orleans's.
insert into OrleansQuery (QueryKey, QueryText) values ('UpdateIAmAlivetimeKey', $query$
    update OrleansMembershipTable set IAmAliveTime = @IAmAliveTime
    where DeploymentId = @DeploymentId and Address = @Address and Port = @Port and Generation = @Generation
$query$);

insert into OrleansQuery (QueryKey, QueryText) values ('MembershipReadRowKey', $query$
    select v.DeploymentId, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime,
           m.IAmAliveTime, v.Version
    from OrleansMembershipVersionTable v
    left join OrleansMembershipTable m
        on m.DeploymentId = v.DeploymentId and m.Address = @Address and m.Port = @Port and m.Generation = @Generation
    where v.DeploymentId = @DeploymentId
$query$);

insert into OrleansQuery (QueryKey, QueryText) values ('MembershipReadAllKey', $query$
    select v.DeploymentId, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime,
           m.IAmAliveTime, v.Version
    from OrleansMembershipVersionTable v
    left join OrleansMembershipTable m on m.DeploymentId = v.DeploymentId
    where v.DeploymentId = @DeploymentId
$query$);

insert into OrleansQuery (QueryKey, QueryText) values ('GatewaysQueryKey', $query$
    select Address, ProxyPort, Generation from OrleansMembershipTable
    where DeploymentId = @DeploymentId and Status = @Status and ProxyPort > 0
$query$);

-- One statement, so that no silo is ever seen without the table's version or the other way round.
insert into OrleansQuery (QueryKey, QueryText) values ('DeleteMembershipTableEntriesKey', $query$
    with silos as (
        delete from OrleansMembershipTable where DeploymentId = @DeploymentId)
    delete from OrleansMembershipVersionTable where DeploymentId = @DeploymentId
$query$);

insert into OrleansQuery (QueryKey, QueryText) values ('CleanupDefunctSiloEntriesKey', $query$
    delete from OrleansMembershipTable
    where DeploymentId = @DeploymentId and IAmAliveTime < @IAmAliveTime and Status <> 3
$query$);
