-- What Orleans' ADO.NET providers keep here: membership, whole states of grains, reminders. They look up their statements in orleansquery by key;
-- tables, columns and parameters have the names that those providers expect.

create table orleansquery (
  querykey  varchar(64)   primary key,
  querytext varchar(8000) not null
);

create table orleansmembershipversiontable (
  deploymentid varchar(150)   primary key,
  timestamp    timestamptz(3) not null default now(),
  version      integer        not null default 0
);

create table orleansmembershiptable (
  deploymentid varchar(150)   not null references orleansmembershipversiontable,
  address      varchar(45)    not null,
  port         integer        not null,
  generation   integer        not null,
  siloname     varchar(150)   not null,
  hostname     varchar(150)   not null,
  status       integer        not null,
  proxyport    integer,
  suspecttimes varchar(8000),
  starttime    timestamptz(3) not null,
  iamalivetime timestamptz(3) not null,
  primary key (deploymentid, address, port, generation)
);

create table orleansstorage (
  grainidhash           integer      not null,
  grainidn0             bigint       not null,
  grainidn1             bigint       not null,
  graintypehash         integer      not null,
  graintypestring       varchar(512) not null,
  grainidextensionstring varchar(512),
  serviceid             varchar(150) not null,
  payloadbinary         bytea,
  modifiedon            timestamptz  not null,
  version               integer      not null
);
-- Two activations that write a state for the first time at once: the key lets one of them win.
create unique index orleansstorage_by_grain on orleansstorage
  (grainidhash, graintypehash, grainidn0, grainidn1, graintypestring, grainidextensionstring, serviceid) nulls not distinct;

create table orleansreminderstable (
  serviceid    varchar(150)   not null,
  grainid      varchar(150)   not null,
  remindername varchar(150)   not null,
  starttime    timestamptz(3) not null,
  period       bigint         not null,
  grainhash    integer        not null,
  version      integer        not null,
  primary key (serviceid, grainid, remindername)
);

