-- An import of an earlier release wrote "SOURCE (LICENCE)" into source. Taken apart where it can be read in one way: one pair of brackets, at the end, with what is
-- a licence for certain between them.
alter table artwork add column licence text;
alter table artwork add column collection text;
alter table artwork add column digital_source_type text;
update artwork set
  licence = substr(source, instr(' ' || source, ' (') + 1, length(source) - instr(' ' || source, ' (') - 1),
  source = nullif(trim(substr(source, 1, instr(' ' || source, ' (') - 1)), '')
where generator = 'import' and licence is null and source like '%)' and length(source) - length(replace(source, ' (', '')) in (0, 2) and instr(' ' || source, ' (') > 0
  and instr(substr(source, instr(' ' || source, ' (') + 1), '(') = 0
  and (lower(substr(source, instr(' ' || source, ' (') + 1)) like 'cc0%'
    or lower(substr(source, instr(' ' || source, ' (') + 1)) like 'cc by%'
    or lower(substr(source, instr(' ' || source, ' (') + 1)) like 'cc-by%'
    or lower(substr(source, instr(' ' || source, ' (') + 1)) like 'public domain%'
    or lower(substr(source, instr(' ' || source, ' (') + 1)) like 'http%://creativecommons.org/%'
    or lower(substr(source, instr(' ' || source, ' (') + 1)) like 'http%://web.resource.org/cc/%');
