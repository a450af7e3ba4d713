-- Number of the session's grant of genome seeds; null for sessions that were opened without one.
alter table session add column genome_grant integer;
create unique index session_by_genome_grant on session (genome_grant) where genome_grant is not null;
