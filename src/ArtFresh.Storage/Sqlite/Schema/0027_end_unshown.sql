-- Of what was set aside for an ended session, how much its client has never shown (null if it did not say): part of session_art.unserved. What is reported after all leaves both.
alter table session add column end_unshown integer;
