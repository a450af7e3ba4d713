-- When a quorum of networks last used a release. Null for one that an operator names, which is known for good. The release before reads all of them as known.
alter table release_known add column used_at integer;
