-- Number of the session's grant of genome seeds; null for sessions that were opened without one.
create sequence genome_grant;
alter table session add column genome_grant bigint;
create unique index session_by_genome_grant on session (genome_grant) where genome_grant is not null;