insert into orleansquery (querykey, querytext) values
('UpdateIAmAlivetimeKey', '
  update orleansmembershiptable set iamalivetime = @IAmAliveTime
  where deploymentid = @DeploymentId and address = @Address and port = @Port and generation = @Generation'),
('InsertMembershipVersionKey', '
  with entered as (insert into orleansmembershipversiontable (deploymentid) values (@DeploymentId) on conflict do nothing returning 1)
  select count(*)::integer from entered'),
('InsertMembershipKey', '
  with advanced as (
    update orleansmembershipversiontable set version = version + 1, timestamp = now()
    where deploymentid = @DeploymentId and version = @Version and not exists (
      select 1 from orleansmembershiptable
      where deploymentid = @DeploymentId and address = @Address and port = @Port and generation = @Generation)
    returning 1),
  entered as (
    insert into orleansmembershiptable
      (deploymentid, address, port, generation, siloname, hostname, status, proxyport, starttime, iamalivetime)
    select @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime from advanced
    returning 1)
  select count(*)::integer from entered'),
('UpdateMembershipKey', '
  with advanced as (
    update orleansmembershipversiontable set version = version + 1, timestamp = now()
    where deploymentid = @DeploymentId and version = @Version and exists (
      select 1 from orleansmembershiptable
      where deploymentid = @DeploymentId and address = @Address and port = @Port and generation = @Generation)
    returning 1),
  changed as (
    update orleansmembershiptable set status = @Status, suspecttimes = @SuspectTimes, iamalivetime = @IAmAliveTime
    from advanced
    where deploymentid = @DeploymentId and address = @Address and port = @Port and generation = @Generation
    returning 1)
  select count(*)::integer from changed'),
('MembershipReadRowKey', '
  select v.deploymentid, m.address, m.port, m.generation, m.siloname, m.hostname, m.status, m.proxyport, m.suspecttimes, m.starttime, m.iamalivetime, v.version
  from orleansmembershipversiontable v
  left join orleansmembershiptable m on m.deploymentid = v.deploymentid and m.address = @Address and m.port = @Port and m.generation = @Generation
  where v.deploymentid = @DeploymentId'),
('MembershipReadAllKey', '
  select v.deploymentid, m.address, m.port, m.generation, m.siloname, m.hostname, m.status, m.proxyport, m.suspecttimes, m.starttime, m.iamalivetime, v.version
  from orleansmembershipversiontable v left join orleansmembershiptable m on m.deploymentid = v.deploymentid
  where v.deploymentid = @DeploymentId'),
('DeleteMembershipTableEntriesKey', '
  with silos as (delete from orleansmembershiptable where deploymentid = @DeploymentId)
  delete from orleansmembershipversiontable where deploymentid = @DeploymentId'),
('GatewaysQueryKey', '
  select address, proxyport, generation from orleansmembershiptable
  where deploymentid = @DeploymentId and status = @Status and proxyport > 0'),
('CleanupDefunctSiloEntriesKey', '
  delete from orleansmembershiptable where deploymentid = @DeploymentId and iamalivetime < @IAmAliveTime and status <> 3'),
('WriteToStorageKey', '
  with changed as (
    update orleansstorage set payloadbinary = @PayloadBinary, modifiedon = now(), version = version + 1
    where grainidhash = @GrainIdHash and graintypehash = @GrainTypeHash and grainidn0 = @GrainIdN0 and grainidn1 = @GrainIdN1
      and graintypestring = @GrainTypeString and grainidextensionstring is not distinct from @GrainIdExtensionString
      and serviceid = @ServiceId and version = @GrainStateVersion
    returning version),
  entered as (
    insert into orleansstorage
      (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, serviceid, payloadbinary, modifiedon, version)
    select @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, @GrainIdExtensionString, @ServiceId, @PayloadBinary, now(), 1
    where @GrainStateVersion::integer is null
    on conflict do nothing
    returning version)
  select coalesce((select version from changed), (select version from entered), @GrainStateVersion) as newgrainstateversion'),
('ReadFromStorageKey', '
  select payloadbinary, version from orleansstorage
  where grainidhash = @GrainIdHash and graintypehash = @GrainTypeHash and grainidn0 = @GrainIdN0 and grainidn1 = @GrainIdN1
    and graintypestring = @GrainTypeString and grainidextensionstring is not distinct from @GrainIdExtensionString and serviceid = @ServiceId'),
('ClearStorageKey', '
  update orleansstorage set payloadbinary = null, modifiedon = now(), version = version + 1
  where grainidhash = @GrainIdHash and graintypehash = @GrainTypeHash and grainidn0 = @GrainIdN0 and grainidn1 = @GrainIdN1
    and graintypestring = @GrainTypeString and grainidextensionstring is not distinct from @GrainIdExtensionString
    and serviceid = @ServiceId and version = @GrainStateVersion
  returning version as newgrainstateversion'),
('DeleteStorageKey', '
  delete from orleansstorage
  where grainidhash = @GrainIdHash and graintypehash = @GrainTypeHash and grainidn0 = @GrainIdN0 and grainidn1 = @GrainIdN1
    and graintypestring = @GrainTypeString and grainidextensionstring is not distinct from @GrainIdExtensionString
    and serviceid = @ServiceId and version = @GrainStateVersion
  returning version + 1 as newgrainstateversion'),
('UpsertReminderRowKey', '
  insert into orleansreminderstable as r (serviceid, grainid, remindername, starttime, period, grainhash, version)
  values (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash, 0)
  on conflict (serviceid, grainid, remindername)
  do update set starttime = excluded.starttime, period = excluded.period, grainhash = excluded.grainhash, version = r.version + 1
  returning version'),
('ReadReminderRowsKey', '
  select grainid, remindername, starttime, period, version from orleansreminderstable where serviceid = @ServiceId and grainid = @GrainId'),
('ReadReminderRowKey', '
  select grainid, remindername, starttime, period, version from orleansreminderstable
  where serviceid = @ServiceId and grainid = @GrainId and remindername = @ReminderName'),
('ReadRangeRows1Key', '
  select grainid, remindername, starttime, period, version from orleansreminderstable
  where serviceid = @ServiceId and grainhash > @BeginHash and grainhash <= @EndHash'),
('ReadRangeRows2Key', '
  select grainid, remindername, starttime, period, version from orleansreminderstable
  where serviceid = @ServiceId and (grainhash > @BeginHash or grainhash <= @EndHash)'),
('DeleteReminderRowKey', '
  with gone as (
    delete from orleansreminderstable
    where serviceid = @ServiceId and grainid = @GrainId and remindername = @ReminderName and version = @Version
    returning 1)
  select count(*)::integer from gone'),
('DeleteReminderRowsKey', '
  delete from orleansreminderstable where serviceid = @ServiceId');
